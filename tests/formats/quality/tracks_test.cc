// Tracks along their frames.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/formats/quality/checking.h"

namespace annofs {
namespace {

using ::testing::ElementsAre;
using testing::FindingOf;
using ::testing::IsEmpty;
using testing::Made;
using testing::PlacesOf;

constexpr absl::string_view kTrackRules[] = {
    "track-changes-label", "track-twice-on-frame", "immutable-attribute-changes", "track-gap",
    "track-jump",          "one-frame-track",      "tracks-not-checked"};

// "rule: place" of what the rules about tracks find.
std::vector<std::string> Told(Made& made) {
  const QualityReport report = made.Checked();
  std::vector<std::string> told;
  for (absl::string_view rule : kTrackRules) {
    for (const std::string& place : PlacesOf(FindingOf(report, rule))) {
      told.push_back(absl::StrCat(rule, ": ", place));
    }
  }
  return told;
}

Shape OnTrack(int32_t track, double x = 20, uint32_t label = 0) {
  return {.label = label, .track = track, .points = {x, 10, x + 20, 30}};
}

// So many frames of 1000 x 100.
void Frames(Made& made, int count) {
  for (int i = 0; i < count; ++i) made.NextFrame({.width = 1000, .height = 100});
}

TEST(QualityTracksTest, OneThatGoesOnHasNothing) {
  Made made;
  made.Label("car");
  for (int i = 0; i < 5; ++i) {
    Frames(made, 1);
    made.Add(OnTrack(7, 20 + 5 * i));
    made.Add(OnTrack(8, 300));
  }
  EXPECT_THAT(Told(made), IsEmpty());
}

TEST(QualityTracksTest, AGapIsToldWhereItEnds) {
  Made made;
  made.Label("car");
  Frames(made, 1);
  made.Add(OnTrack(7));
  Frames(made, 3);
  made.Add(OnTrack(7));
  Frames(made, 1);
  made.Add(OnTrack(7));
  Frames(made, 2);
  made.Add(OnTrack(7));
  EXPECT_THAT(Told(made),
              ElementsAre("track-gap: 3.jpg|car|shape 0 of track 7|away on 2 frames before",
                          "track-gap: 6.jpg|car|shape 0 of track 7|away on 1 frame before"));
}

TEST(QualityTracksTest, FramesThatAreNotThereAreNoGap) {
  Made made;
  made.Label("car");
  for (uint32_t number : {0u, 10u, 20u}) {
    const uint32_t frame = made.builder()
                               .AddFrame({.name = absl::StrCat("f", number, ".jpg"),
                                          .number = number,
                                          .width = 1000,
                                          .height = 100})
                               .value();
    ASSERT_TRUE(made.builder().AddShape(frame, OnTrack(7)).ok());
  }
  EXPECT_THAT(Told(made), IsEmpty());
}

TEST(QualityTracksTest, AJumpIsFurtherThanThreeDiagonalsAndATenthOfTheFrame) {
  // The diagonal of 20 x 20 is 28.28, that of the frame 1004.99: the frame's tenth decides.
  auto told = [](double from, double to) {
    Made made;
    made.Label("car");
    Frames(made, 1);
    made.Add(OnTrack(7, from));
    Frames(made, 1);
    made.Add(OnTrack(7, to));
    return Told(made);
  };
  EXPECT_THAT(told(20, 120), IsEmpty());
  EXPECT_THAT(told(20, 121),
              ElementsAre("track-jump: 1.jpg|car|shape 0 of track 7|moves by 101 px, its diagonal "
                          "is 28.28 px"));
}

TEST(QualityTracksTest, ALargeThingMayMoveFar) {
  Made made;
  made.Label("car");
  Frames(made, 1);
  made.Add({.track = 1, .points = {0, 0, 100, 100}});
  Frames(made, 1);
  made.Add({.track = 1, .points = {400, 0, 500, 100}});
  EXPECT_THAT(Told(made), IsEmpty()) << "400 is less than three times 141";
}

TEST(QualityTracksTest, AMoveOverAGapIsNoJump) {
  Made made;
  made.Label("car");
  Frames(made, 1);
  made.Add(OnTrack(7, 20));
  Frames(made, 2);
  made.Add(OnTrack(7, 900));
  EXPECT_THAT(Told(made),
              ElementsAre("track-gap: 2.jpg|car|shape 0 of track 7|away on 1 frame before"));
}

TEST(QualityTracksTest, OneFrameIsNoTrackUnlessTheTaskHasNoOther) {
  Made made;
  made.Label("car");
  Frames(made, 2);
  made.Add(OnTrack(9));
  made.Add(OnTrack(3));
  const uint32_t other = made.builder().AddTask({.name = "other"});
  made.NextFrame({.task = other, .width = 1000, .height = 100});
  made.Add(OnTrack(9));
  EXPECT_THAT(Told(made), ElementsAre("one-frame-track: 1.jpg|car|track 3|",
                                      "one-frame-track: 1.jpg|car|track 9|"));
}

TEST(QualityTracksTest, TracksOfTwoTasksAreTwo) {
  Made made;
  made.Label("car");
  Frames(made, 1);
  made.Add(OnTrack(7, 20));
  Frames(made, 1);
  made.Add(OnTrack(7, 20));
  const uint32_t other = made.builder().AddTask({.name = "other"});
  for (int i = 0; i < 2; ++i) {
    made.NextFrame({.task = other, .width = 1000, .height = 100});
    made.Add(OnTrack(7, 900));
  }
  EXPECT_THAT(Told(made), IsEmpty());
}

TEST(QualityTracksTest, ALabelThatChangesAndTwoShapesOnOneFrameAreErrors) {
  Made made;
  made.Label("car");
  made.Label("bus");
  Frames(made, 1);
  made.Add(OnTrack(7));
  made.Add(OnTrack(7, 300));
  Frames(made, 1);
  made.Add(OnTrack(7, 20, 1));
  EXPECT_THAT(Told(made),
              ElementsAre("track-changes-label: 1.jpg|bus|shape 0 of track 7|before: 'car'",
                          "track-twice-on-frame: 0.jpg|car|shape 1 of track 7|"));
}

TEST(QualityTracksTest, AnAttributeThatIsNotMutableStaysTheSame) {
  const std::vector<AttributeSpec> specs = {
      {.name = "model", .input_type = "text", .default_value = "a"},
      {.name = "speed", .is_mutable = true, .input_type = "text"}};
  auto told = [&](std::vector<std::vector<Attribute>> frames) {
    Made made;
    made.LabelWith("car", specs);
    for (std::vector<Attribute>& attributes : frames) {
      Frames(made, 1);
      Shape shape = OnTrack(7);
      shape.attributes = std::move(attributes);
      made.Add(std::move(shape));
    }
    return Told(made);
  };
  EXPECT_THAT(told({{{"model", "x"}, {"speed", "1"}}, {{"speed", "2"}, {"model", "x"}}}),
              IsEmpty());
  EXPECT_THAT(told({{}, {{"model", "a"}}}), IsEmpty()) << "the default";
  EXPECT_THAT(told({{{"model", "x"}}, {{"model", "y"}}, {{"model", "x"}}}),
              ElementsAre("immutable-attribute-changes: 1.jpg|car|shape 0 of track 7|"))
      << "once for a track";
}

}  // namespace
}  // namespace annofs
