// The expected shapes of golden/interpolation were made by CVAT's own TrackManager.
#include "formats/interpolation.h"

#include <iterator>
#include <map>
#include <random>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/formats/rest_tracks.h"

namespace annofs::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr int64_t kGoldenFrames = 20;

std::string GoldenPath(absl::string_view name) {
  return absl::StrCat("golden/interpolation/", name, ".json");
}

Shape ExpectedShape(JsonValue json) {
  Shape shape = KeyframeOf(json).shape;
  shape.label = uint32_t(json.IntOr("label_id", 0));
  shape.group = int32_t(json.IntOr("group", 0));
  for (size_t i = 0; i < json["elements"].size(); ++i) {
    shape.elements.push_back(ExpectedShape(json["elements"][i]));
  }
  return shape;
}

using FrameAndTrack = std::pair<int64_t, int64_t>;
using Shapes = std::map<FrameAndTrack, Shape>;

Shapes ExpectedShapes(absl::string_view name) {
  const JsonDocument document = ReadJsonFixture(GoldenPath(name));
  Shapes shapes;
  for (size_t i = 0; i < document.root().size(); ++i) {
    const JsonValue json = document.root()[i];
    shapes[{json.IntOr("frame", -1), json.IntOr("track_id", -1)}] = ExpectedShape(json);
  }
  return shapes;
}

// The expected shapes do not say it.
Track WithoutSource(Track track) {
  track.source.clear();
  for (Track& element : track.elements) element = WithoutSource(std::move(element));
  return track;
}

Shapes Resolve(absl::string_view input, const TrackFrames& frames) {
  const JsonDocument document = ReadJsonFixture(GoldenPath(input));
  Shapes shapes;
  std::vector<std::string> problems;
  for (size_t i = 0; i < document.root().size(); ++i) {
    absl::Status status = ResolveTrack(
        WithoutSource(TrackOf(document.root()[i])), frames,
        [&](int64_t frame, Shape shape) {
          EXPECT_TRUE(shapes.emplace(FrameAndTrack(frame, i), std::move(shape)).second);
          return absl::OkStatus();
        },
        problems);
    EXPECT_TRUE(status.ok()) << status;
  }
  EXPECT_THAT(problems, IsEmpty());
  return shapes;
}

std::string Print(const Shape& shape) {
  std::string text = absl::StrCat(
      ShapeTypeName(shape.type), " label=", shape.label, " z=", shape.z_order,
      " group=", shape.group, " occluded=", shape.occluded, " outside=", shape.outside,
      " keyframe=", shape.keyframe, " rotation=", ::testing::PrintToString(shape.rotation),
      " points=", ::testing::PrintToString(shape.points));
  for (const Attribute& attribute : shape.attributes) {
    absl::StrAppend(&text, " ", attribute.name, "=", attribute.value);
  }
  for (const Shape& element : shape.elements) absl::StrAppend(&text, "\n    ", Print(element));
  return text;
}

// CVAT's manager leaves skeletons out whose elements are all outside; here their keyframes are
// told.
void ExpectEqual(Shapes actual, const Shapes& expected) {
  EXPECT_FALSE(expected.empty());
  std::erase_if(actual, [&expected](const auto& entry) {
    const Shape& shape = entry.second;
    return shape.type == ShapeType::kSkeleton && shape.outside && !expected.contains(entry.first);
  });
  for (const auto& [key, shape] : expected) {
    auto found = actual.find(key);
    if (found == actual.end()) {
      ADD_FAILURE() << "missing: frame " << key.first << ", track " << key.second;
    } else {
      EXPECT_TRUE(found->second == shape)
          << "frame " << key.first << ", track " << key.second << "\n  is     "
          << Print(found->second) << "\n  wanted " << Print(shape);
    }
  }
  EXPECT_EQ(actual.size(), expected.size());
}

TEST(Interpolation, TracksOfTheGoldenFileAreCvats) {
  ExpectEqual(Resolve("tracks_2d.input", {.end = kGoldenFrames}),
              ExpectedShapes("tracks_2d_no_deleted.expected"));
}

