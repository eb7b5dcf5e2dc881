// reports/: plain text about a dataset.
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "cache/base/json.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "formats/box.h"
#include "formats/frame_labels.h"
#include "formats/report_jobs.h"
#include "formats/report_names.h"
#include "formats/split.h"
#include "formats/writer.h"

namespace annofs {
namespace {

using Writers = std::vector<const Writer*>;  // of the views that are for the dataset

// Calls `fn` with every tag and shape of a frame that the view drops, and why.
template <typename Fn>
absl::Status ForEachDropped(const Writer& writer, const Dataset& data, Rank rank,
                            const Frame& frame, const FrameShapes& all, Fn fn) {
  ASSIGN_OR_RETURN(std::vector<absl::string_view> why, WhyNotIn(writer, data, rank, frame, all));
  for (size_t i = 0; i < why.size(); ++i) {
    if (why[i].empty()) continue;
    fn(i < all.tags.size() ? all.tags[i] : all.shapes[i - all.tags.size()], why[i]);
  }
  return absl::OkStatus();
}

// What one pass over the frames counts. By label: tags too, elements under their own label.
struct Tally {
  std::vector<uint64_t> dropped;  // by view
  std::vector<uint64_t> shapes;   // by label
  std::vector<uint64_t> frames;   // by label: those that have any
};

class LabelCounter {
 public:
  explicit LabelCounter(Tally& tally) : tally_(tally), last_(tally.shapes.size(), UINT64_MAX) {}

  void Count(Rank rank, const std::vector<Shape>& shapes) {
    for (const Shape& shape : shapes) {
      if (shape.label < last_.size()) {
        ++tally_.shapes[shape.label];
        if (std::exchange(last_[shape.label], rank) != rank) ++tally_.frames[shape.label];
      }
      Count(rank, shape.elements);
    }
  }

