#include "formats/skeleton_svg.h"

#include <cmath>
#include <numbers>
#include <optional>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"

namespace annofs {
namespace {

constexpr absl::string_view kById = "data-label-id=\"";

std::string Escape(absl::string_view text) {
  return absl::StrReplaceAll(text,
                             {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}});
}

// CVAT's drawings are 100 by 100.
struct Place {
  double x = 0, y = 0;
};

Place PlaceOf(size_t index, size_t count) {
  const double angle = 2 * std::numbers::pi * double(index) / double(count);
  return {50 + 40 * std::sin(angle), 50 - 40 * std::cos(angle)};
}

}  // namespace

std::string NameSkeletonNodes(absl::string_view svg,
                              const absl::flat_hash_map<int64_t, absl::string_view>& names) {
  std::string named;
  while (true) {
    const size_t at = svg.find(kById);
    const size_t end = at == absl::string_view::npos ? at : svg.find('"', at + kById.size());
    if (end == absl::string_view::npos) break;
    const absl::string_view number = svg.substr(at + kById.size(), end - at - kById.size());
    int64_t id = 0;
    const auto name = absl::SimpleAtoi(number, &id) ? names.find(id) : names.end();
    if (name == names.end()) {
      absl::StrAppend(&named, svg.substr(0, end + 1));
    } else {
      absl::StrAppend(&named, svg.substr(0, at), "data-label-name=\"", Escape(name->second), "\"");
    }
    svg.remove_prefix(end + 1);
  }
  absl::StrAppend(&named, svg);
  return named;
}

std::string DrawSkeleton(const std::vector<std::string>& keypoints,
                         const std::vector<std::pair<int64_t, int64_t>>& joints) {
  std::string svg;
  const int64_t count = int64_t(keypoints.size());
  for (const auto& [from, to] : joints) {
    if (from < 0 || to < 0 || from >= count || to >= count) continue;
    const Place a = PlaceOf(size_t(from), keypoints.size());
    const Place b = PlaceOf(size_t(to), keypoints.size());
    absl::StrAppendFormat(&svg,
                          "<line x1=\"%.2f\" y1=\"%.2f\" x2=\"%.2f\" y2=\"%.2f\" "
                          "data-type=\"edge\" data-node-from=\"%d\" data-node-to=\"%d\"></line>",
                          a.x, a.y, b.x, b.y, from + 1, to + 1);
  }
  for (size_t i = 0; i < keypoints.size(); ++i) {
    const Place place = PlaceOf(i, keypoints.size());
    absl::StrAppendFormat(&svg,
                          "<circle r=\"1.5\" cx=\"%.2f\" cy=\"%.2f\" data-type=\"element node\" "
                          "data-element-id=\"%d\" data-node-id=\"%d\" data-label-name=\"%s\">"
                          "</circle>",
                          place.x, place.y, i + 1, i + 1, Escape(keypoints[i]));
  }
  return svg;
}

}  // namespace annofs