TEST(Interpolation, KeyframesOnDeletedFramesVanishAsInCvat) {
  ExpectEqual(Resolve("tracks_2d.input", {.end = kGoldenFrames, .left_out = {4, 7, 10}}),
              ExpectedShapes("tracks_2d_deleted_10_and_keyframes_4_7.expected"));
}

TEST(Interpolation, CuboidsTurnInSpaceAsInCvat) {
  ExpectEqual(Resolve("tracks_3d.input", {.end = 10, .is_3d = true}),
              ExpectedShapes("tracks_3d.expected"));
}

TEST(Interpolation, HalfATurnIsOneDegree) {
  EXPECT_EQ(AngleDifference(180, 0), 1);
  EXPECT_EQ(AngleDifference(190, 10), 1);
  EXPECT_EQ(AngleDifference(20, 350), 30);
  EXPECT_EQ(AngleDifference(350, 20), -30);
  EXPECT_EQ(AngleDifference(10, 10), 0);
}

Keyframe Box(int64_t frame, double x) {
  return {.frame = frame, .shape = {.type = ShapeType::kRectangle, .points = {x, 0, x + 10, 10}}};
}
Keyframe Outside(Keyframe keyframe) {
  keyframe.shape.outside = true;
  return keyframe;
}
Keyframe With(Keyframe keyframe, std::vector<Attribute> attributes) {
  keyframe.shape.attributes = std::move(attributes);
  return keyframe;
}

struct Resolution {
  std::map<int64_t, Shape> shapes;
  std::vector<std::string> problems;

  std::vector<int64_t> frames() const {
    std::vector<int64_t> frames;
    for (const auto& [frame, shape] : shapes) frames.push_back(frame);
    return frames;
  }
};

Resolution Resolve(const Track& track, const TrackFrames& frames) {
  Resolution resolution;
  absl::Status status = ResolveTrack(
      track, frames,
      [&](int64_t frame, Shape shape) {
        resolution.shapes[frame] = std::move(shape);
        return absl::OkStatus();
      },
      resolution.problems);
  EXPECT_TRUE(status.ok()) << status;
  return resolution;
}

TEST(Interpolation, ATrackWithoutKeyframesHasNoShapes) {
  EXPECT_THAT(Resolve({.frame = 1}, {.end = 5}).shapes, IsEmpty());
}

TEST(Interpolation, TheLastKeyframeIsHeldToTheEnd) {
  Resolution resolution = Resolve({.keyframes = {Box(2, 7)}}, {.end = 5});
  EXPECT_THAT(resolution.frames(), ElementsAre(2, 3, 4));
  EXPECT_EQ(resolution.shapes[4].points[0], 7);
  EXPECT_FALSE(resolution.shapes[4].keyframe);
}

TEST(Interpolation, AnOutsideKeyframeEndsTheTrack) {
  Resolution resolution = Resolve({.keyframes = {Box(0, 0), Outside(Box(2, 2))}}, {.end = 9});
  EXPECT_THAT(resolution.frames(), ElementsAre(0, 1, 2));
  EXPECT_TRUE(resolution.shapes[2].outside);
}

TEST(Interpolation, AKeyframeBehindTheEndStillPulls) {
  Resolution resolution = Resolve({.keyframes = {Box(0, 0), Box(10, 100)}}, {.end = 4});
  EXPECT_THAT(resolution.frames(), ElementsAre(0, 1, 2, 3));
  EXPECT_EQ(resolution.shapes[3].points[0], 30);
  EXPECT_TRUE(resolution.shapes[3].keyframe);
  EXPECT_FALSE(resolution.shapes[2].keyframe);
}

TEST(Interpolation, ATrackHasNoShapeBeforeItsFirstFrame) {
  Resolution resolution = Resolve({.frame = 3, .keyframes = {Box(1, 0), Box(5, 40)}}, {.end = 6});
  EXPECT_THAT(resolution.frames(), ElementsAre(3, 4, 5));
  EXPECT_EQ(resolution.shapes[3].points[0], 20);
}