 private:
  Tally& tally_;
  std::vector<uint64_t> last_;  // by label: the frame that was counted last
};

absl::StatusOr<Tally> Count(const Dataset& data, const Writers& writers) {
  const size_t labels = data.info().labels.size();
  Tally tally{.dropped = std::vector<uint64_t>(writers.size()),
              .shapes = std::vector<uint64_t>(labels),
              .frames = std::vector<uint64_t>(labels)};
  LabelCounter counter(tally);
  for (Rank rank = 0; rank < data.frame_count(); ++rank) {
    ASSIGN_OR_RETURN(Frame frame, data.GetFrame(rank));
    ASSIGN_OR_RETURN(FrameShapes all, data.Shapes(rank));
    counter.Count(rank, all.tags);
    counter.Count(rank, all.shapes);
    if (all.tags.empty() && all.shapes.empty()) continue;
    for (size_t i = 0; i < writers.size(); ++i) {
      RETURN_IF_ERROR(ForEachDropped(*writers[i], data, rank, frame, all,
                                     [&](const Shape&, absl::string_view) { ++tally.dropped[i]; }));
    }
  }
  return tally;
}

// A skeleton's part by both names, since two skeletons may share it.
std::string FullName(const std::vector<Label>& labels, size_t label) {
  int32_t parent = labels[label].parent;
  if (parent < 0 || size_t(parent) >= labels.size()) return labels[label].name;
  return absl::StrCat(labels[size_t(parent)].name, "/", labels[label].name);
}

void WriteSources(JsonWriter& json, absl::string_view key,
                  const std::vector<SourceVersion>& sources) {
  json.Key(key).BeginArray();
  for (const SourceVersion& source : sources) {
    json.BeginObject().Key("key").String(source.key).Key("version").String(source.version);
    json.Key("format").String(source.format).EndObject();
  }
  json.EndArray();
}

void WriteTasks(JsonWriter& json, const std::vector<Task>& tasks) {
  json.Key("tasks").BeginArray();
  for (const Task& task : tasks) {
    json.BeginObject().Key("id");
    task.id < 0 ? json.Null() : json.Int(task.id);
    json.Key("name").String(task.name).Key("subset").String(task.subset);
    json.Key("video").Bool(task.is_video).Key("point_clouds").Bool(task.is_3d).EndObject();
  }
  json.EndArray();
}

absl::Status WriteCounts(JsonWriter& json, const Dataset& data, const Writers& writers) {
  ASSIGN_OR_RETURN(RankSet media, data.WithMedia());
  ASSIGN_OR_RETURN(RankSet none, data.WithoutLabels());
  ASSIGN_OR_RETURN(std::vector<Problem> problems, data.Problems());
  json.Key("frames").Int(data.frame_count()).Key("images").Int(int64_t(media.size()));
  json.Key("frames_without_annotations").Int(int64_t(none.size()));
  json.Key("annotations").BeginObject();
  for (ShapeType type : AllShapeTypes()) {
    json.Key(ShapeTypeName(type)).Int(int64_t(data.info().shape_counts[size_t(type)]));
  }
  json.EndObject();
  ASSIGN_OR_RETURN(Tally tally, Count(data, writers));
  json.Key("annotations_by_label").BeginObject();
  for (size_t i = 0; i < tally.shapes.size(); ++i) {
    json.Key(FullName(data.info().labels, i)).Int(int64_t(tally.shapes[i]));
  }
  json.EndObject();
  json.Key("problems").Int(int64_t(problems.size()));
  json.Key("dropped").BeginObject();
  for (size_t i = 0; i < writers.size(); ++i) {
    json.Key(writers[i]->Info().name).Int(int64_t(tally.dropped[i]));
  }
  json.EndObject();
  return absl::OkStatus();
}

// The configuration as the last member. It is JSON already and stands as it is, so that its numbers
// keep their digits.
std::string WithConfiguration(absl::string_view object, absl::string_view configuration) {
  return absl::StrCat(absl::StripSuffix(object, "\n}"),
                      ",\n  \"configuration\": ", configuration.empty() ? "null" : configuration,
                      "\n}");
}

absl::StatusOr<std::string> RenderAbout(const Dataset& data, const Writers& writers) {
  JsonWriter json(JsonWriter::Style::kPretty);
  json.BeginObject().Key("name").String(data.info().name).Key("id").String(data.info().id);
  WriteSources(json, "sources", data.info().sources);
  WriteSources(json, "other_sources", data.info().other_sources);
  WriteTasks(json, data.info().tasks);
  WriteJobs(json, data.info());
  RETURN_IF_ERROR(WriteCounts(json, data, writers));
  ASSIGN_OR_RETURN(const std::string split, DescribeSplit(data));
  json.Key("split").String(split);
  json.Key("left_out").BeginObject();
  json.Key("frames").Int(int64_t(data.info().left_out_frames));
  json.Key("annotations").Int(int64_t(data.info().left_out_shapes)).EndObject();
  return WithConfiguration(json.EndObject().Take(), data.info().options.configuration) + "\n";
}

absl::StatusOr<std::string> RenderClasses(const Dataset& data) {
  ASSIGN_OR_RETURN(Tally tally, Count(data, {}));
  std::string text = "index\tname\tcolor\ttype\tparent\tframes\tshapes\n";
  const std::vector<Label>& labels = data.info().labels;
  for (uint32_t i = 0; i < labels.size(); ++i) {
    absl::string_view parent = labels[i].parent < 0 || size_t(labels[i].parent) >= labels.size()
                                   ? absl::string_view()
                                   : labels[size_t(labels[i].parent)].name;
    absl::StrAppend(&text, i, "\t", TsvEscape(labels[i].name), "\t", TsvEscape(labels[i].color),
                    "\t", TsvEscape(labels[i].type), "\t", TsvEscape(parent), "\t", tally.frames[i],
                    "\t", tally.shapes[i], "\n");
  }
  return text;
}

// What is looked up in blocks of frames.
struct FrameColumns {
  FrameJobs jobs;
  FrameLabels labels;
};

absl::StatusOr<std::string> FrameLine(FrameColumns& columns, const Dataset& data, Rank rank) {
  ASSIGN_OR_RETURN(Frame frame, data.GetFrame(rank));
  ASSIGN_OR_RETURN(FrameNames names, data.Names(rank));
  ASSIGN_OR_RETURN(std::optional<Media> media, data.GetMedia(rank));
  ASSIGN_OR_RETURN(std::string jobs, columns.jobs.Columns(data, rank));
  ASSIGN_OR_RETURN(std::string labels, columns.labels.Of(data, rank));
  const std::vector<Task>& tasks = data.info().tasks;
  return absl::StrCat(
      rank, "\t", frame.number, "\t", TsvEscape(names.path), "\t", TsvEscape(frame.name), "\t",
      frame.width, "\t", frame.height, "\t", TsvEscape(frame.subset), "\t",
      TsvEscape(frame.task < tasks.size() ? tasks[frame.task].name : ""), "\t", jobs, "\t",
      media ? TsvEscape(media->key) : "", "\t", media ? absl::StrCat(media->size) : "", "\t",
      frame.related.size(), "\t", labels, "\t", media ? media->digest : "", "\n");
}

absl::StatusOr<std::string> RenderProblems(const Dataset& data) {
  ASSIGN_OR_RETURN(std::vector<Problem> problems, data.Problems());
  std::string text = "severity\tsource\tposition\tframe\treason\n";
  for (const Problem& problem : problems) {
    absl::StrAppend(&text, problem.severity == Problem::Severity::kError ? "error" : "warning",
                    "\t", TsvEscape(problem.source), "\t", TsvEscape(problem.position), "\t",
                    TsvEscape(problem.frame), "\t", TsvEscape(problem.reason), "\n");
  }
  return text;
}

std::string DroppedLine(const DatasetInfo& info, const Frame& frame, const Shape& shape,
                        absl::string_view why) {
  std::optional<Box> box = IsPointCloud(info, frame) ? std::nullopt : OwnBox(shape);
  std::string where = box ? absl::StrCat(ShortFloat(box->left), "\t", ShortFloat(box->top), "\t",
                                         ShortFloat(box->width()), "\t", ShortFloat(box->height()))
                          : "\t\t\t";
  return absl::StrCat(TsvEscape(frame.name), "\t", TsvEscape(info.labels[shape.label].name), "\t",
                      ShapeTypeName(shape.type), "\t", TsvEscape(why), "\t", where, "\n");
}

absl::StatusOr<std::string> DroppedLines(const Writer& writer, const Dataset& data, Rank rank) {
  ASSIGN_OR_RETURN(Frame frame, data.GetFrame(rank));
  ASSIGN_OR_RETURN(FrameShapes all, data.Shapes(rank));
  std::string text;
  RETURN_IF_ERROR(ForEachDropped(writer, data, rank, frame, all,
                                 [&](const Shape& shape, absl::string_view why) {
                                   text += DroppedLine(data.info(), frame, shape, why);
                                 }));
  return text;
}

Segments DroppedBy(const Writer& writer, const Dataset& data) {
  return Lines(
      "frame\tlabel\ttype\treason\tx\ty\tw\th\n", data.All(),
      [&writer](const Dataset& data, Rank rank) { return DroppedLines(writer, data, rank); },
      SegmentOrder::kRank);
}

// As `sha1sum --check` reads it back: a line starts with a backslash where the name holds escapes.
std::string SumLine(absl::string_view digest, absl::string_view key) {
  std::string name = absl::StrReplaceAll(key, {{"\\", "\\\\"}, {"\n", "\\n"}, {"\r", "\\r"}});
  return absl::StrCat(name == key ? "" : "\\", digest, "  ", name, "\n");
}

// The images with a digest of that kind ("sha1:").
absl::StatusOr<RankSet> WithDigest(const Dataset& data, absl::string_view kind) {
  ASSIGN_OR_RETURN(RankSet ranks, data.WithMedia());
  std::vector<Rank> with;
  for (size_t i = 0; i < ranks.size(); ++i) {
    ASSIGN_OR_RETURN(std::optional<Media> media, data.GetMedia(ranks[i]));
    if (media && absl::StartsWith(media->digest, kind)) with.push_back(ranks[i]);
  }
  return RankSet::Of(std::move(with));
}

absl::Status AddSums(absl::string_view file, const std::string& kind, const Dataset& data,
                     Layout& tree) {
  ASSIGN_OR_RETURN(RankSet media, WithDigest(data, kind));
  if (media.empty()) return absl::OkStatus();
  auto line = [kind](const Dataset& data, Rank rank) -> absl::StatusOr<std::string> {
    ASSIGN_OR_RETURN(std::optional<Media> media, data.GetMedia(rank));
    if (!media) return "";
    return SumLine(absl::StripPrefix(media->digest, kind), media->key);
  };
  tree.Segmented(file, Lines("", media, line, SegmentOrder::kRank));
  return absl::OkStatus();
}

}  // namespace

absl::Status DescribeReports(const Dataset& data, const std::vector<std::unique_ptr<Writer>>& all,
                             Layout& tree) {
  Writers writers;
  for (const std::unique_ptr<Writer>& writer : all) {
    if (IsFor(writer->Info(), data.info())) writers.push_back(writer.get());
  }
  tree.File("about.json", [writers](const Dataset& data) { return RenderAbout(data, writers); });
  tree.File("classes.tsv", RenderClasses);
  tree.Segmented("frames.tsv",
                 Lines(
                     "rank\tnumber\tpath\tname\twidth\theight\tsubset\ttask\tjob\tstate\t"
                     "media\tmedia_size\trelated\tlabels\tdigest\n",
                     data.All(),
                     [columns = std::make_shared<FrameColumns>()](const Dataset& data, Rank rank) {
                       return FrameLine(*columns, data, rank);
                     },
                     SegmentOrder::kRank));
  ASSIGN_OR_RETURN(Segments names, NamesReport(data, writers));
  tree.Segmented("names.tsv", std::move(names));
  tree.File("problems.tsv", RenderProblems);
  RETURN_IF_ERROR(AddSums("SHA1SUMS", "sha1:", data, tree));
  RETURN_IF_ERROR(AddSums("MD5SUMS", "md5:", data, tree));
  for (const Writer* writer : writers) {
    tree.Segmented(absl::StrCat("dropped/", writer->Info().name, ".tsv"), DroppedBy(*writer, data));
  }
  return absl::OkStatus();
}

}  // namespace annofs
