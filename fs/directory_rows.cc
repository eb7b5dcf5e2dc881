#include "fs/directory_rows.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"

namespace annofs {
namespace {

constexpr size_t kWindowRows = 256;  // what the catalog reads at once
constexpr size_t kWindows = 32;
constexpr size_t kUseful = kWindowRows / 8;  // of so many answers reading a window costs less
constexpr size_t kMostPatience = 4096;
// An object beside a directory of its name is shown under another, at the place of its own name
// (cache/README.md): it is found by asking the catalog.
constexpr absl::string_view kAsideMark = ".object";

// <0, 0, >0 as the row's place in its directory is before, at or after that of `key`.
int Compare(const Row& row, absl::string_view key) {
  const absl::string_view name = row.key_name.empty() ? row.name : row.key_name;
  if (!row.is_directory) return name.compare(key);
  const int order = name.compare(key.substr(0, name.size()));
  return order != 0 ? order : absl::string_view("/").compare(key.substr(name.size()));
}

}  // namespace

absl::StatusOr<const Row*> DirectoryRows::FindObject(RowId directory, absl::string_view name) {
  return Find(directory, name, false);
}

absl::StatusOr<std::optional<RowId>> DirectoryRows::FindDirectory(RowId directory,
                                                                  absl::string_view name) {
  ASSIGN_OR_RETURN(const Row* row, Find(directory, name, true));
  return row == nullptr ? std::nullopt : std::optional<RowId>(row->id);
}

absl::StatusOr<const Row*> DirectoryRows::Find(RowId directory, absl::string_view name,
                                               bool is_directory) {
  auto wanted = [is_directory](const Row* row) {
    return row != nullptr && row->is_directory == is_directory ? row : nullptr;
  };
  if (absl::StrContains(name, kAsideMark)) {
    ASSIGN_OR_RETURN(const Row* row, LookUp(directory, name));
    return wanted(row);
  }
  ASSIGN_OR_RETURN(Window * window, WindowOf(directory));
  key_.assign(name.data(), name.size());
  if (is_directory) key_.push_back('/');
  const bool is_behind = !window->rows.empty() && Compare(window->rows.back(), key_) < 0;
  if (is_behind && !window->at_end && window->asked >= kUseful) {
    RETURN_IF_ERROR(ReadAfter(directory, window->rows.back().id, *window));
  }
  const std::vector<Row>& rows = window->rows;
  const bool is_covered =
      (window->from_start || (!rows.empty() && Compare(rows.front(), key_) <= 0)) &&
      (window->at_end || (!rows.empty() && Compare(rows.back(), key_) >= 0));
  if (is_covered) {
    ++window->asked;
    auto found = std::lower_bound(
        rows.begin(), rows.end(), key_,
        [](const Row& row, const std::string& key) { return Compare(row, key) < 0; });
    const bool is_there = found != rows.end() && Compare(*found, key_) == 0 && found->name == name;
    return is_there ? wanted(&*found) : nullptr;
  }
  ASSIGN_OR_RETURN(const Row* row, LookUp(directory, name));
  RETURN_IF_ERROR(FollowStreak(directory, name, row, *window));
  return wanted(row);
}

absl::StatusOr<const Row*> DirectoryRows::LookUp(RowId directory, absl::string_view name) {
  absl::StatusOr<Row> row = catalog_.Lookup(directory, name, context_);
  // A frame's name may be longer than any entry's.
  if (absl::IsNotFound(row.status()) || absl::IsOutOfRange(row.status())) return nullptr;
  RETURN_IF_ERROR(row.status());
  single_ = *std::move(row);
  return &*single_;
}

// A directory's first rows are read at once: most directories have no more.
absl::StatusOr<DirectoryRows::Window*> DirectoryRows::WindowOf(RowId directory) {
  auto known = windows_.find(directory);
  if (known != windows_.end()) return &known->second;
  if (windows_.size() >= kWindows) windows_.clear();
  Window& window = windows_[directory];
  absl::Status status = ReadAfter(directory, 0, window);
  if (!status.ok()) windows_.erase(directory);
  RETURN_IF_ERROR(status);
  return &window;
}

absl::Status DirectoryRows::ReadAfter(RowId directory, RowId after, Window& window) {
  std::vector<Row> rows;
  rows.reserve(kWindowRows);
  RETURN_IF_ERROR(catalog_.Children(
      directory, after,
      [&rows](const Row& row) {
        rows.push_back(row);
        return rows.size() < kWindowRows;
      },
      context_));
  window.at_end = rows.size() < kWindowRows;
  // Of a position at the end nothing comes: the rows before it go on answering for theirs.
  if (rows.empty() && after != 0) return absl::OkStatus();
  window.rows = std::move(rows);
  window.from_start = after == 0;
  window.asked = 0;
  return absl::OkStatus();
}

absl::Status DirectoryRows::FollowStreak(RowId directory, absl::string_view name, const Row* found,
                                         Window& window) {
  window.streak = window.last < name ? window.streak + 1 : 0;
  window.last.assign(name.data(), name.size());
  if (found == nullptr || window.streak < window.patience) return absl::OkStatus();
  // Rows that gave few answers are not worth reading soon again.
  const bool was_useful = window.asked >= kUseful;
  window.patience = was_useful ? 4 : std::min(kMostPatience, window.patience * 2);
  window.streak = 0;
  return ReadAfter(directory, found->id, window);
}

}  // namespace annofs
