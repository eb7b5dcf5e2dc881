#include "fs/media_index.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/base/digest.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "formats/media_names.h"

namespace annofs {
namespace {

constexpr size_t kMostDepths = 64;  // names are of few depths; others are not looked for
constexpr size_t kMostDirectories = 4096;
// Of a frame whose extension is not known: no name of an object ends so by chance, as no object is
// asked for by it.
constexpr absl::string_view kAnyExtension("\0", 1);

uint64_t HashOfName(absl::string_view name) { return Hash64(name); }
uint64_t HashOfStem(absl::string_view stem) { return Hash64(absl::StrCat(kAnyExtension, stem)); }

size_t Depth(absl::string_view name) {
  return size_t(std::count(name.begin(), name.end(), '/')) + 1;
}

absl::string_view NameInKey(const Row& row) {
  return row.key_name.empty() ? row.name : row.key_name;
}

bool IsEndOf(absl::string_view end, absl::string_view key) {
  if (!absl::EndsWith(key, end)) return false;
  return key.size() == end.size() || key[key.size() - end.size() - 1] == '/';
}

bool IsWantedKey(absl::string_view frame_name, absl::string_view key) {
  if (IsEndOf(frame_name, key)) return true;
  return MayHaveAnyExtension(frame_name) && IsMediaName(key) &&
         IsEndOf(MediaStem(frame_name), MediaStem(key));
}

}  // namespace

absl::Status WantedNames::AddAll(const Dataset& data) {
  hashes_.reserve(data.frame_count());
  for (Rank rank = 0; rank < data.frame_count(); ++rank) {
    ASSIGN_OR_RETURN(const Frame frame, data.GetFrame(rank));
    Add(frame.name);
    for (const std::string& name : frame.related) Add(name);
  }
  return absl::OkStatus();
}

void WantedNames::Add(absl::string_view frame_name) {
  hashes_.insert(HashOfName(frame_name));
  if (MayHaveAnyExtension(frame_name)) {
    hashes_.insert(HashOfStem(MediaStem(frame_name)));
    hashes_.insert(HashOfStem(MediaStem(BaseName(frame_name))));
  }
  if (depths_.size() < kMostDepths) depths_.insert(Depth(frame_name));
}

absl::StatusOr<FoundObject> SuffixIndex::Find(absl::string_view frame_name) {
  if (!std::exchange(is_walked_, true)) {
    absl::Status walked = Walk();
    if (!walked.ok()) is_walked_ = false;
    RETURN_IF_ERROR(walked);
  }
  FoundObject found;
  if (is_full_) {
    found.too_many = true;
    return found;
  }
  std::array<absl::Span<const HashedRows::Entry>, 2> all = {rows_.Find(HashOfName(frame_name))};
  if (all[0].empty() && MayHaveAnyExtension(frame_name)) {
    all[1] = rows_.Find(HashOfStem(MediaStem(frame_name)));
  }
  for (const auto& entries : all) {
    for (const HashedRows::Entry& entry : entries) {
      ASSIGN_OR_RETURN(Row row, catalog_.Get(entry.row));
      ASSIGN_OR_RETURN(std::string key, KeyOf(row));
      if (!IsWantedKey(frame_name, key)) continue;
      if (!found.key.empty()) {
        found.other_key = std::move(key);
        found.row.reset();
        return found;
      }
      found.row = std::move(row);
      found.key = std::move(key);
    }
  }
  return found;
}

// Frames of one directory mostly are of one directory of the bucket, too.
absl::StatusOr<std::string> SuffixIndex::KeyOf(const Row& row) {
  if (row.parent != parent_) {
    ASSIGN_OR_RETURN(parent_key_, catalog_.Key(row.parent));
    parent_ = row.parent;
  }
  return absl::StrCat(parent_key_, NameInKey(row));
}

absl::Status SuffixIndex::Walk() {
  rows_ = HashedRows();
  std::vector<std::pair<RowId, std::string>> directories = {{kRootRow, ""}};
  while (!directories.empty() && !is_full_) {
    const auto [directory, path] = std::move(directories.back());
    directories.pop_back();
    RETURN_IF_ERROR(catalog_.Children(
        directory, 0,
        [&, &path = path](const Row& row) {
          std::string key = JoinPath(path, NameInKey(row));
          if (row.is_directory) {
            directories.emplace_back(row.id, std::move(key));
          } else {
            AddObject(key, row.id);
          }
          return !is_full_;
        },
        context_));
  }
  if (is_full_) rows_ = HashedRows();
  rows_.Sort();
  return absl::OkStatus();
}

void SuffixIndex::AddObject(absl::string_view key, RowId row) {
  size_t begin = key.size(), depth = 0;
  for (size_t wanted : wanted_.depths()) {
    while (depth < wanted) {
      if (begin == 0) return;  // the key has fewer components
      const size_t slash = key.substr(0, begin - 1).rfind('/');
      begin = slash == absl::string_view::npos ? 0 : slash + 1;
      ++depth;
    }
    AddEnd(key.substr(begin), row);
  }
}

void SuffixIndex::AddEnd(absl::string_view end, RowId row) {
  auto add = [&](uint64_t hash) {
    if (wanted_.Wants(hash) && !rows_.Add(hash, row)) is_full_ = true;
  };
  add(HashOfName(end));
  if (IsMediaName(end)) add(HashOfStem(MediaStem(end)));
}

absl::StatusOr<FoundObject> StemIndex::Find(RowId directory, absl::string_view path,
                                            absl::string_view stem) {
  ASSIGN_OR_RETURN(const Stems* stems, StemsOf(directory));
  FoundObject found;
  if (stems->is_full) {
    found.too_many = true;
    return found;
  }
  for (const HashedRows::Entry& entry : stems->rows.Find(HashOfStem(stem))) {
    ASSIGN_OR_RETURN(Row row, catalog_.Get(entry.row));
    if (MediaStem(row.name) != stem) continue;
    std::string key = JoinPath(path, row.name);
    if (!found.key.empty()) {
      found.other_key = std::move(key);
      found.row.reset();
      return found;
    }
    found.key = std::move(key);
    found.row = std::move(row);
  }
  return found;
}

absl::StatusOr<const StemIndex::Stems*> StemIndex::StemsOf(RowId directory) {
  auto known = directories_.find(directory);
  if (known != directories_.end()) return &known->second;
  Stems stems;
  RETURN_IF_ERROR(catalog_.Children(
      directory, 0,
      [&](const Row& row) {
        if (row.is_directory || !row.key_name.empty() || !IsMediaName(row.name)) return true;
        const uint64_t hash = HashOfStem(MediaStem(row.name));
        const bool is_wanted = wanted_ == nullptr || wanted_->Wants(hash);
        if (is_wanted && !stems.rows.Add(hash, row.id)) stems.is_full = true;
        return !stems.is_full;
      },
      context_));
  if (stems.is_full) stems.rows = HashedRows();
  stems.rows.Sort();
  rows_ += stems.rows.size();
  if (directories_.size() >= kMostDirectories || rows_ > HashedRows::kMostRows) {
    directories_.clear();
    rows_ = stems.rows.size();
  }
  return &(directories_[directory] = std::move(stems));
}

}  // namespace annofs
