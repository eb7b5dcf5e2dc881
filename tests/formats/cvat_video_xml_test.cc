// Expected counts of the fixtures were taken from their own XML, without any code of this project:
//
//   python3 - FILE <<'END'
//   import sys, collections, xml.etree.ElementTree as E
//   c = collections.Counter()
//   for t in E.parse(sys.argv[1]).getroot().findall('track'):
//       for s in t:
//           if s.tag == 'track': continue
//           out = s.get('outside') == '1'
//           if s.tag == 'skeleton' and s.findall('points'):
//               out = all(p.get('outside') == '1' for p in s.findall('points'))
//           if not out: c[t.get('label') + ' ' + s.tag] += 1
//   print(dict(c))
//   END
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/formats/job_recorder.h"
#include "tests/formats/reading.h"
#include "tests/formats/zip_maker.h"

namespace annofs::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

using Counts = std::map<std::string, int>;

constexpr absl::string_view kReader = "cvat_video_xml";

ReadResult ReadText(std::string text) {
  MemorySource source("a.xml", std::move(text));
  return ReadWith(kReader, source);
}

ReadResult ReadFixture(absl::string_view name) { return ReadFixtureWith(kReader, name); }

// A video of 10 frames, 4, 6, … 22, with labels "car" and "pose" of "nose" and "foot".
std::string WithTracks(absl::string_view tracks) {
  return absl::StrCat(
      "<annotations><version>1.1</version><meta><task><id>12</id><name>t</name><size>10</size>"
      "<mode>interpolation</mode><start_frame>4</start_frame><stop_frame>23</stop_frame>"
      "<frame_filter>step=2</frame_filter><labels><label><name>car</name></label>"
      "<label><name>pose</name><type>skeleton</type></label>"
      "<label><name>nose</name><parent>pose</parent></label>"
      "<label><name>foot</name><parent>pose</parent></label></labels>"
      "<original_size><width>80</width><height>60</height></original_size></task></meta>\n",
      tracks, "\n</annotations>");
}
ReadResult ReadTracks(absl::string_view tracks) { return ReadText(WithTracks(tracks)); }

std::string Track(absl::string_view shapes) {
  return absl::StrCat("<track id='0' label='car' source='manual'>", shapes, "</track>");
}

// A box at x, 0, x + 10, 10.
std::string Box(int frame, double x, absl::string_view more = "keyframe='1' outside='0'") {
  return absl::StrCat("<box frame='", frame, "' xtl='", x, "' ytl='0' xbr='", x + 10, "' ybr='10' ",
                      more, "/>\n");
}
constexpr absl::string_view kBetween = "keyframe='0' outside='0'";
constexpr absl::string_view kOutside = "keyframe='1' outside='1'";

// "frame_000004:1.5 frame_000006:2": the frames that have shapes, and where their first one is.
std::string Lefts(const ReadResult& result) {
  std::string text;
  for (Rank rank : result.ByNumber()) {
    const std::vector<Shape> shapes = result.ShapesAt(rank).shapes;
    if (shapes.empty()) continue;
    absl::StrAppend(&text, text.empty() ? "" : " ", result.FrameAt(rank).number, ":",
                    shapes[0].points.at(0));
  }
  return text;
}

absl::StatusOr<std::optional<ProbeResult>> Probe(absl::string_view reader, std::string text) {
  MemorySource source("a.xml", std::move(text));
  return FindReader(reader)->Probe(source);
}

TEST(CvatVideoXml, AVideoOfCvatIsRead) {
  ReadResult result = ReadFixture("golden/synth_video/CVAT for video 1.1/annotations.xml");
  EXPECT_EQ(result.Counts(), (Counts{{"car rectangle", 21},
                                     {"автомобиль 🚗 polygon", 19},
                                     {"自転車 polyline", 35},
                                     {"traffic light points", 26},
                                     {"car ellipse", 19},
                                     {"car cuboid", 14},
                                     {"pose skeleton", 13}}));
  EXPECT_THAT(result.Problems(),
              ElementsAre("|frame_000052|tracks pass over 1 frames without a shape: taken as "
                          "deleted"));
  EXPECT_EQ(result.dataset->frame_count(), 19u);
  const Frame frame = result.FrameAt(0);
  EXPECT_EQ(frame.name, "frame_000002");
  EXPECT_EQ(frame.number, 2u);
  EXPECT_EQ(frame.width, 400u);
  EXPECT_EQ(frame.height, 300u);
  EXPECT_EQ(result.info().tasks[0].id, 502);
  ASSERT_THAT(result.info().jobs, SizeIs(1));
  EXPECT_EQ(result.info().jobs[0].id, 1);
}

