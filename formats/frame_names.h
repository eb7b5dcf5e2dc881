// Ranks, safe paths and unique stems: what is O(frames) about names, made once per dataset version
// (architecture, idea 4). Pure.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "formats/dataset.h"
#include "formats/text_arena.h"

namespace annofs {

// The most bytes that a view may put behind a frame's base name: "_gtFine_instanceIds.png".
inline constexpr size_t kMaxNameSuffix = 23;

// How flat stems (FrameNames::stem) are made of paths (design/product.md §2, rule 6). All are of at
// most 209 bytes, without a dot at their start, unique without regard to case, and, of a path that
// does not change, the same whatever the other frames, unless these would have it too.
enum class StemStyle : uint8_t {
  kSafe,     // letters, digits, '_' and '-' of ASCII (SafeStem): "sub_dir_b"
  kOriginal  // as the file is called, spaces, dots and Unicode too: "sub dir_b ü.v2"; '/', a dot at
             // the start of a name, and line breaks of Unicode become '_'
};

// A directory of the safe paths: that of the first `path_length` bytes of the path of `begin`.
struct DirectoryRange {
  Rank begin = 0, end = 0;
  uint32_t path_length = 0;
};

// The order and the names of frames, in some 25 bytes of memory each besides the names given (and
// the paths that are not the names). Every path is safe (cache/base/names.h) and unique, also
// against the directories of other frames, and none ends as the texts do that views put beside
// images (".json", ".tsv", ".txt", ".xml"); those that collide or end so get `-` and 8 hex digits
// of SHA-256 of the name and its position among equals before their extension. A base name leaves
// room for kMaxNameSuffix bytes behind it; a directory that looks like a sidecar gets a hash behind
// its name; where one looks like another file of a frame beside it (formats/view_file_names.h), so
// does every one that looks like any. Where there would be too many directories the names of later
// frames become one part each.
//
// Equal names are told by hashes of 64 bits, the same in every process: names that share one get a
// suffix that they would not need, and are unique all the same.
class FrameOrdering {
 public:
  // The name of a frame as the source gives it, by number; valid as long as the ordering. May be
  // hostile, may repeat.
  using NameOf = std::function<absl::string_view(uint32_t frame)>;
  FrameOrdering(uint32_t count, NameOf name, StemStyle stems = StemStyle::kSafe);

  uint32_t count() const { return uint32_t(frame_of_rank_.size()); }
  // REQUIRES of all: rank < count().
  uint32_t FrameOf(Rank rank) const { return frame_of_rank_[rank]; }
  absl::string_view Path(Rank rank) const { return PathOf(frame_of_rank_[rank]); }
  bool SharesStem(Rank rank) const { return shares_stem_[rank]; }
  // The stem where it is not StemOfPath(path).
  std::optional<std::string> OwnStem(Rank rank) const;
  FrameNames Names(Rank rank) const;
  // See Dataset::Directory.
  const std::vector<DirectoryRange>& directories() const { return directories_; }
  // True if ranks are the numbers of frames.
  bool is_identity() const { return is_identity_; }

 private:
  absl::string_view PathOf(uint32_t frame) const;
  void Order();
  void MakePaths();
  void MakeUnique();
  void Sort();
  void ShareStems();
  void MakeStems();
  void FindDirectories();
  bool DirectoriesMeetFiles() const;

  const NameOf name_;
  const StemStyle stems_;
  const uint32_t count_;
  TextArena texts_;
  std::vector<const char*> own_path_;  // by frame; null: the name is the path
  std::vector<uint32_t> frame_of_rank_;
  std::vector<bool> shares_stem_;                       // by rank
  absl::flat_hash_map<Rank, const char*> unique_stem_;  // where another frame has it too
  absl::flat_hash_set<uint64_t> directory_hashes_;
  std::vector<DirectoryRange> directories_;
  bool is_identity_ = true;
  bool keeps_directories_ = true;
};

// The path of the nth (from 0) of several frames of that name: what FrameOrdering makes of it, but
// for one in four thousand million. Nothing if such paths do not tell their name: it was made safe,
// ends like a text of a view, or is cut.
std::optional<std::string> PathOfEqual(absl::string_view name, uint32_t nth);
// The name whose equals may have that path; nothing if it ends otherwise than theirs.
std::optional<std::string> NameOfEqual(absl::string_view path);

// The flat stem of a path (FrameNames::stem) before it is made unique.
std::string StemOfPath(absl::string_view path, StemStyle style = StemStyle::kSafe);

// The same for few frames, as values.
struct FrameOrder {
  std::vector<uint32_t> frame_of_rank;      // rank -> index into the names given
  std::vector<FrameNames> names;            // by rank
  std::vector<FrameDirectory> directories;  // see Dataset::Directory
};
FrameOrder OrderFrames(const std::vector<std::string>& frame_names,
                       StemStyle stems = StemStyle::kSafe);

}  // namespace annofs
