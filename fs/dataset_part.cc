#include "fs/dataset_part.h"

#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/base/log.h"
#include "cache/base/number_code.h"
#include "cache/base/status.h"
#include "cache/cache_dir.h"
#include "cache/process_stamp.h"

namespace annofs {
namespace {

constexpr absl::string_view kNextPart = "next_dataset_part";
// Of each part that is not published: who makes it; nobody: "".
constexpr absl::string_view kUnfinished = "dataset_part/";

// LMDB keeps what a transaction writes in memory, and so does what repeats one on a full disk.
constexpr size_t kCommitBytes = 8 << 20;
constexpr size_t kDeletesPerCommit = 4096;

std::string UnfinishedKey(uint32_t part) { return absl::StrCat(kUnfinished, Key32(part)); }

bool IsAbandoned(absl::string_view maker) {
  std::optional<ProcessStamp> stamp = DecodeStamp(maker);
  return !stamp || !IsAlive(*stamp);
}

absl::StatusOr<std::vector<uint32_t>> AbandonedParts(Lmdb& lmdb) {
  std::vector<uint32_t> parts;
  RETURN_IF_ERROR(lmdb.View([&](const LmdbReader& reader) {
    reader.Scan(kMetaTable, kUnfinished, [&](absl::string_view key, absl::string_view value) {
      if (!absl::StartsWith(key, kUnfinished)) return false;
      key.remove_prefix(kUnfinished.size());
      if (key.size() == 4 && IsAbandoned(value)) parts.push_back(ReadKey32(key));
      return true;
    });
    return absl::OkStatus();
  }));
  return parts;
}

// Some of its records; false when none are left.
absl::StatusOr<bool> RemoveSome(Lmdb& lmdb, uint32_t part) {
  const std::string prefix = Key32(part);
  std::vector<std::string> keys;
  RETURN_IF_ERROR(lmdb.Update([&](LmdbWriter& writer) {
    keys.clear();
    writer.Scan(kDatasetDataTable, prefix, [&](absl::string_view key, absl::string_view) {
      if (!absl::StartsWith(key, prefix) || keys.size() == kDeletesPerCommit) return false;
      keys.emplace_back(key);
      return true;
    });
    for (const std::string& key : keys) {
      RETURN_IF_ERROR(writer.Delete(kDatasetDataTable, key));
    }
    return keys.empty() ? writer.Delete(kMetaTable, UnfinishedKey(part)) : absl::OkStatus();
  }));
  return !keys.empty();
}

}  // namespace

absl::StatusOr<std::optional<uint32_t>> FindPart(Lmdb& lmdb, const IndexVersion& version) {
  std::optional<uint32_t> part;
  RETURN_IF_ERROR(lmdb.View([&](const LmdbReader& reader) {
    if (auto found = reader.Get(kDatasetsTable, version)) part = ReadKey32(*found);
    return absl::OkStatus();
  }));
  return part;
}

absl::Status RemoveAbandonedParts(Lmdb& lmdb) {
  ASSIGN_OR_RETURN(std::vector<uint32_t> parts, AbandonedParts(lmdb));
  for (uint32_t part : parts) {
    for (bool is_more = true; is_more;) {
      ASSIGN_OR_RETURN(is_more, RemoveSome(lmdb, part));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<PartWriter>> PartWriter::Begin(Lmdb& lmdb) {
  RETURN_IF_ERROR(RemoveAbandonedParts(lmdb));
  uint32_t part = 1;
  RETURN_IF_ERROR(lmdb.Update([&](LmdbWriter& writer) {
    if (auto next = writer.Get(kMetaTable, kNextPart)) part = ReadKey32(*next);
    RETURN_IF_ERROR(writer.Put(kMetaTable, UnfinishedKey(part), EncodeStamp(ThisProcess())));
    return writer.Put(kMetaTable, kNextPart, Key32(part + 1));
  }));
  return std::unique_ptr<PartWriter>(new PartWriter(lmdb, part));
}

PartWriter::~PartWriter() {
  if (is_published_) return;
  absl::Status status = lmdb_.Update(
      [this](LmdbWriter& writer) { return writer.Put(kMetaTable, UnfinishedKey(part_), ""); });
  // It is removed after this process has ended.
  if (!status.ok()) LogWarning(absl::StrCat("an unfinished index stays: ", status.message()));
}

absl::Status PartWriter::Put(RecordKind kind, absl::string_view rest, absl::string_view value) {
  const std::string key = RecordKey(part_, kind, rest);
  AppendNumber(waiting_, key.size());
  waiting_ += key;
  AppendNumber(waiting_, value.size());
  waiting_.append(value.data(), value.size());
  return waiting_.size() < kCommitBytes ? absl::OkStatus() : Flush();
}

absl::Status PartWriter::Flush() {
  RETURN_IF_ERROR(lmdb_.Update([this](LmdbWriter& writer) {
    for (CodeReader in(waiting_); !in.empty();) {
      const absl::string_view key = in.Bytes(in.Number());
      const absl::string_view value = in.Bytes(in.Number());
      RETURN_IF_ERROR(writer.Put(kDatasetDataTable, key, value));
    }
    return absl::OkStatus();
  }));
  waiting_.clear();
  if (waiting_.capacity() > 2 * kCommitBytes) waiting_.shrink_to_fit();
  return absl::OkStatus();
}

absl::Status PartWriter::Publish(const IndexVersion& version) {
  RETURN_IF_ERROR(Flush());
  bool is_first = true;
  RETURN_IF_ERROR(lmdb_.Update([&](LmdbWriter& writer) {
    is_first = !writer.Get(kDatasetsTable, version).has_value();
    if (!is_first) return absl::OkStatus();
    RETURN_IF_ERROR(writer.Delete(kMetaTable, UnfinishedKey(part_)));
    return writer.Put(kDatasetsTable, version, Key32(part_));
  }));
  is_published_ = is_first;
  return absl::OkStatus();
}

}  // namespace annofs
