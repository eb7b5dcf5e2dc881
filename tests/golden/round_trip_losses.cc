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
constexpr absl::string_view kPixels = "masks are images, which our readers count and do not read";
constexpr absl::string_view kSubsetOrder =
    "ids count through the subsets, whose order no file tells: they come back by name";

}  // namespace

const std::vector<Deviation>& RoundTripLosses() {
  static const auto* list = new std::vector<Deviation>{
      {"*", "COCO 1.0", "*", "/categories/*/supercategory",
       "a group of categories of any kind, not the label of a skeleton"},
      {"*", "COCO 1.0", "*", "/annotations/*/attributes*", kTypes},
      {"*video*", "COCO 1.0", "*", "/annotations/*", kOrder},
      {"rand_images_*", "COCO 1.0", "*", "/annotations/*/bbox/*",
       "the box around a group is wider than the polygons or the mask that it became"},
      {"cvat_job_28", "COCO 1.0", "*", "/annotations/*/bbox/*",
       "the box around a group is wider than the polygons or the mask that it became"},
      {"*", "COCO 1.0", "*", "/categories*", kSameNames},
      {"*", "CVAT for video 1.1", "images/*", "file", "frames have numbers only, of images too"},
      {"several_subsets", "COCO*", "*", "/images/*/id", kSubsetOrder},
      {"several_subsets", "COCO*", "*", "/annotations/*/image_id", kSubsetOrder},
      {"rand_images_04", "COCO Keypoints 1.0", "*", "/annotations*",
       "a skeleton in a group has the category of the largest member, which has no keypoints"},
      {"*", "COCO Keypoints 1.0", "*", "/annotations/*/attributes*", kTypes},
      {"*", "Datumaro*", "*", "/categories/label/attributes*", kTypes},
      {"*", "Datumaro*", "*", "/items/*/annotations/*attributes/*", kTypes},
      {"cvat_task_22", "Datumaro 1.0", "*", "/items/0/annotations/*",
       "skeletons have no z order in the format"},
      {"rand_images_04", "Datumaro 1.0", "*", "/items/*/annotations/*",
       "skeletons have no z order in the format"},
      {"synth_3d", "Datumaro 3D 1.0", "point_clouds/*", "line 1",
       "the format has no sizes of point clouds"},
      {"names_that_hurt", "ICDAR Localization 1.0", "*", "file",
       "a directory of frames that is called images is taken for that of all images, too"},
      {"names_that_hurt", "LFW 1.0", "*/annotations/people.txt", "line*",
       "a name of a label ends at the first slash"},
      {"*", "ICDAR Localization 1.0", "*", "line*",
       "a blank line is a shape of another type, and of boxes and polygons the order is kept "
       "alone"},
      {"*", "LFW 1.0", "*/annotations/landmarks.txt", "*",
       "points have the label of their image's tag: without a tag they have none"},
      {"*", "MOT 1.1", "gt/gt.txt", "line*", kOrder},
      {"*", "MOT 1.1", "gt/labels.txt", "line*", kSameNames},
      {"names_that_hurt", "MOT 1.1", "*", "*",
       "frames have numbers only: a name that is one, among others, takes another's number"},
      {"*", "Open Images V6 1.0", "annotations/class-descriptions.csv", "line*", kSameNames},
      {"several_subsets", "Open Images V6 1.0", "annotations/images.meta", "line *",
       "images stand in the order of subsets, which no file tells: they come back by name"},
      {"*", "Open Images V6 1.0", "masks/*", "*", kPixels},
      {"*", "Open Images V6 1.0", "*-object-segmentation.csv", "*", kPixels},
      {"*", "Open Images V6 1.0", "annotations/bbox_labels_600_hierarchy.json", "*",
       "a hierarchy of labels of any kind, not that of a skeleton"},
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