TEST(CvatVideoXml, MasksAndCuboidsOfAGroundTruthJobAreRead) {
  EXPECT_EQ(ReadFixture("golden/cvat_job_28/CVAT for video 1.1/annotations.xml").Counts(),
            (Counts{{"cat cuboid", 1},
                    {"cat ellipse", 1},
                    {"cat mask", 2},
                    {"cat points", 6},
                    {"cat polygon", 4},
                    {"cat polyline", 3},
                    {"cat rectangle", 15},
                    {"dog points", 1},
                    {"dog polygon", 1},
                    {"skele skeleton", 2}}));
}

TEST(CvatVideoXml, SkeletonsOfOldFilesHaveTracksInside) {
  ReadResult result =
      ReadFixture("datumaro/cvat-ai_2024-10/cvat_dataset/for_video/annotations.xml");
  EXPECT_EQ(
      result.Counts(),
      (Counts{
          {"II polyline", 1}, {"II rectangle", 1}, {"klhg points", 1}, {"skeleton skeleton", 3}}));
  EXPECT_THAT(result.Names(),
              ElementsAre("frame_000010", "frame_000013", "frame_000016", "frame_000019"));
  EXPECT_THAT(result.Problems(), IsEmpty());
  const std::vector<Shape> shapes = result.ShapesOf("frame_000016").shapes;
  ASSERT_THAT(shapes, SizeIs(1));
  EXPECT_EQ(shapes[0].track, 3);
  EXPECT_FALSE(shapes[0].keyframe);
  ASSERT_THAT(shapes[0].elements, SizeIs(4));
  EXPECT_THAT(shapes[0].elements[0].points, ElementsAre(48.80, 111.77));
  EXPECT_FALSE(shapes[0].elements[1].outside);
  EXPECT_TRUE(shapes[0].elements[2].outside);  // since frame 13
  EXPECT_EQ(result.info().labels[shapes[0].elements[3].label].name, "4");
  EXPECT_TRUE(result.ShapesOf("frame_000010").shapes.back().elements[2].keyframe);
}

TEST(CvatVideoXml, AVideoOfAnotherToolsTestDataIsRead) {
  EXPECT_EQ(ReadFixture("datumaro/open-edge-platform_1.13.3/cvat_dataset/for_video/annotations.xml")
                .Counts(),
            (Counts{{"II polyline", 1}, {"II rectangle", 1}, {"klhg points", 1}}));
}

TEST(CvatVideoXml, JobsOfATaskShareTheirFrames) {
  MemorySource source =
      FixtureSource("golden/synth_video_2jobs_overlap2/CVAT for video 1.1/annotations.xml");
  JobRecorder sink;
  ASSERT_TRUE(FindReader(kReader)->Read(source, sink).ok());
  // Segments 0…10 and 9…19 of frames 2, 7, …; frame 52 (rel 10) is deleted.
  EXPECT_THAT(sink.FramesOf(0), ElementsAre(2, 7, 12, 17, 22, 27, 32, 37, 42, 47));
  EXPECT_THAT(sink.FramesOf(1), ElementsAre(47, 57, 62, 67, 72, 77, 82, 87, 92, 97));
}

TEST(CvatVideoXml, AllFramesOfTheTaskAreFramesOfTheDataset) {
  ReadResult result = ReadTracks("");
  ASSERT_EQ(result.dataset->frame_count(), 10u);
  EXPECT_EQ(result.Names().front(), "frame_000004");
  EXPECT_EQ(result.Names().back(), "frame_000022");
  EXPECT_TRUE(result.info().tasks[0].is_video);
  EXPECT_THAT(result.Problems(), IsEmpty());
}

