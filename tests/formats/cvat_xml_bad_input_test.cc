// Whatever stands in a CVAT XML: no crash, no hang, memory bounded; what is wrong is told with its
// place, and the rest is kept. Both formats.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/formats/reading.h"
#include "tests/formats/zip_maker.h"

namespace annofs::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

ReadResult ReadText(absl::string_view reader, std::string text) {
  MemorySource source("a.xml", std::move(text));
  return ReadWith(reader, source);
}

constexpr absl::string_view kMeta =
    "<annotations><meta><task><id>1</id><size>9</size><mode>interpolation</mode>"
    "<start_frame>0</start_frame><stop_frame>8</stop_frame><labels>"
    "<label><name>car</name></label></labels><original_size><width>9</width><height>9</height>"
    "</original_size></task></meta>\n";

// One format and how it holds shapes: `shapes` written for frame 0.
struct Format {
  std::string reader;
  std::string before, after;  // of the shapes
  std::string frame;          // an attribute of each shape
};

class CvatXmlBadInput : public ::testing::TestWithParam<Format> {
 protected:
  std::string Text(absl::string_view shapes) const {
    return absl::StrCat(kMeta, GetParam().before, "\n", shapes, "\n", GetParam().after,
                        "</annotations>");
  }
  ReadResult ReadShapes(absl::string_view shapes) const {
    return ReadText(GetParam().reader, Text(shapes));
  }
  std::string Shape(absl::string_view element, absl::string_view attributes) const {
    return absl::StrCat("<", element, " label='car' ", GetParam().frame, " ", attributes, "/>");
  }
};

INSTANTIATE_TEST_SUITE_P(
    Formats, CvatXmlBadInput,
    ::testing::Values(Format{"cvat_images_xml", "<image id='0' name='a' width='9' height='9'>",
                             "</image>", ""},
                      Format{"cvat_video_xml", "<track label='car'>", "</track>", "frame='0'"}),
    [](const auto& info) { return info.param.reader; });

TEST_P(CvatXmlBadInput, CoordinatesThatAreNoSaneNumbersAreLeftOut) {
  for (absl::string_view bad :
       {"nan", "inf", "-inf", "1e308", "-1e308", "1e999", "12px", "", "1,2"}) {
    ReadResult result =
        ReadShapes(Shape("box", absl::StrCat("xtl='", bad, "' ytl='0' xbr='3' ybr='3'")));
    EXPECT_EQ(result.Total(), 0) << bad;
    EXPECT_THAT(result.Problems(), ElementsAre(HasSubstr("line 3|"))) << bad;
  }
}

TEST_P(CvatXmlBadInput, PointsOfAWrongCountAreLeftOut) {
  for (absl::string_view bad : {"1,2;3,4;5", "1,2", "", "1,2;3,4", ";;;", "1,2;x,4;5,6"}) {
    ReadResult result = ReadShapes(Shape("polygon", absl::StrCat("points='", bad, "'")));
    EXPECT_EQ(result.Total(), 0) << bad;
    EXPECT_THAT(result.Problems(), SizeIs(1)) << bad;
  }
}

TEST_P(CvatXmlBadInput, MasksOfAWrongLengthAreMended) {
  ReadResult longer = ReadShapes(Shape("mask", "rle='1, 9' left='0' top='0' width='2' height='2'"));
  EXPECT_THAT(longer.Problems(), ElementsAre(HasSubstr("a mask with more pixels than its box")));
  EXPECT_THAT(longer.ShapesAt(0).shapes.at(0).points, ElementsAre(1, 3, 0, 0, 1, 1));
  ReadResult shorter = ReadShapes(Shape("mask", "rle='1' left='0' top='0' width='2' height='2'"));
  EXPECT_THAT(shorter.Problems(), ElementsAre(HasSubstr("fewer pixels than its box")));
  EXPECT_EQ(shorter.Total(), 1);
}

TEST_P(CvatXmlBadInput, MasksWithoutASaneBoxAreLeftOut) {
  for (absl::string_view bad : {"rle='1' left='0' top='0' width='0' height='2'",
                                "rle='1' left='0' top='0' width='1e7' "
                                "height='1e7'",
                                "rle='-1, 2' left='0' top='0' width='1' height='1'", "left='0'",
                                "rle='1' left='0' top='0' width='1'"}) {
    ReadResult result = ReadShapes(Shape("mask", bad));
    EXPECT_EQ(result.Total(), 0) << bad;
    EXPECT_THAT(result.Problems(), SizeIs(1)) << bad;
  }
}

TEST_P(CvatXmlBadInput, WhatStandsBesideABadShapeIsKept) {
  ReadResult result = ReadShapes(Shape("box", "xtl='0'") + "<circle/><box" +
                                 Shape("", "xtl='0' ytl='0' xbr='3' ybr='3'").substr(1));
  EXPECT_EQ(result.Total(), 1);
  EXPECT_THAT(result.Problems(), SizeIs(2));
}

