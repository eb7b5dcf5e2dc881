#include "cache/index_tasks.h"

#include <optional>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "cache/base/status.h"
#include "cache/cache_dir.h"
#include "cache/listing_cursor.h"
#include "cache/row_block.h"
#include "cache/row_codec.h"

namespace annofs {
namespace {

std::string TaskKey(SourceNumber source, SnapshotNumber snapshot, uint64_t number) {
  return absl::StrCat(HeadPrefix(source, snapshot), Key64(number));
}

void AppendText(std::string& out, absl::string_view text) {
  AppendNumber(out, text.size());
  absl::StrAppend(&out, text);
}

std::string ReadText(CodeReader& codes) { return std::string(codes.Bytes(codes.Number())); }

std::string Encode(const IndexTask& task) {
  std::string record(1, static_cast<char>(task.kind));
  AppendNumber(record, task.directory);
  AppendText(record, task.after);
  AppendText(record, task.until);
  return record;
}

std::optional<IndexTask> Decode(uint64_t number, absl::string_view record) {
  CodeReader codes(record);
  IndexTask task{.kind = static_cast<IndexTask::Kind>(codes.Byte()), .number = number};
  task.directory = codes.Number();
  task.after = ReadText(codes);
  task.until = ReadText(codes);
  if (!codes.ok() || !codes.empty()) return std::nullopt;
  return task;
}

}  // namespace

absl::Status PutTask(LmdbWriter& txn, SourceNumber source, SnapshotNumber snapshot,
                     const IndexTask& task) {
  return txn.Put(kRangesTable, TaskKey(source, snapshot, task.number), Encode(task));
}

absl::Status DeleteTask(LmdbWriter& txn, SourceNumber source, SnapshotNumber snapshot,
                        uint64_t number) {
  return txn.Delete(kRangesTable, TaskKey(source, snapshot, number));
}

std::vector<IndexTask> TasksOf(const LmdbReader& txn, SourceNumber source,
                               SnapshotNumber snapshot) {
  std::vector<IndexTask> tasks;
  const std::string prefix = HeadPrefix(source, snapshot);
  txn.Scan(kRangesTable, prefix, [&](absl::string_view key, absl::string_view record) {
    if (!absl::StartsWith(key, prefix) || key.size() != prefix.size() + 8) return false;
    const auto task = Decode(ReadKey64(key.substr(prefix.size())), record);
    if (task.has_value()) tasks.push_back(*task);
    return true;
  });
  return tasks;
}

absl::Status EachSubdirectory(
    const LmdbReader& txn, SourceNumber source, ListingNumber listing, const IndexTask& range,
    absl::FunctionRef<void(const std::string& before, const Row& subdirectory)> fn) {
  ListingCursor cursor(txn, source, listing);
  RETURN_IF_ERROR(cursor.Seek(absl::StrCat(range.after, absl::string_view("\0", 1))));
  std::string before = range.after;
  while (cursor.valid()) {
    std::string key = OrderKey(cursor.row());
    if (!range.until.empty() && key >= range.until) break;
    if (cursor.row().is_directory) fn(before, cursor.row());
    before = std::move(key);
    RETURN_IF_ERROR(cursor.Next());
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<IndexTask>> CutRange(const LmdbReader& txn, SourceNumber source,
                                                ListingNumber listing, const IndexTask& range,
                                                size_t most) {
  size_t directories = 0;
  RETURN_IF_ERROR(EachSubdirectory(txn, source, listing, range,
                                   [&](const std::string&, const Row&) { ++directories; }));
  std::vector<IndexTask> ranges;
  const size_t each = (directories + most - 1) / most;
  size_t seen = 0;
  RETURN_IF_ERROR(EachSubdirectory(txn, source, listing, range,
                                   [&](const std::string& before, const Row& subdirectory) {
                                     if (seen++ % each != 0) return;
                                     if (!ranges.empty())
                                       ranges.back().until = OrderKey(subdirectory);
                                     ranges.push_back({.kind = IndexTask::Kind::kRange,
                                                       .directory = range.directory,
                                                       .after = before,
                                                       .until = range.until});
                                   }));
  return ranges;
}

std::string KeyAfter(absl::string_view prefix, absl::string_view after) {
  if (after.empty()) return "";
  // '0' is the byte behind '/': all keys in a directory "d/" are before "d0".
  const bool is_directory = absl::ConsumeSuffix(&after, "/");
  return absl::StrCat(prefix, after, is_directory ? "0" : "");
}

}  // namespace annofs
