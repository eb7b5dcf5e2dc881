#include "formats/export_kind.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "cache/base/text.h"

namespace annofs {
namespace {

// What one look at every name tells.
struct Traits {
  bool foreign = false;  // another reader's source
  bool xml = false, annotations_xml = false, image_sets = false, other_image_sets = false;
  bool label_2 = false, image_2 = false, kitti_masks = false, label_colors = false;
  bool mot = false, obj_data = false, yaml = false, data_yaml = false, labels_txt = false;
  bool labels_json = false, open_images = false, wider_face = false, vgg_face2 = false;
  bool lfw = false, market1501 = false, icdar_localization = false, icdar_recognition = false;
  bool synsets = false, no_label = false, only_images_in_folders = true, pixels = false;
};

int Depth(absl::string_view path) { return int(std::count(path.begin(), path.end(), '/')); }

absl::string_view First(absl::string_view path) { return path.substr(0, path.find('/')); }

// The component behind the first: "a" of "S/a/b.txt"; empty if there is none.
absl::string_view Second(absl::string_view path) {
  size_t slash = path.find('/');
  if (slash == absl::string_view::npos) return "";
  path.remove_prefix(slash + 1);
  slash = path.find('/');
  return slash == absl::string_view::npos ? "" : path.substr(0, slash);
}

bool IsForeign(absl::string_view path) {
  return path == "annotations.xml" || path == "task.json" || path == "project.json" ||
         path == "annotations.json" || path == "key_id_map.json" || path == "tracklet_labels.xml";
}

void LookAtTop(absl::string_view path, Traits& traits) {
  if (path == "obj.data") traits.obj_data = true;
  if (path == "data.yaml" || path == "data.yml") traits.data_yaml = true;
  if (absl::EndsWith(path, ".yaml") || absl::EndsWith(path, ".yml")) traits.yaml = true;
  if (path == "label_colors.txt") traits.label_colors = true;
  if (path == "labelmap.txt") traits.pixels = true;
  if (path == "synsets.txt") traits.synsets = true;
  if (absl::StartsWith(path, "images_") && absl::EndsWith(path, ".txt")) traits.market1501 = true;
}

void LookAtText(absl::string_view path, Traits& traits) {
  absl::string_view first = First(path), second = Second(path), base = BaseName(path);
  if (path == "gt/gt.txt") traits.mot = true;
  if (first == "labels" || second == "labels") traits.labels_txt = true;
  if (second == "label_2") traits.label_2 = true;
  if (first == "wider_face_split" && absl::EndsWith(path, "_bbx_gt.txt")) traits.wider_face = true;
  if (second == "annotations" && (base == "pairs.txt" || base == "people.txt")) traits.lfw = true;
  if (second == "instances" && base == "labels.txt") traits.pixels = true;
  if (absl::StartsWith(base, "gt_") && first != "gt") traits.icdar_localization = true;
  if (base == "gt.txt" && Depth(path) == 1 && first != "gt") traits.icdar_recognition = true;
  if (absl::EndsWith(base, "_GT.txt")) traits.pixels = true;
}

void LookAtTable(absl::string_view path, Traits& traits) {
  if (First(path) == "bb_landmark") traits.vgg_face2 = true;
  if (First(path) != "annotations") return;
  if (absl::EndsWith(path, "class-descriptions.csv") || absl::EndsWith(path, "rotation.csv") ||
      absl::EndsWith(path, "-annotations-bbox.csv")) {
    traits.open_images = true;
  }
}

void LookAtImage(absl::string_view path, Traits& traits) {
  absl::string_view first = First(path), second = Second(path);
  if (second == "semantic" || second == "semantic_rgb" || second == "instance")
    traits.kitti_masks = true;
  if (second == "image_2") traits.image_2 = true;
  if (first == "bounding_box_train" || first == "bounding_box_test") traits.market1501 = true;
  if (first == "no_label") traits.no_label = true;
  if (first == "gtFine" || first == "SegmentationClass" || absl::EndsWith(first, "annot"))
    traits.pixels = true;
}

void LookAt(absl::string_view path, Traits& traits) {
  if (IsForeign(path)) traits.foreign = true;
  if (Depth(path) == 0) LookAtTop(path, traits);
  bool is_image = IsImagePath(path);
  if (!is_image || Depth(path) == 0) traits.only_images_in_folders = false;
  if (is_image) return LookAtImage(path, traits);
  absl::string_view first = First(path), second = Second(path);
  if (absl::EndsWith(path, ".json")) {
    if (first == "annotations" && Depth(path) == 1 &&
        BaseName(path) != "bbox_labels_600_hierarchy.json")
      traits.foreign = true;
    if (Depth(path) == 1 && BaseName(path) == "labels.json") traits.labels_json = true;
  }
  if (absl::EndsWith(path, ".xml")) {
    traits.xml = true;
    if (first == "Annotations") traits.annotations_xml = true;
  }
  if (first == "ImageSets") (second == "Main" ? traits.image_sets : traits.other_image_sets) = true;
  if (absl::EndsWith(path, ".txt")) LookAtText(path, traits);
  if (absl::EndsWith(path, ".csv")) LookAtTable(path, traits);
}

}  // namespace

ExportKind KindOfExport(const std::vector<absl::string_view>& paths, absl::string_view zip_name) {
  Traits traits;
  for (absl::string_view path : paths) LookAt(path, traits);
  if (traits.foreign || paths.empty()) return ExportKind::kNone;
  if (traits.annotations_xml || traits.image_sets) return ExportKind::kPascalVoc;
  if (traits.other_image_sets) return ExportKind::kPixels;
  if (traits.obj_data) return ExportKind::kYolo;
  if (traits.data_yaml || (traits.yaml && traits.labels_txt)) return ExportKind::kUltralytics;
  if (traits.xml) return ExportKind::kAnyXml;
  if (traits.mot) return ExportKind::kMot;
  if (traits.label_2 || (traits.kitti_masks && traits.label_colors)) return ExportKind::kKitti;
  if (traits.image_2 && traits.label_colors && !traits.pixels) return ExportKind::kKitti;
  if (traits.open_images) return ExportKind::kOpenImages;
  if (traits.wider_face) return ExportKind::kWiderFace;
  if (traits.vgg_face2) return ExportKind::kVggFace2;
  if (traits.lfw) return ExportKind::kLfw;
  if (traits.pixels || traits.label_colors || traits.kitti_masks) return ExportKind::kPixels;
  if (traits.market1501) return ExportKind::kMarket1501;
  if (traits.icdar_localization) return ExportKind::kIcdarLocalization;
  if (traits.icdar_recognition) return ExportKind::kIcdarRecognition;
  if (traits.synsets) return ExportKind::kImageNetTxt;
  if (traits.labels_json) return ExportKind::kUltralyticsClassification;
  if (!traits.only_images_in_folders) return ExportKind::kNone;
  std::string name = absl::AsciiStrToLower(BaseName(zip_name));
  if (absl::StrContains(name, "classification")) return ExportKind::kUltralyticsClassification;
  bool is_imagenet = traits.no_label || absl::StrContains(name, "imagenet");
  return is_imagenet ? ExportKind::kImageNet : ExportKind::kNone;
}

bool IsImagePath(absl::string_view path) {
  static constexpr absl::string_view kExtensions[] = {".jpg", ".jpeg", ".png",  ".bmp", ".gif",
                                                      ".tif", ".tiff", ".webp", ".ppm", ".pgm"};
  absl::string_view extension = Extension(path);
  for (absl::string_view known : kExtensions) {
    if (absl::EqualsIgnoreCase(extension, known)) return true;
  }
  return false;
}

}  // namespace annofs