TEST(Interpolation, OrderOfKeyframesInTheSourceDoesNotMatter) {
  Resolution resolution = Resolve({.keyframes = {Box(2, 20), Box(0, 0)}}, {.end = 3});
  EXPECT_EQ(resolution.shapes[1].points[0], 10);
}

TEST(Interpolation, MutableAttributesAreInherited) {
  Track track{.attributes = {{"plate", "A1"}},
              .keyframes = {With(Box(0, 0), {{"speed", "5"}, {"lane", "1"}}),
                            With(Box(1, 0), {{"lane", "2"}})}};
  Resolution resolution = Resolve(track, {.end = 2});
  EXPECT_THAT(
      resolution.shapes[1].attributes,
      ElementsAre(Attribute{"lane", "2"}, Attribute{"speed", "5"}, Attribute{"plate", "A1"}));
}

TEST(Interpolation, TheSameKeyframeTwiceIsOne) {
  Resolution resolution = Resolve({.keyframes = {Box(0, 0), Box(0, 0)}}, {.end = 1});
  EXPECT_THAT(resolution.frames(), ElementsAre(0));
  EXPECT_THAT(resolution.problems, IsEmpty());
}

TEST(Interpolation, TwoKeyframesOnOneFrameAreAProblem) {
  Resolution resolution = Resolve({.keyframes = {Box(0, 0), Box(0, 5)}}, {.end = 1});
  EXPECT_EQ(resolution.shapes[0].points[0], 0);
  EXPECT_THAT(resolution.problems, ElementsAre("a second keyframe on frame 0: left out"));
}

TEST(Interpolation, AKeyframeOfAnotherTypeIsAProblem) {
  Keyframe ellipse{.frame = 1, .shape = {.type = ShapeType::kEllipse, .points = {5, 5, 6, 4}}};
  Resolution resolution = Resolve({.keyframes = {Box(0, 0), ellipse}}, {.end = 2});
  EXPECT_EQ(resolution.shapes[1].type, ShapeType::kRectangle);
  EXPECT_THAT(resolution.problems, ElementsAre("a keyframe of another type on frame 1: left out"));
}

TEST(Interpolation, ASkeletonIsOutsideWhereTheLastOfItsElementsGoes) {
  Keyframe skeleton{.frame = 0, .shape = {.type = ShapeType::kSkeleton}};
  Keyframe point{.frame = 1, .shape = {.type = ShapeType::kPoints, .points = {1, 1}}};
  Keyframe gone = Outside(point);
  gone.frame = 3;
  Track track{.keyframes = {skeleton},
              .elements = {{.frame = 1, .label = 1, .keyframes = {point, gone}}}};
  // Nothing before the element's first frame, nothing behind the keyframe outside.
  const Resolution resolution = Resolve(track, {.end = 6});
  EXPECT_THAT(resolution.frames(), ElementsAre(1, 2, 3));
  EXPECT_FALSE(resolution.shapes.at(2).outside);
  EXPECT_TRUE(resolution.shapes.at(3).outside);
}

TEST(Interpolation, AMaskIsHeldToTheNext) {
  Keyframe first{.frame = 0, .shape = {.type = ShapeType::kMask, .points = {1, 0, 0, 0, 0}}};
  Keyframe second{.frame = 2, .shape = {.type = ShapeType::kMask, .points = {0, 1, 0, 0, 0, 0}}};
  Resolution resolution = Resolve({.keyframes = {first, second}}, {.end = 3});
  EXPECT_EQ(resolution.shapes[1].points, first.shape.points);
  EXPECT_EQ(resolution.shapes[2].points, second.shape.points);
}