TEST(CvatVideoXml, AFileOfKeyframesIsFilledAsCvatWould) {
  ReadResult result = ReadTracks(Track(Box(6, 10) + Box(14, 50) + Box(16, 50, kOutside)));
  EXPECT_EQ(Lefts(result), "6:10 8:20 10:30 12:40 14:50");
  EXPECT_THAT(result.Problems(), IsEmpty());
  const Shape between = result.ShapesOf("frame_000008").shapes.at(0);
  EXPECT_FALSE(between.keyframe);
  EXPECT_EQ(between.track, 0);
  EXPECT_EQ(between.source, "manual");
  EXPECT_TRUE(result.ShapesOf("frame_000014").shapes.at(0).keyframe);
}

TEST(CvatVideoXml, WhatIsFilledHasTheAttributesOfItsLeftKeyframe) {
  auto box = [](int frame, absl::string_view speed) {
    return absl::StrCat("<box frame='", frame,
                        "' keyframe='1' outside='0' occluded='1' z_order='3' "
                        "xtl='0' ytl='0' xbr='9' ybr='9'><attribute name='speed'>",
                        speed, "</attribute></box>");
  };
  ReadResult result = ReadTracks(Track(box(4, "1") + box(8, "2")));
  const Shape between = result.ShapesOf("frame_000006").shapes.at(0);
  EXPECT_THAT(between.attributes, ElementsAre(Attribute{"speed", "1"}));
  EXPECT_TRUE(between.occluded);
  EXPECT_EQ(between.z_order, 3);
}

TEST(CvatVideoXml, NothingIsAddedBehindTheLastShape) {
  EXPECT_EQ(Lefts(ReadTracks(Track(Box(4, 1) + Box(6, 2)))), "4:1 6:2");
}

TEST(CvatVideoXml, NothingIsAddedWhileATrackIsOutside) {
  EXPECT_EQ(Lefts(ReadTracks(Track(Box(4, 1) + Box(6, 1, kOutside) + Box(12, 5)))), "4:1 12:5");
}

TEST(CvatVideoXml, TheShapesOfTheFileCountMoreThanItsKeyframes) {
  ReadResult result =
      ReadTracks(Track(Box(4, 10) + Box(6, 33, kBetween) + Box(8, 20) + Box(10, 20, kBetween)));
  EXPECT_EQ(Lefts(result), "4:10 6:33 8:20 10:20");
  EXPECT_THAT(result.Problems(),
              ElementsAre("line 2|frame_000006|track 0: 1 shapes are not what CVAT draws between "
                          "the keyframes; shown as they are in the file"));
}

TEST(CvatVideoXml, TwoDigitsOfRoundingAreNoDifference) {
  // A third of 0.04 and of 10.04, each off by all that printing may take.
  EXPECT_THAT(ReadTracks(Track(Box(4, 0.04) + Box(6, 3.38, kBetween) + Box(8, 6.70, kBetween) +
                               Box(10, 10.04)))
                  .Problems(),
              IsEmpty());
  EXPECT_THAT(ReadTracks(Track(Box(4, 0.04) + Box(6, 3.40, kBetween) + Box(8, 6.71, kBetween) +
                               Box(10, 10.04)))
                  .Problems(),
              SizeIs(1));
}

TEST(CvatVideoXml, ShapesThatDifferAreToldOncePerTrack) {
  std::string shapes = Box(4, 10);
  for (int frame = 6; frame < 22; frame += 2) shapes += Box(frame, 500, kBetween);
  shapes += Box(22, 20);
  EXPECT_THAT(ReadTracks(Track(shapes) + Track(shapes)).Problems(),
              ElementsAre(HasSubstr("frame_000006|track 0: 8 shapes"),
                          HasSubstr("frame_000006|track 1: 8 shapes")));
}

TEST(CvatVideoXml, AShapeBehindTheLastKeyframeThatMovesIsADifference) {
  EXPECT_THAT(ReadTracks(Track(Box(4, 10) + Box(6, 11, kBetween))).Problems(), SizeIs(1));
}

