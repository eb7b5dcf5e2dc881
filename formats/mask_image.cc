#include "formats/mask_image.h"

#include <algorithm>

#include "formats/raster.h"

namespace annofs {
namespace {

// Pixels that are drawn at once: columns of them stay in the cache until they have become rows.
constexpr uint64_t kBandPixels = uint64_t{1} << 18;

// Where a mask's runs go on.
struct Cursor {
  const CocoMask* mask = nullptr;
  uint16_t value = 0;
  size_t run = 0;
  uint64_t at = 0;  // where that run begins
};

// Fills what of the mask lies in [begin, end) of the image, column by column.
void Fill(Cursor& cursor, uint64_t begin, uint64_t end, uint16_t* band) {
  const std::vector<uint64_t>& runs = cursor.mask->runs;
  while (cursor.run < runs.size() && cursor.at < end) {
    const uint64_t run_end = cursor.at + runs[cursor.run];
    if (cursor.run % 2 == 1) {
      const uint64_t from = std::max(cursor.at, begin), to = std::min(run_end, end);
      if (from < to) std::fill(band + (from - begin), band + (to - begin), cursor.value);
    }
    if (run_end > end) return;
    cursor.at = run_end;
    ++cursor.run;
  }
}

// Columns [left, right) of the image, from columns that follow each other.
void CopyTransposed(const uint16_t* band, uint32_t left, uint32_t right, PixelMap& pixels) {
  constexpr uint32_t kBlock = 16;
  for (uint32_t top = 0; top < pixels.height; top += kBlock) {
    const uint32_t bottom = std::min(top + kBlock, pixels.height);
    for (uint32_t begin = left; begin < right; begin += kBlock) {
      const uint32_t end = std::min(begin + kBlock, right);
      for (uint32_t y = top; y < bottom; ++y) {
        uint16_t* row = pixels.values.data() + uint64_t(y) * pixels.width;
        const uint16_t* column = band + uint64_t(begin - left) * pixels.height + y;
        for (uint32_t x = begin; x < end; ++x, column += pixels.height) row[x] = *column;
      }
    }
  }
}

}  // namespace

absl::StatusOr<PixelMap> DrawMasks(const std::vector<const CocoMask*>& masks,
                                   const std::vector<uint16_t>& values, uint32_t height,
                                   uint32_t width) {
  if (height == 0 || width == 0 || uint64_t(height) * width > kMaxRasterPixels) {
    return absl::InvalidArgumentError("an image whose size is not known, or absurd");
  }
  std::vector<Cursor> cursors;
  for (size_t i = 0; i < masks.size(); ++i) {
    if (masks[i]->height != height || masks[i]->width != width) {
      return absl::InvalidArgumentError("a mask of another size than its image");
    }
    cursors.push_back({.mask = masks[i], .value = values[i]});
  }
  PixelMap pixels{.width = width, .height = height};
  pixels.values.resize(uint64_t(height) * width);
  const uint32_t columns = uint32_t(std::max<uint64_t>(kBandPixels / height, 1));
  std::vector<uint16_t> band(uint64_t(columns) * height);
  for (uint32_t left = 0; left < width;) {
    const uint32_t right = uint32_t(std::min<uint64_t>(uint64_t(left) + columns, width));
    std::fill(band.begin(), band.end(), 0);
    const uint64_t begin = uint64_t(left) * height, end = uint64_t(right) * height;
    for (Cursor& cursor : cursors) Fill(cursor, begin, end, band.data());
    CopyTransposed(band.data(), left, right, pixels);
    left = right;
  }
  return pixels;
}

std::vector<size_t> MasksInOrder(const Item& item) {
  std::vector<size_t> order;
  for (size_t i = 0; i < item.annotations.size(); ++i) {
    if (item.annotations[i].type == ItemType::kMask) order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(), [&item](size_t a, size_t b) {
    return item.annotations[a].z_order < item.annotations[b].z_order;
  });
  return order;
}

}  // namespace annofs
