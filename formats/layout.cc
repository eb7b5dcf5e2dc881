#include "formats/layout.h"

#include "absl/strings/ascii.h"
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
  absl::string_view prefix, suffix;
  bool is_by_subset = false;
};

ParsedPattern Parse(absl::string_view pattern) {
  size_t brace = pattern.find('{');
  absl::string_view before = pattern.substr(0, brace);
  const size_t name = before.rfind('/') + 1;  // 0 without a slash
  ParsedPattern parsed{.directory = absl::StripSuffix(before.substr(0, name), "/"),
                       .style = NameStyle::kPath,
                       .prefix = before.substr(name),
                       .suffix = pattern.substr(brace)};
  if (absl::ConsumePrefix(&parsed.suffix, "{stem}")) {
    parsed.style = NameStyle::kStem;
  } else if (absl::ConsumePrefix(&parsed.suffix, "{sidecar}")) {
    parsed.style = NameStyle::kSidecar;
  } else if (absl::ConsumePrefix(&parsed.suffix, "{item}")) {
    parsed.style = NameStyle::kSidecar;
    parsed.is_by_subset = true;
  } else if (absl::ConsumePrefix(&parsed.suffix, "{item_path}")) {
    parsed.is_by_subset = true;
  } else {
    absl::ConsumePrefix(&parsed.suffix, "{path}");
  }
  absl::ConsumeSuffix(&parsed.suffix, "{ext}");
  return parsed;
}

constexpr size_t kMaxPlainExtension = 16;

// The first bytes of a UTF-8 text, cut between characters.
absl::string_view Cut(absl::string_view text, size_t size) {
  if (text.size() <= size) return text;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) --size;
  return text.substr(0, size);
}

// What two entries of one directory must not share.
std::string TakenKey(absl::string_view parent, absl::string_view name) {
  return absl::StrCat(parent, "/", absl::AsciiStrToLower(name));
}

}  // namespace

Layout::Layout() : places_(1), place_numbers_({{"", 0}}) {}

std::string Layout::Directory(absl::string_view parent, absl::string_view name) {
  uint32_t parent_place = PlaceOf(parent);
  return places_[AddPlace(parent_place, FreeName(places_[parent_place].path, name, ""))].path;
}

std::string Layout::FileName(absl::string_view parent, absl::string_view name) {
  const std::string readable = SafeName(name);
  std::string safe = FreeName(parent, name, Extension(readable));
  taken_.insert(TakenKey(parent, safe));
  return JoinPath(parent, safe);
}

// A safe name that `parent` does not have yet; `extension`: the end of the safe name that stays
// behind what makes it unique.
std::string Layout::FreeName(absl::string_view parent, absl::string_view name,
                             absl::string_view extension) {
  const std::string readable = SafeName(name);
  if (extension.size() > kMaxPlainExtension) extension = "";
  const absl::string_view stem = absl::StripSuffix(readable, extension);
  std::string safe = readable;
  for (uint64_t nth = 0; taken_.contains(TakenKey(parent, safe)); ++nth) {
    safe = absl::StrCat(Cut(stem, kMaxNameBytes - 9 - extension.size()), "-",
                        Hash8Hex(absl::StrCat(name, "#", nth)), extension);
  }
  if (safe != name) renamed_.emplace_back(std::string(name), safe);
  return safe;
}

void Layout::PerFrame(absl::string_view pattern, RankSet frames, RenderFrame render) {
  AddFamily(pattern, {.frames = std::move(frames), .render = std::move(render)});
}

void Layout::Media(absl::string_view pattern, RankSet frames_with_media) {
  AddFamily(pattern, {.kind = FamilyKind::kMedia, .frames = std::move(frames_with_media)});
}

void Layout::Pixels(absl::string_view pattern, RankSet frames, RenderFrame render) {
  AddFamily(
      pattern,
      {.kind = FamilyKind::kPixels, .frames = std::move(frames), .render = std::move(render)});
}

void Layout::Named(absl::string_view directory, RankSet frames, FamilyKind kind, NameFrame name,
                   RenderFrame render) {
  AddFamilyIn(PlaceOf(directory), {.style = NameStyle::kOwn,
                                   .kind = kind,
                                   .frames = std::move(frames),
                                   .render = std::move(render),
                                   .name = std::move(name)});
}

