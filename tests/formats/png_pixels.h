// The pixels of a PNG file, read by libpng.
#pragma once

#include <png.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace annofs::testing {

// A PNG as libpng reads it: the bytes of its pixels as they are stored.
struct PngPixels {
  uint32_t width = 0, height = 0;
  int depth = 0, color_type = 0;
  std::vector<uint8_t> bytes;
};

struct PngBytes {
  const std::string& png;
  size_t at = 0;
  static void Read(png_structp reader, png_bytep to, size_t size) {
    auto* self = static_cast<PngBytes*>(png_get_io_ptr(reader));
    if (self->at + size > self->png.size()) png_error(reader, "it ends early");
    std::copy_n(self->png.data() + self->at, size, to);
    self->at += size;
  }
};

inline PngPixels DecodePng(const std::string& png) {
  PngPixels decoded;
  PngBytes input{png};
  png_structp reader = png_create_read_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(reader);
  if (setjmp(png_jmpbuf(reader)) != 0) {
    ADD_FAILURE() << "libpng does not read it";
    png_destroy_read_struct(&reader, &info, nullptr);
    return {};
  }
  png_set_read_fn(reader, &input, PngBytes::Read);
  png_read_info(reader, info);
  decoded.width = png_get_image_width(reader, info);
  decoded.height = png_get_image_height(reader, info);
  decoded.depth = png_get_bit_depth(reader, info);
  decoded.color_type = png_get_color_type(reader, info);
  const size_t row_bytes = png_get_rowbytes(reader, info);
  decoded.bytes.resize(row_bytes * decoded.height);
  for (uint32_t y = 0; y < decoded.height; ++y) {
    png_read_row(reader, decoded.bytes.data() + y * row_bytes, nullptr);
  }
  png_read_end(reader, nullptr);
  EXPECT_EQ(input.at, png.size());
  png_destroy_read_struct(&reader, &info, nullptr);
  return decoded;
}

}  // namespace annofs::testing
