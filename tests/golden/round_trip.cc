#include "tests/golden/round_trip.h"

#include <map>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "formats/memory_dataset.h"
#include "formats/reader.h"
#include "tests/formats/reading.h"
#include "tests/formats/zip_maker.h"

namespace annofs::testing {
namespace {

// The head of a PNG: nobody looks at its pixels.
std::string BlankImage(absl::string_view size) {
  const std::vector<std::string> sides = absl::StrSplit(size, 'x');
  std::string head("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16);
  for (const std::string& side : sides) {
    uint32_t value = 0;
    EXPECT_TRUE(absl::SimpleAtoi(side, &value)) << size;
    for (int shift = 24; shift >= 0; shift -= 8) head.push_back(char(value >> shift));
  }
  return absl::StrCat(head, std::string("\x08\0\0\0\0\0\0\0\0", 9));
}

std::string ZipOf(const FileTree& tree) {
  std::vector<ZipFile> files;
  for (const auto& [path, content] : tree) {
    absl::string_view size = content;
    const bool is_image = absl::ConsumePrefix(&size, "-> ");
    files.push_back({.name = path, .content = is_image ? BlankImage(size) : content});
  }
  return MakeZip(files);
}

// Its images lie beside it.
class ExportedZip : public MemorySource {
 public:
  ExportedZip(std::string name, std::string bytes, const Dataset& before)
      : MemorySource(std::move(name), std::move(bytes)) {
    for (Rank rank = 0; rank < before.frame_count(); ++rank) {
      const Frame frame = before.GetFrame(rank).value();
      sizes_[std::string(WithoutExtension(frame.name))] = {frame.width, frame.height};
    }
  }
  absl::StatusOr<std::optional<ImageSize>> SizeOfImage(absl::string_view name) override {
    const auto found = sizes_.find(std::string(WithoutExtension(name)));
    if (found == sizes_.end()) return std::optional<ImageSize>();
    return std::optional<ImageSize>(found->second);
  }

 private:
  std::map<std::string, ImageSize> sizes_;
};

std::unique_ptr<Reader> RichestThatKnows(Source& source) {
  std::unique_ptr<Reader> best;
  for (std::unique_ptr<Reader>& reader : NewReaders()) {
    const auto found = reader->Probe(source);
    if (!found.ok() || !*found) continue;
    if (!best || reader->Info().richness > best->Info().richness) best = std::move(reader);
  }
  return best;
}

}  // namespace

const std::vector<ReadBack>& FormatsWithReader() {
  static const auto* formats = new std::vector<ReadBack>{
      {"CamVid 1.0", {"pixel_masks"}},
      {"Cityscapes 1.0", {"pixel_masks"}},
      {"COCO 1.0", {"coco"}},
      {"COCO Keypoints 1.0", {"coco"}},
      {"CVAT for images 1.1", {"cvat_images_xml"}},
      {"CVAT for video 1.1", {"cvat_video_xml"}},
      {"Datumaro 1.0", {"datumaro"}},
      {"ICDAR Localization 1.0", {"icdar_localization"}},
      {"ICDAR Recognition 1.0", {"icdar_recognition"}},
      {"ImageNet 1.0", {"imagenet", "imagenet_txt"}},
      {"KITTI 1.0", {"kitti", "pixel_masks"}},
      {"LabelMe 3.0", {"label_me"}},
      {"LFW 1.0", {"lfw"}},
      {"Market-1501 1.0", {"market1501"}},
      {"MOT 1.1", {"mot"}},
      {"MOTS PNG 1.0", {"pixel_masks"}},
      {"Open Images V6 1.0", {"open_images"}},
      {"PASCAL VOC 1.1", {"pascal_voc"}},
      {"Segmentation mask 1.1", {"pixel_masks"}},
      {"Ultralytics YOLO Classification 1.0", {"ultralytics_classification"}},
      {"Ultralytics YOLO Detection 1.0", {"ultralytics"}},
      {"Ultralytics YOLO Detection Track 1.0", {"ultralytics"}},
      {"Ultralytics YOLO Oriented Bounding Boxes 1.0", {"ultralytics"}},
      {"Ultralytics YOLO Pose 1.0", {"ultralytics"}},
      {"Ultralytics YOLO Segmentation 1.0", {"ultralytics"}},
      {"VGGFace2 1.0", {"vgg_face2"}},
      {"WiderFace 1.0", {"wider_face"}},
      {"YOLO 1.1", {"yolo"}},
      {"Datumaro 3D 1.0", {"datumaro"}}};
  return *formats;
}

absl::StatusOr<Again> ReadExport(const FileTree& tree, absl::string_view format,
                                 const Dataset& before, Images images) {
  const std::string name =
      absl::StrCat("task_1_dataset_2024_01_01_00_00_00_", absl::AsciiStrToLower(format), ".zip");
  ExportedZip zip(name, ZipOf(tree), before);
  const std::unique_ptr<Reader> reader = RichestThatKnows(zip);
  if (reader == nullptr) return absl::NotFoundError("no reader knows the export");
  DatasetBuilder builder;
  RETURN_IF_ERROR(reader->Read(zip, builder));
  ASSIGN_OR_RETURN(
      std::unique_ptr<Dataset> data,
      builder.Finish(images == Images::kAll ? ImageOfSize : DatasetBuilder::MediaFinder()));
  return Again{std::string(reader->Info().name), std::move(data)};
}

}  // namespace annofs::testing