void Layout::Related(absl::string_view directory, uint32_t number, RankSet frames, NameFrame name) {
  AddRelated(PlaceOf(directory), number, std::move(frames), std::move(name));
}

uint32_t Layout::Folders(absl::string_view directory, RankSet frames, NameFrame name) {
  const uint32_t parent = PlaceOf(directory), folder = uint32_t(places_.size());
  // No path of another place: components are never empty.
  places_.push_back({.path = absl::StrCat(places_[parent].path, "//", families_.size()),
                     .parent = parent,
                     .is_folder = true});
  AddFamilyIn(parent, {.style = NameStyle::kOwn,
                       .kind = FamilyKind::kFolder,
                       .frames = std::move(frames),
                       .name = std::move(name),
                       .folder = folder});
  return folder;
}

void Layout::InFolders(uint32_t folder, RankSet frames, NameFrame name, RenderFrame render) {
  AddFamilyIn(folder, {.style = NameStyle::kOwn,
                       .frames = std::move(frames),
                       .render = std::move(render),
                       .name = std::move(name)});
}

void Layout::RelatedInFolders(uint32_t folder, uint32_t number, RankSet frames, NameFrame name) {
  AddRelated(folder, number, std::move(frames), std::move(name));
}

void Layout::AddRelated(uint32_t place, uint32_t number, RankSet frames, NameFrame name) {
  AddFamilyIn(place, {.style = NameStyle::kOwn,
                      .kind = FamilyKind::kMedia,
                      .frames = std::move(frames),
                      .name = std::move(name),
                      .media = number + 1});
}

void Layout::Segmented(absl::string_view path, Segments segments) {
  AddFile(path, {.segments = std::move(segments)});
}

void Layout::File(absl::string_view path, RenderFile render) {
  AddFile(path, {.render = std::move(render)});
}

std::optional<uint32_t> Layout::FindPlace(absl::string_view path) const {
  auto found = place_numbers_.find(path);
  if (found == place_numbers_.end()) return std::nullopt;
  return found->second;
}

std::optional<uint32_t> Layout::FindFile(absl::string_view path) const {
  auto found = file_numbers_.find(path);
  if (found == file_numbers_.end()) return std::nullopt;
  return found->second;
}

uint32_t Layout::PlaceOf(absl::string_view path) {
  if (std::optional<uint32_t> found = FindPlace(path)) return *found;
  return AddPlace(PlaceOf(DirName(path)), std::string(BaseName(path)));
}

uint32_t Layout::AddPlace(uint32_t parent, std::string name) {
  uint32_t number = uint32_t(places_.size());
  std::string path = JoinPath(places_[parent].path, name);
  taken_.insert(TakenKey(places_[parent].path, name));
  place_numbers_[path] = number;
  places_[parent].children.push_back(number);
  places_.push_back({.path = std::move(path), .parent = parent, .name = std::move(name)});
  return number;
}

void Layout::AddFile(absl::string_view path, SingleFile file) {
  uint32_t number = uint32_t(files_.size());
  file.place = PlaceOf(DirName(path));
  file.name = std::string(BaseName(path));
  taken_.insert(TakenKey(DirName(path), file.name));
  file_numbers_[std::string(path)] = number;
  places_[file.place].files.push_back(number);
  Show(file.place);
  files_.push_back(std::move(file));
}

void Layout::AddFamily(absl::string_view pattern, Family family) {
  ParsedPattern parsed = Parse(pattern);
  family.style = parsed.style;
  family.is_by_subset = parsed.is_by_subset;
  family.prefix = std::string(parsed.prefix);
  family.suffix = std::string(parsed.suffix);
  AddFamilyIn(PlaceOf(parsed.directory), std::move(family));
}

void Layout::AddFamilyIn(uint32_t place, Family family) {
  family.place = place;
  places_[family.place].families.push_back(uint32_t(families_.size()));
  if (!family.frames.empty()) Show(family.place);
  families_.push_back(std::move(family));
}

void Layout::Show(uint32_t place) {
  for (; !places_[place].is_shown; place = places_[place].parent) places_[place].is_shown = true;
}

}  // namespace annofs
