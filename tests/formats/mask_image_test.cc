#include "formats/mask_image.h"

#include <random>

#include "formats/raster.h"
#include "formats/run_deflate.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/formats/png_pixels.h"
#include "zlib.h"

namespace annofs::testing {
namespace {

using ::testing::ElementsAre;

// Images of every kind of row: the same as above, runs of every length, noise.
std::vector<PixelMap> Images() {
  std::vector<PixelMap> images;
  std::mt19937 random(7);
  for (uint32_t width : {1, 2, 3, 4, 5, 7, 86, 87, 88, 129, 259, 260, 261, 600, 9000, 33000}) {
    PixelMap image{.width = width, .height = 20};
    for (uint32_t y = 0; y < image.height; ++y) {
      const uint32_t kind = random() % 4;
      for (uint32_t x = 0; x < width; ++x) {
        uint16_t value = uint16_t(random() % 200);
        if (kind == 0 && y > 0) value = image.values[(y - 1) * width + x];
        if (kind == 1 && x > 0 && random() % 50 != 0) value = image.values.back();
        if (kind == 2) value = 3;
        image.values.push_back(value);
      }
    }
    images.push_back(std::move(image));
  }
  return images;
}

TEST(PngTest, Gray8HasTheValuesAsPixels) {
  for (const PixelMap& image : Images()) {
    SCOPED_TRACE(image.width);
    const PngPixels decoded = DecodePng(PngGray8(image));
    EXPECT_EQ(decoded.width, image.width);
    EXPECT_EQ(decoded.height, image.height);
    EXPECT_EQ(decoded.depth, 8);
    EXPECT_EQ(decoded.color_type, PNG_COLOR_TYPE_GRAY);
    EXPECT_TRUE(std::equal(decoded.bytes.begin(), decoded.bytes.end(), image.values.begin(),
                           image.values.end(),
                           [](uint8_t byte, uint16_t value) { return byte == value; }));
  }
}

TEST(PngTest, Gray16HasTheHighByteFirst) {
  for (PixelMap image : Images()) {
    SCOPED_TRACE(image.width);
    for (uint16_t& value : image.values) value = uint16_t(value * 331);
    const PngPixels decoded = DecodePng(PngGray16(image));
    EXPECT_EQ(decoded.depth, 16);
    EXPECT_EQ(decoded.color_type, PNG_COLOR_TYPE_GRAY);
    ASSERT_EQ(decoded.bytes.size(), image.values.size() * 2);
    for (size_t i = 0; i < image.values.size(); ++i) {
      ASSERT_EQ(decoded.bytes[2 * i] << 8 | decoded.bytes[2 * i + 1], image.values[i]) << i;
    }
  }
}

TEST(PngTest, RgbHasTheColorsOfTheValuesAndBlackBeyond) {
  std::vector<Rgb> colors;
  for (int i = 0; i < 150; ++i) {
    colors.push_back({uint8_t(i * 7), uint8_t(i * 31), uint8_t(i * 91)});
  }
  for (const PixelMap& image : Images()) {
    SCOPED_TRACE(image.width);
    const PngPixels decoded = DecodePng(PngRgb(image, colors));
    EXPECT_EQ(decoded.depth, 8);
    EXPECT_EQ(decoded.color_type, PNG_COLOR_TYPE_RGB);
    ASSERT_EQ(decoded.bytes.size(), image.values.size() * 3);
    for (size_t i = 0; i < image.values.size(); ++i) {
      const Rgb color = image.values[i] < 150 ? colors[image.values[i]] : Rgb{};
      ASSERT_TRUE(std::equal(color.begin(), color.end(), decoded.bytes.begin() + 3 * i)) << i;
    }
  }
}

TEST(PngTest, RgbaHasTwoColors) {
  for (const PixelMap& image : Images()) {
    SCOPED_TRACE(image.width);
    const std::array<uint8_t, 4> back = {1, 2, 3, 0}, fore = {0, 203, 255, 153};
    const PngPixels decoded = DecodePng(PngRgba(image, back, fore));
    EXPECT_EQ(decoded.color_type, PNG_COLOR_TYPE_RGBA);
    ASSERT_EQ(decoded.bytes.size(), image.values.size() * 4);
    for (size_t i = 0; i < image.values.size(); ++i) {
      const auto& color = image.values[i] == 0 ? back : fore;
      ASSERT_TRUE(std::equal(color.begin(), color.end(), decoded.bytes.begin() + 4 * i)) << i;
    }
  }
}

TEST(PngTest, AMaskOfAFullHdImageIsSmall) {
  PixelMap image{.width = 1920, .height = 1080};
  image.values.assign(1920 * 1080, 0);
  for (uint32_t y = 100; y < 300; ++y) {
    for (uint32_t x = 200; x < 500; ++x) image.values[y * 1920 + x] = 1;
  }
  EXPECT_LT(PngRgb(image, {{0, 0, 0}, {9, 8, 7}}).size(), 16'000u);
}

TEST(BmpTest, RowsStandUpsideDownInBlueGreenRed) {
  const PixelMap image{.width = 2, .height = 2, .values = {0, 1, 2, 1}};
  const std::string bmp = BmpRgb(image, {{1, 2, 3}, {4, 5, 6}});
  ASSERT_EQ(bmp.size(), 54u + 2 * 8);
  EXPECT_EQ(bmp.substr(0, 2), "BM");
  EXPECT_EQ(bmp.substr(54), std::string("\0\0\0\6\5\4\0\0\3\2\1\6\5\4\0\0", 16));
  auto number = [&bmp](size_t at) {
    return uint8_t(bmp[at]) | uint8_t(bmp[at + 1]) << 8 | uint8_t(bmp[at + 2]) << 16;
  };
  EXPECT_EQ(number(2), 70);
  EXPECT_EQ(number(10), 54);
  EXPECT_EQ(number(14), 40);
  EXPECT_EQ(number(18), 2);
  EXPECT_EQ(number(22), 2);
  EXPECT_EQ(number(28), 24);
}

std::string Inflated(const std::string& stream, size_t size) {
  std::string text(size + 1, 'x');
  z_stream inflater = {};
  inflateInit2(&inflater, -15);
  inflater.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(stream.data()));
  inflater.avail_in = uInt(stream.size());
  inflater.next_out = reinterpret_cast<Bytef*>(text.data());
  inflater.avail_out = uInt(text.size());
  EXPECT_EQ(inflate(&inflater, Z_FINISH), Z_STREAM_END);
  EXPECT_EQ(inflater.avail_in, 0u);
  text.resize(inflater.total_out);
  inflateEnd(&inflater);
  return text;
}

// Whatever it is told, zlib reads back: every length and distance, and more symbols than a block
// has.
TEST(RunDeflateTest, ZlibReadsWhatItWasTold) {
  std::mt19937 random(3);
  for (int round = 0; round < 40; ++round) {
    RunDeflate deflate;
    std::string text;
    const uint32_t parts = round < 3 ? uint32_t(round) : 1 + random() % 70000;
    for (uint32_t part = 0; part < parts; ++part) {
      if (text.empty() || random() % 3 == 0) {
        text.push_back(char(round % 2 == 0 ? random() : random() % 3));
        deflate.Literal(uint8_t(text.back()));
        continue;
      }
      const auto distance =
          uint32_t(1 + random() % std::min<size_t>(text.size(), RunDeflate::kMaxDistance));
      const uint64_t length = 3 + random() % (random() % 100 == 0 ? 2000 : 20);
      deflate.Copy(length, distance);
      for (uint64_t i = 0; i < length; ++i) text.push_back(text[text.size() - distance]);
    }
    ASSERT_EQ(Inflated(deflate.Finish(), text.size()), text) << "round " << round;
  }
}

// Very uneven frequencies: the tree would be deeper than a code may be long.
TEST(RunDeflateTest, CodesAreNeverTooLong) {
  RunDeflate deflate;
  std::string text;
  uint32_t a = 1, b = 1;
  for (int symbol = 0; symbol < 22; ++symbol) {
    for (uint32_t i = 0; i < a; ++i) {
      text.push_back(char(symbol));
      deflate.Literal(uint8_t(symbol));
    }
    a = std::exchange(b, a + b);
  }
  EXPECT_EQ(Inflated(deflate.Finish(), text.size()), text);
}

CocoMask Rectangle(uint64_t height, uint64_t width, uint64_t left, uint64_t top, uint64_t right,
                   uint64_t bottom) {
  const double x0 = double(left), y0 = double(top), x1 = double(right), y1 = double(bottom);
  return PolygonMask({x0, y0, x1, y0, x1, y1, x0, y1}, height, width).value();
}

TEST(DrawMasksTest, LaterMasksOverwriteEarlierOnes) {
  const CocoMask one = Rectangle(3, 4, 0, 0, 3, 2), other = Rectangle(3, 4, 1, 1, 4, 3);
  const PixelMap pixels = DrawMasks({&one, &other}, {7, 9}, 3, 4).value();
  EXPECT_THAT(pixels.values, ElementsAre(7, 7, 7, 0, 7, 9, 9, 9, 0, 9, 9, 9));
}

TEST(DrawMasksTest, AnImageOfManyBandsIsDrawnAsPixelByPixel) {
  const uint32_t height = 700, width = 1500;
  std::mt19937 random(5);
  std::vector<CocoMask> masks;
  std::vector<uint16_t> values, expected(size_t(height) * width);
  for (uint16_t i = 1; i <= 12; ++i) {
    const uint32_t left = random() % 1400, top = random() % 600;
    const uint32_t right = left + 1 + random() % (width - left), bottom = top + 1 + random() % 100;
    masks.push_back(Rectangle(height, width, left, top, right, bottom));
    values.push_back(i);
    for (uint32_t y = top; y < std::min(bottom, height); ++y) {
      for (uint32_t x = left; x < std::min(right, width); ++x) expected[y * width + x] = i;
    }
  }
  std::vector<const CocoMask*> pointers;
  for (const CocoMask& mask : masks) pointers.push_back(&mask);
  EXPECT_EQ(DrawMasks(pointers, values, height, width).value().values, expected);
}

TEST(DrawMasksTest, AnUnknownOrAbsurdSizeIsAnError) {
  EXPECT_FALSE(DrawMasks({}, {}, 0, 10).ok());
  EXPECT_FALSE(DrawMasks({}, {}, 1u << 20, 1u << 20).ok());
  const CocoMask small = Rectangle(3, 4, 0, 0, 3, 2);
  EXPECT_FALSE(DrawMasks({&small}, {1}, 30, 40).ok());
}

TEST(MasksInOrderTest, ByZOrderThenAsTheyStand) {
  Item item;
  item.annotations = {{.type = ItemType::kMask, .z_order = 2},
                      {.type = ItemType::kBbox, .z_order = 0},
                      {.type = ItemType::kMask, .z_order = 0},
                      {.type = ItemType::kMask, .z_order = 2},
                      {.type = ItemType::kMask, .z_order = -1}};
  EXPECT_THAT(MasksInOrder(item), ElementsAre(4, 2, 0, 3));
}

}  // namespace
}  // namespace annofs::testing
