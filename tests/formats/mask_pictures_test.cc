// Pictures of masks, read: PNG files of all kinds, what is in them, and the exports that have them.
#include <png.h>

#include "formats/label_colors.h"
#include "formats/mask_image.h"
#include "formats/mask_regions.h"
#include "formats/png_rows.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/formats/reading.h"
#include "tests/formats/zip_maker.h"

namespace annofs::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

struct PngForm {
  uint32_t width = 1, height = 1;
  int depth = 8, type = PNG_COLOR_TYPE_GRAY;
  bool is_interlaced = false;
  std::vector<png_color> palette;
};

// `rows`: as the file has them.
std::string EncodePng(const PngForm& form, const std::vector<std::string>& rows) {
  std::string png;
  png_structp out = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(out);
  const auto write = [](png_structp to, png_bytep bytes, size_t size) {
    static_cast<std::string*>(png_get_io_ptr(to))->append(reinterpret_cast<char*>(bytes), size);
  };
  png_set_write_fn(out, &png, write, nullptr);
  png_set_IHDR(out, info, form.width, form.height, form.depth, form.type,
               form.is_interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  if (!form.palette.empty()) {
    png_set_PLTE(out, info, form.palette.data(), int(form.palette.size()));
  }
  png_write_info(out, info);
  const int passes = png_set_interlace_handling(out);
  for (int pass = 0; pass < passes; ++pass) {
    for (const std::string& row : rows) {
      png_write_row(out, reinterpret_cast<png_const_bytep>(row.data()));
    }
  }
  png_write_end(out, nullptr);
  png_destroy_write_struct(&out, &info);
  return png;
}

std::vector<std::vector<uint32_t>> RowsOf(const std::string& png) {
  std::vector<std::vector<uint32_t>> rows;
  absl::StatusOr<PngRows> file = PngRows::Open(png);
  EXPECT_TRUE(file.ok()) << file.status();
  for (uint32_t y = 0; file.ok() && y < file->height(); ++y) {
    rows.emplace_back();
    const absl::Status status = file->Next(rows.back());
    EXPECT_TRUE(status.ok()) << status;
  }
  return rows;
}

TEST(PngRows, GreysAreAsTheyAreStored) {
  EXPECT_THAT(RowsOf(EncodePng({.width = 3, .height = 2, .depth = 1}, {"\xa0", "\x40"})),
              ElementsAre(ElementsAre(1, 0, 1), ElementsAre(0, 1, 0)));
  EXPECT_THAT(RowsOf(EncodePng({.width = 3, .depth = 4}, {"\x12\xf0"})),
              ElementsAre(ElementsAre(1, 2, 15)));
  EXPECT_THAT(RowsOf(EncodePng({.width = 2}, {"\x07\xff"})), ElementsAre(ElementsAre(7, 255)));
  EXPECT_THAT(RowsOf(EncodePng({.width = 2, .depth = 16}, {"\x03\xe8\x01\x02"})),
              ElementsAre(ElementsAre(1000, 258)));
}

TEST(PngRows, ColoursAreThoseOfThePixelsOrThePalette) {
  EXPECT_THAT(
      RowsOf(EncodePng({.width = 2, .type = PNG_COLOR_TYPE_RGB}, {"\x01\x02\x03\x04\x05\x06"})),
      ElementsAre(ElementsAre(0x010203, 0x040506)));
  EXPECT_THAT(RowsOf(EncodePng({.width = 2, .type = PNG_COLOR_TYPE_RGBA},
                               {std::string("\0\xcb\xff\x99\0\0\0\0", 8)})),
              ElementsAre(ElementsAre(0x00cbff, 0)));
  EXPECT_THAT(RowsOf(EncodePng({.width = 3,
                                .depth = 2,
                                .type = PNG_COLOR_TYPE_PALETTE,
                                .palette = {{0, 0, 0}, {128, 0, 0}, {0, 128, 0}}},
                               {"\x18"})),
              ElementsAre(ElementsAre(0, 0x800000, 0x008000)));
}

TEST(PngRows, WhatIsCutOrWrongIsAnErrorAtEveryByte) {
  const std::string png =
      EncodePng({.width = 9, .height = 3, .type = PNG_COLOR_TYPE_RGB},
                {std::string(27, 'a'), std::string(27, 'b'), std::string(27, 'c')});
  for (size_t length = 0; length + 16 < png.size(); ++length) {  // behind that only the end is cut
    const auto picture = ReadMaskPng(png.substr(0, length));
    EXPECT_TRUE(absl::IsInvalidArgument(picture.status())) << length << picture.status();
  }
  for (size_t at = 0; at < png.size(); ++at) {
    std::string broken = png;
    broken[at] = char(broken[at] ^ 0x5a);
    (void)ReadMaskPng(broken).ok();  // whatever it is, nothing crashes
  }
}

TEST(PngRows, LargeAndInterlacedOnesAreRefused) {
  std::string png = EncodePng({}, {"a"});
  png.replace(16, 8, std::string("\0\0\x80\0\0\0\x80\0", 8));  // 32768 x 32768, the sum is wrong
  EXPECT_FALSE(PngRows::Open(png).ok());
  const std::string row(1 << 13, '\0');
  const std::vector<std::string> rows((1 << 13) + 1, row);
  EXPECT_EQ(
      PngRows::Open(EncodePng({.width = 1 << 13, .height = (1 << 13) + 1}, rows)).status().code(),
      absl::StatusCode::kUnimplemented);
  EXPECT_EQ(PngRows::Open(EncodePng({.width = 2, .is_interlaced = true}, {"ab"})).status().code(),
            absl::StatusCode::kUnimplemented);
}

TEST(MaskRegions, AreOfEachValueTheRunsInATightBox) {
  MaskRegions regions(4);
  ASSERT_TRUE(regions.AddRow({0, 5, 5, 0}, {}).ok());
  ASSERT_TRUE(regions.AddRow({7, 0, 5, 0}, {}).ok());
  ASSERT_TRUE(regions.AddRow({0, 0, 0, 0}, {}).ok());
  ASSERT_TRUE(regions.AddRow({0, 5, 0, 0}, {}).ok());
  const std::vector<MaskRegion> masks = regions.Finish();
  ASSERT_THAT(masks, SizeIs(2));
  EXPECT_EQ(masks[0].value, 5u);
  EXPECT_THAT(masks[0].points, ElementsAre(0, 2, 1, 1, 2, 1, 1, 1, 0, 2, 3));
  EXPECT_EQ(masks[1].value, 7u);
  EXPECT_THAT(masks[1].points, ElementsAre(0, 1, 0, 1, 0, 1));
}

TEST(MaskRegions, ARowThatGoesOnInTheNextIsOneRun) {
  MaskRegions regions(2);
  ASSERT_TRUE(regions.AddRow({0, 3}, {}).ok());
  ASSERT_TRUE(regions.AddRow({3, 3}, {}).ok());
  EXPECT_THAT(regions.Finish()[0].points, ElementsAre(1, 3, 0, 0, 1, 1));
}

TEST(MaskRegions, OneValueOfTwoOwnersIsTwoMasks) {
  MaskRegions regions(3);
  ASSERT_TRUE(regions.AddRow({9, 9, 9}, {1, 1, 2}).ok());
  const std::vector<MaskRegion> masks = regions.Finish();
  ASSERT_THAT(masks, SizeIs(2));
  EXPECT_EQ(masks[0].owner, 1u);
  EXPECT_THAT(masks[1].points, ElementsAre(0, 1, 2, 0, 2, 0));
}

TEST(MaskRegions, NoiseIsRefused) {
  MaskRegions regions(1 << 16);
  std::vector<uint32_t> row(1 << 16);
  for (size_t i = 0; i < row.size(); ++i) row[i] = 1 + i % 2;
  absl::Status status;
  for (int y = 0; y < 1000 && status.ok(); ++y) status = regions.AddRow(row, {});
  EXPECT_EQ(status.code(), absl::StatusCode::kUnimplemented);
  MaskRegions many(1 << 17);
  row.resize(1 << 17);
  for (size_t i = 0; i < row.size(); ++i) row[i] = uint32_t(i);
  EXPECT_EQ(many.AddRow(row, {}).code(), absl::StatusCode::kUnimplemented);
}

// Rows of numbers below ten as values.
PixelMap Pixels(const std::vector<std::string>& rows) {
  PixelMap map{.width = uint32_t(rows[0].size()), .height = uint32_t(rows.size())};
  for (const std::string& row : rows) {
    for (char value : row) map.values.push_back(uint16_t(value - '0'));
  }
  return map;
}

constexpr absl::string_view kAnnotation =
    "<annotation><filename>a.jpg</filename><size><width>4</width><height>2</height></size>"
    "</annotation>";
constexpr absl::string_view kLabelMap =
    "# label:color_rgb:parts:actions\nbackground:0,0,0::\n"
    "car:128,0,0::\nbus:0,128,0::\n";

ReadResult ReadVoc(std::vector<ZipFile> files) {
  files.push_back({.name = "Annotations/a.xml", .content = std::string(kAnnotation)});
  files.push_back({.name = "ImageSets/Main/train.txt", .content = "a\n"});
  MemorySource source("x_pascal voc 1.1.zip", MakeZip(files));
  ReadResult result = ReadWith("pascal_voc", source);
  EXPECT_TRUE(result.status.ok()) << result.status;
  return result;
}

std::vector<std::pair<std::string, std::vector<double>>> MasksOf(const ReadResult& read,
                                                                 absl::string_view frame) {
  std::vector<std::pair<std::string, std::vector<double>>> masks;
  const FrameShapes shapes = read.ShapesOf(frame);
  for (const Shape& shape : shapes.shapes) {
    EXPECT_EQ(shape.type, ShapeType::kMask);
    masks.emplace_back(read.info().labels[shape.label].name, shape.points);
  }
  return masks;
}

using Masks = std::vector<std::pair<std::string, std::vector<double>>>;

TEST(VocMasks, AreInstancesInTheOrderOfThePalette) {
  const std::vector<Rgb> palette = VocColors(10);
  const ReadResult read = ReadVoc(
      {{.name = "labelmap.txt", .content = std::string(kLabelMap)},
       {.name = "SegmentationClass/a.png", .content = PngRgb(Pixels({"1102", "0002"}), palette)},
       {.name = "SegmentationObject/a.png", .content = PngRgb(Pixels({"3301", "0002"}), palette)}});
  EXPECT_THAT(read.Problems(), IsEmpty());
  EXPECT_EQ(MasksOf(read, "a.jpg"), (Masks{{"bus", {0, 1, 3, 0, 3, 0}},
                                           {"bus", {0, 1, 3, 1, 3, 1}},
                                           {"car", {0, 2, 0, 0, 1, 0}}}));
  EXPECT_EQ(read.FrameAt(0).subset, "train");
}

TEST(VocMasks, OfClassesAloneAreOneOfEach) {
  const ReadResult read = ReadVoc({{.name = "labelmap.txt", .content = std::string(kLabelMap)},
                                   {.name = "SegmentationClass/a.png",
                                    .content = PngRgb(Pixels({"1102", "0002"}), VocColors(10))}});
  EXPECT_EQ(MasksOf(read, "a.jpg"),
            (Masks{{"car", {0, 2, 0, 0, 1, 0}}, {"bus", {0, 2, 3, 0, 3, 1}}}));
}

TEST(VocMasks, ColoursThatNoLabelHasAndBordersAreLeftOut) {
  std::vector<Rgb> colors = VocColors(10);
  colors[5] = {224, 224, 192};
  const ReadResult read = ReadVoc(
      {{.name = "labelmap.txt", .content = std::string(kLabelMap)},
       {.name = "SegmentationClass/a.png", .content = PngRgb(Pixels({"1553", "4000"}), colors)}});
  EXPECT_EQ(MasksOf(read, "a.jpg"), (Masks{{"car", {0, 1, 0, 0, 0, 0}}}));
  EXPECT_THAT(read.Problems(), ElementsAre(HasSubstr("2 masks are left out")));
}

TEST(VocMasks, BrokenPicturesOfTwoSizesAndWithoutClassesAreProblems) {
  const std::string picture = PngRgb(Pixels({"1102"}), VocColors(10));
  const ZipFile labels{.name = "labelmap.txt", .content = std::string(kLabelMap)};
  EXPECT_THAT(
      ReadVoc({labels, {.name = "SegmentationClass/a.png", .content = picture.substr(0, 50)}})
          .Problems(),
      ElementsAre(HasSubstr("masks are left out")));
  EXPECT_THAT(ReadVoc({labels,
                       {.name = "SegmentationClass/a.png", .content = picture},
                       {.name = "SegmentationObject/a.png",
                        .content = PngRgb(Pixels({"11"}), VocColors(10))}})
                  .Problems(),
              ElementsAre(HasSubstr("differ in size")));
  EXPECT_THAT(ReadVoc({{.name = "SegmentationClass/a.png", .content = picture}}).Problems(),
              ElementsAre(HasSubstr("no labelmap.txt")));
}

TEST(LabelMeMasks, HaveTheirPixelsLabelAndAttributes) {
  const auto file = [](absl::string_view mask) {
    return absl::StrCat(
        "<annotation><filename>a.jpg</filename><folder>d</folder><imagesize><nrows>2</nrows>"
        "<ncols>4</ncols></imagesize><object><name>car</name><id>0</id><segm><mask>",
        mask, "</mask></segm><attributes>parked=True</attributes></object></annotation>");
  };
  const std::string picture = PngRgba(Pixels({"0110", "0100"}), {0, 0, 0, 0}, {0, 203, 255, 153});
  const auto read = [&](absl::string_view mask) {
    MemorySource source(
        "x_labelme 3.0.zip",
        MakeZip({{.name = "train/d/a.xml", .content = file(mask)},
                 {.name = "train/Masks/d/a_mask_0.png", .content = picture},
                 {.name = "train/d/Masks/own.png", .content = picture},
                 {.name = "train/d/Masks/none.png",
                  .content = PngRgba(Pixels({"0000"}), {0, 0, 0, 0}, {0, 203, 255, 153})}}));
    return ReadWith("label_me", source);
  };
  for (absl::string_view mask : {"d/a_mask_0.png", "own.png"}) {
    const ReadResult result = read(mask);
    EXPECT_EQ(MasksOf(result, "d/a.jpg"), (Masks{{"car", {0, 3, 1, 1, 0, 2, 1}}})) << mask;
    EXPECT_THAT(result.ShapesOf("d/a.jpg").shapes[0].attributes,
                ElementsAre(Attribute{"parked", "true"}));
  }
  EXPECT_THAT(read("other.png").Problems(), ElementsAre(HasSubstr("'other.png' is not there")));
  EXPECT_THAT(read("none.png").Problems(), ElementsAre(HasSubstr("without a pixel")));
}

TEST(PixelMasks, OfTracksHaveTheirTracks) {
  PixelMap pixels = Pixels({"0123"});
  pixels.values = {0, 1000, 2007, 4001};
  MemorySource source("x_mots png 1.0.zip",
                      MakeZip({{.name = "train/instances/labels.txt", .content = "car\n#bus"},
                               {.name = "train/instances/a.png", .content = PngGray16(pixels)}}));
  const ReadResult read = ReadWith("pixel_masks", source);
  const FrameShapes shapes = read.ShapesAt(0);
  ASSERT_THAT(shapes.shapes, SizeIs(2));
  EXPECT_EQ(read.info().labels[shapes.shapes[0].label].name, "car");
  EXPECT_EQ(shapes.shapes[0].track, 0);
  EXPECT_EQ(read.info().labels[shapes.shapes[1].label].name, "#bus");
  EXPECT_EQ(shapes.shapes[1].track, 7);
  EXPECT_EQ(read.FrameAt(0).width, 4u);
  EXPECT_THAT(read.Problems(), ElementsAre(HasSubstr("1 masks are left out")));
}

}  // namespace
}  // namespace annofs::testing
