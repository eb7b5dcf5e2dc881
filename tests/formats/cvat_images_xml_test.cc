// Expected counts were taken from the files' own XML, without any code of this project:
//
//   python3 - FILE <<'END'
//   import sys, collections, xml.etree.ElementTree as E
//   c = collections.Counter()
//   for s in E.parse(sys.argv[1]).getroot().iterfind('image/*'):
//       c[s.get('label', '') + ' ' + s.tag] += 1
//   print(dict(c))
//   END
#include <algorithm>

#include "formats/zip_directory.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/formats/job_recorder.h"
#include "tests/formats/reading.h"
#include "tests/formats/zip_maker.h"

namespace annofs::testing {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using Counts = std::map<std::string, int>;

constexpr absl::string_view kReader = "cvat_images_xml";

ReadResult ReadText(std::string text) {
  MemorySource source("a.xml", std::move(text));
  return ReadWith(kReader, source);
}

ReadResult ReadFixture(absl::string_view name) { return ReadFixtureWith(kReader, name); }

// A document with one label "car", a skeleton "pose" of "nose", and what stands in its one image.
std::string WithImage(absl::string_view content) {
  return absl::StrCat(
      "<annotations><version>1.1</version><meta><task><name>t</name><labels>"
      "<label><name>car</name></label><label><name>pose</name><type>skeleton</type></label>"
      "<label><name>nose</name><parent>pose</parent></label>"
      "</labels></task></meta>\n<image id=\"0\" name=\"a.jpg\" width=\"10\" height=\"20\">\n",
      content, "\n</image></annotations>");
}
ReadResult ReadImage(absl::string_view content) { return ReadText(WithImage(content)); }

absl::StatusOr<std::optional<ProbeResult>> Probe(std::string name, std::string text) {
  MemorySource source(std::move(name), std::move(text));
  return FindReader(kReader)->Probe(source);
}

TEST(CvatImagesXml, AnExportOf2022ListsItsFramesBackwards) {
  ReadResult result = ReadFixture("cvat/export_zips/job_14__dataset_cvat-for-images-11.ZIP");
  ASSERT_EQ(result.dataset->frame_count(), 20u);
  EXPECT_EQ(result.Names().front(), "52.png");
  EXPECT_EQ(result.Names().back(), "71.png");
  const Frame last = result.FrameAt(result.ByNumber().back());
  EXPECT_EQ(last.number, 19u);
  EXPECT_EQ(last.width, 411u);
  EXPECT_EQ(last.height, 672u);
  EXPECT_EQ(result.Total(), 0);
  EXPECT_EQ(result.info().labels.size(), 2u);
  EXPECT_THAT(result.Problems(), IsEmpty());
}

TEST(CvatImagesXml, AnnotationsAloneAndWithImagesAreTheSame) {
  EXPECT_EQ(ReadFixture("cvat/export_zips/job_14__annotations_cvat-for-images-11.ZIP").Names(),
            ReadFixture("cvat/export_zips/job_14__dataset_cvat-for-images-11.ZIP").Names());
}

TEST(CvatImagesXml, AnExportOfAJobIsRead) {
  ReadResult result = ReadFixture("cvat/export_zips/job_23__dataset_cvat-for-images-11.ZIP");
  EXPECT_THAT(result.Names(), ElementsAre("9.png"));
  EXPECT_EQ(result.FrameAt(0).number, 9u);
  ASSERT_EQ(result.info().labels.size(), 6u);
  EXPECT_EQ(result.info().labels[1].name, "skeleton1");
  EXPECT_EQ(result.info().labels[2].parent, 1);
}

TEST(CvatImagesXml, HandWrittenFilesAreRead) {
  ReadResult result = ReadFixture("datumaro/cvat-ai_2024-10/cvat_dataset/for_images/train.xml");
  EXPECT_THAT(result.Names(), ElementsAre("img0.jpg", "img1.jpg"));
  // A polyline and a polygon have no label.
  EXPECT_EQ(result.Counts(),
            (Counts{{"label1 rectangle", 1}, {"label2 points", 1}, {"skeleton skeleton", 2}}));
  EXPECT_THAT(result.Problems(),
              ElementsAre("line 90|img0.jpg|polyline left out: a shape without a label",
                          ("line 103|img1.jpg|polygon left out: a shape without a label")));
}

TEST(CvatImagesXml, AProjectKeepsItsSubsets) {
  ReadResult result = ReadFixture(
      "datumaro/open-edge-platform_1.13.3/cvat_dataset/for_images/export_project/annotations.xml");
  EXPECT_EQ(result.dataset->frame_count(), 6u);
  EXPECT_THAT(result.dataset->Subsets().value(), ElementsAre("Test", "Train", "Validation"));
  EXPECT_EQ(result.dataset->InSubset("Train").value().size(), 2u);
  EXPECT_EQ(result.Counts(), (Counts{{"label1 polygon", 3},
                                     {"label1 rectangle", 3},
                                     {"label2 points", 3},
                                     {"label2 polyline", 3}}));
}

TEST(CvatImagesXml, ATaskOfAnotherToolsTestDataIsRead) {
  ReadResult result = ReadFixture(
      "datumaro/open-edge-platform_1.13.3/cvat_dataset/for_images/export_task/train.xml");
  // A polyline and a polygon have no label.
  EXPECT_EQ(result.Counts(), (Counts{{"label1 rectangle", 1}, {"label2 points", 1}}));
  EXPECT_THAT(result.Problems(), SizeIs(2));
}

TEST(CvatImagesXml, ImagesOfAnExportAreRangesOfItsZip) {
  const std::string name = "cvat/export_zips/job_14__dataset_cvat-for-images-11.ZIP";
  ReadResult result = ReadFixture(name);
  MemorySource source = FixtureSource(name);
  const ZipDirectory zip = ZipDirectory::Read(source).value();
  for (Rank rank = 0; rank < 20; ++rank) {
    const Frame frame = result.FrameAt(rank);
    const ZipEntry* entry = zip.Find(absl::StrCat("images/", frame.name));
    ASSERT_NE(entry, nullptr);
    ASSERT_TRUE(frame.inner) << frame.name;
    EXPECT_EQ(frame.inner->header_offset, entry->header_offset);
    EXPECT_EQ(frame.inner->size, entry->size);
    EXPECT_EQ(frame.inner->crc32, entry->crc32);
  }
}

// A file with tasks 8 and 9 of subset "a" and task 7 without one; each of 10 frames.
std::string Project(absl::string_view images) {
  auto task = [](int id, absl::string_view subset) {
    return absl::StrCat("<task><id>", id, "</id><name>t</name><size>10</size><subset>", subset,
                        "</subset><start_frame>0</start_frame><stop_frame>9</stop_frame></task>");
  };
  return absl::StrCat("<annotations><meta><project><id>3</id><name>p</name><tasks>", task(9, "a"),
                      task(8, "a"), task(7, "default"), "</tasks></project></meta>\n", images,
                      "</annotations>");
}

TEST(CvatImagesXml, AProjectsImagesLieBySubset) {
  MemorySource source(
      "p.zip",
      MakeZip({{.name = "annotations.xml",
                .content = Project(
                    "<image id='0' name='x.jpg' subset='a' task_id='8' width='1' height='1'/>"
                    "<image id='0' name='x.jpg' subset='default' task_id='7' width='1' height='1'/>"
                    "<image id='1' name='a/x.jpg' task_id='7' width='1' height='1'/>"
                    "<image id='10' name='frame_000010' subset='a' task_id='9' width='1' "
                    "height='1'/>")},
               {.name = "images/a/x.jpg", .content = "1"},
               {.name = "images/default/x.jpg", .content = "22"},
               {.name = "images/a/frame_000010.PNG", .content = "333"}}));
  ReadResult result = ReadWith(kReader, source);
  EXPECT_THAT(result.Problems(), IsEmpty());
  std::vector<std::string> sizes;
  for (Rank rank = 0; rank < 4; ++rank) {
    const Frame frame = result.FrameAt(rank);
    sizes.push_back(
        absl::StrCat(frame.task, " ", frame.name, ": ", frame.inner ? frame.inner->size : 0));
  }
  std::sort(sizes.begin(), sizes.end());
  EXPECT_THAT(sizes, ElementsAre("0 frame_000010: 3", "1 x.jpg: 1", "2 a/x.jpg: 0", "2 x.jpg: 2"));
}

TEST(CvatImagesXml, AProjectsIdsCountOnWithinASubset) {
  ReadResult result = ReadText(
      Project("<image id='10' name='a' subset='a' task_id='9' width='1' height='1'/>"
              "<image id='9' name='b' subset='a' task_id='8' width='1' height='1'/>"
              "<image id='3' name='c' subset='default' task_id='7' width='1' height='1'/>\n"
              "<image id='5' name='d' subset='a' task_id='9' width='1' height='1'/>"));
  EXPECT_EQ(result.FrameAt(0).number, 0u);
  EXPECT_EQ(result.FrameAt(0).task, 0u);
  EXPECT_EQ(result.FrameAt(1).number, 9u);
  EXPECT_EQ(result.FrameAt(2).number, 3u);
  EXPECT_EQ(result.FrameAt(2).subset, "");
  EXPECT_THAT(result.Problems(), ElementsAre("line 3|d|id 5 is no frame of the task"));
}

TEST(CvatImagesXml, AnImageOfATaskThatIsNotThereIsSaid) {
  ReadResult result =
      ReadText(Project("<image id='0' name='a' subset='a' task_id='77' width='1' height='1'/>"));
  EXPECT_EQ(result.dataset->frame_count(), 1u);
  EXPECT_THAT(result.Problems(), Contains("line 2|a|an image of a task that <meta> does not have"));
}

TEST(CvatImagesXml, SegmentsAreJobs) {
  MemorySource source =
      FixtureSource("golden/synth_video_2jobs_overlap2/CVAT for images 1.1/annotations.xml");
  JobRecorder sink;
  ASSERT_TRUE(FindReader(kReader)->Read(source, sink).ok());
  // Rel frames 0…10 and 9…19 of 2, 7, 12, …; 52 is deleted.
  EXPECT_THAT(sink.FramesOf(0), ElementsAre(2, 7, 12, 17, 22, 27, 32, 37, 42, 47));
  EXPECT_THAT(sink.FramesOf(1), ElementsAre(47, 57, 62, 67, 72, 77, 82, 87, 92, 97));
}

TEST(CvatImagesXml, TheExportOfAJobHasThatJob) {
  MemorySource source = FixtureSource("cvat/export_zips/job_23__dataset_cvat-for-images-11.ZIP");
  EXPECT_EQ(FindReader(kReader)->Probe(source).value()->number, "job 23");
  JobRecorder sink;
  ASSERT_TRUE(FindReader(kReader)->Read(source, sink).ok());
  EXPECT_THAT(sink.FramesOf(0), ElementsAre(9));
  const DatasetInfo info = sink.Finish().value()->info();
  ASSERT_THAT(info.jobs, SizeIs(1));
  EXPECT_EQ(info.jobs[0].id, 23);
  EXPECT_EQ(info.tasks[0].id, -1);  // the file does not say
}

TEST(CvatImagesXml, JobsOfOldExportsHaveTheNumbersOfTheirAddresses) {
  ReadResult result = ReadFixture("cvat/export_zips/job_14__dataset_cvat-for-images-11.ZIP");
  std::vector<int64_t> ids;
  for (const Job& job : result.info().jobs) ids.push_back(job.id);
  EXPECT_THAT(ids, ElementsAre(11, 12, 13, 14));
  EXPECT_EQ(result.info().tasks[0].id, 9);
}

TEST(CvatImagesXml, AJobsAssigneeIsKept) {
  ReadResult result = ReadText(
      "<annotations><meta><job><id>5</id><owner><username>boss</username></owner>"
      "<assignee><username>ann</username><email>ann@x</email></assignee></job></meta>"
      "</annotations>");
  ASSERT_THAT(result.info().jobs, SizeIs(1));
  EXPECT_EQ(result.info().jobs[0].assignee, "ann");
}

TEST(CvatImagesXml, AFileWithoutMetaIsRead) {
  ReadResult result = ReadText(
      "<annotations><image id='5' name='a/b.jpg' width='4' height='3'>"
      "<box label='cat' occluded='0' xtl='1' ytl='1' xbr='2' ybr='2'/></image></annotations>");
  EXPECT_EQ(result.Counts(), (Counts{{"cat rectangle", 1}}));
  EXPECT_EQ(result.FrameAt(0).number, 5u);
  EXPECT_THAT(result.Problems(),
              ElementsAre("line 1|a/b.jpg|label 'cat' is used but not declared: added"));
}

TEST(CvatImagesXml, WordsOfOldFilesAreNoProblem) {
  ReadResult result = ReadText(
      "<annotations><meta><task><id>1</id><flipped>False</flipped><z_order>True</z_order>"
      "<labels><label><name>car</name></label></labels></task><source>v.mp4</source></meta>"
      "<image id='0' name='a' width='4' height='3'><box label='car' xtl='1' ytl='1' xbr='2' "
      "ybr='2'/></image></annotations>");
  EXPECT_THAT(result.Problems(), IsEmpty());
  EXPECT_EQ(result.Total(), 1);
}

TEST(CvatImagesXml, AMillionImagesWithoutASizeAreOneProblem) {
  std::string images;
  for (int i = 0; i < 1000; ++i) absl::StrAppend(&images, "<image id='", i, "' name='", i, "'/>");
  EXPECT_THAT(ReadText("<annotations>" + images + "</annotations>").Problems(),
              ElementsAre("line 1|0|the size of the image is not given (and 999 more like it)"));
}

TEST(CvatImagesXml, EveryTypeOfShapeIsRead) {
  ReadResult result = ReadImage(
      "<tag label='car' source='manual' group_id='3'/>"
      "<box label='car' source='auto' occluded='1' xtl='1.5' ytl='2' xbr='3' ybr='4' rotation='30' "
      "z_order='-2' group_id='7'><attribute name='plate'>A 1</attribute></box>"
      "<ellipse label='car' cx='5' cy='6' rx='2.5' ry='1' z_order='1'/>"
      "<polygon label='car' points='0,0;1,0;1,1' z_order='1'/>"
      "<polyline label='car' points='0,0;1,0' z_order='1'/>"
      "<points label='car' points='0.25,-1' z_order='1'/>"
      "<cuboid label='car' xtl1='1' ytl1='2' xbl1='3' ybl1='4' xtr1='5' ytr1='6' xbr1='7' ybr1='8' "
      "xtl2='9' ytl2='10' xbl2='11' ybl2='12' xtr2='13' ytr2='14' xbr2='15' ybr2='16' z_order='1'/>"
      "<mask label='car' rle='1, 2, 1' left='4' top='5' width='2' height='2' z_order='1'/>"
      "<skeleton label='pose' z_order='1'><points label='nose' outside='1' occluded='1' "
      "points='3,4'/><attribute name='x'>y</attribute></skeleton>");
  EXPECT_THAT(result.Problems(), IsEmpty());
  const FrameShapes shapes = result.ShapesAt(0);
  ASSERT_EQ(shapes.tags.size(), 1u);
  EXPECT_EQ(shapes.tags[0].group, 3);
  ASSERT_EQ(shapes.shapes.size(), 8u);
  const Shape& box = shapes.shapes[0];
  EXPECT_THAT(box.points, ElementsAre(1.5, 2, 3, 4));
  EXPECT_EQ(box.rotation, 30);
  EXPECT_EQ(box.z_order, -2);
  EXPECT_EQ(box.group, 7);
  EXPECT_EQ(box.source, "auto");
  EXPECT_TRUE(box.occluded);
  EXPECT_THAT(box.attributes, ElementsAre(Attribute{"plate", "A 1"}));
  EXPECT_THAT(shapes.shapes[1].points, ElementsAre(5, 6, 7.5, 5));
  EXPECT_THAT(shapes.shapes[4].points, ElementsAre(0.25, -1));
  EXPECT_THAT(shapes.shapes[5].points,
              ElementsAre(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16));
  EXPECT_THAT(shapes.shapes[6].points, ElementsAre(1, 2, 1, 4, 5, 5, 6));
  const Shape& skeleton = shapes.shapes[7];
  ASSERT_EQ(skeleton.elements.size(), 1u);
  EXPECT_TRUE(skeleton.elements[0].outside);
  EXPECT_TRUE(skeleton.elements[0].occluded);
  EXPECT_EQ(skeleton.elements[0].label, 2u);
  EXPECT_THAT(skeleton.attributes, ElementsAre(Attribute{"x", "y"}));
}

TEST(CvatImagesXml, TextOfAttributesIsKeptToTheByte) {
  ReadResult result = ReadImage(
      "<box label='car' xtl='1' ytl='2' xbr='3' ybr='4'>"
      "<attribute name='&lt;n&amp;&quot;&gt;'>  two\nlines &lt;&amp;&gt; 🚗 ü </attribute>"
      "<attribute name='empty'></attribute></box>");
  EXPECT_THAT(result.ShapesAt(0).shapes.at(0).attributes,
              ElementsAre(Attribute{"<n&\">", "  two\nlines <&> 🚗 ü "}, Attribute{"empty", ""}));
}

TEST(CvatImagesXml, ALabelThatIsNotDeclaredIsAddedOnce) {
  ReadResult result = ReadImage(
      "<tag label='bus'/><tag label='bus'/><skeleton label='pose'>"
      "<points label='ear' points='1,1'/></skeleton>");
  EXPECT_THAT(result.Problems(),
              ElementsAre("line 3|a.jpg|label 'bus' is used but not declared: added",
                          "line 3|a.jpg|label 'ear' is used but not declared: added"));
  ASSERT_EQ(result.info().labels.size(), 5u);
  EXPECT_EQ(result.info().labels[4].parent, 1);
  EXPECT_EQ(result.Counts(), (Counts{{"bus tag", 2}, {"pose skeleton", 1}}));
}

TEST(CvatImagesXml, WhatCannotBeReadIsLeftOutWithItsLine) {
  ReadResult result = ReadImage(
      "<box label='car' xtl='1' ytl='2' xbr='3'/>\n"
      "<box label='car' xtl='one' ytl='2' xbr='3' ybr='4'/>\n"
      "<box label='car' xtl='nan' ytl='2' xbr='3' ybr='4'/>\n"
      "<box label='car' xtl='1e308' ytl='2' xbr='3' ybr='4'/>\n"
      "<polygon label='car' points='0,0;1,1'/>\n"
      "<box xtl='1' ytl='2' xbr='3' ybr='4'/>\n"
      "<circle label='car'/>\n"
      "<tag label='car'/>");
  EXPECT_TRUE(result.status.ok());
  EXPECT_THAT(
      result.Problems(),
      ElementsAre("line 3|a.jpg|rectangle left out: attribute ybr is missing",
                  "line 4|a.jpg|rectangle left out: attribute xtl=\"one\" is no number",
                  "line 5|a.jpg|left out: coordinates that are no sane numbers",
                  "line 6|a.jpg|left out: coordinates that are no sane numbers",
                  "line 7|a.jpg|left out: a polygon with 4 numbers, wanted an even count of at "
                  "least 6",
                  "line 8|a.jpg|rectangle left out: a shape without a label",
                  "line 9|a.jpg|element <circle> is not known and not read"));
  EXPECT_EQ(result.Counts(), (Counts{{"car tag", 1}}));
}

TEST(CvatImagesXml, ASkeletonWithoutALabelTakesItsElementsWithIt) {
  ReadResult result =
      ReadImage("<skeleton><points label='nose' points='1,1'/></skeleton><tag label='car'/>");
  EXPECT_EQ(result.Counts(), (Counts{{"car tag", 1}}));
  EXPECT_THAT(result.Problems(),
              ElementsAre("line 3|a.jpg|skeleton left out: a shape without a label"));
}

TEST(CvatImagesXml, AShapeInsideAShapeThatIsNoSkeletonIsLeftOut) {
  ReadResult result = ReadImage(
      "<box label='car' xtl='1' ytl='2' xbr='3' ybr='4'><points label='nose' points='1,1'/></box>"
      "<skeleton label='pose'><skeleton label='nose'><skeleton label='nose'/></skeleton>"
      "</skeleton>");
  EXPECT_THAT(result.Problems(), Contains(HasSubstr("it is inside a shape that is no skeleton")));
  const std::vector<Shape> shapes = result.ShapesAt(0).shapes;
  ASSERT_EQ(shapes.size(), 2u);
  EXPECT_THAT(shapes[0].elements, IsEmpty());
  for (const Shape& element : shapes[1].elements) {
    EXPECT_THAT(element.elements, IsEmpty());
  }
}

TEST(CvatImagesXml, TheSameNameOrIdTwiceIsSaid) {
  ReadResult result = ReadText(
      "<annotations>\n<image id='0' name='a' width='1' height='1'/>\n"
      "<image id='0' name='a' width='1' height='1'/></annotations>");
  EXPECT_EQ(result.dataset->frame_count(), 2u);
  EXPECT_THAT(result.Problems(), ElementsAre("line 3|a|a second image of this name",
                                             "line 3|a|a second image with id 0"));
}

TEST(CvatImagesXml, IdsInAnyOrderAreToldApart) {
  auto seconds = [](const std::vector<int>& ids) {
    std::string images;
    for (size_t i = 0; i < ids.size(); ++i) {
      absl::StrAppend(&images, "<image id='", ids[i], "' name='", i, "' width='1' height='1'/>");
    }
    return ReadText("<annotations>" + images + "</annotations>").Problems().size();
  };
  EXPECT_EQ(seconds({0, 1, 2, 3, 4}), 0u);
  EXPECT_EQ(seconds({9, 6, 3, 0}), 0u);
  EXPECT_EQ(seconds({5, 50, 7, 6, 95, 8, 51, 4}), 0u);
  EXPECT_EQ(seconds({0, 0}), 1u);
  EXPECT_EQ(seconds({0, 5, 10, 15, 5}), 1u);
  EXPECT_EQ(seconds({0, 5, 10, 7, 15, 7}), 1u);
  EXPECT_EQ(seconds({3, 9, 1, 15, 1, 9, 3, 15}), 4u);
  EXPECT_EQ(seconds({0, 3, 7, 6, 9, 12, 7, 6, 12}), 3u);
}

TEST(CvatImagesXml, AnImageWithoutNameOrSizeIsStillAFrame) {
  ReadResult result = ReadText("<annotations><image id='7'/></annotations>");
  EXPECT_THAT(result.Names(), ElementsAre("image-7"));
  EXPECT_THAT(result.Problems(), ElementsAre("line 1|image-7|the size of the image is not given"));
}

TEST(CvatImagesXml, ASublabelMayStandBeforeItsSkeleton) {
  ReadResult result = ReadText(
      "<annotations><meta><task><labels><label><name>nose</name><parent>pose</parent></label>"
      "<label><name>pose</name><type>skeleton</type></label></labels></task></meta>"
      "<image id='0' name='a' width='1' height='1'><skeleton label='pose'>"
      "<points label='nose' points='1,1'/></skeleton></image></annotations>");
  EXPECT_EQ(result.info().labels[0].parent, 1);
  EXPECT_THAT(result.Problems(), IsEmpty());
  EXPECT_EQ(result.ShapesAt(0).shapes.at(0).elements.at(0).label, 0u);
}

TEST(CvatImagesXml, SublabelsThatAreEachOthersParentsStayTopLevel) {
  ReadResult result = ReadText(
      "<annotations><meta><task><labels><label><name>a</name><parent>b</parent></label>"
      "<label><name>b</name><parent>a</parent></label><label><name>c</name><parent>c</parent>"
      "</label></labels></task></meta></annotations>");
  ASSERT_THAT(result.info().labels, SizeIs(3));
  for (const Label& label : result.info().labels) EXPECT_EQ(label.parent, -1);
  EXPECT_THAT(
      result.Problems(),
      ElementsAre("meta||label 'a': its parent 'b' is no top-level label; read as one itself",
                  "meta||label 'b': its parent 'a' is no top-level label; read as one itself",
                  "meta||label 'c': its parent 'c' is no top-level label; read as one itself"));
}

TEST(CvatImagesXml, AnOptionalNumberThatIsNoneIsSaidAndTaken0) {
  ReadResult result = ReadImage(
      "<box label='car' xtl='1' ytl='2' xbr='3' ybr='4' z_order='high' rotation='1e300'/>");
  EXPECT_THAT(result.Problems(),
              ElementsAre("line 3|a.jpg|attribute rotation=\"1e300\" is no number: taken as 0"));
  EXPECT_EQ(result.ShapesAt(0).shapes.at(0).z_order, 0);
  EXPECT_EQ(result.ShapesAt(0).shapes.at(0).rotation, 0);
}

TEST(CvatImagesXml, NumbersAreReadToTheLastBit) {
  ReadResult result = ReadImage(
      "<polyline label='car' points='0.1,-1234.56;1e-3,123456789012345678;0.30000000000000004,.5;"
      "+2,-0.07'/>");
  EXPECT_THAT(result.ShapesAt(0).shapes, IsEmpty());  // one of them is no coordinate
  ReadResult sane = ReadImage(
      "<polyline label='car' "
      "points='0.1,-1234.56;1e-3,99999.99;0.30000000000000004,.5;+2,-0.07'/>");
  EXPECT_THAT(sane.ShapesAt(0).shapes.at(0).points,
              ElementsAre(0.1, -1234.56, 1e-3, 99999.99, 0.30000000000000004, .5, 2, -0.07));
}

TEST(CvatImagesXml, HostileLabelNamesAreOnlyText) {
  ReadResult result = ReadImage("<tag label='../../etc/passwd'/><tag label='a/b&#10;c'/>");
  EXPECT_EQ(result.info().labels[3].name, "../../etc/passwd");
  EXPECT_EQ(result.info().labels[4].name, "a/b\nc");
}

TEST(CvatImagesXml, AnEntityBombIsRefused) {
  ReadResult result = ReadText(
      "<!DOCTYPE annotations [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]>"
      "<annotations><image id='0' name='&b;'/></annotations>");
  EXPECT_TRUE(absl::IsInvalidArgument(result.status)) << result.status;
  EXPECT_EQ(result.dataset->frame_count(), 0u);
}

TEST(CvatImagesXml, AFileCutAnywhereKeepsWhatIsBefore) {
  const std::string whole =
      FixtureText("golden/rand_images_03/CVAT for images 1.1/annotations.xml");
  const std::vector<std::string> names = ReadText(whole).Names();
  for (size_t percent = 0; percent < 100; ++percent) {
    ReadResult result = ReadText(whole.substr(0, whole.size() * percent / 100));
    EXPECT_TRUE(absl::IsInvalidArgument(result.status)) << percent << ": " << result.status;
    const std::vector<std::string> before = result.Names();
    ASSERT_LE(before.size(), names.size());
    EXPECT_TRUE(std::equal(before.begin(), before.end(), names.begin())) << percent;
  }
  EXPECT_GT(ReadText(whole.substr(0, whole.size() * 99 / 100)).Total(), 30);
}

TEST(CvatImagesXml, ADeflatedZipIsRead) {
  MemorySource source("a.zip", MakeZip({{.name = "annotations.xml",
                                         .content = WithImage("<tag label='car'/>"),
                                         .deflated = true}}));
  ReadResult result = ReadWith(kReader, source);
  EXPECT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(result.Counts(), (Counts{{"car tag", 1}}));
}

TEST(CvatImagesXml, ProblemsInAZipNameTheEntry) {
  MemorySource source("b/a.zip",
                      MakeZip({{.name = "annotations.xml", .content = WithImage("<tag/>")}}));
  ReadResult result = ReadWith(kReader, source);
  EXPECT_EQ(result.dataset->Problems().value().at(0).source, "b/a.zip!annotations.xml");
}

TEST(CvatImagesXml, ProbeTellsItsOwnFilesFromOthers) {
  EXPECT_EQ(Probe("a.xml", WithImage("")).value()->name, "t");
  EXPECT_EQ(Probe("a.zip", MakeZip({{.name = "annotations.xml", .content = WithImage("")}}))
                .value()
                ->name,
            "t");
  EXPECT_FALSE(Probe("a.txt", WithImage("")).value());
  EXPECT_FALSE(Probe("a.xml", "<html><image/></html>").value());
  EXPECT_FALSE(Probe("a.xml", "no xml at all").value());
  EXPECT_FALSE(Probe("a.xml", "<annotations><track id='0'/></annotations>").value());
  EXPECT_FALSE(Probe("a.zip", MakeZip({{.name = "a.jpg", .content = "x"}})).value());
  MemorySource voc =
      FixtureSource("datumaro/cvat-ai_2024-10/cvat_dataset/for_video/annotations.xml");
  EXPECT_FALSE(FindReader(kReader)->Probe(voc).value());
}

TEST(CvatImagesXml, ProbeOfABrokenFileOfItsKindIsAnError) {
  EXPECT_TRUE(absl::IsInvalidArgument(Probe("a.xml", "<annotations><meta><task>").status()));
}

TEST(CvatImagesXml, ErrorsOfTheSourceArePassedOn) {
  MemorySource source("a.xml", WithImage(""));
  source.FailWith(absl::UnavailableError("no network"));
  DatasetBuilder builder;
  EXPECT_TRUE(absl::IsUnavailable(FindReader(kReader)->Read(source, builder)));
  EXPECT_TRUE(absl::IsUnavailable(FindReader(kReader)->Probe(source).status()));
}

}  // namespace
}  // namespace annofs::testing
