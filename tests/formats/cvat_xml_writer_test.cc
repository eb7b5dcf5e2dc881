// CVAT's XMLs beyond what the golden cases show: hostile text, several tasks, tracks, empty
// datasets, and that what is read from them is written again as it was.
#include <map>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "formats/cvat_xml_writer_text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/formats/directory_source.h"
#include "tests/formats/reading.h"
#include "tests/formats/sample_data.h"

namespace annofs::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kImages[] = "cvat/CVAT for images 1.1";
constexpr char kVideo[] = "cvat/CVAT for video 1.1";

std::string XmlOf(absl::string_view format, const Dataset& data) {
  return FilesOf(Described(format, data), data)["annotations.xml"];
}

// From the first element behind <meta> on.
std::string BodyOf(absl::string_view format, const Dataset& data) {
  const std::string text = XmlOf(format, data);
  const size_t end = text.find("</meta>\n");
  EXPECT_NE(end, text.npos) << text;
  return text.substr(end + 8);
}

// A video task of frames 10, 12, …, 28 with two labels.
struct VideoBuilder {
  VideoBuilder() {
    task = builder.AddTask({.id = 5,
                            .name = "clip",
                            .is_video = true,
                            .size = 10,
                            .start_frame = 10,
                            .stop_frame = 28,
                            .frame_filter = "step=2"});
    car = builder.AddLabel({.name = "car"});
    pose = builder.AddLabel({.name = "pose", .type = "skeleton"});
    nose = builder.AddLabel({.name = "nose", .type = "points", .parent = int32_t(pose)});
    for (uint32_t i = 0; i < 10; ++i) {
      frames.push_back(builder
                           .AddFrame({.name = absl::StrFormat("frame_%06d", 10 + 2 * i),
                                      .number = 10 + 2 * i,
                                      .task = task,
                                      .width = 100,
                                      .height = 50})
                           .value());
    }
  }
  void Add(size_t frame, Shape shape) {
    EXPECT_TRUE(builder.AddShape(frames[frame], std::move(shape)).ok());
  }

  DatasetBuilder builder;
  uint32_t task = 0, car = 0, pose = 0, nose = 0;
  std::vector<uint32_t> frames;
};

TEST(CvatXmlText, ValuesAreQuotedAsPythonDoes) {
  std::string out;
  AppendXmlAttribute("a", "plain", out);
  AppendXmlAttribute("b", "say \"x\"", out);
  AppendXmlAttribute("c", "it's", out);
  AppendXmlAttribute("d", "\"both' <&>", out);
  AppendXmlAttribute("e", "1\n2\r3\t4", out);
  EXPECT_EQ(out,
            " a=\"plain\" b='say \"x\"' c=\"it's\" d=\"&quot;both' &lt;&amp;&gt;\""
            " e=\"1&#10;2&#13;3&#9;4\"");
}

TEST(CvatXmlText, WhatXmlCannotHoldIsReplaced) {
  std::string out;
  AppendXmlText(absl::string_view("a\0b\x1b\xff\xc3\xbc\xef\xbf\xbf<\n", 12), out);
  EXPECT_EQ(out,
            "a\xef\xbf\xbd"
            "b\xef\xbf\xbd\xef\xbf\xbd\xc3\xbc\xef\xbf\xbd&lt;\n");
}

TEST(CvatImages, AnImageHoldsItsShapesByDepthThenItsTags) {
  DatasetBuilder builder;
  builder.AddTask({.id = 3, .name = "t"});
  const uint32_t car = builder.AddLabel({.name = "car <&> \"x\""});
  const uint32_t frame =
      builder.AddFrame({.name = "sub dir/a & b.jpg", .number = 4, .width = 640, .height = 480})
          .value();
  const auto add = [&](Shape shape) {
    EXPECT_TRUE(builder.AddShape(frame, std::move(shape)).ok());
  };
  add({.label = car, .z_order = 1, .rotation = 0.004, .source = "manual", .points = {1, 2, 3, 4}});
  add({.label = car,
       .group = 7,
       .occluded = true,
       .source = "auto",
       .points = {-0.001, 1.005, 2.675, 1e6},
       .attributes = {{"a 'b' \"c\"", "two\nlines"}}});
  add({.type = ShapeType::kTag, .label = car, .group = 2, .source = "manual"});
  EXPECT_EQ(BodyOf(kImages, *Finished(builder)),
            R"(  <image id="4" name="sub dir/a &amp; b.jpg" width="640" height="480">
    <box label='car &lt;&amp;&gt; "x"' source="auto" occluded="1" xtl="-0.00" ytl="1.00" xbr="2.67" ybr="1000000.00" z_order="0" group_id="7">
      <attribute name="a 'b' &quot;c&quot;">two
lines</attribute>
    </box>
    <box label='car &lt;&amp;&gt; "x"' source="manual" occluded="0" xtl="1.00" ytl="2.00" xbr="3.00" ybr="4.00" rotation="0.00" z_order="1">
    </box>
    <tag label='car &lt;&amp;&gt; "x"' source="manual" group_id="2">
    </tag>
  </image>
</annotations>
)");
}

