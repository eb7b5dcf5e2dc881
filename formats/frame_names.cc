#include "formats/frame_names.h"

#include <algorithm>
#include <numeric>
#include <string_view>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "cache/base/digest.h"
#include "cache/base/names.h"
#include "cache/base/text.h"
#include "cache/base/utf8.h"
#include "formats/media_names.h"
#include "formats/view_file_names.h"

namespace annofs {
namespace {

// The longest base name that leaves room for what views put behind it.
constexpr size_t kMaxBaseName = kMaxNameBytes - kMaxNameSuffix;
constexpr size_t kMaxExtension = 16;

// The same path with a base name of at most kMaxBaseName bytes: cut between characters, with a hash
// of the whole.
std::string Shortened(std::string path) {
  absl::string_view base = BaseName(path);
  if (base.size() <= kMaxBaseName) return path;
  absl::string_view extension = Extension(base);
  if (extension.size() > kMaxExtension) extension = "";
  size_t size = kMaxBaseName - 9 - extension.size();
  while (size > 0 && (static_cast<unsigned char>(base[size]) & 0xC0) == 0x80) --size;
  return JoinPath(DirName(path),
                  absl::StrCat(base.substr(0, size), "-", Hash8Hex(base), extension));
}

// What no path can hold becomes one name: the system takes paths of 4,096 bytes, and each directory
// of a path is remembered.
constexpr size_t kMaxPath = 2048;
constexpr size_t kMaxDepth = 64;

bool IsTooDeep(absl::string_view name) {
  return name.size() > kMaxPath || std::count(name.begin(), name.end(), '/') >= int(kMaxDepth);
}

// Directories that look like the sidecar of a frame beside them are never kept; those that look
// like any other file of a view are where no frame beside them has that file.
enum class Directories : uint8_t { kKept, kNotLikeFiles };

// A frame's name as a safe path.
std::string TreePath(absl::string_view name, Directories directories) {
  if (IsTooDeep(name)) return Shortened(SafeName(name));
  std::string path;
  std::vector<std::string> parts = absl::StrSplit(SafePath(name), '/');
  for (size_t i = 0; i + 1 < parts.size(); ++i) {
    const bool is_doubtful =
        LooksLikeSidecar(parts[i]) ||
        (directories == Directories::kNotLikeFiles && LooksLikeViewFile(parts[i]));
    path = JoinPath(
        path, is_doubtful ? SafeName(absl::StrCat(parts[i], "-", Hash8Hex(parts[i]))) : parts[i]);
  }
  return Shortened(JoinPath(path, parts.back()));
}

constexpr size_t kHashSize = 9;  // '-' and 8 hex digits

// "a/b.jpg" -> "a/b-1a2b3c4d.jpg". `nth` tells equal names apart. What looks like a text of a view
// does so no more.
std::string WithHash(absl::string_view path, absl::string_view original, uint64_t nth) {
  absl::string_view extension = Extension(path);
  absl::string_view stem = path.substr(0, path.size() - extension.size());
  std::string hashed = absl::StrCat(stem, "-", Hash8Hex(absl::StrCat(original, "#", nth)),
                                    extension, LooksLikeText(path) ? "_" : "");
  return Shortened(std::move(hashed));
}

constexpr size_t kMaxStem = 200;

// What is no extension of media belongs to the name, so that it tells "frame.0001" from
// "frame.0002", and stays at its end.
std::string OriginalStem(absl::string_view path) {
  std::vector<std::string> names = absl::StrSplit(MediaStem(path), '/');
  for (std::string& name : names) {
    if (!name.empty() && name[0] == '.') name[0] = '_';
  }
  // Lists of names are read line by line, and Python knows three line breaks more.
  const std::string stem = absl::StrReplaceAll(absl::StrJoin(names, "_"),
                                               {{"\u0085", "_"}, {"\u2028", "_"}, {"\u2029", "_"}});
  if (stem.size() <= kMaxStem) return stem;
  absl::string_view extension = Extension(stem);
  if (extension.size() > kMaxExtension + 1) extension = "";
  const std::string mark = absl::StrCat("-", Hash8Hex(path), extension);
  return absl::StrCat(Utf8Prefix(stem, kMaxStem - mark.size()), mark);
}

// A name that SafePath leaves as it is: what most are, told at once.
bool IsPlain(absl::string_view name) {
  if (name.empty() || name.size() > kMaxBaseName) return false;
  char before = '/';
  for (char c : name) {
    const bool is_usual = absl::ascii_isalnum(c) || c == '_' || c == '-' || c == ' ';
    if (!is_usual && (before == '/' || (c != '.' && c != '/'))) return false;
    before = c;
  }
  return before != '/';
}

bool IsPlainPath(absl::string_view name, Directories directories) {
  if (!IsPlain(name) || IsTooDeep(name)) return false;
  // A directory that looks like a sidecar.
  if (absl::StrContains(name, ".json/") || absl::StrContains(name, ".tsv/")) return false;
  if (directories == Directories::kKept) return true;
  for (name = DirName(name); !name.empty(); name = DirName(name)) {
    if (LooksLikeViewFile(BaseName(name))) return false;
  }
  return true;
}

// The same in every process.
uint64_t TextHash(absl::string_view text) {
  return std::hash<std::string_view>()(std::string_view(text.data(), text.size()));
}

uint64_t LowerHash(absl::string_view text) { return TextHash(absl::AsciiStrToLower(text)); }

// Which of many texts there are more than once.
class Uses {
 public:
  Uses(uint32_t count, absl::FunctionRef<uint64_t(uint32_t)> hash) {
    hashes_.reserve(count);
    for (uint32_t i = 0; i < count; ++i) hashes_.push_back(hash(i));
    std::sort(hashes_.begin(), hashes_.end());
    for (uint32_t i = 1; i < count; ++i) {
      if (hashes_[i] == hashes_[i - 1]) repeated_.insert(hashes_[i]);
    }
  }
  bool any_repeated() const { return !repeated_.empty(); }
  bool IsRepeated(uint64_t hash) const { return repeated_.contains(hash); }
  bool Contains(uint64_t hash) const {
    return std::binary_search(hashes_.begin(), hashes_.end(), hash);
  }

