#include "fs/frame_finder.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "cache/cache_dir.h"
#include "fs/name_records.h"
#include "fs/name_table.h"

namespace annofs {
namespace {

absl::Status Damaged() {
  return absl::InternalError("the names of frames in the dataset index are damaged");
}

}  // namespace

absl::StatusOr<FrameFinder::Block> FrameFinder::BlockOf(Rank rank) const {
  const std::string kind = RecordKey(part_, RecordKind::kFrames);
  auto found = reader_.Floor(kDatasetDataTable, kind + Key32(rank));
  if (!found || !absl::StartsWith(found->key, kind)) return Damaged();
  return Block{.first = ReadKey32(found->key.substr(kind.size())), .bytes = found->value};
}

absl::Status FrameFinder::Get(Rank rank, Frame* frame) const {
  ASSIGN_OR_RETURN(Block block, BlockOf(rank));
  FrameBlockReader in(block.bytes);
  RETURN_IF_ERROR(in.status());
  if (rank - block.first >= in.count()) return Damaged();
  RETURN_IF_ERROR(in.Seek(rank - block.first));
  *frame = in.GetFrame();
  return absl::OkStatus();
}

absl::Status FrameFinder::Names(Rank rank, FrameNames* names) const {
  ASSIGN_OR_RETURN(Block block, BlockOf(rank));
  FrameBlockReader in(block.bytes);
  RETURN_IF_ERROR(in.status());
  if (rank - block.first >= in.count()) return Damaged();
  RETURN_IF_ERROR(in.Seek(rank - block.first));
  *names = in.Names();
  return absl::OkStatus();
}

absl::StatusOr<std::optional<FrameFinder::Block>> FrameFinder::BlockOf(
    absl::string_view path) const {
  if (path.size() >= kPathKeyBytes) return SearchBlock(path);
  const std::string kind = RecordKey(part_, RecordKind::kPaths);
  auto found = reader_.Floor(kDatasetDataTable, kind + PathKey(path, UINT32_MAX));
  if (!found || !absl::StartsWith(found->key, kind)) return std::optional<Block>();
  ASSIGN_OR_RETURN(Block block, BlockOf(ReadKey32(found->key.substr(found->key.size() - 4))));
  return std::optional<Block>(block);
}

// Blocks of long paths may look the same in the table of paths.
absl::StatusOr<std::optional<FrameFinder::Block>> FrameFinder::SearchBlock(
    absl::string_view path) const {
  std::optional<Block> last;
  for (Rank low = 0, high = counts_.frames; low < high;) {
    const Rank middle = low + (high - low) / 2;
    ASSIGN_OR_RETURN(Block block, BlockOf(middle));
    FrameBlockReader in(block.bytes);
    RETURN_IF_ERROR(in.status());
    if (middle - block.first >= in.count()) return Damaged();
    RETURN_IF_ERROR(in.Seek(0));
    if (in.path() > path) {
      high = block.first;
    } else {
      last = block;
      low = block.first + in.count();
    }
  }
  return last;
}

absl::StatusOr<Rank> FrameFinder::LowerBound(absl::string_view path, std::string* found) const {
  ASSIGN_OR_RETURN(std::optional<Block> block, BlockOf(path));
  Rank rank = 0;
  if (block) {
    FrameBlockReader in(block->bytes);
    RETURN_IF_ERROR(in.status());
    ASSIGN_OR_RETURN(uint32_t place, in.SeekPath(path));
    rank = block->first + place;
    if (place < in.count()) {
      *found = std::string(in.path());
      return rank;
    }
  }
  if (rank >= counts_.frames) return rank;
  FrameNames names;
  RETURN_IF_ERROR(Names(rank, &names));
  *found = std::move(names.path);
  return rank;
}

absl::Status FrameFinder::FindPath(absl::string_view path, std::optional<Rank>* rank) const {
  ASSIGN_OR_RETURN(std::optional<Block> block, BlockOf(path));
  if (!block) return absl::OkStatus();
  FrameBlockReader in(block->bytes);
  RETURN_IF_ERROR(in.status());
  ASSIGN_OR_RETURN(uint32_t place, in.SeekPath(path));
  if (place < in.count() && in.path() == path) *rank = block->first + place;
  return absl::OkStatus();
}

absl::Status FrameFinder::FindSidecar(absl::string_view sidecar, std::optional<Rank>* rank) const {
  auto try_path = [&](const std::string& path) -> absl::Status {
    std::optional<Rank> found;
    RETURN_IF_ERROR(FindPath(path, &found));
    if (!found) return absl::OkStatus();
    FrameNames names;
    RETURN_IF_ERROR(Names(*found, &names));
    if (names.sidecar() == sidecar) *rank = found;
    return absl::OkStatus();
  };
  for (const std::string& extension : counts_.extensions) {
    RETURN_IF_ERROR(try_path(absl::StrCat(sidecar, extension)));
    if (rank->has_value()) return absl::OkStatus();
  }
  // Of a frame that keeps its extension.
  RETURN_IF_ERROR(try_path(std::string(sidecar)));
  if (rank->has_value() || !counts_.has_sidecars) return absl::OkStatus();
  return FindNamed(
      RecordKind::kSidecars, sidecar,
      [sidecar](const FrameNames& names) { return names.sidecar() == sidecar; }, rank);
}

absl::Status FrameFinder::FindStem(absl::string_view stem, std::optional<Rank>* rank) const {
  return FindNamed(
      RecordKind::kStems, stem, [stem](const FrameNames& names) { return names.stem == stem; },
      rank);
}

absl::Status FrameFinder::FindNamed(RecordKind kind, absl::string_view name,
                                    absl::FunctionRef<bool(const FrameNames&)> is_it,
                                    std::optional<Rank>* rank) const {
  ASSIGN_OR_RETURN(std::vector<uint32_t> ranks, FindNames(reader_, part_, kind, NameHash(name)));
  for (Rank candidate : ranks) {
    FrameNames names;
    if (candidate >= counts_.frames) return Damaged();
    RETURN_IF_ERROR(Names(candidate, &names));
    if (!is_it(names)) continue;
    *rank = candidate;
    break;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<uint32_t>> FrameFinder::DirectoryBlock(uint32_t block) const {
  auto found =
      reader_.Get(kDatasetDataTable, RecordKey(part_, RecordKind::kDirectories, Key32(block)));
  if (!found) return Damaged();
  return DecodeU32s(*found);
}

absl::Status FrameFinder::Directory(uint32_t number, FrameDirectory* directory) const {
  ASSIGN_OR_RETURN(std::vector<uint32_t> block, DirectoryBlock(number / kDirectoryBlock));
  const size_t place = 3 * (number % kDirectoryBlock);
  if (place + 3 > block.size()) return Damaged();
  directory->begin = block[place];
  directory->end = block[place + 1];
  directory->path.clear();
  const uint32_t length = block[place + 2];
  if (length == 0) return absl::OkStatus();
  FrameNames names;
  RETURN_IF_ERROR(Names(directory->begin, &names));
  if (length > names.path.size()) return Damaged();
  directory->path = names.path.substr(0, length);
  return absl::OkStatus();
}

absl::Status FrameFinder::FindDirectory(absl::string_view path,
                                        std::optional<uint32_t>* number) const {
  if (path.empty()) {
    *number = 0;
    return absl::OkStatus();
  }
  const std::string inside = absl::StrCat(path, "/");
  std::string first;
  ASSIGN_OR_RETURN(Rank begin, LowerBound(inside, &first));
  if (begin >= counts_.frames || !absl::StartsWith(first, inside)) return absl::OkStatus();
  // Directories are in order of (begin, length of path): the last block that does not begin behind
  // it.
  const auto is_behind = [&](const std::vector<uint32_t>& block, size_t place) {
    return std::pair(block[3 * place], size_t(block[3 * place + 2])) >
           std::pair(begin, path.size());
  };
  uint32_t low = 0, high = (counts_.directories + kDirectoryBlock - 1) / kDirectoryBlock;
  while (high - low > 1) {
    const uint32_t middle = low + (high - low) / 2;
    ASSIGN_OR_RETURN(std::vector<uint32_t> block, DirectoryBlock(middle));
    if (block.size() < 3) return Damaged();
    (is_behind(block, 0) ? high : low) = middle;
  }
  ASSIGN_OR_RETURN(std::vector<uint32_t> block, DirectoryBlock(low));
  for (size_t place = 0; 3 * place + 2 < block.size(); ++place) {
    if (block[3 * place] != begin || block[3 * place + 2] != path.size()) continue;
    *number = low * kDirectoryBlock + uint32_t(place);
    break;
  }
  return absl::OkStatus();
}

}  // namespace annofs