TEST(CvatVideoXml, AnOccludedShapeBetweenOthersIsADifference) {
  EXPECT_THAT(ReadTracks(Track(Box(4, 10) + Box(6, 10, "keyframe='0' outside='0' occluded='1'") +
                               Box(8, 10)))
                  .Problems(),
              SizeIs(1));
}

TEST(CvatVideoXml, AGapOfADenseFileIsADeletedFrame) {
  ReadResult result = ReadTracks(Track(Box(4, 10) + Box(6, 11, kBetween) + Box(10, 13)));
  EXPECT_EQ(Lefts(result), "4:10 6:11 10:13");
  EXPECT_EQ(result.dataset->frame_count(), 9u);
  EXPECT_THAT(result.Names(), Not(Contains("frame_000008")));
  EXPECT_THAT(result.Problems(), ElementsAre(HasSubstr("frame_000008|tracks pass over 1 frames")));
}

TEST(CvatVideoXml, AGapIsADeletedFrameWhereverTheFirstShapeBetweenKeyframesStands) {
  const std::string keyframes = Track(Box(4, 10) + Box(6, 11) + Box(10, 13));
  const std::string dense = Track(Box(4, 50) + Box(6, 51, kBetween) + Box(10, 53));
  for (const std::string& tracks : {keyframes + dense, dense + keyframes}) {
    ReadResult result = ReadTracks(tracks);
    EXPECT_EQ(result.dataset->frame_count(), 9u);
    EXPECT_THAT(result.Names(), Not(Contains("frame_000008")));
    EXPECT_EQ(result.Total(), 6);
    EXPECT_THAT(result.Problems(),
                ElementsAre(HasSubstr("frame_000008|tracks pass over 1 frames")));
  }
}

TEST(CvatVideoXml, TheGapsOfAFileOfKeyframesAreFilledHoweverManyTheyAre) {
  std::string tracks;
  for (int i = 0; i < 60000; ++i) absl::StrAppend(&tracks, Track(Box(4, 10) + Box(8, 12)));
  ReadResult result = ReadTracks(tracks);
  EXPECT_EQ(result.Total(), 180000);
  EXPECT_THAT(result.Problems(), IsEmpty());
}

// `elements`: "nose=k1 foot=-0": keyframe or not, outside or not.
std::string Skeleton(int frame, bool keyframe, absl::string_view nose, absl::string_view foot) {
  const auto points = [](absl::string_view label, absl::string_view flags) {
    return absl::StrCat("<points label='", label, "' keyframe='", flags.substr(0, 1), "' outside='",
                        flags.substr(1), "' points='1,2'/>");
  };
  return absl::StrCat("<skeleton frame='", frame, "' keyframe='", keyframe ? 1 : 0, "'>",
                      points("nose", nose), points("foot", foot), "</skeleton>\n");
}
std::string PoseTrack(absl::string_view skeletons) {
  return absl::StrCat("<track id='0' label='pose'>", skeletons, "</track>");
}

// CVAT writes where a skeleton's own track ends, and not that it is outside there: an element whose
// end was on a deleted frame is still visible in the file.
TEST(CvatVideoXml, ASkeletonThatEndsIsOutsideThoughAnElementIsNot) {
  const std::string before = Skeleton(4, true, "10", "10") + Skeleton(6, false, "00", "00");
  EXPECT_EQ(ReadTracks(PoseTrack(before + Skeleton(10, true, "11", "00"))).Total(), 2);
  // It comes back.
  EXPECT_EQ(ReadTracks(PoseTrack(before + Skeleton(8, true, "11", "00") +
                                 Skeleton(16, true, "10", "10") + Skeleton(18, false, "00", "00")))
                .Total(),
            4);
}

