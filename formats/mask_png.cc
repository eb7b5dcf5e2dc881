// PNG files of mask_image.h (PNG, second edition). Rows are filtered so that nearly all of them is
// zeros, which zlib packs as runs: a picture of 1920 x 1080 pixels in some milliseconds
// (tests/bench/pixels_bench.cc).
#include <zlib.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "formats/mask_image.h"

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

// Adler-32 (RFC 1950) of rows that are zeros but for some bytes: zlib's own goes through all of
// them, which takes a fifth of the time.
class Checksum {
 public:
  explicit Checksum(uint64_t row_bytes) : row_bytes_(row_bytes) {}
  // Of the present row.
  void Add(uint64_t place, uint8_t byte) {
    low_of_row_ += byte;
    high_of_row_ = (high_of_row_ + (row_bytes_ - place) % kModulus * byte) % kModulus;
  }
  void EndRow() {
    high_ = (high_ + row_bytes_ % kModulus * low_ + high_of_row_) % kModulus;
    low_ = (low_ + low_of_row_) % kModulus;
    low_of_row_ = high_of_row_ = 0;
  }
  uint32_t Get() const { return uint32_t(high_ << 16 | low_); }

 private:
  static constexpr uint64_t kModulus = 65521;
  const uint64_t row_bytes_;
  uint64_t low_ = 1, high_ = 0, low_of_row_ = 0, high_of_row_ = 0;
};

// Packs rows into a deflate stream. Looks for runs of one byte and for nothing else (Z_RLE).
class RowPacker {
 public:
  RowPacker() {
    constexpr int kNoHeader = -15, kMemoryLevel = 7;
    const int result =
        deflateInit2(&stream_, Z_BEST_SPEED, Z_DEFLATED, kNoHeader, kMemoryLevel, Z_RLE);
    if (result != Z_OK) std::abort();  // no memory, as for operator new
  }
  ~RowPacker() { deflateEnd(&stream_); }
  RowPacker(const RowPacker&) = delete;
  RowPacker& operator=(const RowPacker&) = delete;

  void Add(const std::vector<uint8_t>& row) { Deflate(row.data(), row.size(), Z_NO_FLUSH); }
  // With the header and the checksum of zlib.
  std::string Finish(uint32_t checksum) {
    Deflate(nullptr, 0, Z_FINISH);
    AppendNumber(checksum, packed_);
    return std::move(packed_);
  }

 private:
  void Deflate(const uint8_t* bytes, size_t size, int flush) {
    stream_.next_in = const_cast<Bytef*>(bytes);
    stream_.avail_in = uInt(size);
    do {
      std::array<char, 16 << 10> part;
      stream_.next_out = reinterpret_cast<Bytef*>(part.data());
      stream_.avail_out = uInt(part.size());
      deflate(&stream_, flush);
      packed_.append(part.data(), part.size() - stream_.avail_out);
    } while (stream_.avail_out == 0);
  }

  z_stream stream_ = {};
  std::string packed_ = "\x78\x01";
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

// Filters of PNG: the first byte of a row.
constexpr uint8_t kLessTheLeft = 1, kLessTheAbove = 2;

// Fills `line` with the row, each pixel less the one to its left: zeros but where runs begin.
// `bytes_of`: of a value.
template <typename BytesOf>
void FilterRow(const uint16_t* row, uint32_t width, size_t pixel_bytes, BytesOf bytes_of,
               std::vector<uint8_t>& line, Checksum& checksum) {
  std::fill(line.begin(), line.end(), 0);
  const auto set = [&](size_t place, uint8_t byte) {
    line[place] = byte;
    checksum.Add(place, byte);
  };
  set(0, kLessTheLeft);
  PixelBytes left;
  for (uint32_t x = 0; x < width; x += RunLength(row + x, width - x)) {
    const PixelBytes pixel = bytes_of(row[x]);
    for (size_t i = 0; i < pixel_bytes; ++i) {
      set(1 + x * pixel_bytes + i, uint8_t(pixel.bytes[i] - left.bytes[i]));
    }
    left = pixel;
  }
}

template <typename BytesOf>
std::string Png(const PixelMap& pixels, const PixelFormat& format, BytesOf bytes_of,
                absl::string_view palette = "") {
  RowPacker packer;
  std::vector<uint8_t> line(uint64_t{pixels.width} * format.pixel_bytes + 1), same(line.size());
  Checksum checksum(line.size());
  same[0] = kLessTheAbove;
  const uint16_t* above = nullptr;
  for (uint32_t y = 0; y < pixels.height; ++y) {
    const uint16_t* row = pixels.values.data() + uint64_t{y} * pixels.width;
    if (above != nullptr && std::memcmp(row, above, pixels.width * sizeof(*row)) == 0) {
      checksum.Add(0, kLessTheAbove);
      packer.Add(same);
    } else {
      FilterRow(row, pixels.width, format.pixel_bytes, bytes_of, line, checksum);
      packer.Add(line);
    }
    checksum.EndRow();
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
  AppendChunk("IDAT", packer.Finish(checksum.Get()), png);
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