// A keyframe of each type that moves, turns, and changes its number of points.
Keyframe RandomKeyframe(std::mt19937& engine, ShapeType type, int64_t frame) {
  size_t count = 4;
  if (type == ShapeType::kPolygon) count = 6 + 2 * (engine() % 5);
  if (type == ShapeType::kPolyline) count = 4 + 2 * (engine() % 5);
  if (type == ShapeType::kPoints) count = 2 + 2 * (engine() % 2);
  if (type == ShapeType::kCuboid) count = 16;
  Keyframe keyframe{.frame = frame, .shape = {.type = type}};
  for (size_t i = 0; i < count; ++i) {
    keyframe.shape.points.push_back(std::uniform_real_distribution<double>(-3, 3)(engine));
  }
  keyframe.shape.rotation = double(engine() % 360);
  keyframe.shape.occluded = engine() % 2 == 0;
  keyframe.shape.outside = engine() % 5 == 0;
  keyframe.shape.z_order = int32_t(engine() % 3);
  return keyframe;
}

TEST(Interpolation, OnItsKeyframesATrackIsTheKeyframe) {
  std::mt19937 engine(6);
  for (int round = 0; round < 200; ++round) {
    for (ShapeType type : {ShapeType::kRectangle, ShapeType::kEllipse, ShapeType::kPolygon,
                           ShapeType::kPolyline, ShapeType::kPoints, ShapeType::kCuboid}) {
      Track track;
      for (int64_t frame = int64_t(engine() % 3); frame < 30; frame += 1 + int64_t(engine() % 7)) {
        track.keyframes.push_back(RandomKeyframe(engine, type, frame));
      }
      const TrackFrames frames{.end = 30, .is_3d = engine() % 2 == 0};
      const Resolution resolution = Resolve(track, frames);
      EXPECT_THAT(resolution.problems, IsEmpty());
      for (const Keyframe& keyframe : track.keyframes) {
        Shape expected = keyframe.shape;
        expected.keyframe = true;
        const auto found = resolution.shapes.find(keyframe.frame);
        ASSERT_NE(found, resolution.shapes.end());
        EXPECT_TRUE(found->second == expected) << Print(found->second) << Print(expected);
      }
    }
  }
}

// Nothing else than keyframes says where a track is seen.
TEST(Interpolation, BetweenKeyframesATrackIsSeenUnlessItIsOutside) {
  std::mt19937 engine(7);
  for (int round = 0; round < 200; ++round) {
    Track track;
    std::map<int64_t, bool> is_outside;
    for (int64_t frame = int64_t(engine() % 3); frame < 30; frame += 1 + int64_t(engine() % 7)) {
      track.keyframes.push_back(RandomKeyframe(engine, ShapeType::kRectangle, frame));
      is_outside[frame] = track.keyframes.back().shape.outside;
    }
    const Resolution resolution = Resolve(track, {.end = 30});
    for (int64_t frame = 0; frame < 30; ++frame) {
      const auto after = is_outside.upper_bound(frame);
      const bool is_seen =
          after != is_outside.begin() && (is_outside.contains(frame) || !std::prev(after)->second);
      EXPECT_EQ(resolution.shapes.contains(frame), is_seen) << frame;
    }
  }
}

TEST(Interpolation, FramesThatShowNothingTakeNoTime) {
  constexpr int64_t kEnd = int64_t{1} << 40;
  Keyframe skeleton{.frame = 0, .shape = {.type = ShapeType::kSkeleton}};
  Keyframe gone{.frame = 0,
                .shape = {.type = ShapeType::kPoints, .outside = true, .points = {1, 1}}};
  Keyframe back = gone;
  back.frame = kEnd - 2;
  back.shape.outside = false;
  const Track track{.keyframes = {skeleton},
                    .elements = {{.keyframes = {gone, back}}, {.keyframes = {gone}}, {}}};
  EXPECT_THAT(Resolve(track, {.end = kEnd}).frames(), ElementsAre(0, kEnd - 2, kEnd - 1));
}

