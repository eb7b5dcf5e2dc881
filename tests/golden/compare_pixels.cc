#include <algorithm>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "tests/golden/compare_files.h"
#include "tests/golden/pixels.h"

namespace annofs::testing {
namespace {

std::string KindOf(const Pixels& pixels) {
  return absl::StrCat(pixels.width, "x", pixels.height, ", ", pixels.channels, " channels of ",
                      pixels.bits, " bits, color type ", pixels.color_type);
}

// REQUIRES: images of one kind.
void ComparePixels(const Pixels& golden, const Pixels& ours, FileDifferences& out) {
  const size_t row = golden.height == 0 ? 0 : golden.bytes.size() / golden.height;
  const size_t unit = std::max<size_t>(1, size_t(golden.bits * golden.channels) / 8);
  uint64_t differing = 0;
  std::string first;
  size_t left = row, right = 0, top = 0, bottom = 0;
  for (size_t i = 0; i < golden.bytes.size(); i += unit) {
    const absl::string_view a = absl::string_view(golden.bytes).substr(i, unit),
                            b = absl::string_view(ours.bytes).substr(i, unit);
    if (a == b) continue;
    const size_t x = i % row / unit, y = i / row;
    if (differing++ == 0) {
      first = absl::StrCat("first at ", x, ",", y, ": golden ", absl::BytesToHexString(a),
                           ", ours ", absl::BytesToHexString(b));
      top = y;
    }
    left = std::min(left, x);
    right = std::max(right, x);
    bottom = y;
  }
  if (differing == 0) return;
  out.Add("pixels",
          absl::StrCat(differing, " of ", golden.bytes.size() / unit, " differ, from ", left, ",",
                       top, " to ", right, ",", bottom, "; ", first, "; ", KindOf(golden)));
}

void CompareImages(const absl::StatusOr<Pixels>& golden, const absl::StatusOr<Pixels>& ours,
                   FileDifferences& out) {
  if (!golden.ok()) out.Add("file", absl::StrCat("golden: ", golden.status().message()));
  if (!ours.ok()) out.Add("file", absl::StrCat("ours: ", ours.status().message()));
  if (!golden.ok() || !ours.ok()) return;
  if (KindOf(*golden) != KindOf(*ours)) {
    out.Add("kind", absl::StrCat("golden ", KindOf(*golden), "; ours ", KindOf(*ours)));
    return;
  }
  if (golden->palette != ours->palette) {
    out.AddValues("palette", absl::BytesToHexString(golden->palette),
                  absl::BytesToHexString(ours->palette));
  }
  ComparePixels(*golden, *ours, out);
}

}  // namespace

void ComparePng(absl::string_view golden, absl::string_view ours, FileDifferences& out) {
  if (golden != ours) CompareImages(DecodePng(golden), DecodePng(ours), out);
}

void CompareBmp(absl::string_view golden, absl::string_view ours, FileDifferences& out) {
  if (golden != ours) CompareImages(DecodeBmp(golden), DecodeBmp(ours), out);
}

}  // namespace annofs::testing
