// Texts that are too long to be kept, in every reader whose format has texts: a problem says where,
// the memory stays small, and everything else is read.
#include <functional>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/formats/backup_maker.h"
#include "tests/formats/reading.h"
#include "tests/formats/zip_maker.h"
#include "tests/testing/memory_growth.h"

namespace annofs::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr size_t kKept = size_t{16} << 20;  // XmlLimits::max_text, and of a JSON string

// Two gigabytes; a build that watches every byte gets less, and has no bound of memory to keep.
#ifdef __SANITIZE_ADDRESS__
constexpr uint64_t kMebibytes = 32;
#else
constexpr uint64_t kMebibytes = 2048;
#endif

constexpr absl::string_view kCut = "a text longer than 16 MiB, cut there";

std::string DeflatedPiece(absl::string_view text, int flush) {
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, text.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = uInt(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = uInt(out.size());
  deflate(&stream, flush);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

uint32_t Crc(absl::string_view text) {
  return uint32_t(::crc32(0, reinterpret_cast<const Bytef*>(text.data()), uInt(text.size())));
}

// An entry of `before`, `times` mebibytes of 'x', `after`, made piece by piece: a deflated text may
// be cut behind each full flush.
ZipFile LongEntry(std::string name, absl::string_view before, absl::string_view after,
                  uint64_t times = kMebibytes) {
  const std::string body(1 << 20, 'x');
  const std::string piece = DeflatedPiece(body, Z_FULL_FLUSH);
  ZipFile file{.name = std::move(name), .content = DeflatedPiece(before, Z_FULL_FLUSH)};
  uLong crc = Crc(before);
  for (uint64_t i = 0; i < times; ++i) {
    file.content += piece;
    crc = crc32_combine(crc, Crc(body), z_off_t(body.size()));
  }
  file.content += DeflatedPiece(after, Z_FINISH);
  file.crc32 = uint32_t(crc32_combine(crc, Crc(after), z_off_t(after.size())));
  file.size = before.size() + times * body.size() + after.size();
  file.method = uint16_t{8};
  return file;
}

// Two gigabytes as the value of an attribute of the second of three shapes on frame 0.
void ExpectTheRestIsRead(absl::string_view reader, const std::vector<ZipFile>& files,
                         absl::string_view problem) {
  MemorySource source("a.zip", MakeZip(files));
  const MemoryGrowth growth;
  const ReadResult result = ReadWith(reader, source);
  EXPECT_LT(growth.mib(), 160u);
  ASSERT_TRUE(result.status.ok()) << result.status;
  EXPECT_THAT(result.Problems(), Contains(problem));
  const std::vector<Shape> shapes = result.ShapesAt(result.ByNumber()[0]).shapes;
  ASSERT_EQ(shapes.size(), 3u);
  ASSERT_EQ(shapes[1].attributes.size(), 1u);
  EXPECT_EQ(shapes[1].attributes[0].value.size(), kKept);
  EXPECT_EQ(shapes[2].points, (std::vector<double>{1, 2, 3, 4}));
}

constexpr absl::string_view kMeta =
    "<annotations><meta><task><size>1</size><mode>interpolation</mode><start_frame>0</start_frame>"
    "<stop_frame>0</stop_frame><labels><label><name>car</name></label></labels></task></meta>\n";
constexpr absl::string_view kXmlBox =
    "<box label='car' frame='0' keyframe='1' xtl='1' ytl='2' xbr='3' ybr='4'>";

TEST(LongTexts, AnAttributeOfTwoGigabytesInAFileOfImages) {
  const std::string before = absl::StrCat(kMeta, "<image id='0' name='a' width='9' height='9'>\n",
                                          kXmlBox, "</box>\n", kXmlBox, "<attribute name='t'>");
  const std::string after =
      absl::StrCat("</attribute></box>\n", kXmlBox, "</box></image>\n", "</annotations>");
  ExpectTheRestIsRead("cvat_images_xml", {LongEntry("annotations.xml", before, after)},
                      absl::StrCat("line 4|a|", kCut));
}

TEST(LongTexts, AnAttributeOfTwoGigabytesInAFileOfTracks) {
  const std::string track = absl::StrCat("<track label='car'>\n", kXmlBox);
  const std::string before =
      absl::StrCat(kMeta, track, "</box></track>", track, "<attribute name='t'>");
  const std::string after =
      absl::StrCat("</attribute></box></track>\n", track, "</box></track>\n</annotations>");
  ExpectTheRestIsRead("cvat_video_xml", {LongEntry("annotations.xml", before, after)},
                      absl::StrCat("line 4||", kCut));
}

TEST(LongTexts, AnAttributeOfTwoGigabytesInABackup) {
  const Parts parts;
  const std::string before = absl::StrCat(
      R"([{"shapes":[)", BoxOn(0), ",", R"({"type":"rectangle","label":"car","frame":0,)",
      R"("points":[1,2,3,4],"attributes":[{"name":"t",)", R"("value":")");
  const std::string after = absl::StrCat(R"("}]},)", BoxOn(0), "]}]");
  ExpectTheRestIsRead(kBackupReader,
                      {{.name = "task.json", .content = parts.task},
                       {.name = "data/manifest.jsonl", .content = parts.manifest},
                       LongEntry("annotations.json", before, after)},
                      "job 0 shape 1||a string longer than 16 MiB, cut there");
}

