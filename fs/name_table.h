// A table of the index from hashes of names to ranks: 8 bytes for each frame. Names may share a
// hash: who looks one up compares them.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "cache/lmdb.h"
#include "fs/dataset_part.h"
#include "fs/dataset_records.h"

namespace annofs {

uint32_t NameHash(absl::string_view name);

// `entries`: hash and rank of each name, in any order.
absl::Status WriteNameTable(std::vector<std::pair<uint32_t, uint32_t>> entries, RecordKind kind,
                            PartWriter& out);

// Such entries, sorted, as blocks of at most kNameBlock, each with the key that it has behind its
// table's prefix.
inline constexpr size_t kNameBlock = 509;
absl::Status ForEachNameBlock(
    absl::Span<const std::pair<uint32_t, uint32_t>> sorted,
    absl::FunctionRef<absl::Status(const std::string& key, const std::string& block)> fn);

// The ranks of names with that hash among the blocks whose keys begin so.
absl::StatusOr<std::vector<uint32_t>> FindInNameBlocks(const LmdbReader& reader, LmdbTable table,
                                                       const std::string& prefix, uint32_t hash);

// The ranks of names with that hash, ascending. kInternal if the table is damaged.
absl::StatusOr<std::vector<uint32_t>> FindNames(const LmdbReader& reader, uint32_t part,
                                                RecordKind kind, uint32_t hash);

}  // namespace annofs