TEST_P(CvatXmlBadInput, DeepNestingEndsTheReading) {
  std::string deep;
  for (int i = 0; i < 10000; ++i) deep += "<box>";
  ReadResult result = ReadShapes(Shape("box", "xtl='0' ytl='0' xbr='3' ybr='3'") + deep);
  EXPECT_TRUE(absl::IsInvalidArgument(result.status)) << result.status;
  EXPECT_EQ(result.Total(), 1);
}

TEST_P(CvatXmlBadInput, TextThatIsNoUtf8EndsTheReading) {
  ReadResult result = ReadShapes(Shape("box", "xtl='0' ytl='0' xbr='3' ybr='3'") +
                                 Shape("box", "xtl='0' source='\xff\xfe'"));
  EXPECT_TRUE(absl::IsInvalidArgument(result.status)) << result.status;
  EXPECT_THAT(std::string(result.status.message()), HasSubstr("line 3"));
  EXPECT_EQ(result.Total(), 1);
}

TEST_P(CvatXmlBadInput, AnEntityBombIsRefused) {
  ReadResult result = ReadText(
      GetParam().reader,
      absl::StrCat(
          "<!DOCTYPE annotations [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]>",
          Text("<box source='&b;'/>")));
  EXPECT_TRUE(absl::IsInvalidArgument(result.status)) << result.status;
  EXPECT_EQ(result.dataset->frame_count(), 0u);
}

TEST_P(CvatXmlBadInput, AnAttributeOfMegabytesIsKept) {
  const std::string text(8 << 20, 'x');
  ReadResult result = ReadShapes(absl::StrCat(
      "<box label='car' ", GetParam().frame,
      " xtl='0' ytl='0' xbr='3' ybr='3'><attribute name='t'>", text, "</attribute></box>"));
  ASSERT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(result.ShapesAt(0).shapes.at(0).attributes.at(0).value, text);
}

TEST_P(CvatXmlBadInput, ManyAttributesCostTheirTextOnly) {
  std::string attributes;
  for (int i = 0; i < 50000; ++i) absl::StrAppend(&attributes, "<attribute name='", i, "'/>");
  std::string shapes;
  for (int frame = 0; frame < 9; frame += 4) {
    absl::StrAppend(&shapes, "<box label='car' xtl='0' ytl='0' xbr='3' ybr='3' frame='", frame,
                    "'>", attributes, "</box>");
  }
  const ReadResult result = ReadShapes(shapes);
  EXPECT_THAT(result.Problems(), IsEmpty());
  EXPECT_THAT(result.ShapesAt(0).shapes.at(0).attributes, SizeIs(50000));
}

TEST_P(CvatXmlBadInput, AnElementInsideAnAttributeIsNotRead) {
  ReadResult result = ReadShapes(absl::StrCat(
      "<box label='car' ", GetParam().frame,
      " xtl='0' ytl='0' xbr='3' ybr='3'>"
      "<attribute name='a'>1<box/><attribute name='b'>2</attribute></attribute></box>"));
  EXPECT_EQ(result.Total(), 1);
  EXPECT_THAT(result.ShapesAt(0).shapes.at(0).attributes, SizeIs(1));
  EXPECT_THAT(result.Problems(), SizeIs(2));
}

TEST_P(CvatXmlBadInput, AbsurdNumbersInMetaAreOnlyText) {
  for (absl::string_view number :
       {"18446744073709551615", "-1", "4294967296", "x", "9223372036854775807", ""}) {
    std::string meta = "<annotations><meta><project><id>1</id><tasks>";
    for (int task = 1; task < 4; ++task) {
      absl::StrAppend(&meta, "<task><id>", number, "</id><size>", number, "</size><start_frame>",
                      number, "</start_frame><stop_frame>", number,
                      "</stop_frame><frame_filter>step=", number,
                      "</frame_filter><mode>interpolation</mode><segments><segment><start>", number,
                      "</start><stop>", number, "</stop></segment></segments></task>");
    }
    ReadResult result = ReadText(
        GetParam().reader,
        absl::StrCat(meta, "</tasks></project></meta><image id='", number, "' task_id='", number,
                     "' name='a'/><track label='a' task_id='", number, "'><box frame='", number,
                     "' xtl='0' ytl='0' xbr='1' ybr='1'/></track></annotations>"));
    EXPECT_TRUE(result.status.ok()) << result.status;
    for (const std::string& name : result.Names()) EXPECT_EQ(name, "a") << number;
  }
}

