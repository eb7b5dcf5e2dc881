// CVAT's own COCO and Datumaro exports of a task, read back, are the task as its server tells it,
// but for what the formats lose (reference/cvat.md §9.1, §9.2): defaults are filled in, numbers are
// floats ("007" is 7), coordinates have two digits, sources and scores are gone.
#include <algorithm>
#include <cmath>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/strip.h"
#include "cache/base/text.h"
#include "formats/rle.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/formats/directory_source.h"

namespace annofs::testing {
namespace {

std::string Input(const std::string& name) { return absl::StrCat("golden/", name, "/INPUT"); }

ReadResult ReadRest(const std::string& name) {
  const bool is_merged = name == "synth_video_2jobs_overlap2";
  DirectorySource source = FixtureDirectory(
      Input(name), {is_merged ? "annotations.merged.rest.json" : "annotations.rest.json",
                    "labels.rest.json", name == "synth_3d" ? "frames.json" : "data_meta.json"});
  ReadResult result = ReadWith("cvat_rest", source);
  EXPECT_TRUE(result.status.ok()) << result.status;
  return result;
}

// The only JSON file of a golden tree.
ReadResult ReadTree(const std::string& name, absl::string_view tree, absl::string_view reader) {
  const std::string directory = absl::StrCat("golden/", name, "/", tree, "/annotations");
  const std::vector<std::string> files = ListTree(Fixture(directory)).value();
  EXPECT_EQ(files.size(), 1u);
  MemorySource source = FixtureSource(absl::StrCat(directory, "/", files.at(0)));
  ReadResult result = ReadWith(reader, source);
  EXPECT_TRUE(result.status.ok()) << result.status;
  return result;
}

std::string ExportedValue(const AttributeSpec& spec, const std::string& value) {
  if (spec.input_type == "checkbox") {
    return absl::AsciiStrToLower(value) == "true" ? "true" : "false";
  }
  double number = 0;
  if (spec.input_type != "number") return value;
  EXPECT_TRUE(absl::SimpleAtod(value, &number));
  return ShortFloat(number);
}

using Texts = std::map<std::string, std::string>;

Texts ExportedAttributes(const Label& label, const Shape& shape) {
  Texts attributes;
  for (const AttributeSpec& spec : label.attributes) {
    std::string value = spec.default_value;
    for (const Attribute& attribute : shape.attributes) {
      if (attribute.name == spec.name) value = attribute.value;
    }
    attributes[spec.name] = ExportedValue(spec, value);
  }
  return attributes;
}

Texts AttributesOf(const Shape& shape) {
  Texts attributes;
  for (const Attribute& attribute : shape.attributes) attributes[attribute.name] = attribute.value;
  return attributes;
}

class Comparison {
 public:
  Comparison(const ReadResult& rest, const ReadResult& tree) : rest_(rest), tree_(tree) {}

  // Frames of the export by the names of the task; a video's are pictures there.
  Frame FrameOf(Rank rest_rank, Rank* tree_rank) const {
    const Frame wanted = rest_.FrameAt(rest_rank);
    for (Rank rank = 0; rank < tree_.dataset->frame_count(); ++rank) {
      const Frame frame = tree_.FrameAt(rank);
      std::string name = frame.name;
      if (rest_.info().tasks[0].is_video) name = std::string(absl::StripSuffix(frame.name, ".PNG"));
      if (name != wanted.name) continue;
      *tree_rank = rank;
      return frame;
    }
    ADD_FAILURE() << "no frame " << wanted.name;
    return {};
  }

  bool AreNear(const std::vector<double>& a, const std::vector<double>& b, double most) const {
    if (a.size() != b.size()) return false;
    for (size_t i = 0; i < a.size(); ++i) {
      if (std::abs(a[i] - b[i]) > most) return false;
    }
    return true;
  }

