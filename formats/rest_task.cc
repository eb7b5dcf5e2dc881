#include "formats/rest_task.h"

#include <algorithm>
#include <iterator>

#include "formats/frame_step.h"
#include "formats/json_numbers.h"

namespace annofs {
namespace {

absl::flat_hash_set<int64_t> Numbers(JsonValue list) {
  absl::flat_hash_set<int64_t> numbers;
  for (size_t i = 0; i < list.size(); ++i) {
    if (const std::optional<int64_t> number = list[i].AsInt()) numbers.insert(*number);
  }
  return numbers;
}

std::string SubsetOf(JsonValue value) {
  const std::string subset(value.AsString().value_or(""));
  return subset == "default" ? "" : subset;
}

Job::Kind KindOf(absl::string_view type) {
  if (type == "ground_truth") return Job::Kind::kGroundTruth;
  if (type == "consensus_replica") return Job::Kind::kReplica;
  return Job::Kind::kAnnotation;
}

// Older servers tell the name alone.
User UserOf(JsonValue user) {
  if (!user.is_object()) return {.name = std::string(user.AsString().value_or(""))};
  return {.name = std::string(user.StringOr("username", "")),
          .email = std::string(user.StringOr("email", ""))};
}

// "2021-12-14T18:50:29.458000Z" as CVAT's exports have it: "2021-12-14 18:50:29.458000+00:00".
std::string DateOf(JsonValue json) {
  std::string date(json.AsString().value_or(""));
  if (date.size() > 10 && date[10] == 'T') date[10] = ' ';
  if (!date.empty() && date.back() == 'Z') date.replace(date.size() - 1, 1, "+00:00");
  return date;
}

std::vector<RestJob> Jobs(JsonValue list) {
  std::vector<RestJob> jobs;
  for (size_t i = 0; i < list.size(); ++i) jobs.push_back(ParseRestJob(list[i]));
  return jobs;
}

}  // namespace

bool RestTask::Takes(const RestJob& job) const {
  return is_one_job || job.job.kind == Job::Kind::kAnnotation ||
         (has_honeypots && job.job.kind == Job::Kind::kGroundTruth);
}

FrameRanges RestTask::Pool() const {
  std::vector<std::pair<int64_t, int64_t>> ranges;
  for (const RestJob& job : jobs) {
    if (!has_honeypots || job.job.kind != Job::Kind::kGroundTruth) continue;
    ranges.emplace_back(job.start, job.stop);
  }
  return FrameRanges(std::move(ranges));
}

FrameRanges::FrameRanges(std::vector<std::pair<int64_t, int64_t>> ranges) {
  std::sort(ranges.begin(), ranges.end());
  for (const auto& [start, stop] : ranges) {
    if (stop < start) continue;
    if (!ranges_.empty() && start <= ranges_.back().second) {
      ranges_.back().second = std::max(ranges_.back().second, stop);
    } else {
      ranges_.emplace_back(start, stop);
    }
  }
}

bool FrameRanges::Contains(int64_t frame) const {
  const auto after = std::upper_bound(ranges_.begin(), ranges_.end(), frame,
                                      [](int64_t wanted, const std::pair<int64_t, int64_t>& range) {
                                        return wanted < range.first;
                                      });
  return after != ranges_.begin() && frame <= std::prev(after)->second;
}

RestTask ParseRestTask(JsonValue json) {
  RestTask task;
  task.task = {.id = json.IntOr("id", -1),
               .name = std::string(json.StringOr("name", "")),
               .subset = SubsetOf(json["subset"]),
               .is_video = json.StringOr("mode", "") == "interpolation",
               .is_3d = json.StringOr("dimension", "") == "3d",
               .overlap = WholeNumber(json["overlap"]),
               .bug_tracker = std::string(json.StringOr("bug_tracker", "")),
               .created = DateOf(json["created_date"]),
               .updated = DateOf(json["updated_date"]),
               .owner = UserOf(json["owner"]),
               .assignee = UserOf(json["assignee"])};
  task.project = json["project_id"].AsInt();
  task.size = WholeNumber(json["size"]);
  task.has_honeypots = json.StringOr("validation_mode", "") == "gt_pool";
  return task;
}

RestJob ParseRestJob(JsonValue json) {
  return {.task = json.IntOr("task_id", -1),
          .job = {.id = json.IntOr("id", -1),
                  .kind = KindOf(json.StringOr("type", "annotation")),
                  .stage = std::string(json.StringOr("stage", "")),
                  .state = std::string(json.StringOr("state", "")),
                  .assignee = UserOf(json["assignee"]).name,
                  .start = WholeNumber(json["start_frame"]),
                  .stop = WholeNumber(json["stop_frame"])},
          .start = json.IntOr("start_frame", 0),
          .stop = json.IntOr("stop_frame", -1)};
}

std::optional<uint64_t> RestMeta::FrameCount() const {
  if (size) return size;
  if (!stop || *stop < start.value_or(0)) return std::nullopt;
  return (*stop - start.value_or(0)) / step + 1;
}

std::vector<std::string> RestMetaMembers() {
  return {"start_frame",     "stop_frame", "frame_filter", "size", "deleted_frames",
          "included_frames", "subset",     "video",        "task", "jobs"};
}

void ParseRestMetaMember(absl::string_view member, JsonValue value, RestMeta& meta) {
  if (member == "start_frame") meta.start = WholeNumber(value);
  if (member == "stop_frame") meta.stop = WholeNumber(value);
  if (member == "frame_filter") {
    meta.frame_filter = std::string(value.AsString().value_or(""));
    meta.step = FrameStep(meta.frame_filter);
  }
  if (member == "size") meta.size = WholeNumber(value);
  if (member == "deleted_frames") meta.deleted = Numbers(value);
  if (member == "included_frames" && value.is_array()) meta.included = Numbers(value);
  if (member == "subset" && value.is_string()) meta.subset = SubsetOf(value);
  if (member == "task" && value.is_object()) meta.task = ParseRestTask(value);
  if (member == "jobs" && value.is_array()) meta.jobs = Jobs(value);
  if (member == "video" && value.is_object()) {
    meta.video = {.name = std::string(value.StringOr("path", "")),
                  .width = ImageSide(value["width"]),
                  .height = ImageSide(value["height"])};
  }
}

RestFrame ParseRestFrame(JsonValue json) {
  return {.name = std::string(json.StringOr("path", json.StringOr("name", ""))),
          .width = ImageSide(json["width"]),
          .height = ImageSide(json["height"])};
}

}  // namespace annofs
