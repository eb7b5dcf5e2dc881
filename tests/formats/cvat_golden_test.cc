// A task's backup, or the server's answers about it, and CVAT's own "CVAT for images 1.1" export of
// the same task are the same dataset, but for what the XML loses: two digits of coordinates,
// tracks, scores (reference/cvat.md §2.2). So the golden XML checks frames, order, interpolation,
// skeletons, labels.
#include <algorithm>
#include <cmath>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/formats/directory_source.h"
#include "tests/formats/reading.h"

namespace annofs::testing {
namespace {

// A case of golden/ and its backup; none: the REST answers.
struct Case {
  std::string name, backup;
  bool says_subset = true;  // false: the answers are of a job, and its task is not among them
};

class CvatGolden : public ::testing::TestWithParam<Case> {
 protected:
  static ReadResult ReadTask() {
    if (GetParam().backup.empty()) {
      DirectorySource answers =
          FixtureDirectory(absl::StrCat("golden/", GetParam().name, "/INPUT"),
                           {"annotations.rest.json", "labels.rest.json", "data_meta.json"});
      return ReadWith("cvat_rest", answers);
    }
    MemorySource zip = FixtureSource(GetParam().backup);
    return ReadWith("cvat_backup", zip);
  }
  static ReadResult ReadXml() {
    MemorySource text = FixtureSource(
        absl::StrCat("golden/", GetParam().name, "/CVAT for images 1.1/annotations.xml"));
    return ReadWith("cvat_images_xml", text);
  }
};

// Of numbers printed with %.2f; an ellipse's right and top are sums of two such numbers.
double Tolerance(ShapeType type) { return type == ShapeType::kEllipse ? 0.0151 : 0.00501; }

std::vector<Attribute> Sorted(std::vector<Attribute> attributes) {
  std::sort(attributes.begin(), attributes.end(),
            [](const Attribute& a, const Attribute& b) { return a.name < b.name; });
  return attributes;
}

const std::string& LabelOf(const ReadResult& result, const Shape& shape) {
  return result.info().labels[shape.label].name;
}

void ExpectSame(const ReadResult& task, const Shape& a, const ReadResult& xml, const Shape& b) {
  EXPECT_EQ(ShapeTypeName(a.type), ShapeTypeName(b.type));
  EXPECT_EQ(LabelOf(task, a), LabelOf(xml, b));
  EXPECT_EQ(a.group, b.group);
  EXPECT_EQ(a.source, b.source);
  EXPECT_EQ(a.outside, b.outside);
  if (a.type != ShapeType::kSkeleton) {
    EXPECT_EQ(a.occluded, b.occluded);  // the XML does not say it of skeletons
  }
  EXPECT_NEAR(a.rotation, b.rotation, 0.00501);
  EXPECT_EQ(Sorted(a.attributes), Sorted(b.attributes));
  ASSERT_EQ(a.points.size(), b.points.size());
  for (size_t i = 0; i < a.points.size(); ++i) {
    EXPECT_NEAR(a.points[i], b.points[i], Tolerance(a.type)) << "number " << i;
  }
  ASSERT_EQ(a.elements.size(), b.elements.size());
  for (size_t i = 0; i < a.elements.size(); ++i) {
    SCOPED_TRACE(absl::StrCat("element ", i));
    ExpectSame(task, a.elements[i], xml, b.elements[i]);
  }
}

void ExpectSame(const ReadResult& task, const std::vector<Shape>& a, const ReadResult& xml,
                const std::vector<Shape>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (size_t i = 0; i < a.size(); ++i) {
    SCOPED_TRACE(absl::StrCat("shape ", i));
    EXPECT_EQ(a[i].z_order, b[i].z_order);  // the XML does not say it of elements
    ExpectSame(task, a[i], xml, b[i]);
  }
}

TEST_P(CvatGolden, TaskAndImagesXmlAreTheSameDataset) {
  const ReadResult task = ReadTask();
  const ReadResult xml = ReadXml();
  ASSERT_TRUE(task.status.ok()) << task.status;
  ASSERT_TRUE(xml.status.ok()) << xml.status;
  EXPECT_EQ(task.Names(), xml.Names());
  // The XML has nothing of deleted frames, so nothing to tell of them.
  EXPECT_THAT(task.Problems(),
              ::testing::Each(::testing::StartsWith("||left out, as in CVAT's exports: ")));
  EXPECT_THAT(xml.Problems(), ::testing::IsEmpty());
  ASSERT_EQ(task.dataset->frame_count(), xml.dataset->frame_count());
  for (Rank rank = 0; rank < task.dataset->frame_count(); ++rank) {
    const Frame a = task.FrameAt(rank), b = xml.FrameAt(rank);
    SCOPED_TRACE(absl::StrCat("frame ", a.name));
    EXPECT_EQ(a.name, b.name);
    EXPECT_EQ(a.number, b.number);
    EXPECT_EQ(a.width, b.width);
    EXPECT_EQ(a.height, b.height);
    if (GetParam().says_subset) {
      EXPECT_EQ(a.subset, b.subset);
    }
    ExpectSame(task, task.ShapesAt(rank).tags, xml, xml.ShapesAt(rank).tags);
    ExpectSame(task, task.ShapesAt(rank).shapes, xml, xml.ShapesAt(rank).shapes);
  }
}

TEST_P(CvatGolden, TaskAndImagesXmlHaveTheSameLabels) {
  const ReadResult task = ReadTask();
  const ReadResult xml = ReadXml();
  // Nothing beside the golden answers says what the task is called.
  if (!GetParam().backup.empty()) {
    EXPECT_EQ(task.info().tasks[0].name, xml.info().tasks[0].name);
  }
  if (GetParam().says_subset) {
    EXPECT_EQ(task.info().tasks[0].subset, xml.info().tasks[0].subset);
  }
  EXPECT_EQ(task.info().tasks[0].is_video, xml.info().tasks[0].is_video);
  ASSERT_EQ(task.info().labels.size(), xml.info().labels.size());
  for (size_t i = 0; i < task.info().labels.size(); ++i) {
    const Label &a = task.info().labels[i], &b = xml.info().labels[i];
    SCOPED_TRACE(a.name);
    EXPECT_EQ(a.name, b.name);
    EXPECT_EQ(a.color, b.color);
    EXPECT_EQ(a.type, b.type);
    EXPECT_EQ(a.parent, b.parent);
    EXPECT_EQ(a.attributes, b.attributes);
  }
}

Case Random(const std::string& name) {
  return {name, absl::StrCat("golden/", name, "/INPUT/backup.zip")};
}

INSTANTIATE_TEST_SUITE_P(
    All, CvatGolden,
    ::testing::Values(Random("rand_images_00"), Random("rand_images_01"), Random("rand_images_02"),
                      Random("rand_images_03"), Random("rand_images_04"), Random("rand_images_05"),
                      Random("rand_video_00"), Random("rand_video_01"), Random("rand_video_02"),
                      Case{"synth_images", "backups_derived/task_images_lightweight.zip"},
                      Case{"synth_images", "backups_derived/task_images_full.zip"},
                      Case{"synth_video_2jobs_overlap2",
                           "backups_derived/task_video_2jobs_overlap2.zip"}));

INSTANTIATE_TEST_SUITE_P(
    Rest, CvatGolden,
    ::testing::Values(Case{"cvat_task_2"}, Case{"cvat_task_14"}, Case{"cvat_task_22"},
                      Case{.name = "cvat_job_28", .says_subset = false}, Case{"synth_images"},
                      Case{"synth_video"}, Case{"rand_images_00"}, Case{"rand_images_01"},
                      Case{"rand_images_02"}, Case{"rand_images_03"}, Case{"rand_images_04"},
                      Case{"rand_images_05"}, Case{"rand_video_00"}, Case{"rand_video_01"},
                      Case{"rand_video_02"}),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace annofs::testing