TEST(LongTexts, AProbeReadsOverThem) {
  const std::string before = "<annotations><meta><task><id>7</id><name>t</name><owner>";
  const std::string after = "</owner></task></meta><image id='0' name='a'/></annotations>";
  MemorySource source("a.zip", MakeZip({LongEntry("annotations.xml", before, after, 32)}));
  const MemoryGrowth growth;
  absl::StatusOr<std::optional<ProbeResult>> found = FindReader("cvat_images_xml")->Probe(source);
  ASSERT_TRUE(found.ok()) << found.status();
  ASSERT_TRUE(found->has_value());
  EXPECT_EQ((*found)->number, "task 7");
  EXPECT_LT(growth.mib(), 160u);
}

// These files are read whole, up to 64 MiB.
TEST(LongTexts, OfPascalVocAreCut) {
  const std::string box =
      "<bndbox><xmin>1</xmin><ymin>2</ymin><xmax>3</xmax><ymax>4</ymax></bndbox></object>\n";
  MemorySource source(
      "a.zip",
      MakeZip({{.name = "ImageSets/Main/default.txt", .content = "a\n"},
               {.name = "labelmap.txt", .content = "# label:color_rgb:parts:actions\ncar:::\n"},
               {.name = "Annotations/a.xml",
                .content = absl::StrCat(
                    "<annotation><filename>a.jpg</filename><size><width>9</width><height>9"
                    "</height></size>\n<object><name>car</name><pose>",
                    std::string(kKept + 5, 'x'), "</pose>", box, "<object><name>car</name>", box,
                    "</annotation>")}}));
  const ReadResult result = ReadWith("pascal_voc", source);
  EXPECT_THAT(result.Problems(), Contains(absl::StrCat("line 2|a.jpg|", kCut)));
  EXPECT_EQ(result.Total(), 2);
}

TEST(LongTexts, OfLabelMeAreCut) {
  const std::string polygon =
      "<polygon><pt><x>1</x><y>1</y></pt><pt><x>4</x><y>1</y></pt><pt><x>4</x><y>5</y></pt>"
      "</polygon></object>\n";
  MemorySource source(
      "a.zip", MakeZip({{.name = "default/a.xml",
                         .content = absl::StrCat(
                             "<annotation><filename>a.jpg</filename><imagesize><nrows>9</nrows>"
                             "<ncols>9</ncols></imagesize>\n<object><name>car</name><attributes>t=",
                             std::string(kKept + 5, 'x'), "</attributes>", polygon,
                             "<object><name>car</name>", polygon, "</annotation>")}}));
  const ReadResult result = ReadWith("label_me", source);
  EXPECT_THAT(result.Problems(), Contains(absl::StrCat("line 2|a.jpg|", kCut)));
  EXPECT_EQ(result.Total(), 2);
}

// --- what else a JSON text loses

TEST(DamagedValues, OfABackupAreToldWithTheirPlaceAndTheRestIsKept) {
  const ReadResult result = ReadAnnotations(
      R"({"label":"car","frame":0,"source":"a)"
      "\xff"
      R"("})",
      absl::StrCat(BoxOn(0),
                   R"(,{"type":"rectangle","label":"car","frame":0,"points":[1,2,3,NaN]},)",
                   "Infinity,", BoxOn(1)),
      R"({"label":"car","frame":0,"source":"\ud800","shapes":[
          {"type":"rectangle","frame":2,"points":[1,2,3,4]}]})");
  EXPECT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(result.Total(), 4);
  const std::vector<std::string> problems = result.Problems();
  EXPECT_THAT(problems, Contains("job 0 tag 0||text that is no UTF-8, replaced by U+FFFD"));
  EXPECT_THAT(problems, Contains("job 0 shape 1||a number that is none or too big, taken as null"));
  EXPECT_THAT(problems, Contains(HasSubstr("job 0 shape 1||left out: ")));
  EXPECT_THAT(problems, Contains("job 0 shape 2||a number that is none or too big, taken as null"));
  EXPECT_THAT(problems, Contains("job 0 track 0||text that is no UTF-8, replaced by U+FFFD"));
  EXPECT_EQ(problems.size(), 5u);
}

TEST(DamagedValues, AnAnnotationThatFillsTheMemoryIsLeftOutAlone) {
  std::string points = "1";
  for (int i = 0; i < (5 << 20); ++i) points += ",1";
  const ReadResult result =
      ReadAnnotations("", absl::StrCat(R"({"type":"polygon","label":"car","frame":0,"points":[)",
                                       points, "]},", BoxOn(0)));
  EXPECT_EQ(result.Total(), 1);
  EXPECT_THAT(result.Problems(), ElementsAre("job 0 shape 0||larger than 64 MiB, left out"));
}

TEST(DamagedValues, OfAClassificationAreTold) {
  MemorySource source("a.zip", MakeZip({{.name = "train/labels.json",
                                         .content = "{\"a\":{\"labels\":[\"ca\xff\"],\"path\":"
                                                    "\"car/a.jpg\"}}"},
                                        {.name = "train/car/a.jpg", .content = "x"}}));
  const ReadResult result = ReadWith("ultralytics_classification", source);
  EXPECT_THAT(result.Problems(),
              Contains("a at byte 5||text that is no UTF-8, replaced by U+FFFD"));
  EXPECT_EQ(result.Total(), 1);
}

}  // namespace
}  // namespace annofs::testing
