#include "formats/rest_database.h"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "cache/base/json.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "formats/json_salvage.h"
#include "formats/rest_files.h"
#include "formats/rest_frames.h"
#include "formats/rest_labels.h"
#include "formats/rest_objects.h"
#include "formats/rest_tables.h"
#include "formats/rest_task.h"
#include "formats/shape_budget.h"
#include "formats/source_chunks.h"

namespace annofs {
namespace {

absl::string_view NameOf(RestPart::Kind kind) {
  return kind == RestPart::Kind::kTask ? "task" : "job";
}

// A task or job on its way to the sink.
struct Section {
  RestTask task;
  RestMeta meta;
  int64_t first = 0;
  std::unique_ptr<RestFrames> frames;
  std::unique_ptr<RestObjects> objects;
};

class DatabaseReading {
 public:
  DatabaseReading(Source& source, DatasetSink& sink, std::optional<RestPart> part)
      : source_(source),
        key_(source.name()),
        sink_(sink),
        part_(part),
        kind_(part ? part->kind : RestPart::Kind::kTask),
        labels_(key_, sink) {}

  absl::Status Run() {
    ASSIGN_OR_RETURN(const std::vector<std::string> siblings, source_.Siblings());
    files_ = FindRestFiles(BaseName(key_), siblings);
    ASSIGN_OR_RETURN(RestTables tables, ReadRestTables(source_, files_, Reporter()));
    RETURN_IF_ERROR(Choose(std::move(tables)));
    RETURN_IF_ERROR(ReadRestLabels(source_, files_, Owners(), labels_, Reporter()));
    RETURN_IF_ERROR(PushFrames());
    RETURN_IF_ERROR(ReadObjects());
    for (auto& [id, section] : sections_) section->objects->Finish();
    labels_.Finish();
    return absl::OkStatus();
  }

 private:
  RestReporter Reporter() {
    return [this](Problem problem) { sink_.AddProblem(std::move(problem)); };
  }

  absl::Status Choose(RestTables tables) {
    if (!part_) {
      for (auto& [id, task] : tables.tasks) Add(id, std::move(task));
      return sections_.empty() ? absl::InvalidArgumentError("no tasks*.json says which there are")
                               : absl::OkStatus();
    }
    if (kind_ == RestPart::Kind::kTask) {
      const auto task = tables.tasks.find(part_->id);
      if (task != tables.tasks.end()) Add(part_->id, std::move(task->second));
    }
    for (const RestJob& job : tables.jobs) {
      if (kind_ != RestPart::Kind::kJob || job.job.id != part_->id) continue;
      const auto task = tables.tasks.find(job.task);
      if (task != tables.tasks.end()) AddJob(job, std::move(task->second));
    }
    if (!sections_.empty()) return absl::OkStatus();
    return absl::InvalidArgumentError(absl::StrCat("no ", NameOf(kind_), " ", part_->id));
  }

  void Add(int64_t id, RestTask task) {
    auto section = std::make_unique<Section>();
    section->task = std::move(task);
    sections_.emplace(id, std::move(section));
  }

  void AddJob(const RestJob& job, RestTask task) {
    auto section = std::make_unique<Section>();
    task.size = uint64_t(std::max<int64_t>(0, job.stop - job.start + 1));
    task.jobs = {job};
    task.is_one_job = true;
    section->task = std::move(task);
    section->first = std::max<int64_t>(0, job.start);
    sections_.emplace(job.job.id, std::move(section));
  }

  RestLabelOwners Owners() const {
    RestLabelOwners owners{.all = false};
    for (const auto& [id, section] : sections_) {
      owners.tasks.insert(section->task.task.id);
      if (section->task.project) owners.projects.insert(*section->task.project);
    }
    return owners;
  }

  absl::Status PushFrames() {
    for (auto& [id, section] : sections_) {
      section->frames =
          std::make_unique<RestFrames>(section->task, section->meta, section->first, key_, sink_);
    }
    uint64_t left = kMaxNumberedFrames;
    for (auto& [id, section] : sections_) {
      const std::string directory = absl::StrCat("task_", section->task.task.id);
      const uint64_t count = section->task.size.value_or(0);
      if (count <= left) {
        RETURN_IF_ERROR(Annotate(section->frames->AddNumbered(count, 0, 0, directory),
                                 absl::StrCat(NameOf(kind_), " ", id)));
        left -= count;
      } else {
        section->frames->SetIncomplete();
        sink_.AddProblem(
            {.severity = Problem::Severity::kError,
             .source = key_,
             .position = absl::StrCat(NameOf(kind_), " ", id),
             .reason = absl::StrCat("its ", count, " frames are left out: there are ", "more than ",
                                    kMaxNumberedFrames, " frames without names")});
      }
      section->objects = std::make_unique<RestObjects>(
          key_, absl::StrCat(NameOf(kind_), " ", id, " "), labels_, section->task, section->meta,
          *section->frames, budget_, sink_);
    }
    sink_.AddProblem({.source = key_,
                      .reason = "the names and sizes of the frames are not given: they are called "
                                "by task and number"});
    return absl::OkStatus();
  }

  absl::Status ReadObjects() {
    std::vector<std::string> patterns;
    const std::string which = part_ ? absl::StrCat(part_->id) : "*";
    for (absl::string_view list : {"tags", "shapes", "tracks"}) {
      patterns.push_back(absl::StrCat(NameOf(kind_), "/", which, "/", list, "/*"));
    }
    return SalvagedJson(key_, Reporter())
        .Stream(NewSourceChunks(source_), patterns,
                [this](const JsonItem& item) { return ReadItem(item); });
  }

  absl::Status ReadItem(const JsonItem& item) {
    int64_t id = -1;
    const auto section = absl::SimpleAtoi(item.path[1], &id) ? sections_.find(id) : sections_.end();
    if (section != sections_.end()) {
      return section->second->objects->Read(item.path[2], item.path[3], item.value);
    }
    if (unknown_.insert(item.path[1]).second) {
      sink_.AddProblem({.source = key_,
                        .position = absl::StrCat(item.path[0], " ", item.path[1]),
                        .reason = "left out: there is nothing about it beside the annotations"});
    }
    return absl::OkStatus();
  }

  Source& source_;
  const std::string key_;
  DatasetSink& sink_;
  const std::optional<RestPart> part_;
  const RestPart::Kind kind_;
  RestLabels labels_;
  RestFiles files_;
  ShapeBudget budget_;
  std::map<int64_t, std::unique_ptr<Section>> sections_;
  std::set<std::string> unknown_;
};

}  // namespace

absl::Status ReadRestDatabase(Source& annotations, DatasetSink& sink,
                              std::optional<RestPart> part) {
  return DatabaseReading(annotations, sink, part).Run();
}

}  // namespace annofs
