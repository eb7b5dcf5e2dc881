#include "tests/golden/pixels.h"

#include <png.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace annofs::testing {
namespace {

struct PngReading {
  png_structp png = nullptr;
  png_infop info = nullptr;
  absl::string_view rest;
  std::string error;

  ~PngReading() { png_destroy_read_struct(&png, &info, nullptr); }
};

void TakeBytes(png_structp png, png_bytep out, size_t length) {
  auto* reading = static_cast<PngReading*>(png_get_io_ptr(png));
  if (reading->rest.size() < length) png_error(png, "cut short");
  std::memcpy(out, reading->rest.data(), length);
  reading->rest.remove_prefix(length);
}

void KeepError(png_structp png, png_const_charp what) {
  static_cast<PngReading*>(png_get_error_ptr(png))->error = what;
  png_longjmp(png, 1);
}

void IgnoreWarning(png_structp, png_const_charp) {}

// No object of this function needs a destructor: an error jumps out of it.
bool ReadAll(PngReading& reading) {
  if (setjmp(png_jmpbuf(reading.png))) return false;
  png_set_read_fn(reading.png, &reading, TakeBytes);
  png_read_png(reading.png, reading.info, PNG_TRANSFORM_IDENTITY, nullptr);
  return true;
}

uint32_t NumberAt(absl::string_view file, size_t offset, int bytes) {
  uint32_t value = 0;
  for (int i = bytes - 1; i >= 0; --i) value = value << 8 | uint8_t(file[offset + size_t(i)]);
  return value;
}

}  // namespace

absl::StatusOr<Pixels> DecodePng(absl::string_view file) {
  PngReading reading;
  reading.rest = file;
  reading.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &reading, KeepError, IgnoreWarning);
  reading.info = png_create_info_struct(reading.png);
  if (!ReadAll(reading)) return absl::InvalidArgumentError(reading.error);
  Pixels pixels{.width = png_get_image_width(reading.png, reading.info),
                .height = png_get_image_height(reading.png, reading.info),
                .bits = png_get_bit_depth(reading.png, reading.info),
                .channels = png_get_channels(reading.png, reading.info),
                .color_type = png_get_color_type(reading.png, reading.info)};
  png_colorp colors = nullptr;
  int count = 0;
  if (png_get_PLTE(reading.png, reading.info, &colors, &count) != 0) {
    for (int i = 0; i < count; ++i) {
      for (uint8_t value : {colors[i].red, colors[i].green, colors[i].blue}) {
        pixels.palette.push_back(char(value));
      }
    }
  }
  png_bytepp rows = png_get_rows(reading.png, reading.info);
  const size_t length = png_get_rowbytes(reading.png, reading.info);
  for (uint32_t y = 0; y < pixels.height; ++y) {
    pixels.bytes.append(reinterpret_cast<const char*>(rows[y]), length);
  }
  return pixels;
}

absl::StatusOr<Pixels> DecodeBmp(absl::string_view file) {
  if (file.size() < 54 || file.substr(0, 2) != "BM") return absl::InvalidArgumentError("no BMP");
  const uint32_t begin = NumberAt(file, 10, 4);
  const auto width = int32_t(NumberAt(file, 18, 4)), height = int32_t(NumberAt(file, 22, 4));
  if (NumberAt(file, 28, 2) != 24 || NumberAt(file, 30, 4) != 0) {
    return absl::InvalidArgumentError("not 24 bits, or compressed");
  }
  if (NumberAt(file, 2, 4) != file.size()) {
    return absl::InvalidArgumentError("its length is not what its head says");
  }
  Pixels pixels{.width = uint32_t(width),
                .height = uint32_t(std::abs(height)),
                .bits = 8,
                .channels = 3,
                .color_type = PNG_COLOR_TYPE_RGB};
  const size_t row = (size_t(pixels.width) * 3 + 3) / 4 * 4;  // filled up to four bytes
  if (width < 0 || begin + row * pixels.height > file.size()) {
    return absl::InvalidArgumentError("cut short");
  }
  for (uint32_t y = 0; y < pixels.height; ++y) {
    const size_t from_top = height < 0 ? y : pixels.height - 1 - y;
    absl::string_view bytes = file.substr(begin + row * from_top, size_t(pixels.width) * 3);
    for (size_t x = 0; x < bytes.size(); x += 3) {  // blue, green, red
      for (size_t channel : {2, 1, 0}) pixels.bytes.push_back(bytes[x + channel]);
    }
  }
  return pixels;
}

}  // namespace annofs::testing