TEST(Interpolation, AnErrorOfTheReceiverEndsIt) {
  std::vector<std::string> problems;
  int calls = 0;
  absl::Status status = ResolveTrack(
      {.keyframes = {Box(0, 0)}}, {.end = 5},
      [&](int64_t, Shape) {
        ++calls;
        return absl::CancelledError("enough");
      },
      problems);
  EXPECT_TRUE(absl::IsCancelled(status));
  EXPECT_EQ(calls, 1);
}

TEST(Interpolation, LinesWithoutLengthDoNotCrash) {
  Keyframe first{.frame = 0, .shape = {.type = ShapeType::kPolygon, .points = {1, 1, 1, 1, 1, 1}}};
  Keyframe second{.frame = 2,
                  .shape = {.type = ShapeType::kPolygon, .points = {3, 3, 3, 3, 3, 3, 3, 3}}};
  Resolution resolution = Resolve({.keyframes = {first, second}}, {.end = 3});
  EXPECT_THAT(resolution.frames(), ElementsAre(0, 1, 2));
}

Attribute Numbered(absl::string_view name, int number) {
  return {.name = absl::StrCat(name, number), .value = "1"};
}

TEST(Interpolation, ManyAttributesAreInheritedInLinearTime) {
  constexpr int kMany = 100000;
  Track track{.keyframes = {Box(0, 0), Box(1, 5), Box(2, 10), Box(2, 10)}};
  for (int i = 0; i < kMany; ++i) {
    track.keyframes[0].shape.attributes.push_back(Numbered("a", i));
    track.keyframes[1].shape.attributes.push_back(Numbered("b", i));
    track.keyframes[2].shape.attributes.push_back(Numbered("a", kMany - i));
  }
  // Each against each would take minutes.
  const Resolution resolution = Resolve(track, {.end = 3});
  EXPECT_THAT(resolution.problems, IsEmpty());
  EXPECT_EQ(resolution.shapes.at(1).attributes.size(), size_t{2 * kMany});
  EXPECT_EQ(resolution.shapes.at(2).attributes.size(), size_t{2 * kMany + 1});
}

TEST(Interpolation, ATrackWhoseKeyframesInheritWithoutMeasureIsLeftOut) {
  // Some megabytes of text; with what they inherit the keyframes would take hundreds of gigabytes.
  Track track{.keyframes = {Box(0, 0)}};
  for (int i = 0; i < 50000; ++i) track.keyframes[0].shape.attributes.push_back(Numbered("a", i));
  for (int i = 1; i < 50000; ++i) track.keyframes.push_back(Box(i, i));
  const Resolution resolution = Resolve(track, {.end = 50000});
  EXPECT_THAT(resolution.shapes, IsEmpty());
  EXPECT_THAT(resolution.problems,
              ElementsAre("left out: its keyframes inherit more attributes than a track can be "
                          "trusted with"));
}

TEST(Interpolation, EachKeyframeOfALongTrackMayInheritAHundredAttributes) {
  for (int keyframes : {10, 1000, 20000}) {
    Track track{.keyframes = {Box(0, 0)}};
    for (int i = 0; i < 100; ++i) track.keyframes[0].shape.attributes.push_back(Numbered("a", i));
    for (int i = 1; i < keyframes; ++i) track.keyframes.push_back(Box(i, i));
    EXPECT_FALSE(InheritsTooMuch(track)) << keyframes;
  }
}

TEST(Interpolation, LongPolygonsAreFast) {
  auto ring = [](int64_t frame, int points, double radius) {
    Keyframe keyframe{.frame = frame, .shape = {.type = ShapeType::kPolygon}};
    for (int i = 0; i < points; ++i) {
      keyframe.shape.points.push_back(radius * (i % 100));
      keyframe.shape.points.push_back(radius * (i / 100));
    }
    return keyframe;
  };
  Track track{.keyframes = {ring(0, 200000, 1), ring(2, 150000, 2)}};
  // Every left point against every right one would take minutes.
  EXPECT_EQ(Resolve(track, {.end = 3}).shapes.size(), 3u);
}

}  // namespace
}  // namespace annofs::testing
