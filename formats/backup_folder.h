// The entries of a backup zip, and those of one task in it: a directory of the zip, its top for a
// task backup (reference/cvat.md §5.1). Not thread safe; the zip outlives both.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cache/base/chunk_source.h"
#include "cache/base/json.h"
#include "formats/model.h"
#include "formats/reader.h"
#include "formats/related_images.h"
#include "formats/zip_directory.h"

namespace annofs {

class BackupZip {
 public:
  // `key`: the zip's own name.
  BackupZip(const ZipDirectory& zip, absl::string_view key) : zip_(zip), key_(key) {}

  const ZipDirectory& zip() const { return zip_; }
  const std::string& key() const { return key_; }
  // nullptr if absent; the last one of a name.
  const ZipEntry* Find(absl::string_view name) const { return zip_.Find(name); }
  // "task_0/", "task_1/", … of a project backup, by number; "" of a task backup.
  std::vector<std::string> TaskFolders() const;
  // Names that several entries have: those of parts one by one, others together.
  void ReportRepeated(DatasetSink& sink) const;

 private:
  const ZipDirectory& zip_;
  const std::string key_;
};

class BackupFolder {
 public:
  // `prefix`: "" or "task_0/".
  BackupFolder(const BackupZip& zip, std::string prefix) : zip_(zip), prefix_(std::move(prefix)) {}

  // "task_0/task.json": the name in the zip.
  std::string NameOf(absl::string_view name) const { return prefix_ + std::string(name); }
  // "backups/t.zip!task_0/task.json": for problems.
  std::string PathOf(absl::string_view name) const;

  // kInvalidArgument: absent, damaged, or no JSON; the message names the entry.
  absl::StatusOr<std::unique_ptr<ChunkSource>> Open(absl::string_view name) const;
  absl::StatusOr<JsonDocument> ReadJson(absl::string_view name) const;

  // Of a frame, where the backup has its media: its image, its context images. Paths with ".." are
  // none.
  std::optional<InnerMedia> MediaOf(absl::string_view frame_name) const;
  std::vector<std::string> RelatedOf(absl::string_view frame_name, bool is_3d) const;

 private:
  absl::StatusOr<const ZipEntry*> Require(absl::string_view name) const;

  const BackupZip& zip_;
  const std::string prefix_;
  mutable std::optional<RelatedImages> related_;  // made at the first question
};

}  // namespace annofs
