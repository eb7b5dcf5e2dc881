// reports/: plain text about a dataset.
#include <map>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "cache/base/json.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "formats/box.h"
#include "formats/split.h"
#include "formats/writer.h"

namespace annofs {
namespace {

using Writers = std::vector<std::unique_ptr<Writer>>;

// Calls `fn` with every tag and shape of a frame that the view drops, and why.
template <typename Fn>
absl::Status ForEachDropped(const Writer& writer, const Dataset& data, Rank rank, Fn fn) {
  ASSIGN_OR_RETURN(Frame frame, data.GetFrame(rank));
  ASSIGN_OR_RETURN(FrameShapes all, data.Shapes(rank));
  for (const std::vector<Shape>* list : {&all.tags, &all.shapes}) {
    for (const Shape& shape : *list) {
      std::string why = writer.WhyDropped(data, frame, all, shape);
      if (!why.empty()) fn(frame, shape, why);
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<uint64_t> CountDropped(const Writer& writer, const Dataset& data) {
  uint64_t count = 0;
  for (Rank rank = 0; rank < data.frame_count(); ++rank) {
    RETURN_IF_ERROR(ForEachDropped(
        writer, data, rank, [&count](const Frame&, const Shape&, const std::string&) { ++count; }));
  }
  return count;
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
    json.BeginObject().Key("name").String(task.name).Key("subset").String(task.subset);
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
  json.Key("problems").Int(int64_t(problems.size()));
  json.Key("dropped").BeginObject();
  for (const std::unique_ptr<Writer>& writer : writers) {
    ASSIGN_OR_RETURN(uint64_t dropped, CountDropped(*writer, data));
    json.Key(writer->Info().name).Int(int64_t(dropped));
  }
  json.EndObject();
  return absl::OkStatus();
}

absl::StatusOr<std::string> RenderAbout(const Dataset& data, const Writers& writers) {
  JsonWriter json(JsonWriter::Style::kPretty);
  json.BeginObject().Key("name").String(data.info().name).Key("id").String(data.info().id);
  WriteSources(json, "sources", data.info().sources);
  WriteSources(json, "other_sources", data.info().other_sources);
  WriteTasks(json, data.info().tasks);
  RETURN_IF_ERROR(WriteCounts(json, data, writers));
  json.Key("split").String(DescribeRule(RuleOf(data)));
  return json.EndObject().Take() + "\n";
}

absl::StatusOr<std::string> RenderClasses(const Dataset& data) {
  std::string text = "index\tname\tcolor\ttype\tparent\tframes\n";
  const std::vector<Label>& labels = data.info().labels;
  for (uint32_t i = 0; i < labels.size(); ++i) {
    ASSIGN_OR_RETURN(RankSet frames, data.WithLabel(i));
    absl::string_view parent =
        labels[i].parent < 0 ? absl::string_view() : labels[size_t(labels[i].parent)].name;
    absl::StrAppend(&text, i, "\t", TsvEscape(labels[i].name), "\t", TsvEscape(labels[i].color),
                    "\t", TsvEscape(labels[i].type), "\t", TsvEscape(parent), "\t", frames.size(),
                    "\n");
  }
  return text;
}

absl::StatusOr<std::string> FrameLine(const Dataset& data, Rank rank) {
  ASSIGN_OR_RETURN(Frame frame, data.GetFrame(rank));
  ASSIGN_OR_RETURN(FrameNames names, data.Names(rank));
  ASSIGN_OR_RETURN(std::optional<Media> media, data.GetMedia(rank));
  const std::vector<Task>& tasks = data.info().tasks;
  return absl::StrCat(
      rank, "\t", frame.number, "\t", TsvEscape(names.path), "\t", TsvEscape(frame.name), "\t",
      frame.width, "\t", frame.height, "\t", TsvEscape(frame.subset), "\t",
      TsvEscape(frame.task < tasks.size() ? tasks[frame.task].name : ""), "\t",
      media ? TsvEscape(media->key) : "", "\t", media ? absl::StrCat(media->size) : "", "\n");
}

absl::StatusOr<std::string> NameLines(const Dataset& data, Rank rank) {
  ASSIGN_OR_RETURN(Frame frame, data.GetFrame(rank));
  ASSIGN_OR_RETURN(FrameNames names, data.Names(rank));
  std::string text;
  if (names.path != frame.name)
    absl::StrAppend(&text, "path\t", TsvEscape(frame.name), "\t", TsvEscape(names.path), "\n");
  if (absl::StrCat(names.stem, names.extension()) != frame.name) {
    absl::StrAppend(&text, "stem\t", TsvEscape(frame.name), "\t", names.stem, "\n");
  }
  return text;
}

// Names that the views' own layouts changed; each once.
absl::StatusOr<std::string> RenamedDirectories(const Dataset& data, const Writers& writers) {
  std::map<std::pair<std::string, std::string>, absl::string_view> renamed;
  for (const std::unique_ptr<Writer>& writer : writers) {
    Layout layout;
    RETURN_IF_ERROR(writer->Describe(data, layout));
    for (const auto& pair : layout.renamed()) renamed.emplace(pair, writer->Info().name);
  }
  std::string text;
  for (const auto& [pair, view] : renamed) {
    absl::StrAppend(&text, "directory of ", view, "\t", TsvEscape(pair.first), "\t",
                    TsvEscape(pair.second), "\n");
  }
  return text;
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
  std::optional<Box> box = OwnBox(shape);
  std::string where = box ? absl::StrCat(ShortFloat(box->left), "\t", ShortFloat(box->top), "\t",
                                         ShortFloat(box->width()), "\t", ShortFloat(box->height()))
                          : "\t\t\t";
  return absl::StrCat(TsvEscape(frame.name), "\t", TsvEscape(info.labels[shape.label].name), "\t",
                      ShapeTypeName(shape.type), "\t", why, "\t", where, "\n");
}

// The writers live as long as the layout: they are the table's.
Segments DroppedBy(const Writer& writer, const Dataset& data) {
  return {.head = "frame\tlabel\ttype\treason\tx\ty\tw\th\n",
          .frames = data.All(),
          .segment = [&writer](const Dataset& data, Rank rank) -> absl::StatusOr<std::string> {
            std::string text;
            RETURN_IF_ERROR(
                ForEachDropped(writer, data, rank,
                               [&](const Frame& frame, const Shape& shape, const std::string& why) {
                                 text += DroppedLine(data.info(), frame, shape, why);
                               }));
            return text;
          }};
}

// Lines as sha1sum writes them; nothing if no image has such a digest.
absl::StatusOr<bool> HasDigests(const Dataset& data, absl::string_view kind) {
  ASSIGN_OR_RETURN(RankSet media, data.WithMedia());
  if (media.empty()) return false;
  ASSIGN_OR_RETURN(std::optional<Media> first, data.GetMedia(media[0]));
  return first && absl::StartsWith(first->digest, kind);
}

absl::Status AddSums(absl::string_view file, const std::string& kind, const Dataset& data,
                     Layout& tree) {
  ASSIGN_OR_RETURN(bool has, HasDigests(data, kind));
  if (!has) return absl::OkStatus();
  ASSIGN_OR_RETURN(RankSet media, data.WithMedia());
  tree.Segmented(file,
                 {.frames = media,
                  .segment = [kind](const Dataset& data, Rank rank) -> absl::StatusOr<std::string> {
                    ASSIGN_OR_RETURN(std::optional<Media> media, data.GetMedia(rank));
                    absl::string_view digest = media ? absl::string_view(media->digest) : "";
                    if (!absl::ConsumePrefix(&digest, kind)) return "";
                    return absl::StrCat(digest, "  ", TsvEscape(media->key), "\n");
                  }});
  return absl::OkStatus();
}

}  // namespace

absl::Status DescribeReports(const Dataset& data, const Writers& writers, Layout& tree) {
  tree.File("about.json", [&writers](const Dataset& data) { return RenderAbout(data, writers); });
  tree.File("classes.tsv", RenderClasses);
  tree.Segmented(
      "frames.tsv",
      {.head = "rank\tnumber\tpath\tname\twidth\theight\tsubset\ttask\tmedia\tmedia_size\n",
       .frames = data.All(),
       .segment = FrameLine});
  ASSIGN_OR_RETURN(std::string directories, RenamedDirectories(data, writers));
  tree.Segmented("names.tsv", {.head = "what\toriginal\tname in the tree\n" + directories,
                               .frames = data.All(),
                               .segment = NameLines});
  tree.File("problems.tsv", RenderProblems);
  RETURN_IF_ERROR(AddSums("SHA1SUMS", "sha1:", data, tree));
  RETURN_IF_ERROR(AddSums("MD5SUMS", "md5:", data, tree));
  for (const std::unique_ptr<Writer>& writer : writers) {
    tree.Segmented(absl::StrCat("dropped/", writer->Info().name, ".tsv"), DroppedBy(*writer, data));
  }
  return absl::OkStatus();
}

}  // namespace annofs
