// What CVAT's server answers about a task or job, saved as files of one directory:
// annotations*.json with labels*.json, data_meta*.json and, where they are, tasks*.json and
// jobs*.json (reference/cvat.md §6); or the annotations of a whole database.
#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/base/json.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "formats/content_error.h"
#include "formats/json_head.h"
#include "formats/json_salvage.h"
#include "formats/pcd_header.h"
#include "formats/reader.h"
#include "formats/rest_database.h"
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

// A probe looks at nothing larger beside the annotations.
constexpr uint64_t kMaxProbedBytes = uint64_t{1} << 20;

// What the files beside the annotations say about the task; its frames are read later.
class RestTaskFiles {
 public:
  RestTaskFiles(Source& source, RestFiles files, RestReporter report)
      : source_(source),
        files_(std::move(files)),
        report_(std::move(report)),
        meta_text_(MetaKey(), report_) {}

  absl::Status Read() {
    RETURN_IF_ERROR(ReadMeta());
    ASSIGN_OR_RETURN(RestTables tables, ReadRestTables(source_, files_, report_));
    ChooseTask(tables);
    ChooseJobs(tables);
    if (meta_.subset) task_.task.subset = *meta_.subset;
    if (!meta_.size && !meta_.stop) meta_.size = task_.size;
    return ReadFrameKind();
  }

  const RestFiles& files() const { return files_; }
  const RestTask& task() const { return task_; }
  const RestMeta& meta() const { return meta_; }
  // The first frame's number in the task.
  int64_t first() const { return first_; }
  std::string MetaKey() const { return SiblingKey(source_.name(), files_.meta); }

  // A task that the server told of says its project; only then are the others' labels known.
  RestLabelOwners Owners() const {
    if (!knows_owner_) return {};
    RestLabelOwners owners{.all = false, .tasks = {task_.task.id}};
    if (task_.project) owners.projects.insert(*task_.project);
    return owners;
  }

  // Pushes all frames.
  absl::Status PushFrames(RestFrames& frames) {
    const uint64_t count = meta_.FrameCount().value_or(0);
    const bool is_listed = !files_.meta.empty() && !task_.task.is_video;
    if (!is_listed && count == 0) {
      return absl::InvalidArgumentError(
          "its frames are not known: put the server's answer beside it as data_meta.json");
    }
    if (task_.task.is_video) return frames.AddNumbered(count, video_.width, video_.height);
    if (!is_listed) {
      report_({.source = std::string(source_.name()),
               .reason = "the names and sizes of the frames are not given (data_meta.json): they "
                         "are called by number"});
      return frames.AddNumbered(count, 0, 0);
    }
    frames.SetPool(std::move(pool_));
    if (meta_text_.is_broken()) frames.SetIncomplete();
    return ForEachFrame(meta_text_, [&](RestFrame frame) { return frames.Add(std::move(frame)); });
  }

 private:
  absl::StatusOr<std::unique_ptr<Source>> OpenMeta() { return source_.OpenSibling(files_.meta); }

  absl::Status ReadMeta() {
    if (files_.meta.empty()) return absl::OkStatus();
    ASSIGN_OR_RETURN(const std::unique_ptr<Source> file, OpenMeta());
    ASSIGN_OR_RETURN(const JsonHead head, ReadJsonHead(*file));
    frames_pattern_ = head.root == JsonHead::Root::kArray ? "*" : "frames/*";
    return Annotate(meta_text_.Stream(NewSourceChunks(*file), RestMetaMembers(),
                                      [this](const JsonItem& item) {
                                        ParseRestMetaMember(item.path[0], item.value, meta_);
                                        return absl::OkStatus();
                                      }),
                    files_.meta);
  }

  void ChooseTask(const RestTables& tables) {
    if (meta_.task) task_ = *meta_.task;
    auto found = meta_.task ? tables.tasks.find(meta_.task->task.id) : tables.tasks.end();
    if (!meta_.task && tables.jobs.size() == 1) found = tables.tasks.find(tables.jobs[0].task);
    if (!meta_.task && tables.tasks.size() == 1) found = tables.tasks.begin();
    if (found == tables.tasks.end()) return;
    task_ = found->second;
    knows_owner_ = true;
  }

  void ChooseJobs(const RestTables& tables) {
    if (!meta_.jobs.empty()) task_.jobs = meta_.jobs;
    if (tables.jobs.size() != 1) return;
    const RestJob& job = tables.jobs[0];
    const bool is_whole_task = job.start <= 0 && job.job.kind == Job::Kind::kAnnotation &&
                               (!task_.size || int64_t(*task_.size) == job.stop - job.start + 1);
    task_.jobs = tables.jobs;
    if (is_whole_task) return;
    // The annotations are the job's, and its frames begin there.
    first_ = std::max<int64_t>(0, job.start);
    task_.is_one_job = true;
    if (task_.task.id < 0) task_.task.id = tables.jobs[0].task;
  }

  absl::Status ForEachFrame(SalvagedJson& text, absl::FunctionRef<absl::Status(RestFrame)> fn) {
    ASSIGN_OR_RETURN(const std::unique_ptr<Source> file, OpenMeta());
    return Annotate(
        text.Stream(NewSourceChunks(*file), {frames_pattern_},
                    [&](const JsonItem& item) { return fn(ParseRestFrame(item.value)); }),
        files_.meta);
  }

