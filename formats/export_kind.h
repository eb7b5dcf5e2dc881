// Which of CVAT's export formats a tree of files is, by names alone (reference/cvat.md §9.4). One
// decision for all of their readers, so that no two of them claim one zip. Pure.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"

namespace annofs {

enum class ExportKind : uint8_t {
  kNone,    // none of these: another reader's, or nobody's
  kAnyXml,  // XML files in no VOC tree: their content says whether they are kLabelMe or kPascalVoc
  kPascalVoc,
  kLabelMe,
  kKitti,
  kMot,
  kYolo,
  kUltralytics,
  kUltralyticsClassification,
  kOpenImages,
  kWiderFace,
  kVggFace2,
  kLfw,
  kMarket1501,
  kIcdarLocalization,
  kIcdarRecognition,
  kImageNet,
  kImageNetTxt,
  kPixels,  // masks as images only: Segmentation mask, CamVid, Cityscapes, MOTS PNG, …
};

// `paths`: of the files, sorted. Formats with more information come first where a tree looks like
// several. kNone where the tree holds a source of another reader (annotations.xml, task.json,
// annotations/*.json, …). Folders of images are a classification where a folder says so (no_label)
// or the zip's name does: CVAT puts the format's name there, and folders alone are just pictures.
ExportKind KindOfExport(const std::vector<absl::string_view>& paths, absl::string_view zip_name);

// ".jpg" and the like, in either case: what is taken for a frame's image.
bool IsImagePath(absl::string_view path);

}  // namespace annofs
