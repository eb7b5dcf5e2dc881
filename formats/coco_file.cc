#include "formats/coco_file.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "cache/base/text.h"

namespace annofs {
namespace {

// By rank.
constexpr absl::string_view kKinds[] = {"instances", "person_keypoints", "labels",    "stuff",
                                        "panoptic",  "captions",         "image_info"};
constexpr absl::string_view kParts[] = {"default", "train",      "training", "val",    "valid",
                                        "test",    "validation", "testing",  "testdev"};

bool HasAnnotations(const JsonHead& head) {
  return head.HasArrayOf("annotations", "image_id") &&
         !head.HasArrayOf("annotations", "annotations");
}

bool HasImages(const JsonHead& head) { return head.HasArrayOf("images", "file_name"); }

}  // namespace

bool IsCoco(const JsonHead& head) {
  if (HasAnnotations(head) || HasImages(head)) return true;
  return head.HasArray("images") && head.HasArray("annotations") && head.HasArray("categories");
}

CocoFileName ParseCocoFileName(absl::string_view path) {
  absl::string_view stem = BaseName(path);
  if (absl::StartsWith(stem, "_annotations.")) {
    return {.part = std::string(BaseName(DirName(path)))};
  }
  stem.remove_suffix(Extension(stem).size());
  for (absl::string_view kind : kKinds) {
    absl::string_view rest = stem;
    if (!absl::ConsumePrefix(&rest, kind)) continue;
    if (rest.empty()) return {.kind = std::string(kind)};
    if (absl::ConsumePrefix(&rest, "_")) {
      return {.kind = std::string(kind), .part = std::string(rest)};
    }
  }
  const std::string lower = absl::AsciiStrToLower(stem);
  if (std::find(std::begin(kParts), std::end(kParts), lower) == std::end(kParts)) return {};
  return {.part = std::string(stem)};
}

int CocoKindRank(absl::string_view kind) {
  return int(std::find(std::begin(kKinds), std::end(kKinds), kind) - std::begin(kKinds));
}

bool IsMainCocoKind(absl::string_view kind) {
  return kind == "instances" || kind == "person_keypoints";
}

bool IsBareCocoKind(absl::string_view kind) {
  return kind == "captions" || kind == "image_info" || kind == "panoptic";
}

std::vector<std::string> CocoImagePaths(absl::string_view path, absl::string_view part,
                                        absl::string_view file_name) {
  const absl::string_view directory = DirName(path);
  const absl::string_view root = DirName(directory);
  std::vector<std::string> paths;
  if (!part.empty()) {
    paths.push_back(JoinPath(root, absl::StrCat("images/", part, "/", file_name)));
    paths.push_back(JoinPath(root, absl::StrCat(part, "/", file_name)));
  }
  for (absl::string_view place : {"images", "data", ""}) {
    paths.push_back(JoinPath(root, JoinPath(place, file_name)));
    if (!directory.empty()) paths.push_back(JoinPath(directory, JoinPath(place, file_name)));
  }
  return paths;
}

}  // namespace annofs
