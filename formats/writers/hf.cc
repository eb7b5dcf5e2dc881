// hf: Hugging Face's imagefolder (reference/training-tools.md §1.2, §1.4.7): <part>/<image>, and in
// each part metadata.jsonl with `file_name`, the image's size and `objects` (`bbox` as x, y, width,
// height in pixels, `category` numbers from 0 in CVAT's order of labels, `area`); classes.txt has
// the names, one a line. Only frames whose images are there: rows without one fail.
//
// The loader infers the types of a part from the first 10 MB of its rows, and fails where two parts
// differ. Hence numbers of pixels are floats everywhere, the first row of a part is one that has
// objects, and parts without any object are in background/, which is no part for the loader; where
// nothing has an object all parts agree again.
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "formats/cvat_export.h"
#include "formats/datumaro_export_json.h"
#include "formats/item.h"
#include "formats/media_path.h"
#include "formats/python_text.h"
#include "formats/split.h"
#include "formats/train_frames.h"
#include "formats/train_objects.h"
#include "formats/writer.h"

namespace annofs {
namespace {

void AppendNumbers(std::initializer_list<double> numbers, std::string& out) {
  absl::string_view between = "[";
  for (double number : numbers) {
    absl::StrAppend(&out, between);
    AppendJsonNumber(Round2(number), out);
    between = ", ";
  }
  out.push_back(']');
}

absl::StatusOr<std::string> LineOf(const Dataset& data, Rank rank,
                                   const std::vector<int>& classes) {
  ASSIGN_OR_RETURN(const TrainFrame on, TrainFrameOf(data, rank));
  ASSIGN_OR_RETURN(const FrameNames names, data.Names(rank));
  ASSIGN_OR_RETURN(const std::string path, MediaPath(data, rank, on.frame, names));
  std::string boxes, areas, numbers;
  for (const TrainObject& object : ObjectsOf(on.all)) {
    if (!WhyNoRoundedBox(data.info(), on.frame, on.all, object).empty()) continue;
    const Box box = *RoundedBoxInImage(on.frame, on.all, object);
    const absl::string_view between = boxes.empty() ? "" : ", ";
    absl::StrAppend(&boxes, between);
    AppendNumbers({box.left, box.top, box.width(), box.height()}, boxes);
    absl::StrAppend(&areas, between);
    AppendJsonNumber(Round2(box.width() * box.height()), areas);
    absl::StrAppend(&numbers, between, classes[object.label]);
  }
  std::string line = "{\"file_name\": ";
  AppendJsonString(JsonDialect::kPython, MediaName(names, path), line);
  absl::StrAppend(&line, ", \"width\": ", on.frame.width, ", \"height\": ", on.frame.height,
                  ", \"objects\": {\"bbox\": [", boxes, "], \"category\": [", numbers,
                  "], \"area\": [", areas, "]}}\n");
  return line;
}

bool HasObjects(const DatasetInfo& info, const TrainFrame& on) {
  for (const TrainObject& object : ObjectsOf(on.all)) {
    if (WhyNoRoundedBox(info, on.frame, on.all, object).empty()) return true;
  }
  return false;
}

// Images of one directory.
struct Images {
  std::string directory;
  RankSet frames;
  std::optional<Rank> first = std::nullopt;  // the first of them that has objects
};

// Looks into one frame as a rule: more than a few only where labelled frames have nothing but tags,
// lines and points.
absl::Status FindFirst(const Dataset& data, const RankSet& without_labels, Images& images) {
  const RankSet labelled = Without(images.frames, without_labels);
  for (size_t i = 0; i < labelled.size() && !images.first; ++i) {
    ASSIGN_OR_RETURN(const TrainFrame on, TrainFrameOf(data, labelled[i]));
    if (HasObjects(data.info(), on)) images.first = labelled[i];
  }
  return absl::OkStatus();
}

// By part; those without objects together, unless there is no other.
absl::StatusOr<std::vector<Images>> ImagesOf(const Dataset& data, Layout& tree) {
  ASSIGN_OR_RETURN(const std::vector<SplitPart> parts, Split(data));
  ASSIGN_OR_RETURN(const RankSet media, data.WithMedia());
  ASSIGN_OR_RETURN(const RankSet without_labels, data.WithoutLabels());
  std::vector<Images> all;
  bool has_objects = false;
  for (const SplitPart& part : parts) {
    all.push_back({part.name, Intersect(part.frames, media)});
    RETURN_IF_ERROR(FindFirst(data, without_labels, all.back()));
    has_objects |= all.back().first.has_value();
  }
  std::vector<Images> shown;
  RankSet background;
  for (Images& images : all) {
    if (!images.first && has_objects) {
      background = UnionOf(background, images.frames);
      continue;
    }
    images.directory = tree.Directory("", images.directory);
    shown.push_back(std::move(images));
  }
  if (!background.empty()) shown.push_back({tree.Directory("", "background"), background});
  return shown;
}

// The row with objects, then the others.
Segments Rows(const Images& images, std::shared_ptr<const std::vector<int>> classes) {
  const auto line = [classes = std::move(classes)](const Dataset& data, Rank rank) {
    return LineOf(data, rank, *classes);
  };
  const RankSet first = images.first ? RankSet::Of({*images.first}) : RankSet();
  Segments rows = Lines("", first, line, SegmentOrder::kRank);
  Segments rest = Lines("", Without(images.frames, first), line, SegmentOrder::kRank);
  rows.sections.push_back(std::move(rest.sections[0]));
  return rows;
}

class Hf : public Writer {
 public:
  WriterInfo Info() const override {
    return {.name = "hf",
            .revision = 2,
            .summary = "Hugging Face imagefolder with boxes in metadata.jsonl, ready to train",
            .keeps = TypesWithBoxes()};
  }

  absl::Status Describe(const Dataset& data, Layout& tree) const override {
    auto classes = std::make_shared<const std::vector<int>>(TopLevelIndexes(data.info()));
    ASSIGN_OR_RETURN(const std::vector<Images> all, ImagesOf(data, tree));
    for (const Images& images : all) {
      tree.Segmented(images.directory + "/metadata.jsonl", Rows(images, classes));
      tree.Media(images.directory + "/{stem}{ext}", images.frames);
    }
    tree.File("classes.txt", [](const Dataset& data) -> absl::StatusOr<std::string> {
      return ClassNames(data.info());
    });
    return absl::OkStatus();
  }

  absl::StatusOr<absl::string_view> WhyFrameDropped(const Dataset& data, Rank rank) const override {
    return WhyNoImage(data, rank);
  }

  std::vector<absl::string_view> WhyDropped(const Dataset& data, const Frame& frame,
                                            const FrameShapes& all) const override {
    return WhyNotObjects(all, kTagHasNoArea, [&](const TrainObject& object) {
      return WhyNoRoundedBox(data.info(), frame, all, object);
    });
  }
};

}  // namespace

std::unique_ptr<Writer> NewHfWriter() { return std::make_unique<Hf>(); }

}  // namespace annofs
