// Sizes and orientations of generated heads (written from the formats' own specifications) and of
// the images of the test data, whose sizes `file` and CVAT's manifests give.
#include "formats/image_header.h"

#include <random>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/formats/reading.h"

namespace annofs::testing {
namespace {

std::string Little(uint64_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) text.push_back(i < 8 ? char(value >> (8 * i)) : 0);
  return text;
}
std::string Big(uint64_t value, int bytes) {
  std::string text;
  for (int i = bytes; i-- > 0;) text.push_back(i < 8 ? char(value >> (8 * i)) : 0);
  return text;
}

// A TIFF of one directory: width, height, orientation; 0 = without that entry.
std::string Tiff(bool little, uint32_t width, uint32_t height, int orientation,
                 const std::string& before_directory = "") {
  auto number = [little](uint64_t v, int n) { return little ? Little(v, n) : Big(v, n); };
  std::string entries;
  int count = 0;
  auto add = [&](int tag, uint32_t value) {
    if (value == 0) return;
    ++count;
    absl::StrAppend(&entries, number(tag, 2), number(3, 2), number(1, 4), number(value, 2),
                    std::string(2, '\0'));
  };
  add(256, width);
  add(257, height);
  add(274, uint32_t(orientation));
  return absl::StrCat(little ? "II" : "MM", number(42, 2), number(8 + before_directory.size(), 4),
                      before_directory, number(count, 2), entries, std::string(4, '\0'));
}

std::string Segment(uint8_t marker, const std::string& content) {
  return absl::StrCat("\xff", std::string(1, char(marker)), Big(content.size() + 2, 2), content);
}
std::string FrameHeader(uint8_t marker, uint32_t width, uint32_t height) {
  return Segment(marker, absl::StrCat("\x08", Big(height, 2), Big(width, 2),
                                      std::string("\x01\x01\x11\x00", 4)));
}
std::string Exif(const std::string& tiff) {
  return Segment(0xe1, absl::StrCat(std::string("Exif\0\0", 6), tiff));
}
std::string Jpeg(const std::string& segments) { return absl::StrCat("\xff\xd8", segments); }

std::string Chunk(absl::string_view type, const std::string& content) {
  return absl::StrCat(Big(content.size(), 4), type, content, Big(0, 4));
}
std::string Png(const std::string& more) {
  return absl::StrCat(std::string("\x89PNG\r\n\x1a\n", 8),
                      Chunk("IHDR", absl::StrCat(Big(640, 4), Big(480, 4), std::string(5, '\0'))),
                      more);
}
std::string Webp(absl::string_view kind, const std::string& content) {
  return absl::StrCat("RIFF", Little(4 + 8 + content.size(), 4), "WEBP", kind,
                      Little(content.size(), 4), content);
}

void ExpectHeader(const std::string& head, uint32_t width, uint32_t height, int orientation = 1) {
  ImageProbe probe = ProbeImage(head);
  ASSERT_TRUE(probe.header.has_value());
  EXPECT_EQ(probe.header->size, (ImageSize{width, height}));
  EXPECT_EQ(probe.header->orientation, orientation);
}

TEST(ImageHeader, JpegOfEveryProcess) {
  for (int marker : {0xc0, 0xc1, 0xc2, 0xc3, 0xc5, 0xc9, 0xca, 0xcf}) {
    ExpectHeader(Jpeg(FrameHeader(uint8_t(marker), 800, 600)), 800, 600);
  }
}

TEST(ImageHeader, TablesOfAJpegAreNoFrameHeaders) {
  std::string table(20, '\1');
  ExpectHeader(Jpeg(absl::StrCat(Segment(0xc4, table), Segment(0xcc, table), Segment(0xdb, table),
                                 "\xff\xff\xff", FrameHeader(0xc0, 31, 17).substr(1))),
               31, 17);
}

TEST(ImageHeader, ExifOfEitherByteOrder) {
  for (bool little : {true, false}) {
    for (int orientation = 1; orientation <= 8; ++orientation) {
      std::string head = Jpeg(Exif(Tiff(little, 0, 0, orientation)) + FrameHeader(0xc0, 800, 600));
      ExpectHeader(head, 800, 600, orientation);
      ImageSize shown = DisplaySize(*ProbeImage(head).header);
      EXPECT_EQ(shown, orientation > 4 ? (ImageSize{600, 800}) : (ImageSize{800, 600}));
    }
  }
}

TEST(ImageHeader, AnOrientationThatDoesNotExistIsNone) {
  ExpectHeader(Jpeg(Exif(Tiff(true, 0, 0, 9)) + FrameHeader(0xc0, 8, 6)), 8, 6, 1);
}

TEST(ImageHeader, AFrameHeaderBehindLongSegmentsIsAskedFor) {
  std::string head =
      Jpeg(absl::StrCat(Segment(0xe2, std::string(65000, 'i')),
                        Segment(0xe2, std::string(65000, 'j')), FrameHeader(0xc2, 4000, 3000)));
  size_t steps = 0;
  std::string part = head.substr(0, 2048);
  while (!ProbeImage(part).header) {
    uint64_t needed = ProbeImage(part).needed;
    ASSERT_GT(needed, part.size());
    ASSERT_LE(needed, head.size());
    part = head.substr(0, needed);
    ASSERT_LT(++steps, 10u);
  }
  ExpectHeader(part, 4000, 3000);
}

TEST(ImageHeader, AJpegWithoutAFrameHeaderIsNone) {
  for (const std::string& head :
       {Jpeg("\xff\xd9" + std::string(20, ' ')), Jpeg(Segment(0xda, "scan of nothing")),
        Jpeg("no marker here"), Jpeg(FrameHeader(0xc0, 0, 10)), Jpeg(FrameHeader(0xc0, 10, 0))}) {
    ImageProbe probe = ProbeImage(head);
    EXPECT_FALSE(probe.header.has_value());
    EXPECT_EQ(probe.needed, 0u);
  }
}

TEST(ImageHeader, PngAndItsExif) {
  ExpectHeader(Png(Chunk("IDAT", "x")), 640, 480);
  ExpectHeader(Png(Chunk("gAMA", "1234") + Chunk("eXIf", Tiff(false, 0, 0, 6))), 640, 480, 6);
  ExpectHeader(Png(Chunk("IDAT", "x") + Chunk("eXIf", Tiff(false, 0, 0, 6))), 640, 480, 1);
}

TEST(ImageHeader, GifAndBmp) {
  ExpectHeader(absl::StrCat("GIF89a", Little(300, 2), Little(200, 2), "xxx"), 300, 200);
  std::string bmp_start = absl::StrCat("BM", Little(0, 12));
  ExpectHeader(absl::StrCat(bmp_start, Little(40, 4), Little(320, 4), Little(240, 4)), 320, 240);
  ExpectHeader(absl::StrCat(bmp_start, Little(40, 4), Little(320, 4), Little(uint32_t(-240), 4)),
               320, 240);
  ExpectHeader(absl::StrCat(bmp_start, Little(12, 4), Little(32, 2), Little(24, 2), "xxxx"), 32,
               24);
}

TEST(ImageHeader, WebpOfThreeKinds) {
  ExpectHeader(Webp("VP8 ", absl::StrCat("abc", "\x9d\x01\x2a", Little(0x4000 | 550, 2),
                                         Little(368, 2), "xx")),
               550, 368);
  ExpectHeader(Webp("VP8L", absl::StrCat("\x2f", Little((400 - 1) | (301 - 1) << 14, 4), "xxxxxx")),
               400, 301);
  ExpectHeader(Webp("VP8X", absl::StrCat(Little(0, 4), Little(16384, 3), Little(9, 3))), 16385, 10);
}

TEST(ImageHeader, TiffOfEitherByteOrder) {
  ExpectHeader(Tiff(true, 146, 100, 6), 146, 100, 6);
  ExpectHeader(Tiff(false, 146, 100, 0), 146, 100, 1);
}

// `read` of a whole image in memory.
absl::StatusOr<std::optional<ImageHeader>> ReadFrom(const std::string& image,
                                                    uint64_t* bytes_read = nullptr) {
  return ReadImageHeader([&](uint64_t offset, uint64_t length) -> absl::StatusOr<std::string> {
    std::string piece = offset < image.size() ? image.substr(offset, length) : "";
    if (bytes_read != nullptr) *bytes_read += piece.size();
    return piece;
  });
}

TEST(ImageHeader, ADirectoryAtTheEndOfATiffCostsNoMoreThanItsOwnBytes) {
  std::string image = Tiff(true, 5000, 4000, 8, std::string(3 << 20, 'p'));
  uint64_t bytes = 0;
  std::optional<ImageHeader> header = ReadFrom(image, &bytes).value();
  ASSERT_TRUE(header.has_value());
  EXPECT_EQ(header->size, (ImageSize{5000, 4000}));
  EXPECT_EQ(header->orientation, 8);
  EXPECT_LT(bytes, 8000u);
}

TEST(ImageHeader, ASmallHeadIsReadOnce) {
  uint64_t bytes = 0;
  std::string image = Png(Chunk("IDAT", std::string(1 << 20, 'p')));
  ASSERT_TRUE(ReadFrom(image, &bytes).value().has_value());
  EXPECT_EQ(bytes, 2048u);
}

TEST(ImageHeader, NoMoreThanAMegabyteIsReadOfAJpeg) {
  std::string segments;
  for (int i = 0; i < 100; ++i) segments += Segment(0xe2, std::string(65000, 'i'));
  uint64_t bytes = 0;
  EXPECT_FALSE(ReadFrom(Jpeg(segments + FrameHeader(0xc0, 1, 1)), &bytes).value().has_value());
  EXPECT_LE(bytes, uint64_t{1} << 20);
}

TEST(ImageHeader, WhatIsNoImageEndsAtOnce) {
  uint64_t bytes = 0;
  EXPECT_FALSE(ReadFrom(std::string(1 << 20, 'x'), &bytes).value().has_value());
  EXPECT_EQ(bytes, 2048u);
  EXPECT_FALSE(ReadFrom("").value().has_value());
  EXPECT_FALSE(ReadFrom("\xff\xd8\xff").value().has_value());
}

TEST(ImageHeader, AFailedReadIsPassedOn) {
  auto fails = [](uint64_t, uint64_t) -> absl::StatusOr<std::string> {
    return absl::UnavailableError("no network");
  };
  EXPECT_TRUE(absl::IsUnavailable(ReadImageHeader(fails).status()));
}

// Sizes as `file` prints them; orientation 6 is its "upper-right", 8 its "lower-left".
TEST(ImageHeader, ImagesOfTheTestData) {
  struct Known {
    const char* path;
    ImageHeader header;
  };
  for (const Known& known : {
           Known{"image_0.jpg", {{800, 800}, 1}},
           Known{"exif_rotated/left.jpg", {{640, 480}, 6}},
           Known{"exif_rotated/right.jpg", {{640, 480}, 8}},
           Known{"exif_rotated/tif_left.tif", {{150, 100}, 6}},
           Known{"with_related/image_3.png", {{697, 954}, 1}},
       }) {
    std::string image = FixtureText(absl::StrCat("cvat/images/images/", known.path));
    std::optional<ImageHeader> header = ReadFrom(image).value();
    ASSERT_TRUE(header.has_value()) << known.path;
    EXPECT_EQ(header->size, known.header.size) << known.path;
    EXPECT_EQ(header->orientation, known.header.orientation) << known.path;
  }
}

// Every head of every length, damaged too: an answer, and never a wish for fewer bytes than it has
// (the sanitizer build checks that nothing outside is read).
TEST(ImageHeader, HostileHeadsAreAnswered) {
  std::vector<std::string> heads = {
      Jpeg(Exif(Tiff(true, 0, 0, 6)) + FrameHeader(0xc0, 800, 600)),
      Png(Chunk("eXIf", Tiff(false, 0, 0, 6)) + Chunk("IDAT", "x")),
      absl::StrCat("BM", Little(0, 12), Little(40, 4), Little(320, 4), Little(240, 4)),
      Webp("VP8X", std::string(10, '\1')),
      Webp("VP8 ", absl::StrCat("abc\x9d\x01\x2a", Little(550, 4))),
      Tiff(true, 146, 100, 6),
      Tiff(false, 146, 100, 6),
      "GIF89a123456789",
  };
  std::mt19937 engine(11);
  for (const std::string& good : heads) {
    for (size_t length = 0; length <= good.size(); ++length) {
      for (int round = 0; round < 50; ++round) {
        // A copy of its own size, so that a read outside is seen.
        std::vector<char> bytes(good.begin(), good.begin() + ptrdiff_t(length));
        if (round > 0 && length > 0) bytes[engine() % length] = char(engine());
        if (round > 25 && length > 0) bytes[engine() % length] = char(0xff);
        ImageProbe probe = ProbeImage(absl::string_view(bytes.data(), bytes.size()));
        if (probe.header) {
          EXPECT_GT(probe.header->size.width, 0u);
        } else if (probe.needed != 0) {
          EXPECT_GT(probe.needed, length);
        }
      }
    }
  }
}

}  // namespace
}  // namespace annofs::testing