  // Video, images or point clouds; and the names of a pool of honeypots. The server lists a video
  // as one frame.
  absl::Status ReadFrameKind() {
    if (meta_.video) {
      task_.task.is_video = true;
      video_ = {.width = meta_.video->width, .height = meta_.video->height};
      task_.task.video = *meta_.video;
      return absl::OkStatus();
    }
    if (files_.meta.empty()) return absl::OkStatus();
    uint64_t count = 0;
    const FrameRanges pool = task_.Pool();
    SalvagedJson silent(MetaKey(), [](const Problem&) {});  // told when the frames are pushed
    RETURN_IF_ERROR(ForEachFrame(silent, [&](RestFrame frame) {
      if (pool.Contains(first_ + int64_t(count))) pool_.insert(frame.name);
      if (count++ == 0) video_ = std::move(frame);
      return absl::OkStatus();
    }));
    const bool is_longer = meta_.FrameCount().value_or(0) > 1 && !meta_text_.is_broken();
    task_.task.is_video = count == 1 && (task_.task.is_video || is_longer);
    if (task_.task.is_video) {
      task_.task.video = {.name = video_.name, .width = video_.width, .height = video_.height};
    }
    task_.task.is_3d = task_.task.is_3d || IsPointCloudName(video_.name);
    return absl::OkStatus();
  }

  Source& source_;
  const RestFiles files_;
  const RestReporter report_;
  SalvagedJson meta_text_;
  RestTask task_;
  RestMeta meta_;
  bool knows_owner_ = false;
  int64_t first_ = 0;
  std::string frames_pattern_;
  RestFrame video_;  // the first frame
  absl::flat_hash_set<std::string> pool_;
};

absl::StatusOr<RestFiles> FilesOf(Source& source) {
  ASSIGN_OR_RETURN(const std::vector<std::string> siblings, source.Siblings());
  return FindRestFiles(BaseName(source.name()), siblings);
}

absl::Status ReadOne(Source& source, DatasetSink& sink) {
  ASSIGN_OR_RETURN(RestFiles files, FilesOf(source));
  const std::string key(source.name());
  const RestReporter report = [&sink](Problem problem) { sink.AddProblem(std::move(problem)); };
  RestTaskFiles task(source, std::move(files), report);
  RETURN_IF_ERROR(task.Read());
  RestLabels labels(key, sink);
  RETURN_IF_ERROR(ReadRestLabels(source, task.files(), task.Owners(), labels, report));
  RestFrames frames(task.task(), task.meta(), task.first(),
                    task.files().meta.empty() ? key : task.MetaKey(), sink);
  RETURN_IF_ERROR(task.PushFrames(frames));
  if (!task.files().meta.empty()) frames.Finish();
  ShapeBudget budget;
  RestObjects objects(key, "", labels, task.task(), task.meta(), frames, budget, sink);
  SalvagedJson text(key, report);
  RETURN_IF_ERROR(text.Stream(
      NewSourceChunks(source), {"tags/*", "shapes/*", "tracks/*"},
      [&](const JsonItem& item) { return objects.Read(item.path[0], item.path[1], item.value); }));
  objects.Finish();
  labels.Finish();
  return absl::OkStatus();
}

// What the store fails with; what is wrong with the content, or gone, is for reading to say.
absl::Status FailureOf(const absl::Status& status) {
  const bool is_failure = !absl::IsNotFound(status) && !IsContentError(status);
  return is_failure ? status : absl::OkStatus();
}

// Name and number as the small files beside the annotations tell them. Error: a failure of the
// store.
absl::Status Identify(Source& source, const RestFiles& files, ProbeResult& result) {
  RestFiles small = files;
  for (std::string* name : {&small.labels, &small.meta, &small.tasks, &small.jobs}) {
    if (name->empty()) continue;
    absl::StatusOr<std::unique_ptr<Source>> file = source.OpenSibling(*name);
    RETURN_IF_ERROR(FailureOf(file.status()));
    if (!file.ok() || (*file)->size() > kMaxProbedBytes) name->clear();
  }
  RestTaskFiles task(source, small, [](const Problem&) {});
  if (const absl::Status status = task.Read(); !status.ok()) return FailureOf(status);
  result.name = task.task().task.name;
  if (task.task().task.id >= 0) result.number = absl::StrCat("task ", task.task().task.id);
  if (task.task().is_one_job && task.task().jobs[0].job.id >= 0) {
    result.number = absl::StrCat("job ", task.task().jobs[0].job.id);
  }
  return absl::OkStatus();
}

class CvatRest : public Reader {
 public:
  ReaderInfo Info() const override {
    return {.name = "cvat_rest",
            .summary = "CVAT REST API answers: annotations.json, labels.json, data_meta.json",
            .richness = 100};
  }

  absl::StatusOr<std::optional<ProbeResult>> Probe(Source& source) const override {
    const absl::string_view name = BaseName(source.name());
    if (!absl::StrContains(name, "annotations") || !absl::EndsWith(name, ".json")) {
      return std::optional<ProbeResult>();
    }
    ASSIGN_OR_RETURN(const JsonHead head, ReadJsonHead(source));
    const RestForm form = RestFormOf(head);
    if (form == RestForm::kNone) return std::optional<ProbeResult>();
    ASSIGN_OR_RETURN(const RestFiles files, FilesOf(source));
    ProbeResult result{.companions = files.Names()};
    if (form == RestForm::kOne) RETURN_IF_ERROR(Identify(source, files, result));
    return std::optional<ProbeResult>(std::move(result));
  }

  absl::Status Read(Source& source, DatasetSink& sink) const override {
    ASSIGN_OR_RETURN(const JsonHead head, ReadJsonHead(source));
    if (RestFormOf(head) == RestForm::kDatabase) return ReadRestDatabase(source, sink);
    return ReadOne(source, sink);
  }
};

}  // namespace

std::unique_ptr<Reader> NewCvatRestReader() { return std::make_unique<CvatRest>(); }

}  // namespace annofs
