// PNG files of mask_image.h (PNG, second edition; zlib streams: RFC 1950). A row is told to the
// packer as runs of pixels, or as the same as the one above.
#include <zlib.h>

#include <algorithm>
#include <cstring>

#include "formats/mask_image.h"
#include "formats/run_deflate.h"

namespace annofs {
namespace {

constexpr size_t kMaxPixelBytes = 4;

struct PixelBytes {
  std::array<uint8_t, kMaxPixelBytes> bytes = {};
};

// What the bytes of a PNG's pixels are.
struct PixelFormat {
  uint8_t depth = 8, color_type = 0;
  size_t pixel_bytes = 1;
};
constexpr PixelFormat kGray8 = {8, 0, 1}, kGray16 = {16, 0, 2}, kRgb = {8, 2, 3}, kRgba = {8, 6, 4},
                      kIndexed = {8, 3, 1};

void AppendNumber(uint32_t number, std::string& out) {
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(char(number >> shift));
}

void AppendChunk(absl::string_view type, absl::string_view content, std::string& png) {
  AppendNumber(uint32_t(content.size()), png);
  const size_t begin = png.size();
  png.append(type.data(), type.size());
  png.append(content.data(), content.size());
  const auto* bytes = reinterpret_cast<const Bytef*>(png.data() + begin);
  AppendNumber(uint32_t(crc32_z(0, bytes, png.size() - begin)), png);
}

// Adler-32 of parts of which only sums are known.
class Checksum {
 public:
  static constexpr uint64_t kModulus = 65521;
  // Of n bytes: their sum, and the sum of (n - i) * byte i; both modulo kModulus.
  struct Sums {
    uint64_t size = 0, plain = 0, weighted = 0;
  };
  void Add(const Sums& part) {
    high_ = (high_ + part.size % kModulus * low_ + part.weighted) % kModulus;
    low_ = (low_ + part.plain) % kModulus;
  }
  uint32_t Get() const { return uint32_t(high_ << 16 | low_); }

 private:
  uint64_t low_ = 1, high_ = 0;
};

// Packs rows of pixels, each behind a byte for its filter.
class RowPacker {
 public:
  RowPacker(uint32_t width, size_t pixel_bytes)
      : pixel_bytes_(pixel_bytes), row_bytes_(uint64_t(width) * pixel_bytes + 1) {}

  // A row as runs of pixels. REQUIRES: the runs are together as long as it is.
  void BeginRow() {
    sums_ = {.size = row_bytes_};
    at_ = 1;
    deflate_.Literal(kNoFilter);
  }
  void AddRun(const PixelBytes& pixel, uint64_t pixels) {
    AddToSums(pixel, pixels);
    AddLiterals(pixel);
    const uint64_t more = (pixels - 1) * pixel_bytes_;
    if (more >= RunDeflate::kMinCopy) {
      deflate_.Copy(more, uint32_t(pixel_bytes_));
    } else {
      for (uint64_t i = 1; i < pixels; ++i) AddLiterals(pixel);
    }
  }
  void EndRow() { checksum_.Add(sums_); }

  // The same as above: all differences are 0, and packed better than a copy from far away.
  void RepeatRow() {
    deflate_.Literal(kDifferenceToAbove);
    deflate_.Literal(0);
    const uint64_t more = row_bytes_ - 2;
    if (more >= RunDeflate::kMinCopy) {
      deflate_.Copy(more, 1);
    } else {
      for (uint64_t i = 0; i < more; ++i) deflate_.Literal(0);
    }
    checksum_.Add({.size = row_bytes_,
                   .plain = kDifferenceToAbove,
                   .weighted = row_bytes_ % Checksum::kModulus * kDifferenceToAbove});
  }

  // With the header and the checksum of zlib.
  std::string Finish() {
    std::string stream = "\x78\x01";
    stream += deflate_.Finish();
    AppendNumber(checksum_.Get(), stream);
    return stream;
  }

 private:
  // Filters of PNG.
  static constexpr uint8_t kNoFilter = 0, kDifferenceToAbove = 2;

  void AddLiterals(const PixelBytes& pixel) {
    for (size_t i = 0; i < pixel_bytes_; ++i) deflate_.Literal(pixel.bytes[i]);
  }
  void AddToSums(const PixelBytes& pixel, uint64_t pixels) {
    constexpr uint64_t kModulus = Checksum::kModulus;
    for (size_t i = 0; i < pixel_bytes_; ++i) {
      const uint64_t byte = pixel.bytes[i];
      // (size - at) + (size - at - n) + (size - at - 2n) + …
      const uint64_t weights =
          pixels * (row_bytes_ - at_ - i) - pixel_bytes_ * (pixels * (pixels - 1) / 2);
      sums_.plain = (sums_.plain + pixels % kModulus * byte) % kModulus;
      sums_.weighted = (sums_.weighted + weights % kModulus * byte) % kModulus;
    }
    at_ += pixels * pixel_bytes_;
  }

