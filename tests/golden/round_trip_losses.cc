#include "tests/golden/round_trip_losses.h"

namespace annofs::testing {
namespace {

constexpr absl::string_view kSpecs =
    "the attributes of all labels are one list of names: of labels without annotations nobody "
    "knows which are theirs";
constexpr absl::string_view kRotation =
    "a box in a group that became polygons: these have no rotation";
constexpr absl::string_view kOrder =
    "the format has no z order: of one frame static shapes come before tracked ones";
constexpr absl::string_view kSameNames =
    "labels are a list of names: parts of two skeletons that are called the same are one label";
constexpr absl::string_view kEmptied =
    "frames of shapes that the format does not have come back as frames without annotations, which "
    "it lists";
constexpr absl::string_view kUnlisted =
    "the format lists frames with masks, and those without annotations: of others the subset is "
    "not told";
constexpr absl::string_view kHidden =
    "a mask that is behind others has a number and no pixel: those above it have other numbers";
constexpr absl::string_view kSubsetOrder =
    "ids count through the subsets, whose order no file tells: they come back by name";
constexpr absl::string_view kGroupBox =
    "the box around a group is wider than the polygons or the mask that it became";
constexpr absl::string_view kNoRow =
    "a table of images that all have more than one box has no row: they come back without boxes";
constexpr absl::string_view kAnyGroup =
    "a group of categories of any kind, not the label of a skeleton";

}  // namespace

const std::vector<Deviation>& RoundTripLosses() {
  static const auto* list = new std::vector<Deviation>{
      {"*_[01]4", "CamVid 1.0", "label_colors.txt", "line*", kSameNames},
      {"synth_images", "Cityscapes 1.0", "*_gtFine_instanceIds.png", "pixels", kHidden},
      {"*", "COCO 1.0", "*", "/categories/*/supercategory", kAnyGroup},
      {"*", "COCO 1.0", "*", "/annotations/*/attributes", kRotation},
      {"*", "COCO 1.0", "*", "/annotations/*/attributes/rotation", kRotation},
      {"*video*", "COCO 1.0", "*", "/annotations/*", kOrder},
      {"rand_images_*", "COCO 1.0", "*", "/annotations/*/bbox/*", kGroupBox},
      {"cvat_job_28", "COCO 1.0", "*", "/annotations/*/bbox/*", kGroupBox},
      {"*_[01]4", "COCO 1.0", "*", "/categories*", kSameNames},
      {"*", "CVAT for video 1.1", "images/*", "file", "frames have numbers only, of images too"},
      {"several_subsets", "COCO*", "*", "/images/*/id", kSubsetOrder},
      {"several_subsets", "COCO*", "*", "/annotations/*/image_id", kSubsetOrder},
      {"rand_images_04", "COCO Keypoints 1.0", "*", "/annotations*",
       "a skeleton in a group has the category of the largest member, which has no keypoints"},
      {"synth_video_2jobs_overlap2", "COCO Keypoints 1.0", "*", "/annotations*",
       "a skeleton that lacks an element has fewer keypoints than its category, and does not say "
       "which: they are read as points"},
      {"rand_images_05", "Datumaro 1.0", "*", "/categories/label/attributes*", kSpecs},
      {"cvat_task_22", "Datumaro 1.0", "*", "/items/0/annotations/*",
       "skeletons have no z order in the format"},
      {"rand_images_04", "Datumaro 1.0", "*", "/items/*/annotations/*",
       "skeletons have no z order in the format"},
      {"synth_3d", "Datumaro 3D 1.0", "point_clouds/*", "line 1",
       "the format has no sizes of point clouds"},
      {"names_that_hurt", "LFW 1.0", "*/annotations/people.txt", "line*",
       "a name of a label ends at the first slash"},
      {"*video*", "LabelMe 3.0", "*/Masks/*", "*", kOrder},
      {"*video*", "LabelMe 3.0", "*.xml", "/annotation/object*", kOrder},
      {"*", "LFW 1.0", "*/annotations/landmarks.txt", "*",
       "points have the label of their image's tag: without a tag they have none"},
      {"*_[01]4", "MOT 1.1", "gt/labels.txt", "line*", kSameNames},
      {"names_that_hurt", "MOT 1.1", "*", "*",
       "frames have numbers only: a name that is one, among others, takes another's number"},
      {"*_[01]4", "MOTS PNG 1.0", "*/instances/labels.txt", "line*", kSameNames},
      {"*_[01]4", "Open Images V6 1.0", "annotations/class-descriptions.csv", "line*", kSameNames},
      {"several_subsets", "Open Images V6 1.0", "annotations/images.meta", "line *",
       "images stand in the order of subsets, which no file tells: they come back by name"},
      {"rand_images_*", "Open Images V6 1.0", "*-object-segmentation.csv", "line *",
       "a mask in a group has the box of the group, which it does not name: it comes back without"},
      {"*", "Open Images V6 1.0", "annotations/bbox_labels_600_hierarchy.json", "*",
       "a hierarchy of labels of any kind, not that of a skeleton"},
      {"*", "PASCAL VOC 1.1", "ImageSets/Segmentation/*", "*", kEmptied},
      {"*", "PASCAL VOC 1.1", "ImageSets/Action/*", "*", kEmptied},
      {"*", "PASCAL VOC 1.1", "ImageSets/Layout/*", "*", kEmptied},
      {"synth_video*", "PASCAL VOC 1.1", "Annotations/*", "/annotation/object*", kOrder},
      {"*", "Segmentation mask 1.1", "ImageSets/Segmentation/*", "*", kUnlisted},
      {"synth_images", "Segmentation mask 1.1", "SegmentationObject/*", "pixels", kHidden},
      {"*", "Ultralytics YOLO Oriented Bounding Boxes 1.0", "labels/*", "line *",
       "corners have six decimals: those of the box that fits them best may differ in the last"},
      {"*", "Ultralytics YOLO Pose 1.0", "labels/*", "line *",
       "only the largest number of keypoints is told: the padding of smaller skeletons is absent "
       "keypoints"},
      {"*", "VGGFace2 1.0", "[!b]*/*", "file",
       "an image is in the folder of each of its labels, whatever shapes these are of"},
      {"*", "VGGFace2 1.0", "bb_landmark/loose_landmark_*.csv", "line*",
       "frames come back in the order of the rows, of boxes first, and those without a row come "
       "back "
       "without annotations"},
      {"several_subsets", "VGGFace2 1.0", "b c/*", "file",
       "an image is in the folder of each of its labels, whatever shapes these are of"},
      {"names_that_hurt", "VGGFace2 1.0", "labels.txt", "line*",
       "a name of a label ends at the first slash"},
      {"rand_images_05", "VGGFace2 1.0", "bb_landmark/loose_bb_*.csv", "file", kNoRow},
      {"cvat_task_22", "VGGFace2 1.0", "bb_landmark/loose_bb_*.csv", "file", kNoRow},
      {"several_subsets", "VGGFace2 1.0", "bb_landmark/loose_bb_*.csv", "file", kNoRow},
      {"*_[01]4", "WiderFace 1.0", "labels.txt", "line*", kSameNames},
  };
  return *list;
}

const std::vector<Deviation>& RoundTripDrifts() {
  static const auto* list = new std::vector<Deviation>{
      {"names_that_hurt", "MOT 1.1", "*", "*",
       "a name that is a number, among others, takes another's number each time"},
      {"rand_images_03", "VGGFace2 1.0", "val/zebra/*", "file",
       "of several tags the rows have the label of the first; the folders of the others are those "
       "of the shapes that the second export still has"},
      {"*", "Ultralytics YOLO Oriented Bounding Boxes 1.0", "labels/*", "line *",
       "six decimals of corners that are no rectangle any more"},
  };
  return *list;
}

}  // namespace annofs::testing
