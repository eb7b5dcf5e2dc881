// Masks of an image drawn over each other, and files of pixels (reference/cvat.md §9.3 "compiled
// mask"). Pure.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "formats/item.h"

namespace annofs {

using Rgb = std::array<uint8_t, 3>;

// A value per pixel, row by row.
struct PixelMap {
  uint32_t width = 0, height = 0;
  std::vector<uint16_t> values;
};

// Later masks overwrite earlier ones; 0 where there is none. `values`: by place in `masks`.
absl::StatusOr<PixelMap> DrawMasks(const std::vector<const CocoMask*>& masks,
                                   const std::vector<uint16_t>& values, uint32_t height,
                                   uint32_t width);
// The masks of an item, stably sorted by z order: indexes into Item::annotations.
std::vector<size_t> MasksInOrder(const Item& item);

// PNG files. Deterministic with the same versions of the libraries.
std::string PngGray8(const PixelMap& pixels);  // REQUIRES: values < 256
std::string PngGray16(const PixelMap& pixels);
// With a palette of 256 colours: `palette`, then black. REQUIRES: values < 256.
std::string PngIndexed(const PixelMap& pixels, const std::vector<Rgb>& palette);
// `colors` by value; a value beyond it is black.
std::string PngRgb(const PixelMap& pixels, const std::vector<Rgb>& colors);
// Two colours with their opacity: of value 0, and of all others.
std::string PngRgba(const PixelMap& pixels, std::array<uint8_t, 4> background,
                    std::array<uint8_t, 4> foreground);
// A BMP of 24 bits, as ICDAR Segmentation has it.
std::string BmpRgb(const PixelMap& pixels, const std::vector<Rgb>& colors);

}  // namespace annofs
