// The sum of the numbers of several datasets.
#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "formats/quality/stats.h"

namespace annofs {
namespace {

constexpr char kOthers[] = "others";

void AddGroups(const std::vector<FrameGroup>& from, std::vector<FrameGroup>& to) {
  std::map<std::string, size_t> places;
  for (size_t i = 0; i < to.size(); ++i) places.emplace(to[i].name, i);
  for (const FrameGroup& group : from) {
    const std::string& name =
        places.contains(group.name) || to.size() + 1 < kMaxGroups ? group.name : kOthers;
    const auto [found, is_new] = places.emplace(name, to.size());
    if (is_new) to.push_back({.name = name});
    FrameGroup& sum = to[found->second];
    sum.frames += group.frames;
    sum.with_image += group.with_image;
    sum.annotated += group.annotated;
  }
}

void AddJobGroups(const std::vector<JobGroup>& from, std::vector<JobGroup>& to) {
  using Key = std::tuple<Job::Kind, std::string, std::string>;
  std::map<Key, JobGroup> groups;
  auto add = [&groups](const JobGroup& group) {
    Key key(group.kind, group.stage, group.state);
    if (groups.size() + 1 >= kMaxGroups && !groups.contains(key))
      key = Key(group.kind, kOthers, kOthers);
    JobGroup& sum = groups[key];
    std::tie(sum.kind, sum.stage, sum.state) = key;
    sum.jobs += group.jobs;
    sum.frames += group.frames;
  };
  for (const JobGroup& group : to) add(group);
  for (const JobGroup& group : from) add(group);
  to.clear();
  for (auto& [key, group] : groups) to.push_back(std::move(group));
}

class Summing {
 public:
  void Add(const DatasetStats& one) {
    AddNumbers(one);
    AddGroups(one.subsets, sum_.subsets);
    AddGroups(one.parts, sum_.parts);
    AddJobGroups(one.job_groups, sum_.job_groups);
    const std::vector<size_t> slots = SlotsOf(one.stacked);
    for (const ClassStats& from : one.classes) AddClass(from, slots);
    sum_.sources.AddAll(one.sources, room_);
    sum_.image_sizes.AddAll(one.image_sizes, room_);
    sum_.objects_per_frame.AddAll(one.objects_per_frame);
    sum_.track_lengths.AddAll(one.track_lengths);
    sum_.boxes.AddAll(one.boxes);
    sum_.flags.AddAll(one.flags);
  }

  DatasetStats Take() {
    for (ClassStats& one : sum_.classes) one.by_part.resize(sum_.stacked.size());
    return std::move(sum_);
  }

  Summing() { sum_.datasets = 0; }

 private:
  void AddNumbers(const DatasetStats& one) {
    for (uint64_t DatasetStats::*number :
         {&DatasetStats::datasets, &DatasetStats::frames, &DatasetStats::with_image,
          &DatasetStats::with_shapes, &DatasetStats::with_tags, &DatasetStats::without_annotations,
          &DatasetStats::without_size, &DatasetStats::tasks, &DatasetStats::video_tasks,
          &DatasetStats::point_cloud_tasks, &DatasetStats::jobs, &DatasetStats::tracks,
          &DatasetStats::attributes_left_out, &DatasetStats::problems, &DatasetStats::errors}) {
      sum_.*number += one.*number;
    }
    for (size_t i = 0; i < kShapeTypeCount; ++i) sum_.by_type[i] += one.by_type[i];
  }

  // Where each of these parts is counted in the sum.
  std::vector<size_t> SlotsOf(const std::vector<std::string>& stacked) {
    std::vector<size_t> slots;
    for (const std::string& name : stacked) {
      auto found = std::find(sum_.stacked.begin(), sum_.stacked.end(), name);
      if (found == sum_.stacked.end() && sum_.stacked.size() < DatasetStats::kMaxStacked) {
        found = sum_.stacked.insert(found, name);
      }
      if (found == sum_.stacked.end()) {
        sum_.stacked.back() = kOthers;
        --found;
      }
      slots.push_back(size_t(found - sum_.stacked.begin()));
    }
    return slots;
  }

  void AddClass(const ClassStats& from, const std::vector<size_t>& slots) {
    const auto [place, is_new] = classes_.emplace(from.name, sum_.classes.size());
    if (is_new) {
      sum_.classes.emplace_back();
      sum_.classes.back().name = from.name;
      sum_.classes.back().color = from.color;
      sum_.classes.back().is_part = from.is_part;
    }
    ClassStats& to = sum_.classes[place->second];
    to.frames += from.frames;
    to.tracks += from.tracks;
    for (size_t i = 0; i < kShapeTypeCount; ++i) to.by_type[i] += from.by_type[i];
    to.flags.AddAll(from.flags);
    to.by_part.resize(DatasetStats::kMaxStacked);
    for (size_t i = 0; i < from.by_part.size(); ++i) to.by_part[slots[i]] += from.by_part[i];
    if (from.boxes) {
      if (!to.boxes) to.boxes = std::make_unique<BoxStats>();
      to.boxes->AddAll(*from.boxes);
    }
    for (const AttributeStats& attribute : from.attributes) AddAttribute(attribute, to);
  }

  void AddAttribute(const AttributeStats& from, ClassStats& to) {
    const std::string key = to.name + '\0' + from.name;
    const auto [place, is_new] = attributes_.emplace(key, to.attributes.size());
    if (is_new) to.attributes.push_back({.name = from.name, .input_type = from.input_type});
    to.attributes[place->second].values.AddAll(from.values, room_);
  }

  DatasetStats sum_;
  ValueRoom room_;
  absl::flat_hash_map<std::string, size_t> classes_;     // name -> index
  absl::flat_hash_map<std::string, size_t> attributes_;  // class, name -> index in the class
};

}  // namespace

DatasetStats SumOf(const std::vector<const DatasetStats*>& all) {
  Summing summing;
  for (const DatasetStats* one : all) summing.Add(*one);
  return summing.Take();
}

}  // namespace annofs
