// CVAT's task and project backups (reference/cvat.md §5): task.json, annotations.json and
// data/manifest.jsonl in a zip, with the media (full) or without (lightweight: they stay in the
// bucket). A project's tasks stand in directories of their own.
#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cache/base/json.h"
#include "cache/base/status.h"
#include "formats/backup_folder.h"
#include "formats/backup_frames.h"
#include "formats/backup_reading.h"
#include "formats/backup_task.h"
#include "formats/content_error.h"
#include "formats/json_labels.h"
#include "formats/label_table.h"
#include "formats/reader.h"
#include "formats/zip_directory.h"

namespace annofs {
namespace {

constexpr absl::string_view kTask = "task.json";
constexpr absl::string_view kProject = "project.json";

bool IsTaskBackup(const BackupZip& zip) {
  return zip.Find(kTask) != nullptr &&
         (zip.Find("annotations.json") != nullptr || zip.Find(kBackupManifest) != nullptr);
}

// Reads one backup into a sink.
class BackupReading {
 public:
  BackupReading(const BackupZip& zip, DatasetSink& sink) : zip_(zip), sink_(sink), labels_(sink) {}

  // A task that cannot be read does not take the others with it.
  absl::Status Run() {
    zip_.ReportRepeated(sink_);
    RETURN_IF_ERROR(Keep(ReadProject(), BackupFolder(zip_, "")));
    for (std::string& prefix : zip_.TaskFolders()) {
      BackupFolder folder(zip_, std::move(prefix));
      RETURN_IF_ERROR(Keep(Open(folder), folder));
    }
    for (const Opened& task : tasks_) {
      RETURN_IF_ERROR(Keep(
          ReadBackupTask(task.task, task.number, task.folder, labels_, sink_, left_), task.folder));
    }
    return first_error_;
  }

 private:
  struct Opened {
    BackupFolder folder;
    BackupTask task;
    uint32_t number = 0;  // of the sink
  };

  // A project's labels are those of its tasks too.
  absl::Status ReadProject() {
    if (zip_.Find(kProject) == nullptr || zip_.Find(kTask) != nullptr) return absl::OkStatus();
    ASSIGN_OR_RETURN(const JsonDocument document, BackupFolder(zip_, "").ReadJson(kProject));
    labels_.Add(ParseJsonLabels(document.root()["labels"]));
    return absl::OkStatus();
  }

  absl::Status Open(const BackupFolder& folder) {
    ASSIGN_OR_RETURN(const JsonDocument document, folder.ReadJson(kTask));
    BackupTask task = ParseBackupTask(document.root());
    RETURN_IF_ERROR(FindKind(folder, task.task));
    labels_.Add(task.labels);
    const uint32_t number = sink_.AddTask(task.task);
    tasks_.push_back({.folder = folder, .task = std::move(task), .number = number});
    return absl::OkStatus();
  }

  // Keeps errors about the content: the first is the reading's, others become problems. Any other
  // error ends it.
  absl::Status Keep(const absl::Status& status, const BackupFolder& folder) {
    if (status.ok() || !IsContentError(status)) return status;
    if (first_error_.ok()) {
      first_error_ = status;
    } else {
      sink_.AddProblem(ContentProblem(folder.PathOf(""), status));
    }
    return absl::OkStatus();
  }

  const BackupZip& zip_;
  DatasetSink& sink_;
  LabelTable labels_;
  std::vector<Opened> tasks_;
  BackupBounds left_;
  absl::Status first_error_;
};

class CvatBackup : public Reader {
 public:
  ReaderInfo Info() const override {
    return {.name = "cvat_backup",
            .summary = "CVAT task or project backup, full or lightweight",
            .richness = 90};
  }

  absl::StatusOr<std::optional<ProbeResult>> Probe(Source& source) const override {
    ASSIGN_OR_RETURN(const bool is_zip, IsZip(source));
    if (!is_zip) return std::optional<ProbeResult>();
    ASSIGN_OR_RETURN(const std::shared_ptr<const ZipDirectory> directory, ZipDirectory::Of(source));
    const BackupZip zip(*directory, source.name());
    const bool is_task = IsTaskBackup(zip);
    if (!is_task && zip.Find(kProject) == nullptr) return std::optional<ProbeResult>();
    ASSIGN_OR_RETURN(const JsonDocument document,
                     BackupFolder(zip, "").ReadJson(is_task ? kTask : kProject));
    // Other programs have a project.json too.
    if (!document.root()["labels"].is_array()) return std::optional<ProbeResult>();
    return std::optional<ProbeResult>(
        ProbeResult{.name = std::string(document.root().StringOr("name", ""))});
  }

  absl::Status Read(Source& source, DatasetSink& sink) const override {
    ASSIGN_OR_RETURN(const std::shared_ptr<const ZipDirectory> directory, ZipDirectory::Of(source));
    const BackupZip zip(*directory, source.name());
    return BackupReading(zip, sink).Run();
  }
};

}  // namespace

std::unique_ptr<Reader> NewCvatBackupReader() { return std::make_unique<CvatBackup>(); }

}  // namespace annofs