TEST(CvatImages, EveryTypeHasItsOwnNumbers) {
  const std::string text = BodyOf(kImages, *EveryShape());
  for (
      absl::string_view line :
      {R"(<ellipse label="car" source="" occluded="0" cx="50.00" cy="25.00" rx="10.00" ry="5.00" z_order="-1">)",
       R"(<polygon label="sky" source="" occluded="0" points="0.00,0.00;10.00,0.50;10.00,5.00" z_order="0">)",
       R"(<mask label="sky" source="" occluded="0" rle="0, 4" left="80" top="40" width="2" height="2" z_order="0">)",
       R"(<cuboid label="car" source="" occluded="0" xtl1="10.00" ytl1="10.00" xbl1="10.00" ybl1="20.00" xtr1="20.00" ytr1="10.00" xbr1="20.00" ybr1="20.00" xtl2="25.00" ytl2="8.00" xbl2="25.00" ybl2="18.00" xtr2="15.00" ytr2="8.00" xbr2="15.00" ybr2="18.00" z_order="0">)",
       R"(<skeleton label="person" source="" z_order="0">)",
       R"(<points label="knee" source="" outside="1" occluded="0" points="0.00,0.00">)"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

TEST(CvatImages, ADatasetWithoutFramesHasItsHeadAndLabels) {
  DatasetBuilder builder;
  builder.AddTask({.name = "empty"});
  builder.AddLabel({.name = "car", .color = "#ff0000"});
  const std::unique_ptr<Dataset> data = Finished(builder);
  const std::string text = XmlOf(kImages, *data);
  EXPECT_THAT(text, HasSubstr("<name>empty</name>\n      <size>0</size>"));
  EXPECT_THAT(text, HasSubstr("<color>#ff0000</color>"));
  EXPECT_TRUE(absl::EndsWith(text, "  </meta>\n</annotations>\n")) << text;
  EXPECT_EQ(XmlOf(kVideo, *data), text);
}

// Two subsets; the numbers and the order of the tasks are CVAT's, not the source's.
std::unique_ptr<Dataset> Project() {
  DatasetBuilder builder;
  builder.SetInfo({.name = "streets"});
  const uint32_t label = builder.AddLabel({.name = "car"});
  const auto add = [&](Task task, const std::vector<uint32_t>& numbers) {
    Task copy = task;
    const uint32_t index = builder.AddTask(std::move(copy));
    for (uint32_t number : numbers) {
      const uint32_t frame = builder
                                 .AddFrame({.name = absl::StrCat(task.name, number, ".jpg"),
                                            .number = number,
                                            .task = index,
                                            .width = 8,
                                            .height = 6,
                                            .subset = task.subset})
                                 .value();
      EXPECT_TRUE(builder.AddShape(frame, {.label = label, .points = {0, 0, 1, 1}}).ok());
    }
  };
  add({.id = 9, .name = "c", .subset = "val"}, {0});
  add({.id = 7, .name = "b", .subset = "Train", .size = 2, .start_frame = 5, .stop_frame = 6},
      {5, 6});
  add({.id = 4, .name = "a", .subset = "Train"}, {3, 4});
  return Finished(builder);
}

std::vector<std::string> LinesWith(const std::string& text, absl::string_view part) {
  std::vector<std::string> lines;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    if (absl::StrContains(line, part)) {
      lines.emplace_back(absl::StripLeadingAsciiWhitespace(line));
    }
  }
  return lines;
}

// ProjectData: tasks by subset and number; a task begins behind start + size of those before it.
TEST(CvatImages, AProjectListsItsTasksBySubsetAndNumber) {
  const std::unique_ptr<Dataset> data = Project();
  EXPECT_THAT(
      LinesWith(BodyOf(kImages, *data), "<image"),
      ElementsAre(
          R"(<image id="3" name="a3.jpg" subset="Train" task_id="4" width="8" height="6">)",
          R"(<image id="4" name="a4.jpg" subset="Train" task_id="4" width="8" height="6">)",
          R"(<image id="10" name="b5.jpg" subset="Train" task_id="7" width="8" height="6">)",
          R"(<image id="11" name="b6.jpg" subset="Train" task_id="7" width="8" height="6">)",
          R"(<image id="0" name="c0.jpg" subset="val" task_id="9" width="8" height="6">)"));
  const std::string text = XmlOf(kImages, *data);
  EXPECT_THAT(text, HasSubstr("<project>\n      <id></id>\n      <name>streets</name>"));
  EXPECT_THAT(text, HasSubstr("<subsets>Train\nval</subsets>"));
}

TEST(CvatImages, TheImagesOfAProjectLieBySubset) {
  const std::unique_ptr<Dataset> data = Project();
  std::vector<std::string> names;
  for (const auto& [name, text] : FilesOf(Described(kImages, *data), *data)) names.push_back(name);
  EXPECT_THAT(names,
              ElementsAre("annotations.xml", "images/Train/a3.jpg", "images/Train/a4.jpg",
                          "images/Train/b5.jpg", "images/Train/b6.jpg", "images/val/c0.jpg"));
}

TEST(CvatImages, TasksWithoutANumberGetOneInAProject) {
  DatasetBuilder builder;
  builder.AddLabel({.name = "car"});
  for (const char* name : {"a", "b"}) {
    const uint32_t task = builder.AddTask({.name = name});
    EXPECT_TRUE(builder.AddFrame({.name = absl::StrCat(name, ".jpg"), .task = task}).ok());
  }
  EXPECT_THAT(
      LinesWith(BodyOf(kImages, *Finished(builder)), "<image"),
      ElementsAre(
          R"(<image id="0" name="a.jpg" subset="default" task_id="1" width="0" height="0">)",
          R"(<image id="1" name="b.jpg" subset="default" task_id="2" width="0" height="0">)"));
}

TEST(CvatVideo, ATrackHasItsShapesAndEndsOutside) {
  VideoBuilder video;
  const auto box = [&](double x, bool keyframe, bool outside) {
    return Shape{.label = video.car,
                 .group = 3,
                 .track = 0,
                 .outside = outside,
                 .keyframe = keyframe,
                 .source = "manual",
                 .points = {x, 0, 10, 10}};
  };
  video.Add(0, box(1, true, false));
  video.Add(1, box(2, false, false));
  video.Add(2, box(3, true, true));
  const std::unique_ptr<Dataset> data = Finished(video.builder);
  EXPECT_EQ(BodyOf(kVideo, *data),
            R"(  <track id="0" label="car" source="manual" group_id="3">
    <box frame="10" keyframe="1" outside="0" occluded="0" xtl="1.00" ytl="0.00" xbr="10.00" ybr="10.00" z_order="0">
    </box>
    <box frame="12" keyframe="0" outside="0" occluded="0" xtl="2.00" ytl="0.00" xbr="10.00" ybr="10.00" z_order="0">
    </box>
    <box frame="14" keyframe="1" outside="1" occluded="0" xtl="3.00" ytl="0.00" xbr="10.00" ybr="10.00" z_order="0">
    </box>
  </track>
</annotations>
)");
  EXPECT_EQ(data->info().shape_counts[size_t(ShapeType::kRectangle)], 2u);
  EXPECT_EQ(data->WithoutLabels()->size(), 8u);
  EXPECT_THAT(BodyOf(kImages, *data), Not(HasSubstr("xtl=\"3.00\"")));
}

// A track that is never visible has no frame in any other view.
TEST(CvatVideo, ATrackThatIsAlwaysOutsideIsThere) {
  VideoBuilder video;
  video.Add(
      4,
      {.label = video.car, .track = 0, .outside = true, .keyframe = true, .points = {1, 1, 2, 2}});
  video.Add(5, {.label = video.car, .track = 1, .keyframe = true, .points = {3, 3, 4, 4}});
  EXPECT_THAT(LinesWith(BodyOf(kVideo, *Finished(video.builder)), "frame="),
              ElementsAre(HasSubstr(R"(frame="18" keyframe="1" outside="1")"),
                          HasSubstr(R"(frame="20" keyframe="1" outside="0")")));
}

// TaskData: at frame 26 the shape behind would be on 28, which is not before the last frame.
TEST(CvatVideo, AShapeOfNoTrackIsATrackOfItsFrame) {
  VideoBuilder video;
  video.Add(7, {.label = video.car, .points = {1, 1, 2, 2}});
  video.Add(8, {.label = video.car, .points = {3, 3, 4, 4}});
  video.Add(0, {.label = video.car, .track = 0, .keyframe = true, .points = {5, 5, 6, 6}});
  const std::string text = BodyOf(kVideo, *Finished(video.builder));
  EXPECT_THAT(LinesWith(text, "frame="),
              ElementsAre(HasSubstr(R"(frame="10" keyframe="1" outside="0")"),
                          HasSubstr(R"(frame="24" keyframe="1" outside="0")"),
                          HasSubstr(R"(frame="26" keyframe="1" outside="1")"),
                          HasSubstr(R"(frame="26" keyframe="1" outside="0")")));
  EXPECT_THAT(LinesWith(text, "<track"),
              ElementsAre(HasSubstr("id=\"0\""), HasSubstr("id=\"1\""), HasSubstr("id=\"2\"")));
}

TEST(CvatVideo, ShapesOfNoTrackStandInTheOrderOfTheSource) {
  VideoBuilder video;
  for (int z : {2, 0, 1, 0}) {
    video.Add(0, {.label = video.car, .z_order = z, .points = {double(z), 0, 9, 9}});
  }
  const std::vector<std::string> lines =
      LinesWith(BodyOf(kVideo, *Finished(video.builder)), "outside=\"0\"");
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_THAT(lines, ElementsAre(HasSubstr("z_order=\"2\""), HasSubstr("z_order=\"0\""),
                                 HasSubstr("z_order=\"1\""), HasSubstr("z_order=\"0\"")));
}

TEST(CvatVideo, AnElementIsWrittenWhereItIsSeenOrAKeyframe) {
  VideoBuilder video;
  const auto skeleton = [&](bool keyframe, bool outside) {
    return Shape{
        .type = ShapeType::kSkeleton,
        .label = video.pose,
        .track = 0,
        .outside = outside,
        .keyframe = keyframe,
        .elements = {
            {.type = ShapeType::kPoints,
             .label = video.nose,
             .outside = outside,
             .keyframe = keyframe,
             .points = {1, 2}},
            {.type = ShapeType::kPoints, .label = video.nose, .outside = true, .points = {7, 7}}}};
  };
  video.Add(0, skeleton(true, false));
  video.Add(1, skeleton(false, false));
  video.Add(2, skeleton(true, true));
  EXPECT_EQ(BodyOf(kVideo, *Finished(video.builder)),
            R"(  <track id="0" label="pose" source="">
    <skeleton frame="10" keyframe="1" z_order="0">
      <points label="nose" keyframe="1" outside="0" occluded="0" points="1.00,2.00">
      </points>
    </skeleton>
    <skeleton frame="12" keyframe="0" z_order="0">
      <points label="nose" keyframe="0" outside="0" occluded="0" points="1.00,2.00">
      </points>
    </skeleton>
    <skeleton frame="14" keyframe="1" z_order="0">
      <points label="nose" keyframe="1" outside="1" occluded="0" points="1.00,2.00">
      </points>
    </skeleton>
  </track>
</annotations>
)");
}

TEST(CvatVideo, TracksOfAProjectSayTheirTask) {
  const std::string text = BodyOf(kVideo, *Project());
  EXPECT_THAT(LinesWith(text, "<track"),
              ElementsAre(R"(<track id="0" label="car" source="" task_id="4" subset="Train">)",
                          R"(<track id="1" label="car" source="" task_id="4" subset="Train">)",
                          R"(<track id="2" label="car" source="" task_id="7" subset="Train">)",
                          R"(<track id="3" label="car" source="" task_id="7" subset="Train">)",
                          R"(<track id="4" label="car" source="" task_id="9" subset="val">)"));
}

TEST(CvatVideo, TagsAreDropped) {
  const std::unique_ptr<Dataset> data = EveryShape();
  const std::unique_ptr<Writer> writer = WriterNamed(kVideo);
  const Rank rank = 1;
  const FrameShapes all = data->Shapes(rank).value();
  const std::vector<absl::string_view> why =
      writer->WhyDropped(*data, data->GetFrame(rank).value(), all);
  ASSERT_EQ(why.size(), all.tags.size() + all.shapes.size());
  for (size_t i = 0; i < why.size(); ++i) EXPECT_EQ(why[i].empty(), i >= all.tags.size()) << i;
}

// Any golden export, read and written again.
class CvatXmlFixedPoint : public ::testing::TestWithParam<const char*> {};

TEST_P(CvatXmlFixedPoint, WhatIsReadIsWrittenAgain) {
  const std::map<std::string, std::string> readers = {{kImages, "cvat_images_xml"},
                                                      {kVideo, "cvat_video_xml"}};
  for (const auto& [format, reader] : readers) {
    const std::string golden =
        FixtureText(absl::StrCat("golden/", GetParam(), "/", format.substr(5), "/annotations.xml"));
    MemorySource source("annotations.xml", golden);
    const ReadResult first = ReadWith(reader, source);
    ASSERT_TRUE(first.status.ok()) << first.status;
    const std::string text = XmlOf(format, *first.dataset);
    MemorySource again("annotations.xml", text);
    EXPECT_EQ(XmlOf(format, *ReadWith(reader, again).dataset), text) << format;
    // The golden file itself, but for the clock and the server's name.
    const auto without = [](std::string xml) {
      xml = absl::StrReplaceAll(xml, {{"http://localhost:8080", ""}});
      const size_t begin = xml.find("<dumped>"), end = xml.find("</dumped>");
      return begin == xml.npos ? xml : xml.substr(0, begin) + xml.substr(end);
    };
    EXPECT_EQ(without(text), without(golden)) << format;
  }
}

INSTANTIATE_TEST_SUITE_P(Cases, CvatXmlFixedPoint,
                         ::testing::Values("synth_video", "synth_video_2jobs_overlap2",
                                           "rand_video_00", "rand_video_01", "rand_video_02",
                                           "cvat_task_14"));

TEST(CvatImages, WhatCvatSaidOfATaskIsKept) {
  const ReadResult read = ReadFixtureWith(
      "cvat_images_xml",
      "datumaro/open-edge-platform_1.13.3/cvat_dataset/for_images/export_project/annotations.xml");
  const std::string text = XmlOf(kImages, *read.dataset);
  for (absl::string_view part :
       {"<created>2023-01-17 01:37:37.734268+00:00</created>", "<email>tester@intel.com</email>",
        "<start>0</start>", "<url>/api/jobs/6</url>",
        "<dumped>2023-01-17 01:38:07.903037+00:00</dumped>"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
}

// A shape of no track ends on the next frame, whether that was deleted or not.
TEST(CvatVideo, AnEndOnADeletedFrameMakesNoFrame) {
  MemorySource source("annotations.xml", R"(<annotations><meta><task><size>5</size>
<mode>interpolation</mode><start_frame>0</start_frame><stop_frame>4</stop_frame>
<labels><label><name>car</name></label></labels></task></meta>
<track id="0" label="car"><box frame="0" keyframe="1" outside="0" xtl="1" ytl="1" xbr="2" ybr="2"/>
<box frame="1" keyframe="1" outside="1" xtl="1" ytl="1" xbr="2" ybr="2"/></track>
<track id="1" label="car"><box frame="0" keyframe="1" outside="0" xtl="3" ytl="1" xbr="5" ybr="2"/>
<box frame="2" keyframe="0" outside="0" xtl="3" ytl="1" xbr="5" ybr="2"/>
<box frame="3" keyframe="1" outside="1" xtl="3" ytl="1" xbr="5" ybr="2"/></track></annotations>)");
  const ReadResult read = ReadWith("cvat_video_xml", source);
  ASSERT_TRUE(read.status.ok()) << read.status;
  EXPECT_THAT(read.Names(),
              ElementsAre("frame_000000", "frame_000002", "frame_000003", "frame_000004"));
  EXPECT_EQ(read.ShapesOf("frame_000003").outside.size(), 1u);
  EXPECT_EQ(read.Total(), 3);
}

// Files of other programs, sparse ones, projects: what was written once is written again.
class CvatXmlForeign : public ::testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(CvatXmlForeign, WhatWasWrittenIsWrittenAgain) {
  const std::string reader = GetParam().first;
  const char* format = reader == "cvat_images_xml" ? kImages : kVideo;
  const ReadResult first = ReadFixtureWith(reader, GetParam().second);
  const std::string text = XmlOf(format, *first.dataset);
  MemorySource again("annotations.xml", text);
  EXPECT_EQ(XmlOf(format, *ReadWith(reader, again).dataset), text);
  EXPECT_THAT(text, HasSubstr(reader == "cvat_images_xml" ? "<image" : "<track"));
}

INSTANTIATE_TEST_SUITE_P(
    Files, CvatXmlForeign,
    ::testing::Values(
        std::pair("cvat_images_xml",
                  "datumaro/open-edge-platform_1.13.3/cvat_dataset/for_images/export_project/"
                  "annotations.xml"),
        std::pair("cvat_images_xml", "datumaro/cvat-ai_2024-10/cvat_dataset/for_images/train.xml"),
        std::pair("cvat_video_xml",
                  "datumaro/cvat-ai_2024-10/cvat_dataset/for_video/annotations.xml"),
        std::pair("cvat_video_xml",
                  "datumaro/open-edge-platform_1.13.3/cvat_dataset/for_video/annotations.xml")));

}  // namespace
}  // namespace annofs::testing
