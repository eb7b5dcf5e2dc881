#include "fs/name_table.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "cache/base/digest.h"
#include "cache/base/status.h"
#include "cache/cache_dir.h"

namespace annofs {

uint32_t NameHash(absl::string_view name) { return uint32_t(Hash64(name) >> 32); }

absl::Status WriteNameTable(std::vector<std::pair<uint32_t, uint32_t>> entries, RecordKind kind,
                            PartWriter& out) {
  std::sort(entries.begin(), entries.end());
  return ForEachNameBlock(entries, [&](const std::string& key, const std::string& block) {
    return out.Put(kind, key, block);
  });
}

absl::Status ForEachNameBlock(
    absl::Span<const std::pair<uint32_t, uint32_t>> sorted,
    absl::FunctionRef<absl::Status(const std::string& key, const std::string& block)> fn) {
  for (size_t begin = 0; begin < sorted.size(); begin += kNameBlock) {
    RecordWriter block;
    for (const auto& [hash, rank] : sorted.subspan(begin, kNameBlock)) block.U32(hash).U32(rank);
    RETURN_IF_ERROR(
        fn(Key32(sorted[begin].first) + Key32(sorted[begin].second), Sealed(block.Take())));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<uint32_t>> FindNames(const LmdbReader& reader, uint32_t part,
                                                RecordKind kind, uint32_t hash) {
  return FindInNameBlocks(reader, kDatasetDataTable, RecordKey(part, kind), hash);
}

absl::StatusOr<std::vector<uint32_t>> FindInNameBlocks(const LmdbReader& reader, LmdbTable table,
                                                       const std::string& prefix, uint32_t hash) {
  std::string from = prefix + Key32(hash) + Key32(0);
  // The block that begins before the hash may end in it.
  auto before = reader.Floor(table, from);
  if (before && absl::StartsWith(before->key, prefix)) from = std::string(before->key);
  std::vector<uint32_t> ranks;
  absl::Status status;
  reader.Scan(table, from, [&](absl::string_view key, absl::string_view value) {
    if (!absl::StartsWith(key, prefix)) return false;
    absl::StatusOr<std::vector<uint32_t>> numbers = DecodeU32s(value);
    status = numbers.status();
    if (!status.ok()) return false;
    for (size_t i = 0; i + 1 < numbers->size(); i += 2) {
      if ((*numbers)[i] == hash) ranks.push_back((*numbers)[i + 1]);
      if ((*numbers)[i] > hash) return false;
    }
    return true;
  });
  RETURN_IF_ERROR(status);
  return ranks;
}

}  // namespace annofs
