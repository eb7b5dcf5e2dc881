#include "formats/cvat_xml_meta.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace annofs {
namespace {

// A text of "<label/>" after "<label/>" takes twenty times its length in memory.
constexpr size_t kMaxBytes = size_t{64} << 20;

constexpr size_t kMaxProblems = 1000;

bool EndsWith(const std::vector<std::string>& path, std::initializer_list<absl::string_view> tail) {
  return path.size() >= tail.size() &&
         std::equal(tail.begin(), tail.end(), path.end() - ptrdiff_t(tail.size()));
}

bool IsInLabels(const std::vector<std::string>& path) {
  return std::find(path.begin(), path.end(), "labels") != path.end();
}

std::optional<uint64_t> Number(absl::string_view text) {
  uint64_t number = 0;
  if (!absl::SimpleAtoi(text, &number)) return std::nullopt;
  return number;
}

int64_t Id(absl::string_view text) {
  int64_t id = -1;
  return absl::SimpleAtoi(text, &id) && id >= 0 ? id : -1;
}

// CVAT: step\s*=\s*([1-9]\d*), anywhere in the text (reference/cvat.md §0.1).
uint64_t StepOf(absl::string_view filter) {
  const size_t at = filter.find("step");
  if (at == absl::string_view::npos) return 1;
  absl::string_view rest = absl::StripLeadingAsciiWhitespace(filter.substr(at + 4));
  if (rest.empty() || rest.front() != '=') return 1;
  rest = absl::StripLeadingAsciiWhitespace(rest.substr(1));
  const absl::string_view digits = rest.substr(0, rest.find_first_not_of("0123456789"));
  uint32_t step = 0;
  return absl::SimpleAtoi(digits, &step) && step > 0 && digits.front() != '0' ? step : 1;
}

// "http://localhost:8080/api/jobs/27" and, of old, "http://localhost:8080/?id=27".
int64_t JobOfUrl(absl::string_view url) {
  const size_t end = url.find_last_of("/=");
  return end == absl::string_view::npos ? -1 : Id(url.substr(end + 1));
}

}  // namespace

void CvatXmlMeta::Start(absl::string_view element) {
  path_.emplace_back(element);
  if (path_.size() == 1 && kind_ == Kind::kNothing) {
    kind_ = element == "task"      ? Kind::kTask
            : element == "job"     ? Kind::kJob
            : element == "project" ? Kind::kProject
                                   : Kind::kNothing;
  }
  StartPart();
}

void CvatXmlMeta::StartPart() {
  if (EndsWith(path_, {"labels", "label"})) {
    if (!Charge(sizeof(Label) + sizeof(std::string))) return;
    labels_.emplace_back();
    parents_.emplace_back();
  } else if (EndsWith(path_, {"label", "attributes", "attribute"}) && !labels_.empty()) {
    if (Charge(sizeof(AttributeSpec))) labels_.back().attributes.emplace_back();
  } else if (path_.size() == 3 && EndsWith(path_, {"project", "tasks", "task"})) {
    if (Charge(sizeof(CvatXmlTask))) tasks_.emplace_back();
  } else if (EndsWith(path_, {"segments", "segment"}) && Charge(sizeof(CvatXmlSegment))) {
    (path_.size() > 3 && !tasks_.empty() ? tasks_.back() : single_).segments.emplace_back();
  }
}

// False: <meta> is too long, the rest is not kept.
bool CvatXmlMeta::Charge(size_t bytes) {
  bytes_ += bytes;
  return bytes_ <= kMaxBytes;
}

void CvatXmlMeta::End(absl::string_view text) {
  if (path_.empty()) return;
  // Each line may become a value of an attribute.
  const auto lines = size_t(std::count(text.begin(), text.end(), '\n'));
  if (!Charge(text.size() + lines * sizeof(std::string))) {
    path_.pop_back();
    return;
  }
  if (IsInLabels(path_)) {
    EndOfLabel(text);
  } else {
    EndOfTask(text);
  }
  path_.pop_back();
}

void CvatXmlMeta::EndOfLabel(absl::string_view text) {
  if (labels_.empty()) return;
  Label& label = labels_.back();
  if (EndsWith({path_.begin(), path_.end() - 1}, {"attributes", "attribute"})) {
    EndOfAttribute(path_.back(), text);
  } else if (EndsWith(path_, {"label", "name"})) {
    label.name = std::string(text);
  } else if (EndsWith(path_, {"label", "color"})) {
    label.color = std::string(text);
  } else if (EndsWith(path_, {"label", "type"})) {
    label.type = std::string(text);
  } else if (EndsWith(path_, {"label", "svg"})) {
    label.svg = std::string(text);
  } else if (EndsWith(path_, {"label", "parent"})) {
    parents_.back() = std::string(text);
  }
}

void CvatXmlMeta::EndOfAttribute(absl::string_view element, absl::string_view text) {
  if (labels_.back().attributes.empty()) return;
  AttributeSpec& spec = labels_.back().attributes.back();
  if (element == "name") spec.name = std::string(text);
  if (element == "mutable") spec.is_mutable = absl::EqualsIgnoreCase(text, "true");
  if (element == "input_type") spec.input_type = std::string(text);
  if (element == "default_value") spec.default_value = std::string(text);
  if (element == "values") spec.values = absl::StrSplit(text, '\n');
}