TEST(CvatVideoXml, ASkeletonThatGoesOnIsShownWithTheElementsThatAreLeft) {
  const std::string before = Skeleton(4, true, "10", "10") + Skeleton(6, true, "11", "00");
  EXPECT_EQ(ReadTracks(PoseTrack(before + Skeleton(8, false, "01", "00"))).Total(), 3);
  // Frame 8 is deleted.
  EXPECT_EQ(ReadTracks(PoseTrack(before + Skeleton(10, false, "01", "00"))).Total(), 3);
  // On the task's last frame nothing has to follow.
  EXPECT_EQ(ReadTracks(PoseTrack(Skeleton(20, true, "10", "10") + Skeleton(22, true, "11", "00")))
                .Total(),
            2);
  // A keyframe that is visible is no end.
  EXPECT_EQ(
      ReadTracks(PoseTrack(Skeleton(4, true, "10", "10") + Skeleton(6, true, "11", "10"))).Total(),
      2);
}

TEST(CvatVideoXml, ALongSourceIsNotRepeatedOnManyElements) {
  std::string elements;
  for (int i = 0; i < 1000; ++i) {
    elements += "<points label='nose' keyframe='1' outside='0' points='1,2'/>";
  }
  // A gigabyte.
  ReadResult result = ReadTracks(
      absl::StrCat("<track label='pose' source='", std::string(1 << 20, 's'),
                   "'><skeleton frame='4' keyframe='1'>", elements, "</skeleton></track>"));
  EXPECT_EQ(result.Total(), 0);
  EXPECT_THAT(result.Problems(),
              Contains(HasSubstr("track 0: left out: its elements repeat a long source")));
}

TEST(CvatVideoXml, AFrameThatAnotherTrackIsOnIsNotDeleted) {
  ReadResult result =
      ReadTracks(Track(Box(8, 50)) + Track(Box(4, 10) + Box(6, 11, kBetween) + Box(10, 13)));
  EXPECT_EQ(Lefts(result), "4:10 6:11 8:50 10:13");
  EXPECT_EQ(result.ShapesOf("frame_000008").shapes.at(1).points.at(0), 12);
  EXPECT_EQ(result.dataset->frame_count(), 10u);
}

TEST(CvatVideoXml, TracksAreNumberedInTheFilesOrder) {
  ReadResult result =
      ReadTracks("<track id='7' label='car'>" + Box(4, 1) + "</track><track id='7'>" + Box(4, 2) +
                 "</track><track id='7' label='car' group_id='5'>" + Box(4, 3) + "</track>");
  const std::vector<Shape> shapes = result.ShapesOf("frame_000004").shapes;
  ASSERT_THAT(shapes, SizeIs(2));
  EXPECT_EQ(shapes[0].track, 0);
  EXPECT_EQ(shapes[1].track, 2);
  EXPECT_EQ(shapes[1].group, 5);
  EXPECT_THAT(result.Problems(), ElementsAre("line 3||track 1: left out: it has no label"));
}

std::string Skeleton(int frame, absl::string_view elements, absl::string_view more = "") {
  return absl::StrCat("<skeleton frame='", frame, "' keyframe='1' ", more, ">", elements,
                      "</skeleton>\n");
}
std::string Point(absl::string_view label, double x, absl::string_view more = "outside='0'") {
  return absl::StrCat("<points label='", label, "' keyframe='1' ", more, " points='", x, ",0'/>");
}
std::string Pose(absl::string_view shapes) {
  return absl::StrCat("<track id='0' label='pose' source='manual'>", shapes, "</track>");
}

TEST(CvatVideoXml, SkeletonsBetweenKeyframesMoveTheirElements) {
  ReadResult result = ReadTracks(Pose(Skeleton(4, Point("nose", 10) + Point("foot", 0)) +
                                      Skeleton(8, Point("nose", 20) + Point("foot", 8))));
  const Shape between = result.ShapesOf("frame_000006").shapes.at(0);
  ASSERT_THAT(between.elements, SizeIs(2));
  EXPECT_EQ(between.elements[0].points.at(0), 15);
  EXPECT_EQ(between.elements[1].points.at(0), 4);
  EXPECT_EQ(result.info().labels[between.elements[1].label].name, "foot");
  EXPECT_THAT(result.Problems(), IsEmpty());
}