TEST_P(CvatXmlBadInput, ADamagedZipIsAnError) {
  const std::string zip =
      MakeZip({{.name = "annotations.xml", .content = Text(""), .crc32 = 1, .flags = 0}});
  MemorySource source("a.zip", zip);
  EXPECT_TRUE(absl::IsInvalidArgument(ReadWith(GetParam().reader, source).status));
  MemorySource cut("a.zip", zip.substr(0, zip.size() - 10));
  EXPECT_TRUE(absl::IsInvalidArgument(ReadWith(GetParam().reader, cut).status));
}

TEST_P(CvatXmlBadInput, MetaInTheWrongPlaceIsSaid) {
  ReadResult result =
      ReadText(GetParam().reader, absl::StrCat("<annotations>", GetParam().before, GetParam().after,
                                               kMeta.substr(13), "</annotations>"));
  EXPECT_THAT(result.Problems(), Contains(HasSubstr("is not read")));
}

TEST_P(CvatXmlBadInput, AMetaOfMoreLabelsThanItsTextIsWorthIsCut) {
  std::string labels;
  for (int i = 0; i < 400000; ++i) labels += "<label/>";
  ReadResult result =
      ReadText(GetParam().reader, absl::StrCat("<annotations><meta><task><labels>", labels,
                                               "</labels></task></meta></annotations>"));
  EXPECT_TRUE(result.status.ok()) << result.status;
  EXPECT_LT(result.info().labels.size(), 390000u);
  EXPECT_THAT(result.Problems(),
              Contains("meta||it is too long: what comes last in it is not read"));
  EXPECT_THAT(result.Problems(), SizeIs(1001));
}

TEST_P(CvatXmlBadInput, LabelsThatAreNotDeclaredAreAddedUpToABound) {
  std::string shapes;
  for (int i = 0; i < 12000; ++i) {
    absl::StrAppend(&shapes, "<skeleton label='car' frame='", i % 9, "'><points label='", i,
                    "' points='1,1' outside='0'/></skeleton>");
  }
  ReadResult result = ReadShapes(shapes);
  EXPECT_TRUE(result.status.ok()) << result.status;
  EXPECT_LE(result.info().labels.size(), 10001u);
}

TEST_P(CvatXmlBadInput, AShapeOfTooManyPartsIsLeftOutAlone) {
  std::string parts;
  for (int i = 0; i < 530000; ++i) parts += "<attribute/>";
  ReadResult attributes = ReadShapes(absl::StrCat(
      "<box label='car' ", GetParam().frame, " xtl='0' ytl='0' xbr='3' ybr='3'>", parts, "</box>",
      "<box label='car' ", GetParam().frame, " xtl='0' ytl='0' xbr='3' ybr='3'/>"));
  EXPECT_EQ(attributes.Total(), 1);
  EXPECT_THAT(attributes.Problems(),
              ElementsAre(HasSubstr("left out: its attributes and elements are too many")));
  parts.clear();
  for (int i = 0; i < 230000; ++i) parts += "<points label='a' points='1,1'/>";
  ReadResult elements = ReadShapes(
      absl::StrCat("<skeleton label='car' ", GetParam().frame, ">", parts, "</skeleton>"));
  EXPECT_EQ(elements.Total(), 0);
  EXPECT_THAT(elements.Problems(), SizeIs(2));  // the label 'a', and this
}

TEST_P(CvatXmlBadInput, AListOfTooManyNumbersIsLeftOut) {
  std::string points;
  for (int i = 0; i < (1 << 22) + 2; ++i) points += "1,";
  ReadResult result = ReadShapes(Shape("polygon", absl::StrCat("points='", points, "'")));
  EXPECT_EQ(result.Total(), 0);
  EXPECT_THAT(result.Problems(), ElementsAre(HasSubstr("has more than 4194304 numbers")));
}

// --- files of tracks

ReadResult ReadTracks(absl::string_view tracks) {
  return ReadText("cvat_video_xml", absl::StrCat(kMeta, tracks, "</annotations>"));
}
std::string Box(absl::string_view frame, double x = 0) {
  return absl::StrCat("<box frame='", frame, "' keyframe='1' xtl='", x, "' ytl='0' xbr='", x + 3,
                      "' ybr='3'/>\n");
}

TEST(CvatVideoXmlBadInput, AFileCutAnywhereKeepsWhatIsBefore) {
  const std::string whole = FixtureText("golden/synth_video/CVAT for video 1.1/annotations.xml");
  int last = 0;
  for (size_t percent = 0; percent < 100; ++percent) {
    ReadResult result = ReadText("cvat_video_xml", whole.substr(0, whole.size() * percent / 100));
    EXPECT_TRUE(absl::IsInvalidArgument(result.status)) << percent << ": " << result.status;
    EXPECT_GE(result.Total(), last) << percent;
    last = result.Total();
  }
  EXPECT_GT(last, 140);  // of 147
}

