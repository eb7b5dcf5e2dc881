// hf: Hugging Face's imagefolder (reference/training-tools.md §1.2, §1.4.7): <part>/<image>, and in
// each part metadata.jsonl with `file_name`, the image's size and `objects` (`bbox` as x, y, width,
// height in pixels, `category` numbers from 0 in CVAT's order of labels, `area`). Numbers of pixels
// are floats everywhere, since the types of all parts must agree.
#include <memory>
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
    if (!WhyNoBox(data.info(), on.frame, on.all, object).empty()) continue;
    const Box box = *BoxInImage(on.frame, on.all, object);
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

class Hf : public Writer {
 public:
  WriterInfo Info() const override {
    return {.name = "hf",
            .summary = "Hugging Face imagefolder with boxes in metadata.jsonl, ready to train",
            .keeps = TypesWithBoxes()};
  }

  absl::Status Describe(const Dataset& data, Layout& tree) const override {
    ASSIGN_OR_RETURN(const std::vector<SplitPart> parts, Split(data));
    ASSIGN_OR_RETURN(const RankSet media, data.WithMedia());
    auto classes = std::make_shared<const std::vector<int>>(TopLevelIndexes(data.info()));
    for (const SplitPart& part : parts) {
      const RankSet images = Intersect(part.frames, media);
      tree.Segmented(
          absl::StrCat(part.name, "/metadata.jsonl"),
          Lines(
              "", images,
              [classes](const Dataset& data, Rank rank) { return LineOf(data, rank, *classes); },
              SegmentOrder::kRank));
      tree.Media(absl::StrCat(part.name, "/{stem}{ext}"), images);
    }
    return absl::OkStatus();
  }

  std::vector<absl::string_view> WhyDropped(const Dataset& data, const Frame& frame,
                                            const FrameShapes& all) const override {
    return WhyNoBoxes(data.info(), frame, all);
  }
};

}  // namespace

std::unique_ptr<Writer> NewHfWriter() { return std::make_unique<Hf>(); }

}  // namespace annofs