TEST(CvatVideoXml, AnElementThatIsOutsideStaysSoUntilItIsWrittenAgain) {
  ReadResult result = ReadTracks(
      Pose(Skeleton(4, Point("nose", 1, "outside='1'") + Point("foot", 2)) +
           Skeleton(6, Point("foot", 2)) + Skeleton(8, Point("nose", 3) + Point("foot", 2))));
  const Shape held = result.ShapesOf("frame_000006").shapes.at(0);
  ASSERT_THAT(held.elements, SizeIs(2));
  EXPECT_EQ(result.info().labels[held.elements[0].label].name, "nose");
  EXPECT_TRUE(held.elements[0].outside);
  EXPECT_FALSE(held.elements[0].keyframe);
  EXPECT_FALSE(result.ShapesOf("frame_000008").shapes.at(0).elements.at(0).outside);
}

TEST(CvatVideoXml, ASkeletonWhoseElementsAreAllOutsideIsNotShown) {
  ReadResult result =
      ReadTracks(Pose(Skeleton(4, Point("nose", 1)) + Skeleton(6, Point("nose", 1, "outside='1'")) +
                      Skeleton(12, Point("nose", 1))));
  EXPECT_EQ(result.Counts(), (Counts{{"pose skeleton", 2}}));
}

// A project of two tasks of one subset, 4 frames from 10 on in steps of 2 and 3 frames from 0 on,
// and one of another subset.
std::string Project(absl::string_view tracks) {
  auto task = [](int id, absl::string_view subset, absl::string_view more) {
    return absl::StrCat("<task><id>", id, "</id><name>t", id, "</name><mode>interpolation</mode>",
                        "<subset>", subset, "</subset>", more,
                        "<original_size><width>8</width><height>6</height></original_size></task>");
  };
  return absl::StrCat(
      "<annotations><meta><project><id>3</id><name>p</name><tasks>",
      task(21, "Train",
           "<size>3</size><start_frame>0</start_frame><stop_frame>2</stop_frame>"
           "<segments><segment><id>90</id><start>0</start><stop>2</stop>"
           "<url>http://localhost:8080/api/jobs/91</url></segment></segments>"),
      task(20, "Train",
           "<size>4</size><start_frame>10</start_frame><stop_frame>16</stop_frame>"
           "<frame_filter>step=2</frame_filter>"),
      task(5, "default", "<size>1</size><start_frame>0</start_frame><stop_frame>0</stop_frame>"),
      "</tasks><labels><label><name>car</name></label></labels></project></meta>\n", tracks,
      "</annotations>");
}

TEST(CvatVideoXml, AProjectsFrameNumbersCountOnWithinASubset) {
  // Task 20 comes first in its subset; behind it 10 + 2 * 4 are added.
  ReadResult result = ReadText(
      Project("<track label='car' task_id='21' subset='Train'>" + Box(19, 7) +
              "</track><track label='car' task_id='20' subset='Train'>" + Box(16, 8) +
              "</track><track label='car' task_id='5' subset='default'>" + Box(0, 9) + "</track>"));
  EXPECT_THAT(result.Problems(), IsEmpty());
  EXPECT_EQ(result.dataset->frame_count(), 8u);
  ASSERT_THAT(result.info().tasks, SizeIs(3));
  EXPECT_EQ(result.info().tasks[0].id, 21);
  EXPECT_EQ(result.dataset->OfTask(1).value().size(), 4u);
  std::vector<std::string> shown;
  for (Rank rank : result.ByNumber()) {
    const Frame frame = result.FrameAt(rank);
    for (const Shape& shape : result.ShapesAt(rank).shapes) {
      shown.push_back(absl::StrCat(frame.name, " task ", frame.task, " number ", frame.number,
                                   " subset ", frame.subset, " track ", shape.track, ": ",
                                   shape.points[0]));
    }
  }
  EXPECT_THAT(shown, ElementsAre("frame_000000 task 2 number 0 subset  track 0: 9",
                                 "frame_000019 task 0 number 1 subset Train track 0: 7",
                                 "frame_000016 task 1 number 16 subset Train track 0: 8"));
  ASSERT_THAT(result.info().jobs, SizeIs(1));
  EXPECT_EQ(result.info().jobs[0].id, 91);  // of its address: <id> is the segment's
  EXPECT_EQ(result.info().jobs[0].task, 0u);
}