  bool IsSameMask(const Shape& a, const Shape& b, const Frame& frame) const {
    const auto x = CocoMaskOf(a.points, frame.height, frame.width);
    const auto y = CocoMaskOf(b.points, frame.height, frame.width);
    return x.ok() && y.ok() && *x == *y;
  }

  // In Datumaro's JSON, but for group and z order.
  bool IsSame(const Shape& a, const Shape& b, const Frame& frame) const {
    if (a.type != b.type || LabelOf(rest_, a).name != LabelOf(tree_, b).name) return false;
    if (ExportedAttributes(LabelOf(rest_, a), a) != AttributesOf(b)) return false;
    if (a.track != b.track || (a.type != ShapeType::kTag && a.occluded != b.occluded)) return false;
    if (std::abs(a.rotation - b.rotation) > 0.00501) return false;
    if (a.type == ShapeType::kMask) return IsSameMask(a, b, frame);
    if (a.type == ShapeType::kSkeleton) return AreSameElements(a, b);
    // An ellipse's centre is the mean of two rounded numbers.
    return AreNear(a.points, b.points, a.type == ShapeType::kEllipse ? 0.0151 : 0.0051);
  }

  bool AreSameElements(const Shape& a, const Shape& b) const {
    std::map<std::string, const Shape*> known;
    for (const Shape& element : a.elements) known[LabelOf(rest_, element).name] = &element;
    for (const Shape& element : b.elements) {
      const auto found = known.find(LabelOf(tree_, element).name);
      // One that the task does not have is absent.
      if (found == known.end()) {
        if (!element.outside) return false;
        continue;
      }
      const Shape& wanted = *found->second;
      if (wanted.outside != element.outside) return false;
      if (!wanted.outside && wanted.occluded != element.occluded) return false;
      if (!AreNear(wanted.points, element.points, 0.0051)) return false;
    }
    return b.elements.size() >= a.elements.size();
  }

  static const Label& LabelOf(const ReadResult& result, const Shape& shape) {
    return result.info().labels[shape.label];
  }

