#include "fs/name_records.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "cache/lmdb.h"
#include "fs/name_table.h"

namespace annofs {
namespace {

// Extensions that are tried where a sidecar's frame is looked for.
constexpr size_t kMostExtensions = 8;

// Writes blocks of frames as they come in order of ranks.
class FrameWriter {
 public:
  explicit FrameWriter(PartWriter& out) : out_(out) {}

  absl::Status Add(Rank rank, const FrameEntry& entry) {
    if (!block_.empty() && block_.Add(entry)) return absl::OkStatus();
    RETURN_IF_ERROR(Flush());
    first_rank_ = rank;
    block_.Add(entry);
    return out_.Put(RecordKind::kPaths, PathKey(entry.path, rank), "");
  }
  absl::Status Flush() {
    if (block_.empty()) return absl::OkStatus();
    return out_.Put(RecordKind::kFrames, Key32(first_rank_), block_.Take());
  }

 private:
  PartWriter& out_;
  FrameBlockWriter block_;
  Rank first_rank_ = 0;
};

absl::Status WriteFrames(const FrameTable& frames, const FrameOrdering& ordering, PartWriter& out) {
  FrameWriter writer(out);
  for (Rank rank = 0; rank < ordering.count(); ++rank) {
    FrameEntry entry = frames.Entry(ordering.FrameOf(rank));
    entry.path = ordering.Path(rank);
    entry.shares_stem = ordering.SharesStem(rank);
    const std::optional<std::string> own_stem = ordering.OwnStem(rank);
    if (own_stem) entry.own_stem = *own_stem;
    RETURN_IF_ERROR(writer.Add(rank, entry));
  }
  return writer.Flush();
}

// A number for each of `count` places.
absl::Status WriteU32s(RecordKind kind, uint32_t count, absl::FunctionRef<uint32_t(uint32_t)> of,
                       PartWriter& out) {
  for (uint32_t block = 0; uint64_t{block} * kOrderBlock < count; ++block) {
    const uint32_t begin = block * kOrderBlock;
    const uint32_t end = begin + std::min(kOrderBlock, count - begin);
    std::vector<uint32_t> numbers;
    for (uint32_t place = begin; place < end; ++place) numbers.push_back(of(place));
    RETURN_IF_ERROR(out.Put(kind, Key32(block), EncodeU32s(numbers)));
  }
  return absl::OkStatus();
}

absl::Status WriteOrder(const FrameOrdering& ordering, PartWriter& out) {
  if (ordering.is_identity()) return absl::OkStatus();
  return WriteU32s(
      RecordKind::kOrder, ordering.count(), [&](Rank rank) { return ordering.FrameOf(rank); }, out);
}

std::vector<Rank> RanksOfFrames(const FrameOrdering& ordering) {
  std::vector<Rank> ranks(ordering.count());
  for (Rank rank = 0; rank < ordering.count(); ++rank) ranks[ordering.FrameOf(rank)] = rank;
  return ranks;
}

// The ranks in CVAT's order: by task and number, then as the frames came.
std::vector<Rank> RanksInOrder(const FrameTable& frames, const FrameOrdering& ordering) {
  struct Placed {
    uint32_t task, number, frame;
    auto operator<=>(const Placed&) const = default;
  };
  std::vector<Rank> ranks = RanksOfFrames(ordering);
  std::vector<Placed> placed;
  placed.reserve(frames.size());
  for (uint32_t frame = 0; frame < frames.size(); ++frame) {
    placed.push_back({frames.Task(frame), frames.Number(frame), frame});
  }
  if (std::is_sorted(placed.begin(), placed.end())) return ranks;
  std::sort(placed.begin(), placed.end());
  std::vector<Rank> in_order;
  in_order.reserve(placed.size());
  for (const Placed& one : placed) in_order.push_back(ranks[one.frame]);
  return in_order;
}

// True, and nothing is written, where that is the order of ranks.
absl::StatusOr<bool> WritePositions(const FrameTable& frames, const FrameOrdering& ordering,
                                    PartWriter& out) {
  const std::vector<Rank> in_order = RanksInOrder(frames, ordering);
  if (std::is_sorted(in_order.begin(), in_order.end())) return true;
  RETURN_IF_ERROR(WriteU32s(
      RecordKind::kInOrder, ordering.count(), [&](uint32_t place) { return in_order[place]; },
      out));
  std::vector<uint32_t> positions(in_order.size());
  for (uint32_t i = 0; i < in_order.size(); ++i) positions[in_order[i]] = i;
  RETURN_IF_ERROR(WriteU32s(
      RecordKind::kPositions, ordering.count(), [&](Rank rank) { return positions[rank]; }, out));
  return false;
}

absl::Status WriteStems(const FrameOrdering& ordering, PartWriter& out) {
  std::vector<std::pair<uint32_t, uint32_t>> entries;
  entries.reserve(ordering.count());
  for (Rank rank = 0; rank < ordering.count(); ++rank) {
    const std::optional<std::string> own = ordering.OwnStem(rank);
    entries.emplace_back(NameHash(own ? *own : StemOfPath(ordering.Path(rank))), rank);
  }
  return WriteNameTable(std::move(entries), RecordKind::kStems, out);
}

// The extensions that most frames have.
std::vector<std::string> UsualExtensions(const FrameOrdering& ordering) {
  std::map<std::string, uint32_t> uses;
  for (Rank rank = 0; rank < ordering.count(); ++rank) {
    const absl::string_view extension = Extension(ordering.Path(rank));
    auto found = uses.find(std::string(extension));
    // What comes late and is of a thousand kinds is not usual.
    if (found == uses.end() && uses.size() < 1000) found = uses.emplace(extension, 0).first;
    if (found != uses.end()) ++found->second;
  }
  std::vector<std::pair<uint32_t, std::string>> sorted;
  for (const auto& [extension, count] : uses) sorted.emplace_back(count, extension);
  std::sort(sorted.rbegin(), sorted.rend());
  std::vector<std::string> usual;
  for (const auto& [count, extension] : sorted) {
    if (usual.size() < kMostExtensions) usual.push_back(extension);
  }
  return usual;
}

// Of frames whose extension is not tried; true if there are any.
absl::StatusOr<bool> WriteSidecars(const FrameOrdering& ordering,
                                   const std::vector<std::string>& usual, PartWriter& out) {
  std::vector<std::pair<uint32_t, uint32_t>> entries;
  for (Rank rank = 0; rank < ordering.count(); ++rank) {
    if (ordering.SharesStem(rank)) continue;  // the sidecar is called like the path
    absl::string_view path = ordering.Path(rank);
    const absl::string_view extension = Extension(path);
    if (std::find(usual.begin(), usual.end(), extension) != usual.end()) continue;
    path.remove_suffix(extension.size());
    entries.emplace_back(NameHash(path), rank);
  }
  const bool has_any = !entries.empty();
  RETURN_IF_ERROR(WriteNameTable(std::move(entries), RecordKind::kSidecars, out));
  return has_any;
}

absl::Status WriteDirectories(const FrameOrdering& ordering, PartWriter& out) {
  const std::vector<DirectoryRange>& directories = ordering.directories();
  for (uint32_t begin = 0; begin < directories.size(); begin += kDirectoryBlock) {
    const size_t end = std::min<size_t>(begin + kDirectoryBlock, directories.size());
    std::vector<uint32_t> numbers;
    for (size_t i = begin; i < end; ++i) {
      numbers.insert(numbers.end(),
                     {directories[i].begin, directories[i].end, directories[i].path_length});
    }
    RETURN_IF_ERROR(
        out.Put(RecordKind::kDirectories, Key32(begin / kDirectoryBlock), EncodeU32s(numbers)));
  }
  return absl::OkStatus();
}

}  // namespace

std::string PathKey(absl::string_view path, uint32_t first_rank) {
  std::string key(path.substr(0, kPathKeyBytes));
  key.push_back('\0');  // which no safe path has
  return key + Key32(first_rank);
}

absl::Status WriteNames(const FrameTable& frames, const FrameOrdering& ordering, PartWriter& out) {
  RETURN_IF_ERROR(WriteFrames(frames, ordering, out));
  RETURN_IF_ERROR(WriteOrder(ordering, out));
  RETURN_IF_ERROR(WriteStems(ordering, out));
  RETURN_IF_ERROR(WriteDirectories(ordering, out));
  IndexCounts counts{.frames = ordering.count(),
                     .directories = uint32_t(ordering.directories().size()),
                     .is_identity = ordering.is_identity(),
                     .extensions = UsualExtensions(ordering)};
  ASSIGN_OR_RETURN(counts.is_in_order, WritePositions(frames, ordering, out));
  ASSIGN_OR_RETURN(counts.has_sidecars, WriteSidecars(ordering, counts.extensions, out));
  return out.Put(RecordKind::kCounts, "", EncodeCounts(counts));
}

}  // namespace annofs
