#include "formats/mask_regions.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "formats/png_rows.h"

namespace annofs {

absl::Status MaskRegions::AddRow(const std::vector<uint32_t>& values,
                                 const std::vector<uint32_t>& owners) {
  const auto owner_at = [&owners](uint32_t x) { return owners.empty() ? 0 : owners[x]; };
  for (uint32_t x = 0; x < width_;) {
    const uint32_t value = values[x], owner = owner_at(x), begin = x;
    while (x < width_ && values[x] == value && owner_at(x) == owner) ++x;
    if (value != 0) RETURN_IF_ERROR(AddRun(value, owner, begin, x));
  }
  ++row_;
  return absl::OkStatus();
}

absl::Status MaskRegions::AddRun(uint32_t value, uint32_t owner, uint32_t begin, uint32_t end) {
  const auto [place, is_new] =
      places_.try_emplace(uint64_t{owner} << 32 | value, uint32_t(regions_.size()));
  if (is_new) regions_.push_back({.value = value, .owner = owner});
  if (++runs_ > kMaxRuns || regions_.size() > kMaxRegions) {
    return absl::UnimplementedError("a picture of masks that is noise");
  }
  Growing& region = regions_[place->second];
  region.left = std::min(region.left, begin);
  region.right = std::max(region.right, end - 1);
  const uint64_t first = row_ * width_ + begin;
  region.runs.push_back({.begin = first, .end = first + (end - begin)});
  return absl::OkStatus();
}

std::vector<double> MaskRegions::PointsOf(const Growing& region) const {
  const uint64_t top = region.runs.front().begin / width_;
  const uint64_t bottom = region.runs.back().begin / width_;
  const uint64_t width = region.right - region.left + 1;
  std::vector<double> points;
  points.reserve(2 * region.runs.size() + 5);
  uint64_t at = 0;  // in the box
  for (const Run& run : region.runs) {
    const uint64_t begin = (run.begin / width_ - top) * width + run.begin % width_ - region.left;
    const uint64_t length = run.end - run.begin;
    if (begin == at && !points.empty()) {
      points.back() += double(length);  // from the end of a row on
    } else {
      points.push_back(double(begin - at));
      points.push_back(double(length));
    }
    at = begin + length;
  }
  const uint64_t all = (bottom - top + 1) * width;
  if (at < all) points.push_back(double(all - at));
  for (uint64_t side : {uint64_t{region.left}, top, uint64_t{region.right}, bottom}) {
    points.push_back(double(side));
  }
  return points;
}

std::vector<MaskRegion> MaskRegions::Finish() {
  std::vector<MaskRegion> finished;
  finished.reserve(regions_.size());
  for (Growing& region : regions_) {
    finished.push_back({.value = region.value, .owner = region.owner, .points = PointsOf(region)});
    region.runs = {};
  }
  return finished;
}

absl::StatusOr<PictureOfMasks> ReadForegroundPng(absl::string_view png) {
  ASSIGN_OR_RETURN(PngRows rows, PngRows::Open(png));
  MaskRegions regions(rows.width());
  std::vector<uint32_t> row;
  for (uint32_t y = 0; y < rows.height(); ++y) {
    RETURN_IF_ERROR(rows.Next(row));
    for (uint32_t& pixel : row) pixel = pixel != 0;
    RETURN_IF_ERROR(regions.AddRow(row, {}));
  }
  return PictureOfMasks{.width = rows.width(),
                        .height = rows.height(),
                        .is_color = rows.is_color(),
                        .regions = regions.Finish()};
}

absl::StatusOr<PictureOfMasks> ReadMaskPng(absl::string_view values, absl::string_view owners) {
  ASSIGN_OR_RETURN(PngRows png, PngRows::Open(values));
  std::optional<PngRows> owner_png;
  if (!owners.empty()) {
    ASSIGN_OR_RETURN(owner_png, PngRows::Open(owners));
    if (owner_png->width() != png.width() || owner_png->height() != png.height()) {
      return absl::InvalidArgumentError("two pictures of one image differ in size");
    }
  }
  MaskRegions regions(png.width());
  std::vector<uint32_t> row, owner_row;
  for (uint32_t y = 0; y < png.height(); ++y) {
    RETURN_IF_ERROR(png.Next(row));
    if (owner_png) RETURN_IF_ERROR(owner_png->Next(owner_row));
    RETURN_IF_ERROR(regions.AddRow(row, owner_row));
  }
  return PictureOfMasks{.width = png.width(),
                        .height = png.height(),
                        .is_color = (owner_png ? *owner_png : png).is_color(),
                        .regions = regions.Finish()};
}

}  // namespace annofs
