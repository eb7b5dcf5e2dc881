#include "formats/layout_walk.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "cache/base/names.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "formats/folder_walk.h"
#include "formats/frame_path.h"
#include "formats/media_names.h"
#include "formats/media_path.h"
#include "formats/subset_names.h"

namespace annofs {
namespace {

// Positions: a phase in the top bits (below the sign and the bit that tree.h leaves free), a layer
// (see Layers), then where in it. Every position is that of the next entry, so 0 is the start.
constexpr int kPhaseShift = 59;
constexpr int kLayerShift = 52;
constexpr uint64_t kLayer = 0x7f;
constexpr uint64_t kWhere = (uint64_t{1} << kLayerShift) - 1;
enum Phase : uint64_t { kPlaces = 0, kFrameDirectories = 1, kFiles = 2, kFrames = 3, kEnd = 4 };

uint64_t Position(Phase phase, uint64_t where) { return uint64_t(phase) << kPhaseShift | where; }

// One directory being looked at.
class Directory {
 public:
  static absl::StatusOr<Directory> Open(const Layout& layout, const Dataset& data,
                                        const OwnNames& names, ViewDirectory at) {
    if (at.place >= layout.places().size() || at.frame_directory >= data.directory_count()) {
      return absl::NotFoundError("no such directory in this view");
    }
    ASSIGN_OR_RETURN(FrameDirectory frames, data.Directory(at.frame_directory));
    return Directory(layout, data, names, at, std::move(frames));
  }

  absl::StatusOr<ViewEntry> Find(absl::string_view name) const {
    if (!IsEntryName(name)) return absl::NotFoundError("not a name that a directory can hold");
    if (at_.frame_directory == 0) {
      if (std::optional<ViewEntry> entry = FindDeclared(name)) return *std::move(entry);
    }
    ASSIGN_OR_RETURN(std::optional<ViewEntry> entry, FindFrameDirectory(name));
    if (entry) return *std::move(entry);
    for (uint32_t unit : families_) {
      ASSIGN_OR_RETURN(entry, FindFrame(unit, name));
      if (entry) return *std::move(entry);
    }
    return absl::NotFoundError(absl::StrCat("no entry '", name, "'"));
  }

  // Each lists its phase from `where`; false if `fn` wants no more.
  absl::StatusOr<bool> ListPlaces(uint64_t where,
                                  absl::FunctionRef<bool(const ViewEntry&, uint64_t)> fn) const {
    if (at_.frame_directory != 0) return true;
    const std::vector<uint32_t>& children = layout_.places()[at_.place].children;
    for (size_t i = where; i < children.size(); ++i) {
      if (!layout_.places()[children[i]].is_shown) continue;
      if (!fn(PlaceEntry(children[i]), Position(kPlaces, i + 1))) return false;
    }
    return true;
  }

  absl::StatusOr<bool> ListFrameDirectories(
      uint64_t where, absl::FunctionRef<bool(const ViewEntry&, uint64_t)> fn) const {
    if (!has_path_families_) return true;
    // Children follow their parent in the numbering, each with its own children behind it.
    uint32_t number = where == 0 ? at_.frame_directory + 1 : uint32_t(where);
    while (number < data_.directory_count()) {
      ASSIGN_OR_RETURN(FrameDirectory child, data_.Directory(number));
      if (!IsBelow(child.path)) break;
      ASSIGN_OR_RETURN(uint32_t next, NextSibling(number, child));
      if (HoldsFrames(child) && !IsDeclared(BaseName(child.path)) &&
          !fn(FrameDirectoryEntry(number, child), Position(kFrameDirectories, next))) {
        return false;
      }
      number = next;
    }
    return true;
  }

  absl::StatusOr<bool> ListFiles(uint64_t where,
                                 absl::FunctionRef<bool(const ViewEntry&, uint64_t)> fn) const {
    if (at_.frame_directory != 0) return true;
    const std::vector<uint32_t>& files = layout_.places()[at_.place].files;
    for (size_t i = where; i < files.size(); ++i) {
      if (!fn(FileEntry(files[i]), Position(kFiles, i + 1))) return false;
    }
    return true;
  }

