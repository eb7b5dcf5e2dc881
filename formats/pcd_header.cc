#include "formats/pcd_header.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"

namespace annofs {
namespace {

constexpr absl::string_view kKeys[] = {"VERSION", "FIELDS", "COLUMNS",   "SIZE",   "TYPE", "COUNT",
                                       "WIDTH",   "HEIGHT", "VIEWPOINT", "POINTS", "DATA"};

bool IsKey(absl::string_view word) {
  for (absl::string_view key : kKeys) {
    if (word == key) return true;
  }
  return false;
}

}  // namespace

PointCloudProbe ProbePointCloud(absl::string_view head) {
  PointCloudHeader header;
  bool has_width = false, has_height = false, has_points = false;
  while (true) {
    size_t end = head.find('\n');
    if (end == absl::string_view::npos) return {.is_cut = true};
    absl::string_view line = absl::StripAsciiWhitespace(head.substr(0, end));
    head.remove_prefix(end + 1);
    if (line.empty() || line[0] == '#') continue;
    absl::string_view key = line.substr(0, line.find_first_of(" \t"));
    if (!IsKey(key)) return {};
    absl::string_view value = absl::StripAsciiWhitespace(line.substr(key.size()));
    if (key == "WIDTH") has_width = absl::SimpleAtoi(value, &header.width);
    if (key == "HEIGHT") has_height = absl::SimpleAtoi(value, &header.height);
    if (key == "POINTS") has_points = absl::SimpleAtoi(value, &header.points);
    if (key == "DATA") break;
  }
  if (!has_width || !has_height) return {};
  if (!has_points) header.points = uint64_t{header.width} * header.height;
  return {.header = header};
}

bool IsVelodyneName(absl::string_view name) { return absl::EndsWithIgnoreCase(name, ".bin"); }

bool IsPointCloudName(absl::string_view name) {
  return absl::EndsWithIgnoreCase(name, ".pcd") || IsVelodyneName(name);
}

}  // namespace annofs
