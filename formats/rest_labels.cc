#include "formats/rest_labels.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "formats/json_labels.h"
#include "formats/label_union.h"
#include "formats/skeleton_svg.h"

namespace annofs {
namespace {

bool IsWanted(JsonValue label, const RestLabelOwners& owners) {
  if (owners.all) return true;
  const std::optional<int64_t> task = label["task_id"].AsInt();
  const std::optional<int64_t> project = label["project_id"].AsInt();
  return (!task && !project) || (task && owners.tasks.contains(*task)) ||
         (project && owners.projects.contains(*project));
}

bool AreAlike(const AttributeSpec& a, const AttributeSpec& b) {
  return a.is_mutable == b.is_mutable && a.input_type == b.input_type &&
         a.default_value == b.default_value && a.values == b.values;
}

// `known`: those of `values`, or empty as long as nothing was added.
void AddValues(std::vector<std::string>& values, const std::vector<std::string>& others,
               absl::flat_hash_set<std::string>& known) {
  if (known.empty()) known.insert(values.begin(), values.end());
  for (const std::string& value : others) {
    if (known.insert(value).second) values.push_back(value);
  }
}

}  // namespace

void RestLabels::Report(std::string reason) {
  sink_.AddProblem({.source = source_, .reason = std::move(reason)});
}

void RestLabels::Add(JsonValue json, const RestLabelOwners& owners) {
  if (!json.is_object()) return Report("a label that is no object: left out");
  if (IsWanted(json, owners)) AddEntry(json, json["parent_id"].AsInt().value_or(-1));
}

void RestLabels::AddEntry(JsonValue json, int64_t parent) {
  if (entries_.size() >= kMaxJsonLabels) {
    SetIncomplete();
    if (!std::exchange(is_full_, true)) sink_.AddProblem(TooManyLabels(source_));
    return;
  }
  Entry entry{.id = json.IntOr("id", -1), .parent = parent, .label = ParseJsonLabel(json)};
  if (entry.label.name.empty() || entry.id < 0) {
    return Report(absl::StrCat("label ", entry.id, ": without a number or a name: left out"));
  }
  const int64_t id = entry.id;
  if (!by_id_.try_emplace(id).second) {
    return Report(absl::StrCat("label ", id, ": a second one of this number: left out"));
  }
  const JsonValue specs = json["attributes"];
  for (size_t i = 0; specs.is_array() && i < specs.size(); ++i) {
    const std::optional<int64_t> spec = specs[i]["id"].AsInt();
    if (spec) attributes_.try_emplace(*spec, specs[i].StringOr("name", ""));
  }
  entries_.push_back(std::move(entry));
  // Only a skeleton has sublabels, and these have none.
  const JsonValue sublabels = json["sublabels"];
  for (size_t i = 0; parent < 0 && sublabels.is_array() && i < sublabels.size(); ++i) {
    if (sublabels[i].is_object()) AddEntry(sublabels[i], id);
  }
}

// A parent is a label that has none itself: so there are no circles.
void RestLabels::CheckParents() {
  absl::flat_hash_set<int64_t> tops;
  for (const Entry& entry : entries_) {
    if (entry.parent < 0) tops.insert(entry.id);
  }
  for (Entry& entry : entries_) {
    if (entry.parent < 0 || tops.contains(entry.parent)) continue;
    Report(absl::StrCat("label ", entry.id, ": its parent ", entry.parent,
                        " is no label of a skeleton: read as a label of its own"));
    entry.parent = -1;
  }
}

void RestLabels::NameInTemplates() {
  absl::flat_hash_map<int64_t, absl::string_view> names;
  for (const Entry& entry : entries_) names[entry.id] = entry.label.name;
  for (Entry& entry : entries_) {
    if (!entry.label.svg.empty()) entry.label.svg = NameSkeletonNodes(entry.label.svg, names);
  }
}

void RestLabels::Unite(Label& label, const Label& other, United& united) {
  if (united.specs.empty()) {
    for (size_t i = 0; i < label.attributes.size(); ++i) {
      united.specs.try_emplace(label.attributes[i].name, i);
    }
  }
  bool are_alike = label.type == other.type && label.svg == other.svg;
  for (const AttributeSpec& spec : other.attributes) {
    const auto [place, is_new] = united.specs.try_emplace(spec.name, label.attributes.size());
    if (is_new) {
      label.attributes.push_back(spec);
      continue;
    }
    AttributeSpec& known = label.attributes[place->second];
    if (AreAlike(known, spec)) continue;
    are_alike = false;
    AddValues(known.values, spec.values, united.values[place->second]);
  }
  if (!are_alike) {
    Report(absl::StrCat("label '", label.name,
                        "' is there more than once and not alike: its attributes are united, "
                        "the rest is that of the first"));
  }
}

void RestLabels::Push() {
  CheckParents();
  NameInTemplates();
  std::stable_sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) {
    auto key = [](const Entry& entry) {
      return std::tuple(std::max(entry.id, entry.parent), entry.parent >= 0);
    };
    return key(a) < key(b);
  });
  std::vector<Label> labels;
  std::map<std::pair<int32_t, std::string>, uint32_t> by_name;
  absl::flat_hash_map<uint32_t, United> united;
  for (Entry& entry : entries_) {
    Known& known = by_id_[entry.id];
    if (entry.parent >= 0) known.parent = int32_t(by_id_[entry.parent].label);
    entry.label.parent = known.parent;
    auto [place, is_new] =
        by_name.try_emplace({known.parent, entry.label.name}, uint32_t(labels.size()));
    known.label = place->second;
    if (is_new) {
      labels.push_back(std::move(entry.label));
    } else {
      Unite(labels[known.label], entry.label, united[known.label]);
    }
  }
  entries_.clear();
  std::vector<uint32_t> pushed;
  for (Label& label : labels) {
    if (label.parent >= 0) label.parent = int32_t(pushed[size_t(label.parent)]);
    pushed.push_back(sink_.AddLabel(std::move(label)));
  }
  for (auto& [id, known] : by_id_) {
    known.label = pushed[known.label];
    if (known.parent >= 0) known.parent = int32_t(pushed[size_t(known.parent)]);
  }
}