TEST(CvatVideoXml, ATrackOfAProjectNeedsATaskThatIsThere) {
  ReadResult result =
      ReadText(Project("<track label='car' task_id='99'>" + Box(0, 1) +
                       "</track><track label='car' subset='default'>" + Box(0, 2) +
                       "</track><track label='car' subset='Train'>" + Box(10, 3) + "</track>"));
  EXPECT_EQ(Lefts(result), "0:2");
  EXPECT_THAT(result.Problems(),
              ElementsAre("line 2||a track left out: it is of a task that <meta> "
                          "does not have (and 1 more like it)"));
}

TEST(CvatVideoXml, WithoutMetaTheFramesAreThoseThatOccurAndThoseBetween) {
  ReadResult result =
      ReadText("<annotations><track label='car'>" + Box(7, 1) + "</track><track label='bus'>" +
               Box(4, 1) + "</track></annotations>");
  EXPECT_THAT(result.Names(),
              ElementsAre("frame_000004", "frame_000005", "frame_000006", "frame_000007"));
  EXPECT_EQ(result.Counts(), (Counts{{"bus rectangle", 1}, {"car rectangle", 1}}));
}

TEST(CvatVideoXml, AShapeWithoutTheWordKeyframeIsOne) {
  EXPECT_EQ(Lefts(ReadTracks(Track(Box(4, 0, "") + Box(8, 4, "")))), "4:0 6:2 8:4");
}

TEST(CvatVideoXml, ImagesOfTheZipAreFoundByTheirFrames) {
  MemorySource source(
      "a.zip", MakeZip({{.name = "images/frame_000006.PNG", .content = "123"},
                        {.name = "images/frame_000008.PNG", .content = "1234", .deflated = true},
                        {.name = "annotations.xml", .content = WithTracks("")}}));
  ReadResult result = ReadWith(kReader, source);
  ASSERT_TRUE(result.status.ok()) << result.status;
  EXPECT_FALSE(result.FrameAt(0).inner);
  ASSERT_TRUE(result.FrameAt(1).inner);
  EXPECT_EQ(result.FrameAt(1).inner->size, 3u);
  EXPECT_FALSE(result.FrameAt(2).inner);  // nothing that a range could serve
}

TEST(CvatVideoXml, ATaskOfImagesHasNumbersForNames) {
  ReadResult result = ReadFixture("golden/cvat_task_2/CVAT for video 1.1/annotations.xml");
  EXPECT_EQ(result.dataset->frame_count(), 23u);
  EXPECT_EQ(result.Names().front(), "frame_000000");
  EXPECT_THAT(result.Problems(), Contains(HasSubstr("whose names a file of tracks does not say")));
}

TEST(CvatVideoXml, ProbeTellsTracksFromImages) {
  const std::string tracks = WithTracks(Track(""));
  EXPECT_EQ(Probe(kReader, tracks).value()->name, "t");
  EXPECT_EQ(Probe(kReader, tracks).value()->number, "task 12");
  EXPECT_FALSE(Probe("cvat_images_xml", tracks).value());
  // A video without a track; a file of images would list them.
  EXPECT_TRUE(Probe(kReader, WithTracks("")).value());
  EXPECT_FALSE(Probe("cvat_images_xml", WithTracks("")).value());
  const std::string images = WithTracks("<image id='4' name='frame_000004'/>");
  EXPECT_FALSE(Probe(kReader, images).value());
  EXPECT_TRUE(Probe("cvat_images_xml", images).value());
  EXPECT_EQ(Probe(kReader, Project(Track(""))).value()->number, "project 3");
  EXPECT_FALSE(Probe(kReader, "<annotation><track/></annotation>").value());
  EXPECT_FALSE(Probe(kReader, "<annotations><meta>").value());  // the other reader tells
}

}  // namespace
}  // namespace annofs::testing