 private:
  const ReadResult& rest_;
  const ReadResult& tree_;
};

std::string Describe(const Shape& shape, const ReadResult& result) {
  return absl::StrCat(ShapeTypeName(shape.type), " of ", result.info().labels[shape.label].name,
                      " track ", shape.track, " z ", shape.z_order, " group ", shape.group);
}

class GoldenExports : public ::testing::TestWithParam<std::string> {};

// What Datumaro's JSON shows of a frame, in the order of a sink that has it from there: it has no
// cuboids of images, and no z order of skeletons.
std::vector<Shape> DatumaroShapesOf(std::vector<Shape> shapes, bool is_3d) {
  std::erase_if(shapes,
                [is_3d](const Shape& shape) { return !is_3d && shape.type == ShapeType::kCuboid; });
  for (Shape& shape : shapes) {
    if (shape.type == ShapeType::kSkeleton || is_3d) shape.z_order = 0;
  }
  std::stable_sort(shapes.begin(), shapes.end(), [](const Shape& a, const Shape& b) {
    return std::tuple(a.z_order, a.track) < std::tuple(b.z_order, b.track);
  });
  return shapes;
}

// The answer of the server for that job does not say the subset of its task, the export does.
std::string SubsetOf(const ReadResult& rest, const Frame& frame) {
  const bool is_job =
      rest.info().tasks[0].id < 0 && frame.name == absl::StrCat(frame.number + 30, ".png");
  return is_job ? "Train" : frame.subset;
}

void ExpectDatumaro(const std::string& name, absl::string_view tree_name, bool is_3d) {
  const ReadResult rest = ReadRest(name);
  const ReadResult tree = ReadTree(name, tree_name, "datumaro");
  const Comparison compare(rest, tree);
  EXPECT_THAT(tree.Problems(), ::testing::IsEmpty());
  EXPECT_EQ(tree.info().tasks[0].is_3d, is_3d);
  ASSERT_EQ(tree.info().labels.size(), rest.info().labels.size());
  for (size_t i = 0; i < rest.info().labels.size(); ++i) {
    EXPECT_EQ(tree.info().labels[i].name, rest.info().labels[i].name);
    EXPECT_EQ(tree.info().labels[i].parent, rest.info().labels[i].parent);
  }
  ASSERT_EQ(tree.dataset->frame_count(), rest.dataset->frame_count());
  for (Rank rank = 0; rank < rest.dataset->frame_count(); ++rank) {
    Rank at = 0;
    const Frame wanted = rest.FrameAt(rank), frame = compare.FrameOf(rank, &at);
    SCOPED_TRACE(wanted.name);
    EXPECT_EQ(frame.number, wanted.number);
    EXPECT_EQ(frame.subset, SubsetOf(rest, wanted));
    if (!is_3d) {
      EXPECT_EQ(frame.width, wanted.width);
      EXPECT_EQ(frame.height, wanted.height);
    }
    const FrameShapes a = rest.ShapesAt(rank), b = tree.ShapesAt(at);
    ASSERT_EQ(a.tags.size(), b.tags.size());
    for (size_t i = 0; i < a.tags.size(); ++i) {
      EXPECT_TRUE(compare.IsSame(a.tags[i], b.tags[i], frame)) << "tag " << i;
      EXPECT_EQ(a.tags[i].group, b.tags[i].group);
    }
    const std::vector<Shape> shapes = DatumaroShapesOf(a.shapes, is_3d);
    ASSERT_EQ(shapes.size(), b.shapes.size());
    for (size_t i = 0; i < shapes.size(); ++i) {
      EXPECT_TRUE(compare.IsSame(shapes[i], b.shapes[i], frame))
          << i << ": " << Describe(shapes[i], rest) << " | " << Describe(b.shapes[i], tree);
      EXPECT_EQ(shapes[i].group, b.shapes[i].group);
      EXPECT_EQ(shapes[i].z_order, b.shapes[i].z_order);
      if (shapes[i].type != ShapeType::kSkeleton) {
        EXPECT_EQ(shapes[i].keyframe, b.shapes[i].keyframe);
      }
    }
  }
}

TEST_P(GoldenExports, DatumaroIsTheTask) { ExpectDatumaro(GetParam(), "Datumaro 1.0", false); }

TEST(GoldenExports3d, DatumaroIsTheTask) { ExpectDatumaro("synth_3d", "Datumaro 3D 1.0", true); }

// COCO unites a group, and a label with an attribute is_crowd says itself what becomes a mask: of
// these only how many annotations they are is compared.
bool IsComparable(const Shape& shape, const Label& label) {
  return shape.group == 0 &&
         std::none_of(label.attributes.begin(), label.attributes.end(),
                      [](const AttributeSpec& spec) { return spec.name == "is_crowd"; });
}

// How many annotations shapes are: those of a group are one.
size_t AnnotationsOf(const std::vector<Shape>& shapes) {
  std::set<int32_t> groups;
  size_t single = 0;
  for (const Shape& shape : shapes) {
    if (shape.group == 0) {
      ++single;
    } else {
      groups.insert(shape.group);
    }
  }
  return single + groups.size();
}

bool IsOfCoco(ShapeType type) {
  return type == ShapeType::kRectangle || type == ShapeType::kPolygon || type == ShapeType::kMask ||
         type == ShapeType::kEllipse;
}

TEST_P(GoldenExports, CocoIsTheTask) {
  const ReadResult rest = ReadRest(GetParam());
  const ReadResult tree = ReadTree(GetParam(), "COCO 1.0", "coco");
  const Comparison compare(rest, tree);
  EXPECT_THAT(tree.Problems(), ::testing::IsEmpty());
  ASSERT_EQ(tree.dataset->frame_count(), rest.dataset->frame_count());
  for (Rank rank = 0; rank < rest.dataset->frame_count(); ++rank) {
    Rank at = 0;
    const Frame wanted = rest.FrameAt(rank), frame = compare.FrameOf(rank, &at);
    SCOPED_TRACE(wanted.name);
    EXPECT_EQ(frame.width, wanted.width);
    EXPECT_EQ(frame.height, wanted.height);
    EXPECT_EQ(frame.subset, SubsetOf(rest, wanted));
    std::vector<Shape> found = tree.ShapesAt(at).shapes, others;
    for (const Shape& shape : rest.ShapesAt(rank).shapes) {
      if (!IsOfCoco(shape.type)) continue;
      const Label& label = Comparison::LabelOf(rest, shape);
      if (!IsComparable(shape, label)) {
        others.push_back(shape);
        continue;
      }
      const auto same = std::find_if(found.begin(), found.end(), [&](const Shape& other) {
        if (shape.type != ShapeType::kEllipse) return compare.IsSame(shape, other, frame);
        return other.type == ShapeType::kMask && other.track == shape.track &&
               Comparison::LabelOf(tree, other).name == label.name &&
               AttributesOf(other) == ExportedAttributes(label, shape);
      });
      EXPECT_TRUE(same != found.end()) << Describe(shape, rest);
      if (same != found.end()) found.erase(same);
    }
    EXPECT_EQ(AnnotationsOf(found), AnnotationsOf(others));
  }
}

// Does the export name the keypoints? Not of a skeleton in a group, which has the category of the
// group, nor where an element is missing.
bool AreNamed(const Shape& skeleton, const ReadResult& rest) {
  const size_t parts = size_t(
      std::count_if(rest.info().labels.begin(), rest.info().labels.end(),
                    [&](const Label& label) { return label.parent == int32_t(skeleton.label); }));
  return skeleton.group == 0 && skeleton.elements.size() == parts;
}

TEST_P(GoldenExports, CocoKeypointsAreTheTasksSkeletons) {
  const ReadResult rest = ReadRest(GetParam());
  const ReadResult tree = ReadTree(GetParam(), "COCO Keypoints 1.0", "coco");
  const Comparison compare(rest, tree);
  size_t unnamed = 0;
  for (Rank rank = 0; rank < rest.dataset->frame_count(); ++rank) {
    Rank at = 0;
    const Frame frame = compare.FrameOf(rank, &at);
    SCOPED_TRACE(frame.name);
    std::vector<Shape> found = tree.ShapesAt(at).shapes;
    for (const Shape& shape : rest.ShapesAt(rank).shapes) {
      if (shape.type != ShapeType::kSkeleton) continue;
      const bool are_named = AreNamed(shape, rest);
      if (!are_named) ++unnamed;
      const auto same = std::find_if(found.begin(), found.end(), [&](const Shape& other) {
        return are_named ? compare.IsSame(shape, other, frame)
                         : other.type == ShapeType::kPoints && other.track == shape.track;
      });
      EXPECT_TRUE(same != found.end()) << Describe(shape, rest);
      if (same != found.end()) found.erase(same);
    }
    // What is in a group with a skeleton comes along with it.
    for (const Shape& shape : found) EXPECT_NE(shape.group, 0) << Describe(shape, tree);
  }
  const std::vector<std::string> problems = tree.Problems();
  EXPECT_EQ(problems.size(), unnamed);
  for (const std::string& problem : problems) {
    EXPECT_THAT(problem, ::testing::HasSubstr("read as points"));
  }
}

INSTANTIATE_TEST_SUITE_P(All, GoldenExports,
                         ::testing::Values("cvat_job_28", "cvat_task_14", "cvat_task_2",
                                           "cvat_task_22", "rand_images_00", "rand_images_01",
                                           "rand_images_02", "rand_images_03", "rand_images_04",
                                           "rand_images_05", "rand_video_00", "rand_video_01",
                                           "rand_video_02", "synth_images", "synth_video",
                                           "synth_video_2jobs_overlap2"));

}  // namespace
}  // namespace annofs::testing
