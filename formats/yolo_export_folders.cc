#include "formats/yolo_export_folders.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <tuple>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "cache/base/digest.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "formats/media_path.h"
#include "formats/segments.h"

namespace annofs {
namespace {

// The names of a folder as they are given out. Names are told apart by 64 bits of a hash: two that
// share it get a number that they would not need.
class GivenNames {
 public:
  // The number behind the name; nothing: the name is new.
  std::optional<uint32_t> Give(absl::string_view name) {
    const uint64_t hash = Hash64(name);
    if (given_.insert(hash).second) return std::nullopt;
    uint32_t& next = next_[hash];  // all before it are given
    while (!given_.insert(Hash64(absl::StrCat(name, ".", next))).second) ++next;
    return next++;
  }

 private:
  absl::flat_hash_set<uint64_t> given_;
  absl::flat_hash_map<uint64_t, uint32_t> next_;  // of names that were asked for again
};

// How often a frame is in the folder.
absl::StatusOr<uint32_t> CopiesOf(const Dataset& data, Rank rank,
                                  const ClassFolderContent& content) {
  if (!content.may_repeat) return 1;
  ASSIGN_OR_RETURN(const FrameShapes all, data.Shapes(rank));
  uint32_t copies = 0;
  for (const Shape& tag : all.tags) {
    copies += std::count(content.labels.begin(), content.labels.end(), tag.label) > 0 ? 1 : 0;
  }
  return std::clamp<uint32_t>(copies, 1, ClassFolder::kMostCopies);
}

// Calls `fn` with each frame of the parts, in order.
absl::Status ForEachFrame(const Dataset& data, const std::vector<RankSet>& parts,
                          const std::function<absl::Status(Rank)>& fn) {
  Segments segments;
  for (const RankSet& part : parts) {
    segments.sections.push_back({.frames = part,
                                 .segment = [&fn](const Dataset&, const SegmentAt& at, Running&,
                                                  std::string&) { return fn(at.rank); }});
  }
  SegmentReader reader(segments, data);
  std::string no_text;
  for (bool more = true; more;) {
    ASSIGN_OR_RETURN(more, reader.Next(no_text));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ClassFolder> ClassFolder::Make(const Dataset& data,
                                              const ClassFolderContent& content) {
  ClassFolder folder;
  if (data.directory_count() == 1 && !content.may_repeat) {
    RankCollector frames;
    for (const RankSet& part : content.parts) frames.AddAll(part);
    folder.copies_.push_back(frames.Take());
    folder.are_base_names_ = true;
    return folder;
  }
  GivenNames names;
  std::vector<RankCollector> copies;
  RETURN_IF_ERROR(ForEachFrame(data, content.parts, [&](Rank rank) -> absl::Status {
    ASSIGN_OR_RETURN(const std::string path, ImageFileName(data, rank));
    ASSIGN_OR_RETURN(const uint32_t count, CopiesOf(data, rank, content));
    for (uint32_t copy = 0; copy < count; ++copy) {
      if (copy == copies.size()) copies.emplace_back();
      copies[copy].Add(rank);
      const std::optional<uint32_t> number = names.Give(BaseName(WithoutExtension(path)));
      if (number) folder.changed_.push_back({rank, copy, *number});
    }
    return absl::OkStatus();
  }));
  std::sort(folder.changed_.begin(), folder.changed_.end(), [](const auto& a, const auto& b) {
    return std::tie(a.rank, a.copy) < std::tie(b.rank, b.copy);
  });
  folder.changed_.shrink_to_fit();
  for (RankCollector& frames : copies) folder.copies_.push_back(frames.Take());
  return folder;
}

absl::StatusOr<std::string> ClassFolder::NameOf(const Dataset& data, Rank rank,
                                                uint32_t copy) const {
  ASSIGN_OR_RETURN(const FrameNames names, data.Names(rank));
  return NameOf(data, rank, names, copy);
}

absl::StatusOr<std::string> ClassFolder::NameOf(const Dataset& data, Rank rank,
                                                const FrameNames& names, uint32_t copy) const {
  ASSIGN_OR_RETURN(const std::string path, MediaPath(data, rank, names));
  const auto found = std::lower_bound(changed_.begin(), changed_.end(), std::tie(rank, copy),
                                      [](const Changed& changed, const auto& key) {
                                        return std::tie(changed.rank, changed.copy) < key;
                                      });
  const bool is_changed = found != changed_.end() && found->rank == rank && found->copy == copy;
  if (!is_changed) return std::string(BaseName(path));
  return absl::StrCat(BaseName(WithoutExtension(path)), ".", found->number, Extension(path));
}

}  // namespace annofs