  // By rank, and within a rank by family. `where` is rank << 16 | place among the directory's
  // families.
  absl::StatusOr<bool> ListFrames(uint64_t where,
                                  absl::FunctionRef<bool(const ViewEntry&, uint64_t)> fn) const {
    Rank rank = std::max(Rank(where >> 16), frames_.begin);
    uint32_t first = uint32_t(where & 0xffff);
    while (true) {
      std::optional<Rank> found = NextRank(rank);
      if (!found) return true;
      if (*found != rank) first = 0;
      rank = *found;
      ASSIGN_OR_RETURN(FrameNames names, data_.Names(rank));
      ASSIGN_OR_RETURN(std::optional<Rank> behind, BehindSubdirectory(names));
      for (uint32_t i = first; i < families_.size(); ++i) {
        const Family& family = layout_.families()[families_[i]];
        if (!family.frames.Contains(rank) || (behind && HasPaths(family))) continue;
        ASSIGN_OR_RETURN(ViewEntry entry, NamedEntry(families_[i], rank, names));
        if (!fn(entry, Position(kFrames, uint64_t(rank) << 16 | (i + 1)))) return false;
      }
      first = 0;
      rank = behind && !HasFlatFamilies() ? *behind : rank + 1;
    }
  }

  // The entry of a frame that is in this directory.
  absl::StatusOr<ViewEntry> NamedEntry(uint32_t unit, Rank rank, const FrameNames& names) const {
    ASSIGN_OR_RETURN(ViewEntry entry, FrameEntry(unit, rank, names));
    if (layout_.families()[unit].style != NameStyle::kOwn) return entry;
    ASSIGN_OR_RETURN(entry.name, OwnNameOf(layout_, data_, names_, unit, rank));
    return FolderEntry(layout_, std::move(entry));
  }

  // False: its files are all in the place itself.
  static bool HasPaths(const Family& family) {
    return family.style == NameStyle::kPath || family.style == NameStyle::kSidecar;
  }

 private:
  Directory(const Layout& layout, const Dataset& data, const OwnNames& names, ViewDirectory at,
            FrameDirectory frames)
      : layout_(layout), data_(data), names_(names), at_(at), frames_(std::move(frames)) {
    for (uint32_t unit : layout.places()[at.place].families) {
      const bool has_paths = HasPaths(layout.families()[unit]);
      if (has_paths || at.frame_directory == 0) families_.push_back(unit);
      has_path_families_ |= has_paths;
    }
  }

  bool HasFlatFamilies() const {
    return std::any_of(families_.begin(), families_.end(),
                       [this](uint32_t unit) { return !HasPaths(layout_.families()[unit]); });
  }

  bool IsBelow(absl::string_view path) const {
    return frames_.path.empty() ||
           (absl::StartsWith(path, frames_.path) && path.size() > frames_.path.size() &&
            path[frames_.path.size()] == '/');
  }

  // The smallest rank >= `from` in this directory that a family has.
  std::optional<Rank> NextRank(Rank from) const {
    std::optional<Rank> least;
    for (uint32_t unit : families_) {
      layout_.families()[unit].frames.ForEach(from, [&](Rank rank) {
        if (rank < frames_.end && (!least || rank < *least)) least = rank;
        return false;
      });
    }
    return least;
  }

  // If the frame lies in a subdirectory: the first rank behind that. Of families whose files are
  // all in the place itself nobody asks for it.
  absl::StatusOr<std::optional<Rank>> BehindSubdirectory(const FrameNames& names) const {
    if (!has_path_families_) return std::optional<Rank>();
    absl::string_view rest = names.path;
    if (!frames_.path.empty()) rest.remove_prefix(frames_.path.size() + 1);
    size_t slash = rest.find('/');
    if (slash == absl::string_view::npos) return std::optional<Rank>();
    ASSIGN_OR_RETURN(std::optional<uint32_t> number,
                     data_.FindDirectory(JoinPath(frames_.path, rest.substr(0, slash))));
    if (!number) return absl::InternalError("a frame's directory is not in the index");
    ASSIGN_OR_RETURN(FrameDirectory child, data_.Directory(*number));
    return std::optional<Rank>(child.end);
  }