 private:
  std::vector<uint64_t> hashes_;  // sorted
  absl::flat_hash_set<uint64_t> repeated_;
};

constexpr size_t kMaxDirectories = 2000000;

// The first 8 bytes behind `skip` as a number that sorts as they do.
uint64_t SortKey(absl::string_view text, size_t skip) {
  uint64_t key = 0;
  for (size_t i = 0; i < 8; ++i) {
    key = key << 8 | (skip + i < text.size() ? uint8_t(text[skip + i]) : 0);
  }
  return key;
}

size_t CommonPrefix(absl::string_view a, absl::string_view b) {
  size_t size = 0;
  while (size < std::min(a.size(), b.size()) && a[size] == b[size]) ++size;
  return size;
}

}  // namespace

FrameOrdering::FrameOrdering(uint32_t count, NameOf name, StemStyle stems)
    : name_(std::move(name)), stems_(stems), count_(count) {
  Order();
  if (!DirectoriesMeetFiles()) return;
  keeps_directories_ = false;
  texts_ = {};
  unique_stem_.clear();
  is_identity_ = true;
  Order();
}

void FrameOrdering::Order() {
  MakePaths();
  MakeUnique();
  directory_hashes_ = {};
  Sort();
  ShareStems();
  MakeStems();
  FindDirectories();
}

absl::string_view FrameOrdering::PathOf(uint32_t frame) const {
  const char* own = own_path_[frame];
  return own == nullptr ? name_(frame) : TextArena::Text(own);
}

// Safe paths, and the set of their directories.
void FrameOrdering::MakePaths() {
  const Directories directories =
      keeps_directories_ ? Directories::kKept : Directories::kNotLikeFiles;
  own_path_.assign(count_, nullptr);
  std::string last;  // neighbours are mostly in one directory
  for (uint32_t frame = 0; frame < count_; ++frame) {
    const absl::string_view name = name_(frame);
    std::string own;
    if (!IsPlainPath(name, directories)) own = TreePath(name, directories);
    absl::string_view directory = DirName(own.empty() ? name : absl::string_view(own));
    if (!directory.empty() && directory != last && directory_hashes_.size() >= kMaxDirectories &&
        !directory_hashes_.contains(TextHash(directory))) {
      own = Shortened(SafeName(name));
      directory = "";
    }
    if (!own.empty() && own != name) own_path_[frame] = texts_.Add(own);
    if (directory == last) continue;
    last = std::string(directory);
    for (; !directory.empty(); directory = DirName(directory)) {
      if (!directory_hashes_.insert(TextHash(directory)).second) break;
    }
  }
}

void FrameOrdering::MakeUnique() {
  const Uses uses(count_, [this](uint32_t frame) { return TextHash(PathOf(frame)); });
  absl::flat_hash_set<uint64_t> given;
  absl::flat_hash_map<uint64_t, uint64_t> next;  // by name: a name may come a million times
  for (uint32_t frame = 0; frame < count_; ++frame) {
    const absl::string_view path = PathOf(frame);
    const uint64_t hash = TextHash(path);
    if (!uses.IsRepeated(hash) && !directory_hashes_.contains(hash) && !LooksLikeText(path)) {
      continue;
    }
    const absl::string_view name = name_(frame);
    uint64_t& nth = next[TextHash(name)];
    std::string unique;
    do {
      unique = WithHash(path, name, nth++);
    } while (uses.Contains(TextHash(unique)) || directory_hashes_.contains(TextHash(unique)) ||
             !given.insert(TextHash(unique)).second);
    own_path_[frame] = texts_.Add(unique);
  }
}

void FrameOrdering::Sort() {
  frame_of_rank_.resize(count_);
  std::iota(frame_of_rank_.begin(), frame_of_rank_.end(), 0);
  size_t common = count_ == 0 ? 0 : PathOf(0).size();
  for (uint32_t frame = 1; frame < count_; ++frame) {
    const absl::string_view path = PathOf(frame), before = PathOf(frame - 1);
    common = std::min(common, CommonPrefix(path, before));
    if (path < before) is_identity_ = false;
  }
  if (is_identity_) return;
  // Most are told apart by a number beside the index, without a look at the text.
  std::vector<std::pair<uint64_t, uint32_t>> keys(count_);
  for (uint32_t frame = 0; frame < count_; ++frame) {
    keys[frame] = {SortKey(PathOf(frame), common), frame};
  }
  std::sort(keys.begin(), keys.end(), [this](const auto& a, const auto& b) {
    return a.first != b.first ? a.first < b.first : PathOf(a.second) < PathOf(b.second);
  });
  for (uint32_t rank = 0; rank < count_; ++rank) frame_of_rank_[rank] = keys[rank].second;
}

// Sidecars are unique: a frame keeps its extension in them where another has the same stem ("a.jpg"
// and "a.png"), or where the stem is another's whole path ("a.jpg.png" beside those).
void FrameOrdering::ShareStems() {
  shares_stem_.assign(count_, false);
  auto stem_hash = [this](Rank rank) { return TextHash(WithoutExtension(Path(rank))); };
  const Uses uses(count_, stem_hash);
  if (!uses.any_repeated()) return;
  absl::flat_hash_set<uint64_t> whole;
  auto keep_extension = [&](Rank rank) {
    shares_stem_[rank] = true;
    whole.insert(TextHash(Path(rank)));
  };
  for (Rank rank = 0; rank < count_; ++rank) {
    if (uses.IsRepeated(stem_hash(rank))) keep_extension(rank);
  }
  for (bool changed = true; changed;) {
    changed = false;
    for (Rank rank = 0; rank < count_; ++rank) {
      if (shares_stem_[rank] || !whole.contains(stem_hash(rank))) continue;
      keep_extension(rank);
      changed = true;
    }
  }
}

// Flat stems, unique without regard to case; all that collide get a hash of their path.
void FrameOrdering::MakeStems() {
  auto stem_hash = [this](Rank rank) { return LowerHash(StemOfPath(Path(rank), stems_)); };
  const Uses uses(count_, stem_hash);
  if (!uses.any_repeated()) return;
  absl::flat_hash_set<uint64_t> given;
  for (Rank rank = 0; rank < count_; ++rank) {
    if (!uses.IsRepeated(stem_hash(rank))) continue;
    const absl::string_view path = Path(rank);
    std::string stem;
    uint64_t nth = 0;
    do {
      stem = absl::StrCat(StemOfPath(path, stems_), "-",
                          Hash8Hex(nth == 0 ? std::string(path) : absl::StrCat(path, "#", nth)));
      ++nth;
    } while (uses.Contains(LowerHash(stem)) || !given.insert(LowerHash(stem)).second);
    unique_stem_[rank] = texts_.Add(stem);
  }
}

// Directories in byte order of path + "/", each with its range of ranks. Ranks are in byte order of
// paths, so one pass finds them.
void FrameOrdering::FindDirectories() {
  directories_ = {{.begin = 0, .end = count_, .path_length = 0}};
  std::vector<size_t> open = {0};
  std::string last;
  for (Rank rank = 0; rank < count_; ++rank) {
    absl::string_view directory = DirName(Path(rank));
    if (directory == last) continue;
    auto is_inside = [&](size_t length) {
      return length == 0 ||
             (directory.substr(0, length) == absl::string_view(last).substr(0, length) &&
              (directory.size() == length ||
               (directory.size() > length && directory[length] == '/')));
    };
    while (!is_inside(directories_[open.back()].path_length)) {
      directories_[open.back()].end = rank;
      open.pop_back();
    }
    while (directories_[open.back()].path_length < directory.size()) {
      const size_t outer = directories_[open.back()].path_length;
      const size_t end =
          std::min(directory.find('/', outer == 0 ? 0 : outer + 1), directory.size());
      open.push_back(directories_.size());
      directories_.push_back({.begin = rank, .end = rank, .path_length = uint32_t(end)});
    }
    last = std::string(directory);
  }
  for (; open.size() > 1; open.pop_back()) directories_[open.back()].end = count_;
}

// True if a directory is called as a view may call a file of a frame beside it.
bool FrameOrdering::DirectoriesMeetFiles() const {
  absl::flat_hash_set<uint64_t> sidecars;  // that a frame must not have
  for (const DirectoryRange& range : directories_) {
    if (range.path_length == 0) continue;
    const absl::string_view path = Path(range.begin).substr(0, range.path_length);
    const absl::string_view name = BaseName(path);
    if (!LooksLikeViewFile(name)) continue;
    for (const std::string& frame : FramesOfViewFile(name)) {
      sidecars.insert(TextHash(JoinPath(DirName(path), frame)));
    }
  }
  if (sidecars.empty()) return false;
  // A frame is called as in the dataset, or as in its subset: there its path is its name's.
  const auto has = [&sidecars](absl::string_view path) {
    return sidecars.contains(TextHash(path)) || sidecars.contains(TextHash(WithoutExtension(path)));
  };
  for (uint32_t frame = 0; frame < count_; ++frame) {
    if (has(PathOf(frame))) return true;
    if (own_path_[frame] != nullptr && has(TreePath(name_(frame), Directories::kKept))) return true;
  }
  return false;
}

std::optional<std::string> FrameOrdering::OwnStem(Rank rank) const {
  const auto found = unique_stem_.find(rank);
  if (found != unique_stem_.end()) return std::string(TextArena::Text(found->second));
  if (stems_ == StemStyle::kSafe) return std::nullopt;
  std::string stem = StemOfPath(Path(rank), stems_);
  if (stem == StemOfPath(Path(rank))) return std::nullopt;
  return stem;
}

FrameNames FrameOrdering::Names(Rank rank) const {
  const absl::string_view path = Path(rank);
  std::optional<std::string> own = OwnStem(rank);
  return {.path = std::string(path),
          .stem = own ? *std::move(own) : StemOfPath(path),
          .shares_stem = SharesStem(rank)};
}

std::optional<std::string> PathOfEqual(absl::string_view name, uint32_t nth) {
  if (!IsPlainPath(name, Directories::kKept) && TreePath(name, Directories::kKept) != name) {
    return std::nullopt;
  }
  std::string path = WithHash(name, name, nth);
  if (LooksLikeText(name) || path.size() != name.size() + kHashSize) return std::nullopt;
  return path;
}

std::optional<std::string> NameOfEqual(absl::string_view path) {
  const absl::string_view extension = Extension(path);
  absl::string_view stem = path.substr(0, path.size() - extension.size());
  if (stem.size() <= kHashSize) return std::nullopt;
  const absl::string_view hash = stem.substr(stem.size() - kHashSize);
  stem.remove_suffix(kHashSize);
  const bool is_hash = hash[0] == '-' && std::all_of(hash.begin() + 1, hash.end(), [](char c) {
                         return absl::ascii_isdigit(uint8_t(c)) || (c >= 'a' && c <= 'f');
                       });
  if (!is_hash || stem.back() == '/') return std::nullopt;
  return absl::StrCat(stem, extension);
}

std::string StemOfPath(absl::string_view path, StemStyle style) {
  return style == StemStyle::kSafe ? SafeStem(WithoutExtension(path)) : OriginalStem(path);
}

FrameOrder OrderFrames(const std::vector<std::string>& frame_names, StemStyle stems) {
  const FrameOrdering ordering(
      uint32_t(frame_names.size()),
      [&frame_names](uint32_t frame) { return absl::string_view(frame_names[frame]); }, stems);
  FrameOrder order;
  for (Rank rank = 0; rank < ordering.count(); ++rank) {
    order.frame_of_rank.push_back(ordering.FrameOf(rank));
    order.names.push_back(ordering.Names(rank));
  }
  for (const DirectoryRange& range : ordering.directories()) {
    absl::string_view path = range.path_length == 0 ? "" : ordering.Path(range.begin);
    order.directories.push_back({.path = std::string(path.substr(0, range.path_length)),
                                 .begin = range.begin,
                                 .end = range.end});
  }
  return order;
}

}  // namespace annofs
