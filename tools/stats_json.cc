// `annofs stats --json`: everything that is counted.
#include "cache/base/json.h"
#include "tools/stats_charts.h"
#include "tools/stats_report.h"

namespace annofs {
namespace {

class Json {
 public:
  void Report(const StatsReport& report) {
    json_.BeginObject().Key("source").String(report.source).Key("snapshot");
    report.snapshot ? json_.Int(int64_t(*report.snapshot)) : json_.Null();
    json_.Key("datasets").BeginArray();
    for (const StatsReport::One& one : report.datasets) {
      json_.BeginObject().Key("name").String(one.stats.name).Key("id").String(one.stats.id);
      json_.Key("modified")
          .String(absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", one.modified, absl::UTCTimeZone()));
      Numbers(one.stats);
      json_.EndObject();
    }
    json_.EndArray();
    if (report.total) {
      json_.Key("total").BeginObject();
      Number("datasets", report.total->datasets);
      Numbers(*report.total);
      json_.EndObject();
    }
    json_.EndObject();
  }
  std::string Take() { return json_.Take(); }

 private:
  void Number(absl::string_view key, uint64_t value) { json_.Key(key).Int(int64_t(value)); }

  void Numbers(const DatasetStats& stats) {
    Frames(stats);
    Number("tasks", stats.tasks);
    Number("video_tasks", stats.video_tasks);
    Number("point_cloud_tasks", stats.point_cloud_tasks);
    Number("jobs", stats.jobs);
    Jobs(stats.job_groups);
    Groups("subsets", stats.subsets);
    json_.Key("split").String(stats.split);
    Groups("parts", stats.parts);
    Number("annotations", stats.annotations());
    Number("objects", stats.objects());
    Number("tags", stats.tags());
    Number("tracks", stats.tracks);
    Number("problems", stats.problems);
    Number("errors", stats.errors);
    Types(stats.by_type);
    Flags(stats.flags);
    Values("made_by", stats.sources);
    json_.Key("classes").BeginArray();
    for (const ClassStats& one : stats.classes) Class(one, stats.stacked);
    json_.EndArray();
    Number("attribute_values_left_out", stats.attributes_left_out);
    Numbers("objects_per_frame", stats.objects_per_frame);
    Numbers("track_lengths", stats.track_lengths);
    json_.Key("boxes");
    Boxes(stats.boxes);
  }

  void Frames(const DatasetStats& stats) {
    json_.Key("frames").BeginObject();
    Number("all", stats.frames);
    Number("with_image", stats.with_image);
    Number("without_image", stats.frames - stats.with_image);
    Number("annotated", stats.frames - stats.without_annotations);
    Number("with_objects", stats.with_shapes);
    Number("with_tags", stats.with_tags);
    Number("without_annotations", stats.without_annotations);
    Number("of_unknown_size", stats.without_size);
    json_.EndObject();
    Values("frame_sizes", stats.image_sizes);
  }

  void Jobs(const std::vector<JobGroup>& groups) {
    json_.Key("jobs_by_state").BeginArray();
    for (const JobGroup& group : groups) {
      json_.BeginObject().Key("kind").String(JobKindName(group.kind));
      json_.Key("stage").String(group.stage).Key("state").String(group.state);
      Number("jobs", group.jobs);
      Number("frames", group.frames);
      json_.EndObject();
    }
    json_.EndArray();
  }

  void Groups(absl::string_view key, const std::vector<FrameGroup>& groups) {
    json_.Key(key).BeginArray();
    for (const FrameGroup& group : groups) {
      json_.BeginObject().Key("name").String(group.name);
      Number("frames", group.frames);
      Number("with_image", group.with_image);
      Number("annotated", group.annotated);
      json_.EndObject();
    }
    json_.EndArray();
  }

  void Types(const std::array<uint64_t, kShapeTypeCount>& by_type) {
    json_.Key("types").BeginObject();
    for (ShapeType type : AllShapeTypes()) Number(ShapeTypeName(type), by_type[size_t(type)]);
    json_.EndObject();
  }

  void Flags(const ShapeFlags& flags) {
    json_.Key("marks").BeginObject();
    Number("occluded", flags.occluded);
    Number("outside", flags.outside);
    Number("rotated", flags.rotated);
    Number("grouped", flags.grouped);
    Number("of_tracks", flags.tracked);
    Number("keyframes", flags.keyframes);
    json_.EndObject();
  }

  void Class(const ClassStats& one, const std::vector<std::string>& parts) {
    json_.BeginObject().Key("name").String(one.name).Key("color").String(one.color);
    json_.Key("part_of_skeleton").Bool(one.is_part);
    Number("annotations", one.annotations());
    Number("objects", one.objects());
    Number("tags", one.tags());
    Number("frames", one.frames);
    Number("tracks", one.tracks);
    Types(one.by_type);
    Flags(one.flags);
    if (!one.is_part) {
      json_.Key("parts").BeginObject();
      for (size_t i = 0; i < one.by_part.size(); ++i) Number(parts[i], one.by_part[i]);
      json_.EndObject();
    }
    json_.Key("boxes");
    one.boxes ? Boxes(*one.boxes) : void(json_.Null());
    json_.Key("attributes").BeginArray();
    for (const AttributeStats& attribute : one.attributes) {
      json_.BeginObject().Key("name").String(attribute.name);
      json_.Key("input_type").String(attribute.input_type);
      Values("values", attribute.values);
      json_.EndObject();
    }
    json_.EndArray().EndObject();
  }

  void Values(absl::string_view key, const ValueCounts& values) {
    const ValueCounts::Top top = values.MostFrequent(kShownValues);
    json_.Key(key).BeginObject();
    Number("all", values.total());
    Number("different", values.different());
    json_.Key("more_than_that").Bool(values.uncounted() != 0);
    json_.Key("most_frequent").BeginArray();
    for (const ValueCounts::Value& value : top.values) {
      json_.BeginObject().Key("value").String(value.text);
      Number("count", value.count);
      json_.EndObject();
    }
    json_.EndArray();
    Number("others", top.others);
    json_.EndObject();
  }

  void Numbers(absl::string_view key, const NumberCounts& numbers) {
    json_.Key(key).BeginObject().Key("mean").Double(numbers.Mean());
    Number("median", numbers.Median());
    Number("largest", numbers.Largest());
    json_.Key("counts").BeginArray();
    for (const auto& [number, count] : numbers.counts()) {
      json_.BeginArray().Int(int64_t(number)).Int(int64_t(count)).EndArray();
    }
    json_.EndArray().EndObject();
  }

  void Bins(absl::string_view key, const BinCounts& histogram) {
    json_.Key(key).BeginObject().Key("edges").BeginArray();
    for (double edge : histogram.edges()) json_.Double(edge);
    json_.EndArray().Key("counts").BeginArray();
    for (uint64_t count : histogram.counts()) json_.Int(int64_t(count));
    json_.EndArray().EndObject();
  }

  void Boxes(const BoxStats& boxes) {
    json_.BeginObject();
    Number("all", boxes.boxes);
    Number("small", boxes.small);
    Number("medium", boxes.medium);
    Number("large", boxes.large);
    Number("empty", boxes.empty);
    Number("on_frames_of_unknown_size", boxes.without_size);
    Bins("width", boxes.width);
    Bins("height", boxes.height);
    Bins("area", boxes.area);
    Bins("relative_width", boxes.width_share);
    Bins("relative_height", boxes.height_share);
    Bins("relative_area", boxes.area_share);
    Bins("aspect", boxes.aspect);
    json_.Key("centres").BeginArray();
    for (int row = 0; row < CentreGrid::kCells; ++row) {
      json_.BeginArray();
      for (int column = 0; column < CentreGrid::kCells; ++column) {
        json_.Int(int64_t(boxes.centres.counts[size_t(row * CentreGrid::kCells + column)]));
      }
      json_.EndArray();
    }
    json_.EndArray();
    Number("centres_outside", boxes.centres.outside);
    json_.EndObject();
  }

  JsonWriter json_;
};

}  // namespace

std::string StatsJson(const StatsReport& report) {
  Json json;
  json.Report(report);
  return json.Take() + "\n";
}

}  // namespace annofs