  // The first directory behind `number` that is not below it: found by bisection, since those below
  // it follow it.
  absl::StatusOr<uint32_t> NextSibling(uint32_t number, const FrameDirectory& directory) const {
    uint32_t low = number + 1, high = data_.directory_count();
    const std::string prefix = directory.path + "/";
    while (low < high) {
      uint32_t middle = low + (high - low) / 2;
      ASSIGN_OR_RETURN(FrameDirectory other, data_.Directory(middle));
      if (absl::StartsWith(other.path, prefix)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  bool HoldsFrames(const FrameDirectory& directory) const {
    return std::any_of(families_.begin(), families_.end(), [&](uint32_t unit) {
      const Family& family = layout_.families()[unit];
      if (!HasPaths(family)) return false;
      size_t index = family.frames.LowerBound(directory.begin);
      return index < family.frames.size() && family.frames[index] < directory.end;
    });
  }

  // A place that is called like a directory of frames stands for both.
  bool IsDeclared(absl::string_view name) const {
    return at_.frame_directory == 0 && !layout_.places()[at_.place].children.empty() &&
           FindDeclared(name).has_value();
  }

  std::optional<ViewEntry> FindDeclared(absl::string_view name) const {
    const std::string path = JoinPath(layout_.places()[at_.place].path, name);
    std::optional<uint32_t> place = layout_.FindPlace(path);
    if (place && layout_.places()[*place].is_shown) return PlaceEntry(*place);
    if (std::optional<uint32_t> file = layout_.FindFile(path)) return FileEntry(*file);
    return std::nullopt;
  }

  absl::StatusOr<std::optional<ViewEntry>> FindFrameDirectory(absl::string_view name) const {
    if (!has_path_families_) return std::optional<ViewEntry>();
    ASSIGN_OR_RETURN(std::optional<uint32_t> number,
                     data_.FindDirectory(JoinPath(frames_.path, name)));
    if (!number || *number == 0) return std::optional<ViewEntry>();
    ASSIGN_OR_RETURN(FrameDirectory child, data_.Directory(*number));
    if (!HoldsFrames(child)) return std::optional<ViewEntry>();
    return std::optional<ViewEntry>(FrameDirectoryEntry(*number, child));
  }

  absl::StatusOr<std::optional<ViewEntry>> FindFrame(uint32_t unit, absl::string_view name) const {
    const Family& family = layout_.families()[unit];
    if (family.style == NameStyle::kOwn) return FindOwn(unit, name);
    absl::string_view base = name;
    if (family.style == NameStyle::kSidecar && family.is_media())
      base.remove_suffix(Extension(base).size());
    if (!absl::ConsumePrefix(&base, family.prefix) || !absl::ConsumeSuffix(&base, family.suffix)) {
      return std::optional<ViewEntry>();
    }
    ASSIGN_OR_RETURN(std::optional<Rank> rank, FindRank(family, base));
    std::optional<ViewEntry> entry;
    if (rank) {
      ASSIGN_OR_RETURN(entry, EntryIfCalled(unit, *rank, name));
    }
    if (!entry && HasOwnExtension(family) && !Extension(base).empty()) {
      // A stem with dots, and an image without an extension that is one of media.
      ASSIGN_OR_RETURN(rank, data_.FindStem(base));
      if (rank) {
        ASSIGN_OR_RETURN(entry, EntryIfCalled(unit, *rank, name));
      }
    }
    if (entry || !family.is_by_subset) return entry;
    ASSIGN_OR_RETURN(const std::vector<Rank> equals, Equals(family, base));
    for (Rank one : equals) {
      ASSIGN_OR_RETURN(entry, EntryIfCalled(unit, one, name));
      if (entry) return entry;
    }
    return entry;
  }

  absl::StatusOr<std::optional<ViewEntry>> EntryIfCalled(uint32_t unit, Rank rank,
                                                         absl::string_view name) const {
    if (!layout_.families()[unit].frames.Contains(rank)) return std::optional<ViewEntry>();
    ASSIGN_OR_RETURN(FrameNames names, data_.Names(rank));
    ASSIGN_OR_RETURN(ViewEntry entry, FrameEntry(unit, rank, names));
    if (entry.name != name) return std::optional<ViewEntry>();
    return std::optional<ViewEntry>(std::move(entry));
  }

  // Frames of families by subset that may be called so.
  absl::StatusOr<std::vector<Rank>> Equals(const Family& family, absl::string_view base) const {
    const std::string path = JoinPath(frames_.path, base);
    if (family.style == NameStyle::kSidecar) return FindSidecarInSubsets(data_, path);
    ASSIGN_OR_RETURN(std::vector<Rank> ranks, FindPathInSubsets(data_, path));
    if (!family.is_media() || !IsMediaName(path)) return ranks;
    ASSIGN_OR_RETURN(const std::vector<Rank> bare, FindPathInSubsets(data_, MediaStem(path)));
    ranks.insert(ranks.end(), bare.begin(), bare.end());
    return ranks;
  }

  absl::StatusOr<std::optional<ViewEntry>> FindOwn(uint32_t unit, absl::string_view name) const {
    ASSIGN_OR_RETURN(std::optional<Rank> rank, FindOwnName(layout_, data_, names_, unit, name));
    if (!rank) return std::optional<ViewEntry>();
    return std::optional<ViewEntry>(FolderEntry(
        layout_,
        {.kind = ViewEntry::Kind::kFrame, .name = std::string(name), .unit = unit, .rank = *rank}));
  }

  absl::StatusOr<std::optional<Rank>> FindRank(const Family& family, absl::string_view base) const {
    switch (family.style) {
      case NameStyle::kPath:
        return FindPath(family, JoinPath(frames_.path, base));
      case NameStyle::kSidecar:
        return data_.FindSidecar(JoinPath(frames_.path, base));
      case NameStyle::kStem:
      case NameStyle::kOwn:
        break;
    }
    if (HasOwnExtension(family)) base.remove_suffix(Extension(base).size());
    return data_.FindStem(base);
  }

  // Media that are called {stem}{ext}.
  static bool HasOwnExtension(const Family& family) {
    return family.style == NameStyle::kStem && family.is_media() && family.suffix.empty();
  }

  // Media may have an extension that the frame's path has not.
  absl::StatusOr<std::optional<Rank>> FindPath(const Family& family, absl::string_view path) const {
    ASSIGN_OR_RETURN(std::optional<Rank> rank, data_.FindPath(path));
    if (rank || !family.is_media() || !IsMediaName(path)) return rank;
    return data_.FindPath(MediaStem(path));
  }

  ViewEntry PlaceEntry(uint32_t place) const {
    return {.kind = ViewEntry::Kind::kDirectory,
            .name = layout_.places()[place].name,
            .directory = {.place = place}};
  }
  ViewEntry FrameDirectoryEntry(uint32_t number, const FrameDirectory& directory) const {
    return {.kind = ViewEntry::Kind::kDirectory,
            .name = std::string(BaseName(directory.path)),
            .directory = {.place = at_.place, .frame_directory = number}};
  }
  ViewEntry FileEntry(uint32_t file) const {
    return {.kind = ViewEntry::Kind::kFile, .name = layout_.files()[file].name, .unit = file};
  }
  absl::StatusOr<ViewEntry> FrameEntry(uint32_t unit, Rank rank, const FrameNames& names) const {
    if (!layout_.families()[unit].is_by_subset) return EntryCalled(unit, rank, names);
    ASSIGN_OR_RETURN(const FrameNames own, NamesInSubset(data_, rank, names));
    return EntryCalled(unit, rank, own);
  }
  absl::StatusOr<ViewEntry> EntryCalled(uint32_t unit, Rank rank, const FrameNames& names) const {
    const Family& family = layout_.families()[unit];
    ViewEntry entry{.kind = ViewEntry::Kind::kFrame, .unit = unit, .rank = rank};
    std::string path = names.path;
    if (family.is_media() && family.style != NameStyle::kOwn) {
      ASSIGN_OR_RETURN(path, MediaPath(data_, rank, names));
    }
    entry.name = FrameFileName(family, names, path);
    return entry;
  }

  // `path`: of media, MediaPath().
  static std::string FrameFileName(const Family& family, const FrameNames& names,
                                   absl::string_view path) {
    switch (family.style) {
      case NameStyle::kPath:
        return absl::StrCat(family.prefix, BaseName(path), family.suffix);
      case NameStyle::kSidecar:
        return absl::StrCat(family.prefix, BaseName(names.sidecar()), family.suffix,
                            family.is_media() ? Extension(path) : "");
      case NameStyle::kStem:
      case NameStyle::kOwn:
        break;
    }
    return HasOwnExtension(family) ? MediaName(names, path)
                                   : absl::StrCat(names.stem, family.suffix);
  }

  const Layout& layout_;
  const Dataset& data_;
  const OwnNames& names_;
  const ViewDirectory at_;
  const FrameDirectory frames_;
  std::vector<uint32_t> families_;  // those with files in this directory
  bool has_path_families_ = false;  // among them
};

// A directory and those that lie over it: frames of a place that are in a directory "images" of
// their own, and a place "images" in that place, are one directory. Two frames' files of one name:
// the upper one is hidden.
class Layers {
 public:
  static absl::StatusOr<Layers> Open(const Layout& layout, const Dataset& data,
                                     const OwnNames& names, ViewDirectory at) {
    Layers layers;
    ASSIGN_OR_RETURN(Directory own, Directory::Open(layout, data, names, at));
    layers.directories_.push_back(std::move(own));
    std::string path;
    for (uint32_t place = at.place; place != 0; place = layout.places()[place].parent) {
      if (path.empty()) {
        ASSIGN_OR_RETURN(FrameDirectory frames, data.Directory(at.frame_directory));
        path = std::move(frames.path);
      }
      path = JoinPath(layout.places()[place].name, path);
      const uint32_t parent = layout.places()[place].parent;
      if (!HasPathFamilies(layout, parent)) continue;
      ASSIGN_OR_RETURN(std::optional<uint32_t> number, data.FindDirectory(path));
      if (!number) continue;
      ASSIGN_OR_RETURN(Directory upper, Directory::Open(layout, data, names, {parent, *number}));
      layers.directories_.push_back(std::move(upper));
    }
    return layers;
  }

  absl::StatusOr<ViewEntry> Find(absl::string_view name) const { return FindBelow(count(), name); }

  absl::Status List(uint64_t position,
                    absl::FunctionRef<bool(const ViewEntry&, uint64_t next)> fn) const {
    uint64_t where = position & kWhere;
    uint64_t phase = position >> kPhaseShift;
    for (uint64_t layer = (position >> kLayerShift) & kLayer; layer < count(); ++layer) {
      for (; phase < kEnd; ++phase, where = 0) {
        ASSIGN_OR_RETURN(const bool more, ListPhase(layer, Phase(phase), where, fn));
        if (!more) return absl::OkStatus();
      }
      phase = kPlaces;
    }
    return absl::OkStatus();
  }

 private:
  static bool HasPathFamilies(const Layout& layout, uint32_t place) {
    const std::vector<uint32_t>& units = layout.places()[place].families;
    return std::any_of(units.begin(), units.end(), [&layout](uint32_t unit) {
      const NameStyle style = layout.families()[unit].style;
      return style == NameStyle::kPath || style == NameStyle::kSidecar;
    });
  }

  size_t count() const { return directories_.size(); }

  absl::StatusOr<ViewEntry> FindBelow(size_t layer, absl::string_view name) const {
    for (size_t i = 0; i + 1 < layer; ++i) {
      absl::StatusOr<ViewEntry> entry = directories_[i].Find(name);
      if (!absl::IsNotFound(entry.status())) return entry;
    }
    return directories_[layer - 1].Find(name);
  }

  absl::StatusOr<bool> ListPhase(size_t layer, Phase phase, uint64_t where,
                                 absl::FunctionRef<bool(const ViewEntry&, uint64_t)> fn) const {
    absl::Status status;
    const auto visit = [&](const ViewEntry& entry, uint64_t next) {
      if (layer == 0) return fn(entry, next);
      const absl::Status below = FindBelow(layer, entry.name).status();
      if (below.ok()) return true;
      if (!absl::IsNotFound(below)) status = below;
      return status.ok() && fn(entry, next | uint64_t(layer) << kLayerShift);
    };
    absl::StatusOr<bool> more = true;
    switch (phase) {
      case kPlaces:
        more = directories_[layer].ListPlaces(where, visit);
        break;
      case kFrameDirectories:
        more = directories_[layer].ListFrameDirectories(where, visit);
        break;
      case kFiles:
        more = directories_[layer].ListFiles(where, visit);
        break;
      case kFrames:
        more = directories_[layer].ListFrames(where, visit);
        break;
      case kEnd:
        break;
    }
    RETURN_IF_ERROR(status);
    return more;
  }

  std::vector<Directory> directories_;
};

}  // namespace

absl::StatusOr<ViewEntry> FindEntry(const Layout& layout, const Dataset& data,
                                    const OwnNames& names, ViewDirectory directory,
                                    absl::string_view name) {
  if (IsFolder(layout, directory)) return FindInFolder(layout, data, directory, name);
  ASSIGN_OR_RETURN(Layers opened, Layers::Open(layout, data, names, directory));
  return opened.Find(name);
}

absl::Status ListEntries(const Layout& layout, const Dataset& data, const OwnNames& names,
                         ViewDirectory directory, uint64_t position,
                         absl::FunctionRef<bool(const ViewEntry&, uint64_t next)> fn) {
  if (IsFolder(layout, directory)) return ListFolder(layout, data, directory, position, fn);
  ASSIGN_OR_RETURN(Layers opened, Layers::Open(layout, data, names, directory));
  return opened.List(position, fn);
}

absl::StatusOr<ViewEntry> FindEntry(const Layout& layout, const Dataset& data,
                                    ViewDirectory directory, absl::string_view name) {
  return FindEntry(layout, data, *NewMemoryOwnNames(layout, data), directory, name);
}

absl::Status ListEntries(const Layout& layout, const Dataset& data, ViewDirectory directory,
                         uint64_t position,
                         absl::FunctionRef<bool(const ViewEntry&, uint64_t next)> fn) {
  return ListEntries(layout, data, *NewMemoryOwnNames(layout, data), directory, position, fn);
}

absl::StatusOr<std::string> FramePath(const Layout& layout, const Dataset& data,
                                      const OwnNames& own_names, uint32_t unit, Rank rank) {
  const bool has_it = unit < layout.families().size() && rank < data.frame_count() &&
                      layout.families()[unit].frames.Contains(rank);
  if (!has_it) return absl::NotFoundError("no such file in this view");
  const Family& family = layout.families()[unit];
  ViewDirectory directory{.place = family.place, .frame_directory = rank};
  if (IsFolder(layout, directory)) {
    ASSIGN_OR_RETURN(const std::string path, FolderPath(layout, data, own_names, directory));
    ASSIGN_OR_RETURN(const std::string name, family.name(data, rank));
    return JoinPath(path, name);
  }
  ASSIGN_OR_RETURN(const FrameNames names, data.Names(rank));
  std::string path = layout.places()[family.place].path;
  directory.frame_directory = 0;
  if (Directory::HasPaths(family)) {
    const absl::string_view below = DirName(names.path);
    ASSIGN_OR_RETURN(const std::optional<uint32_t> number, data.FindDirectory(below));
    if (!number) return absl::InternalError("a frame's directory is not in the index");
    directory.frame_directory = *number;
    path = JoinPath(path, below);
  }
  ASSIGN_OR_RETURN(const Directory opened, Directory::Open(layout, data, own_names, directory));
  ASSIGN_OR_RETURN(const ViewEntry entry, opened.NamedEntry(unit, rank, names));
  return JoinPath(path, entry.name);
}

absl::StatusOr<std::string> DirectoryPath(const Layout& layout, const Dataset& data,
                                          ViewDirectory directory) {
  if (IsFolder(layout, directory)) {
    return FolderPath(layout, data, *NewMemoryOwnNames(layout, data), directory);
  }
  if (directory.place >= layout.places().size() ||
      directory.frame_directory >= data.directory_count()) {
    return absl::NotFoundError("no such directory in this view");
  }
  ASSIGN_OR_RETURN(FrameDirectory frames, data.Directory(directory.frame_directory));
  return JoinPath(layout.places()[directory.place].path, frames.path);
}

}  // namespace annofs
