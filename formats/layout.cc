#include "formats/layout.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "cache/base/digest.h"
#include "cache/base/names.h"
#include "cache/base/text.h"

namespace annofs {
namespace {

struct ParsedPattern {
  absl::string_view directory;
  NameStyle style;
  absl::string_view suffix;
};

ParsedPattern Parse(absl::string_view pattern) {
  size_t brace = pattern.find('{');
  ParsedPattern parsed{.directory = absl::StripSuffix(pattern.substr(0, brace), "/"),
                       .style = NameStyle::kPath,
                       .suffix = pattern.substr(brace)};
  if (absl::ConsumePrefix(&parsed.suffix, "{stem}")) {
    parsed.style = NameStyle::kStem;
  } else if (absl::ConsumePrefix(&parsed.suffix, "{sidecar}")) {
    parsed.style = NameStyle::kSidecar;
  } else {
    absl::ConsumePrefix(&parsed.suffix, "{path}");
  }
  absl::ConsumePrefix(&parsed.suffix, "{ext}");
  return parsed;
}

}  // namespace

Layout::Layout() : places_(1) {}

std::string Layout::Directory(absl::string_view parent, absl::string_view name) {
  uint32_t parent_place = PlaceOf(parent);
  auto is_taken = [&](absl::string_view wanted) {
    return std::any_of(places_.begin() + 1, places_.end(), [&](const Place& place) {
      return place.parent == parent_place && absl::EqualsIgnoreCase(place.name, wanted);
    });
  };
  std::string safe = SafeName(name);
  for (uint64_t nth = 0; is_taken(safe); ++nth) {
    safe = absl::StrCat(SafeName(name).substr(0, kMaxNameBytes - 9), "-",
                        Hash8Hex(absl::StrCat(name, "#", nth)));
  }
  if (safe != name) renamed_.emplace_back(std::string(name), safe);
  places_.push_back({.path = JoinPath(parent, safe), .parent = parent_place, .name = safe});
  return places_.back().path;
}

void Layout::PerFrame(absl::string_view pattern, RankSet frames, RenderFrame render) {
  AddFamily(pattern, {.frames = std::move(frames), .render = std::move(render)});
}

void Layout::Media(absl::string_view pattern, RankSet frames_with_media) {
  AddFamily(pattern, {.is_media = true, .frames = std::move(frames_with_media)});
}

void Layout::Segmented(absl::string_view path, Segments segments) {
  uint32_t place = PlaceOf(DirName(path));
  files_.push_back(
      {.place = place, .name = std::string(BaseName(path)), .segments = std::move(segments)});
}

void Layout::File(absl::string_view path, RenderFile render) {
  uint32_t place = PlaceOf(DirName(path));
  files_.push_back(
      {.place = place, .name = std::string(BaseName(path)), .render = std::move(render)});
}

uint32_t Layout::PlaceOf(absl::string_view path) {
  for (uint32_t i = 0; i < places_.size(); ++i) {
    if (places_[i].path == path) return i;
  }
  uint32_t parent = PlaceOf(DirName(path));
  places_.push_back(
      {.path = std::string(path), .parent = parent, .name = std::string(BaseName(path))});
  return uint32_t(places_.size() - 1);
}

void Layout::AddFamily(absl::string_view pattern, Family family) {
  ParsedPattern parsed = Parse(pattern);
  family.place = PlaceOf(parsed.directory);
  family.style = parsed.style;
  family.suffix = std::string(parsed.suffix);
  families_.push_back(std::move(family));
}

}  // namespace annofs
