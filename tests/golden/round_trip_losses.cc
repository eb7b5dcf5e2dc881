#include "tests/golden/round_trip_losses.h"

namespace annofs::testing {
namespace {

constexpr absl::string_view kTypes =
    "what a source tells of an attribute without its label's specification is text: true and 3.0 "
    "come back as strings, and no list of names is known";
constexpr absl::string_view kOrder =
    "the format has no z order: of one frame static shapes come before tracked ones";
constexpr absl::string_view kSameNames =
    "labels are a list of names: parts of two skeletons that are called the same are one label";
constexpr absl::string_view kLabelless = "the format has no labels for these shapes";

}  // namespace

const std::vector<Deviation>& RoundTripLosses() {
  static const auto* list = new std::vector<Deviation>{
      {"*", "COCO 1.0", "*", "/categories/*/supercategory",
       "a group of categories of any kind, not the label of a skeleton"},
      {"*", "COCO 1.0", "*", "/annotations/*/attributes*", kTypes},
      {"*video*", "COCO 1.0", "*", "/annotations/*", kOrder},
      {"*", "COCO Keypoints 1.0", "*", "/annotations/*/attributes*", kTypes},
      {"*", "Datumaro*", "*", "/categories/label/attributes*", kTypes},
      {"*", "Datumaro*", "*", "/items/*/annotations/*attributes/*", kTypes},
      {"cvat_task_22", "Datumaro 1.0", "*", "/items/0/annotations/*",
       "skeletons have no z order in the format"},
      {"rand_images_04", "Datumaro 1.0", "*", "/items/*/annotations/*",
       "skeletons have no z order in the format"},
      {"*", "ICDAR Localization 1.0", "*", "line*",
       "a blank line is a shape of another type, and of boxes and polygons the order is kept "
       "alone"},
      {"*", "LFW 1.0", "*/annotations/landmarks.txt", "*",
       "points have the label of their image's tag: without a tag they have none"},
      {"*", "MOT 1.1", "gt/gt.txt", "line*", kOrder},
      {"*", "MOT 1.1", "gt/labels.txt", "line*", kSameNames},
      {"names_that_hurt", "MOT 1.1", "*", "*",
       "frames have numbers only: a name that is one, among others, takes another's number"},
      {"*", "Ultralytics YOLO Oriented Bounding Boxes 1.0", "labels/*", "line *",
       "corners have six decimals: those of the box that fits them best may differ in the last"},
      {"*", "Ultralytics YOLO Pose 1.0", "labels/*", "line *",
       "only the largest number of keypoints is told: the padding of smaller skeletons is absent "
       "keypoints"},
      {"*", "VGGFace2 1.0", "*", "*",
       "an image is in the folder of each of its labels, whatever shapes these are of"},
      {"*", "WiderFace 1.0", "labels.txt", "line*", kSameNames},
  };
  return *list;
}

const std::vector<Deviation>& RoundTripDrifts() {
  static const auto* list = new std::vector<Deviation>{
      {"names_that_hurt", "MOT 1.1", "*", "*",
       "a name that is a number, among others, takes another's number each time"},
      {"*", "Ultralytics YOLO Oriented Bounding Boxes 1.0", "labels/*", "line *",
       "six decimals of corners that are no rectangle any more"},
  };
  return *list;
}

}  // namespace annofs::testing