void RestLabels::Finish() {
  if (unknown_labels_ > 0) {
    sink_.AddProblem({.source = source_,
                      .position = first_unknown_,
                      .reason = absl::StrCat("left out: its label is not known; so are ",
                                             unknown_labels_, " in all")});
  }
  if (unknown_labels_ == 0 && unknown_attributes_ > 0) {
    Report(absl::StrCat(unknown_attributes_, " attributes are not known: left out"));
  }
}

absl::StatusOr<uint32_t> RestLabels::LabelOf(JsonValue item, int32_t parent, const Problem& where) {
  const std::optional<int64_t> id = item["label_id"].AsInt();
  if (!id) return absl::InvalidArgumentError("it has no label");
  const auto found = by_id_.find(*id);
  if (found == by_id_.end() && is_incomplete_) {
    if (unknown_labels_++ == 0) first_unknown_ = where.position;
    return absl::NotFoundError("its label is not known");
  }
  if (found == by_id_.end()) {
    return absl::InvalidArgumentError(absl::StrCat("label ", *id, " is not known"));
  }
  if (found->second.parent != parent) {
    return absl::InvalidArgumentError(
        parent < 0 ? absl::StrCat("label ", *id, " is a part of a skeleton")
                   : absl::StrCat("label ", *id, " is no part of its skeleton"));
  }
  return found->second.label;
}

std::vector<Attribute> RestLabels::AttributesOf(JsonValue item, const Problem& where) {
  const JsonValue list = item["attributes"];
  std::vector<Attribute> attributes;
  for (size_t i = 0; list.is_array() && i < list.size(); ++i) {
    const std::optional<int64_t> id = list[i]["spec_id"].AsInt();
    const auto found = id ? attributes_.find(*id) : attributes_.end();
    if (found != attributes_.end()) {
      attributes.push_back({.name = found->second, .value = JsonText(list[i]["value"])});
      continue;
    }
    if (is_incomplete_) {
      ++unknown_attributes_;
      continue;
    }
    Problem problem = where;
    problem.reason = id ? absl::StrCat("attribute ", *id, " is not known: left out")
                        : "an attribute without a number: left out";
    sink_.AddProblem(std::move(problem));
  }
  return attributes;
}

}  // namespace annofs