TEST(CvatVideoXmlBadInput, FramesThatGoBackwardsAreLeftOutAndTheRestIsKept) {
  ReadResult result =
      ReadTracks("<track label='car'>" + Box("2") + Box("1") + Box("2") + Box("3") + "</track>");
  EXPECT_EQ(result.Total(), 2);
  EXPECT_THAT(result.Problems(),
              ElementsAre("line 3||track 0: left out: frame 1 after frame 2 (and "
                          "1 more like it)"));
}

TEST(CvatVideoXmlBadInput, FramesOutOfRangeAreLeftOut) {
  ReadResult result = ReadTracks("<track label='car'>" + Box("-1") + Box("8") + Box("9") +
                                 Box("4294967296") + "</track>");
  EXPECT_EQ(result.Total(), 1);
  EXPECT_EQ(result.dataset->frame_count(), 9u);
  EXPECT_THAT(result.Problems(), ElementsAre("line 2||track 0: left out: frame -1 is none of the "
                                             "task (and 2 more like it)"));
}

TEST(CvatVideoXmlBadInput, AShapeWithoutAFrameIsLeftOut) {
  ReadResult result =
      ReadTracks("<track label='car'>" + Box("one") + Box("") + Box("2") + "</track>");
  EXPECT_EQ(result.Total(), 1);
  EXPECT_THAT(result.Problems(), ElementsAre(HasSubstr("it does not say on which frame it is (and "
                                                       "1 more like it)")));
}

TEST(CvatVideoXmlBadInput, AnotherTypeInATrackIsLeftOut) {
  ReadResult result = ReadTracks("<track label='car'>" + Box("0") +
                                 "<points frame='1' points='1,1'/>" + Box("2", 4) + "</track>");
  EXPECT_EQ(result.Counts(), (std::map<std::string, int>{{"car rectangle", 3}}));
  EXPECT_THAT(result.Problems(), ElementsAre("line 3||track 0: left out: a points in a track that "
                                             "begins with a rectangle"));
}

TEST(CvatVideoXmlBadInput, TwoKeyframesFarApartAreNotFilledWithoutEnd) {
  // 1,000 tracks of 4 billion frames each.
  std::string text =
      "<annotations><meta><task><mode>interpolation</mode><start_frame>0</start_frame>"
      "<stop_frame>4294967295</stop_frame></task></meta>";
  for (int i = 0; i < 1000; ++i) {
    text += "<track label='car'>" + Box("0") + Box("4294967295") + "</track>";
  }
  ReadResult result = ReadText("cvat_video_xml", text + "</annotations>");
  EXPECT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(result.dataset->frame_count(), 2u);
  EXPECT_EQ(result.Total(), 2000);
  EXPECT_THAT(result.Problems(),
              Contains(HasSubstr("the tracks stand for more shapes between those of the file than "
                                 "are shown (and 999 more like it)")));
  EXPECT_THAT(result.Problems(), Contains(HasSubstr("videos of more than 4194304 frames")));
}

TEST(CvatVideoXmlBadInput, TasksThatClaimMillionsOfFramesAreNotListed) {
  std::string text = "<annotations><meta><project><id>1</id><tasks>";
  for (int i = 0; i < 1000; ++i) {
    absl::StrAppend(&text, "<task><id>", i, "</id><mode>interpolation</mode><start_frame>0",
                    "</start_frame><stop_frame>4194304</stop_frame></task>");
  }
  ReadResult result = ReadText("cvat_video_xml", text + "</tasks></project></meta></annotations>");
  EXPECT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(result.dataset->frame_count(), 0u);
  EXPECT_THAT(result.Problems(), SizeIs(1000));
}

TEST(CvatVideoXmlBadInput, NestedTracksWithoutSkeletonsShowNothing) {
  ReadResult result = ReadTracks(
      "<track label='car'><track label='a'><points frame='0' points='1,1'/><track label='b'>"
      "<points frame='0' points='1,1'/></track></track><track><points frame='1' points='1,1'/>"
      "</track></track>");
  EXPECT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(result.Total(), 0);
}

TEST(CvatVideoXmlBadInput, ManyElementsAndSkeletonsStayBounded) {
  // Each element is outside for good: every later skeleton would have all of them.
  std::string track = "<track label='pose'>";
  for (int frame = 0; frame < 9; ++frame) {
    absl::StrAppend(&track, "<skeleton frame='", frame, "'>");
    for (int i = 0; i < 400; ++i) {
      absl::StrAppend(&track, "<points label='", frame * 400 + i, "' outside='", i < 399 ? 1 : 0,
                      "' points='1,1'/>");
    }
    track += "</skeleton>";
  }
  ReadResult result = ReadTracks(track + "</track>");
  EXPECT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(result.Total(), 9);
  EXPECT_LE(result.ShapesOf("frame_000008").shapes.at(0).elements.size(), 400u + 256u);
}

}  // namespace
}  // namespace annofs::testing
