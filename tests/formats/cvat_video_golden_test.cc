// CVAT's own "CVAT for video 1.1" export of a task is the same dataset as its other sources, but
// for what it loses: two digits of coordinates, tags, the names of images, whether a shape is
// tracked, where elements of skeletons are while they are outside (reference/cvat.md §3.1).
#include <algorithm>
#include <cmath>

#include "absl/strings/match.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/formats/reading.h"

namespace annofs::testing {
namespace {

using ::testing::IsEmpty;

constexpr absl::string_view kVideo = "CVAT for video 1.1/annotations.xml";
constexpr absl::string_view kImages = "CVAT for images 1.1/annotations.xml";

ReadResult ReadCase(absl::string_view test_case, absl::string_view file, absl::string_view reader) {
  MemorySource source = FixtureSource(absl::StrCat("golden/", test_case, "/", file));
  ReadResult result = ReadWith(reader, source);
  EXPECT_TRUE(result.status.ok()) << result.status;
  return result;
}

std::vector<Attribute> Sorted(std::vector<Attribute> attributes) {
  std::sort(attributes.begin(), attributes.end(),
            [](const Attribute& a, const Attribute& b) { return a.name < b.name; });
  return attributes;
}

// Two digits are printed: half a digit from the number itself. An ellipse's right and top are sums
// of two printed numbers.
bool ArePointsSame(const Shape& a, const Shape& b) {
  if (a.points.size() != b.points.size()) return false;
  const double allowed = a.type == ShapeType::kEllipse ? 0.0151 : 0.00501;
  for (size_t i = 0; i < a.points.size(); ++i) {
    if (std::abs(a.points[i] - b.points[i]) > allowed) return false;
  }
  return true;
}

bool IsSame(const ReadResult& wanted, const Shape& a, const ReadResult& video, const Shape& b) {
  if (a.type != b.type || wanted.info().labels[a.label].name != video.info().labels[b.label].name ||
      a.z_order != b.z_order || a.group != b.group || a.outside != b.outside ||
      std::abs(a.rotation - b.rotation) > 0.00501 || Sorted(a.attributes) != Sorted(b.attributes) ||
      a.elements.size() != b.elements.size()) {
    return false;
  }
  // No XML says of a skeleton itself whether it is occluded.
  if (a.type != ShapeType::kSkeleton && a.occluded != b.occluded) return false;
  if (!a.outside && !ArePointsSame(a, b)) return false;
  for (size_t i = 0; i < a.elements.size(); ++i) {
    if (!IsSame(wanted, a.elements[i], video, b.elements[i])) return false;
  }
  return true;
}

std::string Describe(const ReadResult& result, const Shape& shape) {
  return absl::StrCat(ShapeTypeName(shape.type), " '", result.info().labels[shape.label].name,
                      "' track ", shape.track, " z ", shape.z_order, " at ",
                      shape.points.empty() ? 0 : shape.points[0], " with ", shape.elements.size(),
                      " elements");
}

// Each of `wanted` is one of `video`, and none is left; the order within a frame differs, for
// there static shapes stand before tracked ones.
void ExpectSame(const ReadResult& wanted, const std::vector<Shape>& a, const ReadResult& video,
                std::vector<Shape> b) {
  EXPECT_EQ(a.size(), b.size());
  for (const Shape& shape : a) {
    const auto same = std::find_if(b.begin(), b.end(), [&](const Shape& other) {
      return (shape.track < 0 || shape.track == other.track) && IsSame(wanted, shape, video, other);
    });
    if (same == b.end()) {
      ADD_FAILURE() << "not there: " << Describe(wanted, shape);
    } else {
      EXPECT_TRUE(shape.track < 0 || shape.keyframe == same->keyframe) << Describe(wanted, shape);
      b.erase(same);
    }
  }
}

// What a file of tracks has beyond the file of images of the same task.
struct Beyond {
  // Deleted frames that no track passes over: nothing says that they are deleted.
  std::vector<uint32_t> empty_frames;
};
struct Case {
  std::string name;
  Beyond beyond;
};

void ExpectSameFrames(const ReadResult& wanted, const ReadResult& video,
                      const Beyond& beyond = {}) {
  std::map<uint32_t, std::vector<Shape>> frames, video_frames;
  for (Rank rank : wanted.ByNumber()) {
    frames[wanted.FrameAt(rank).number] = wanted.ShapesAt(rank).shapes;
  }
  for (Rank rank : video.ByNumber()) {
    video_frames[video.FrameAt(rank).number] = video.ShapesAt(rank).shapes;
  }
  for (uint32_t number : beyond.empty_frames) EXPECT_TRUE(frames.emplace(number, 0).second);
  ASSERT_EQ(frames.size(), video_frames.size());
  for (const auto& [number, shapes] : frames) {
    SCOPED_TRACE(absl::StrCat("frame ", number));
    ASSERT_TRUE(video_frames.contains(number));
    ExpectSame(wanted, shapes, video, video_frames[number]);
  }
}

// What a file of tracks cannot know of this case; the rest of its problems would be a mistake.
bool IsLoss(const std::string& problem) {
  return absl::StrContains(problem, "whose names a file of tracks does not say") ||
         absl::StrContains(problem, "the size of the frames is not given") ||
         absl::StrContains(problem, "taken as deleted");
}
std::vector<std::string> Mistakes(const ReadResult& video) {
  std::vector<std::string> mistakes;
  for (std::string& problem : video.Problems()) {
    if (!IsLoss(problem)) mistakes.push_back(std::move(problem));
  }
  return mistakes;
}

class WithBackup : public ::testing::TestWithParam<std::string> {};

TEST_P(WithBackup, BackupAndVideoXmlAreTheSameDataset) {
  const ReadResult backup = ReadCase(GetParam(), "INPUT/backup.zip", "cvat_backup");
  const ReadResult video = ReadCase(GetParam(), kVideo, "cvat_video_xml");
  EXPECT_THAT(Mistakes(video), IsEmpty());
  EXPECT_EQ(backup.info().tasks[0].name, video.info().tasks[0].name);
  EXPECT_EQ(backup.info().tasks[0].subset, video.info().tasks[0].subset);
  EXPECT_EQ(backup.info().tasks[0].is_video, video.info().tasks[0].is_video);
  ExpectSameFrames(backup, video);
  if (backup.info().tasks[0].is_video) {
    EXPECT_EQ(backup.Names(), video.Names());
  }
}

INSTANTIATE_TEST_SUITE_P(CvatGolden, WithBackup,
                         ::testing::Values("rand_images_00", "rand_images_01", "rand_images_02",
                                           "rand_images_03", "rand_images_04", "rand_video_00",
                                           "rand_video_01", "rand_video_02"));

class OfEveryCase : public ::testing::TestWithParam<Case> {};

TEST_P(OfEveryCase, TracksOverImagesArePoorerThanTheImagesAndOverAVideoRicher) {
  auto richness = [](absl::string_view file, absl::string_view name) {
    MemorySource source = FixtureSource(absl::StrCat("golden/", GetParam().name, "/", file));
    const std::unique_ptr<Reader> reader = FindReader(name);
    const absl::StatusOr<std::optional<ProbeResult>> found = reader->Probe(source);
    EXPECT_TRUE(found.ok() && found->has_value()) << file;
    return (*found)->richness > 0 ? (*found)->richness : reader->Info().richness;
  };
  const bool is_video = absl::StrContains(GetParam().name, "video");
  EXPECT_EQ(richness(kVideo, "cvat_video_xml") > richness(kImages, "cvat_images_xml"), is_video);
}

TEST_P(OfEveryCase, ImagesXmlAndVideoXmlAreTheSameDataset) {
  const ReadResult images = ReadCase(GetParam().name, kImages, "cvat_images_xml");
  const ReadResult video = ReadCase(GetParam().name, kVideo, "cvat_video_xml");
  EXPECT_THAT(images.Problems(), IsEmpty());
  EXPECT_THAT(Mistakes(video), IsEmpty());
  ExpectSameFrames(images, video, GetParam().beyond);
}

INSTANTIATE_TEST_SUITE_P(
    CvatGolden, OfEveryCase,
    ::testing::Values(Case{"synth_images", {.empty_frames = {4}}}, Case{"synth_video"},
                      Case{"synth_video_2jobs_overlap2"}, Case{"cvat_task_2"}, Case{"cvat_task_14"},
                      Case{"cvat_task_22"}, Case{"cvat_job_28"}, Case{"rand_images_00"},
                      Case{"rand_images_01"}, Case{"rand_images_02"}, Case{"rand_images_03"},
                      Case{"rand_images_04"}, Case{"rand_images_05", {.empty_frames = {5}}},
                      Case{"rand_video_00"}, Case{"rand_video_01"}, Case{"rand_video_02"}),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace annofs::testing