void CvatXmlMeta::EndOfTask(absl::string_view text) {
  const std::string* path = path_.data();
  if (path_[0] == "original_size") return SetTask(single_, path, path_.size(), text);
  if (path_.size() < 2) return;
  const bool of_project = path_.size() > 3 && path_[0] == "project" && path_[1] == "tasks";
  if (!of_project) return SetTask(single_, path + 1, path_.size() - 1, text);
  if (!tasks_.empty()) SetTask(tasks_.back(), path + 3, path_.size() - 3, text);
}

void CvatXmlMeta::SetTask(CvatXmlTask& task, const std::string* path, size_t depth,
                          absl::string_view text) {
  const std::string &first = path[0], &last = path[depth - 1];
  if (first == "segments" && depth == 3) return SetSegment(task, last, text);
  if ((first == "assignee" || first == "owner") && depth == 2) {
    User& user = first == "owner" ? task.task.owner : task.task.assignee;
    if (last == "username") user.name = std::string(text);
    if (last == "email") user.email = std::string(text);
  }
  if (first == "original_size" && depth == 2) {
    (last == "width" ? task.width : task.height) =
        uint32_t(std::min<uint64_t>(Number(text).value_or(0), UINT32_MAX));
  }
  if (depth > 1) return;
  if (first == "overlap") task.task.overlap = Number(text);
  if (first == "bugtracker") task.task.bug_tracker = std::string(text);
  if (first == "created") task.task.created = std::string(text);
  if (first == "updated") task.task.updated = std::string(text);
  if (first == "source") task.task.video.name = std::string(text);
  if (first == "id") task.task.id = Id(text);
  if (first == "name") task.task.name = std::string(text);
  if (first == "mode") task.task.is_video = text == "interpolation";
  if (first == "size") task.task.size = task.size = Number(text);
  if (first == "start_frame") task.task.start_frame = task.start = Number(text);
  if (first == "stop_frame") task.task.stop_frame = task.stop = Number(text);
  if (first == "frame_filter") {
    task.step = StepOf(text);
    task.task.frame_filter = std::string(text);
  }
  if (first == "subset") {
    task.subset_name = std::string(text);
    task.task.subset = text == "default" ? "" : std::string(text);
  }
}

void CvatXmlMeta::SetSegment(CvatXmlTask& task, absl::string_view element, absl::string_view text) {
  if (task.segments.empty()) return;
  CvatXmlSegment& segment = task.segments.back();
  if (element == "id" && segment.job < 0) segment.job = Id(text);
  if (element == "start") segment.start = Number(text).value_or(0);
  if (element == "stop") segment.stop = Number(text).value_or(0);
  // The number of the job; <id> is that of the segment.
  if (element == "url" && JobOfUrl(text) >= 0) segment.job = JobOfUrl(text);
}

std::string CvatXmlMeta::number() const {
  if (id() < 0 || kind_ == Kind::kNothing) return "";
  return absl::StrCat(kind_ == Kind::kTask  ? "task "
                      : kind_ == Kind::kJob ? "job "
                                            : "project ",
                      id());
}

bool CvatXmlMeta::has_video() const {
  return single_.task.is_video ||
         std::any_of(tasks_.begin(), tasks_.end(),
                     [](const CvatXmlTask& task) { return task.task.is_video; });
}

bool CvatXmlMeta::has_images() const {
  // Other producers leave <mode> out; only videos have a size.
  auto is_of_images = [](const CvatXmlTask& task) {
    return !task.task.is_video && task.width == 0;
  };
  return tasks_.empty() ? is_of_images(single_)
                        : std::any_of(tasks_.begin(), tasks_.end(), is_of_images);
}

std::vector<Label> CvatXmlMeta::TakeLabels(std::vector<std::string>& problems) {
  if (bytes_ > kMaxBytes) problems.push_back("it is too long: what comes last in it is not read");
  absl::flat_hash_map<std::string, int32_t> top_level;
  absl::flat_hash_set<std::pair<int32_t, std::string>> names;
  for (size_t i = 0; i < labels_.size(); ++i) {
    if (parents_[i].empty()) top_level.emplace(labels_[i].name, int32_t(i));
  }
  for (size_t i = 0; i < labels_.size(); ++i) {
    const auto parent = top_level.find(parents_[i]);
    if (!parents_[i].empty() && parent == top_level.end()) {
      problems.push_back(absl::StrCat("label '", labels_[i].name, "': its parent '", parents_[i],
                                      "' is no top-level label; read as one itself"));
    } else if (!parents_[i].empty()) {
      labels_[i].parent = parent->second;
    }
    if (!names.emplace(labels_[i].parent, labels_[i].name).second) {
      problems.push_back(absl::StrCat("label '", labels_[i].name, "' is declared twice"));
    }
    if (problems.size() > kMaxProblems) problems.back() = "more labels are doubtful";
    problems.resize(std::min(problems.size(), kMaxProblems + 1));
  }
  return std::move(labels_);
}

std::vector<CvatXmlTask> CvatXmlMeta::TakeTasks() {
  if (kind_ == Kind::kProject && !tasks_.empty()) return std::move(tasks_);
  if (kind_ != Kind::kTask) single_.task.id = -1;
  std::vector<CvatXmlTask> tasks;
  tasks.push_back(std::move(single_));
  return tasks;
}

}  // namespace annofs
