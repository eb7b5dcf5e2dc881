#include "tests/golden/encode_pixels.h"

#include <png.h>

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "tests/formats/zip_maker.h"

namespace annofs::testing {
namespace {

void Append(png_structp png, png_bytep bytes, size_t length) {
  static_cast<std::string*>(png_get_io_ptr(png))
      ->append(reinterpret_cast<const char*>(bytes), length);
}

}  // namespace

std::string EncodePng(const Pixels& pixels, bool is_interlaced) {
  std::string file;
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(png);
  png_set_write_fn(png, &file, Append, nullptr);
  png_set_compression_level(png, 1);
  png_set_IHDR(png, info, pixels.width, pixels.height, pixels.bits, pixels.color_type,
               is_interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  std::vector<png_color> palette;
  for (size_t i = 0; i + 2 < pixels.palette.size(); i += 3) {
    palette.push_back({png_byte(pixels.palette[i]), png_byte(pixels.palette[i + 1]),
                       png_byte(pixels.palette[i + 2])});
  }
  if (!palette.empty()) png_set_PLTE(png, info, palette.data(), int(palette.size()));
  const size_t row = pixels.bytes.size() / pixels.height;
  std::vector<png_bytep> rows;
  for (uint32_t y = 0; y < pixels.height; ++y) {
    rows.push_back(reinterpret_cast<png_bytep>(const_cast<char*>(pixels.bytes.data() + row * y)));
  }
  png_set_rows(png, info, rows.data());
  png_write_png(png, info, PNG_TRANSFORM_IDENTITY, nullptr);
  png_destroy_write_struct(&png, &info);
  return file;
}

std::string EncodeBmp(const Pixels& pixels, bool from_top, char filling) {
  const size_t row = size_t(pixels.width) * 3;
  std::string rows;
  for (uint32_t i = 0; i < pixels.height; ++i) {
    const uint32_t y = from_top ? i : pixels.height - 1 - i;
    for (size_t x = 0; x < row; x += 3) {
      for (size_t channel : {2, 1, 0}) rows.push_back(pixels.bytes[row * y + x + channel]);
    }
    rows.append((4 - row % 4) % 4, filling);
  }
  const uint32_t height = from_top ? 0 - pixels.height : pixels.height;
  return absl::StrCat("BM", LittleEndian(54 + rows.size(), 4), LittleEndian(0, 4),
                      LittleEndian(54, 4), LittleEndian(40, 4), LittleEndian(pixels.width, 4),
                      LittleEndian(height, 4), LittleEndian(1, 2), LittleEndian(24, 2),
                      LittleEndian(0, 4), LittleEndian(rows.size(), 4), LittleEndian(0, 16), rows);
}

}  // namespace annofs::testing