  const size_t pixel_bytes_;
  const uint64_t row_bytes_;
  RunDeflate deflate_;
  Checksum checksum_;
  Checksum::Sums sums_;  // of the present row
  uint64_t at_ = 0;      // in it
};

// How many pixels from `row` on are alike; four are compared at once.
uint32_t RunLength(const uint16_t* row, uint32_t left) {
  const uint16_t value = row[0];
  const uint64_t four = uint64_t{value} * 0x0001000100010001;
  uint32_t length = 1;
  while (length + 4 <= left) {
    uint64_t next = 0;
    std::memcpy(&next, row + length, sizeof(next));
    if (next != four) break;
    length += 4;
  }
  while (length < left && row[length] == value) ++length;
  return length;
}

// `bytes_of`: of a value.
template <typename BytesOf>
std::string Png(const PixelMap& pixels, const PixelFormat& format, BytesOf bytes_of,
                absl::string_view palette = "") {
  RowPacker packer(pixels.width, format.pixel_bytes);
  const uint16_t* above = nullptr;
  for (uint32_t y = 0; y < pixels.height; ++y) {
    const uint16_t* row = pixels.values.data() + uint64_t(y) * pixels.width;
    if (above != nullptr && std::memcmp(row, above, pixels.width * sizeof(*row)) == 0) {
      packer.RepeatRow();
      continue;
    }
    packer.BeginRow();
    for (uint32_t x = 0; x < pixels.width;) {
      const uint32_t length = RunLength(row + x, pixels.width - x);
      packer.AddRun(bytes_of(row[x]), length);
      x += length;
    }
    packer.EndRow();
    above = row;
  }
  std::string header;
  AppendNumber(pixels.width, header);
  AppendNumber(pixels.height, header);
  for (uint8_t byte : {format.depth, format.color_type, uint8_t{0}, uint8_t{0}, uint8_t{0}}) {
    header.push_back(char(byte));
  }
  std::string png("\x89PNG\r\n\x1a\n", 8);
  AppendChunk("IHDR", header, png);
  if (!palette.empty()) AppendChunk("PLTE", palette, png);
  AppendChunk("IDAT", packer.Finish(), png);
  AppendChunk("IEND", "", png);
  return png;
}

}  // namespace

std::string PngGray8(const PixelMap& pixels) {
  return Png(pixels, kGray8, [](uint16_t value) { return PixelBytes{{uint8_t(value)}}; });
}

std::string PngGray16(const PixelMap& pixels) {
  return Png(pixels, kGray16, [](uint16_t value) {
    return PixelBytes{{uint8_t(value >> 8), uint8_t(value)}};
  });
}

std::string PngIndexed(const PixelMap& pixels, const std::vector<Rgb>& palette) {
  std::string colors;
  for (size_t i = 0; i < 256; ++i) {
    const Rgb color = i < palette.size() ? palette[i] : Rgb{};
    for (uint8_t channel : color) colors.push_back(char(channel));
  }
  return Png(
      pixels, kIndexed, [](uint16_t value) { return PixelBytes{{uint8_t(value)}}; }, colors);
}

std::string PngRgb(const PixelMap& pixels, const std::vector<Rgb>& colors) {
  return Png(pixels, kRgb, [&colors](uint16_t value) {
    const Rgb color = value < colors.size() ? colors[value] : Rgb{};
    return PixelBytes{{color[0], color[1], color[2]}};
  });
}

std::string PngRgba(const PixelMap& pixels, std::array<uint8_t, 4> background,
                    std::array<uint8_t, 4> foreground) {
  return Png(pixels, kRgba,
             [&](uint16_t value) { return PixelBytes{value == 0 ? background : foreground}; });
}

std::string BmpRgb(const PixelMap& pixels, const std::vector<Rgb>& colors) {
  constexpr uint32_t kHeaderBytes = 54, kInfoBytes = 40;
  const uint64_t row_bytes = (uint64_t(pixels.width) * 3 + 3) / 4 * 4;
  const uint64_t size = kHeaderBytes + row_bytes * pixels.height;
  std::string bmp = "BM";
  bmp.reserve(size);
  auto append = [&bmp](uint64_t number, int bytes) {
    for (int i = 0; i < bytes; ++i) bmp.push_back(char(number >> (8 * i)));
  };
  for (uint64_t number : {size, uint64_t{0}, uint64_t{kHeaderBytes}, uint64_t{kInfoBytes},
                          uint64_t{pixels.width}, uint64_t{pixels.height}}) {
    append(number, 4);
  }
  append(1, 2);   // planes
  append(24, 2);  // bits of a pixel
  for (int i = 0; i < 6; ++i) append(0, 4);
  for (uint32_t y = pixels.height; y-- > 0;) {  // from the bottom up
    const uint16_t* row = pixels.values.data() + uint64_t(y) * pixels.width;
    for (uint32_t x = 0; x < pixels.width; ++x) {
      const Rgb color = row[x] < colors.size() ? colors[row[x]] : Rgb{};
      for (int channel = 2; channel >= 0; --channel) bmp.push_back(char(color[size_t(channel)]));
    }
    bmp.append(row_bytes - uint64_t(pixels.width) * 3, '\0');
  }
  return bmp;
}

}  // namespace annofs
