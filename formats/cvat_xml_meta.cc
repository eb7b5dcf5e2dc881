#include "formats/cvat_xml_meta.h"

#include "absl/container/flat_hash_map.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"

namespace annofs {
namespace {

bool EndsWith(const std::vector<std::string>& path, std::initializer_list<absl::string_view> tail) {
  if (path.size() < tail.size()) return false;
  auto at = path.end() - ptrdiff_t(tail.size());
  for (absl::string_view element : tail) {
    if (*at++ != element) return false;
  }
  return true;
}

// CVAT writes "default" for a task without a subset.
std::string SubsetOf(absl::string_view text) { return text == "default" ? "" : std::string(text); }

}  // namespace

void CvatXmlMeta::Start(const std::vector<std::string>& path) {
  if (EndsWith(path, {"labels", "label"})) {
    labels_.emplace_back();
    parents_.emplace_back();
  } else if (EndsWith(path, {"label", "attributes", "attribute"}) && !labels_.empty()) {
    labels_.back().attributes.emplace_back();
  } else if (EndsWith(path, {"tasks", "task"})) {
    tasks_.emplace_back();
  }
}

void CvatXmlMeta::End(const std::vector<std::string>& path, absl::string_view text) {
  if (path.size() == 2 && path[1] == "name") name_ = std::string(text);
  if (path.size() == 2 && path[1] == "mode") single_.is_video = text == "interpolation";
  if (path.size() == 2 && path[1] == "subset") single_.subset = SubsetOf(text);
  EndOfLabel(path, text);
  EndOfTask(path, text);
}

void CvatXmlMeta::EndOfLabel(const std::vector<std::string>& path, absl::string_view text) {
  if (labels_.empty()) return;
  Label& label = labels_.back();
  if (path.size() >= 2 && EndsWith({path.begin(), path.end() - 1}, {"attributes", "attribute"})) {
    EndOfAttribute(path.back(), text);
  } else if (EndsWith(path, {"label", "name"})) {
    label.name = std::string(text);
  } else if (EndsWith(path, {"label", "color"})) {
    label.color = std::string(text);
  } else if (EndsWith(path, {"label", "type"})) {
    label.type = std::string(text);
  } else if (EndsWith(path, {"label", "svg"})) {
    label.svg = std::string(text);
  } else if (EndsWith(path, {"label", "parent"})) {
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

void CvatXmlMeta::EndOfTask(const std::vector<std::string>& path, absl::string_view text) {
  if (tasks_.empty() || !EndsWith({path.begin(), path.end() - 1}, {"tasks", "task"})) return;
  TaskRecord& record = tasks_.back();
  if (path.back() == "id") record.id = std::string(text);
  if (path.back() == "name") record.task.name = std::string(text);
  if (path.back() == "mode") record.task.is_video = text == "interpolation";
  if (path.back() == "subset") record.task.subset = SubsetOf(text);
}

std::vector<Label> CvatXmlMeta::TakeLabels() {
  absl::flat_hash_map<std::string, int32_t> top_level;
  for (size_t i = 0; i < labels_.size(); ++i) {
    if (parents_[i].empty()) top_level.emplace(labels_[i].name, int32_t(i));
  }
  for (size_t i = 0; i < labels_.size(); ++i) {
    if (parents_[i].empty()) continue;
    const auto found = top_level.find(parents_[i]);
    if (found != top_level.end()) labels_[i].parent = found->second;
  }
  return std::move(labels_);
}

std::vector<Task> CvatXmlMeta::TakeTasks(std::map<std::string, uint32_t>& number_of) {
  std::vector<Task> tasks;
  for (TaskRecord& record : tasks_) {
    number_of[record.id] = uint32_t(tasks.size());
    tasks.push_back(std::move(record.task));
  }
  single_.name = name_;
  if (tasks.empty()) tasks.push_back(std::move(single_));
  return tasks;
}

}  // namespace annofs
