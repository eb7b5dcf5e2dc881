#include "formats/subset_names.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "formats/frame_names.h"

namespace annofs {
namespace {

// Only frames with these are named by subset: whether two of them share a sidecar can be asked.
constexpr absl::string_view kExtensions[] = {"",     ".jpg",  ".jpeg", ".png", ".bmp",
                                             ".tif", ".tiff", ".webp", ".JPG", ".PNG"};

bool IsNamedBySubset(absl::string_view name) {
  return std::find(std::begin(kExtensions), std::end(kExtensions), Extension(name)) !=
         std::end(kExtensions);
}

absl::StatusOr<std::optional<Rank>> FindEqual(const Dataset& data, absl::string_view name,
                                              uint32_t nth) {
  const std::optional<std::string> path = PathOfEqual(name, nth);
  if (!path) return std::optional<Rank>();
  return data.FindPath(*path);
}

// One of the frames of a name.
struct Equal {
  Rank rank;
  uint32_t position;
  std::string subset;
};

std::string SubsetOf(const Frame& frame) { return frame.subset == "default" ? "" : frame.subset; }

// The frames whose paths are hashes of the name, in CVAT's order; none if there are too many.
absl::StatusOr<std::vector<Equal>> EqualsOf(const Dataset& data, absl::string_view name) {
  std::vector<Equal> equals;
  if (!IsNamedBySubset(name)) return equals;
  for (uint32_t nth = 0; nth <= kMaxEqualNames; ++nth) {
    ASSIGN_OR_RETURN(const std::optional<Rank> rank, FindEqual(data, name, nth));
    if (!rank) break;
    if (nth == 0) {
      ASSIGN_OR_RETURN(const std::optional<Rank> last, FindEqual(data, name, kMaxEqualNames));
      if (last) return equals;
    }
    ASSIGN_OR_RETURN(const Frame frame, data.GetFrame(*rank));
    if (frame.name != name) continue;  // called like a hash
    ASSIGN_OR_RETURN(const uint32_t position, data.PositionOf(*rank));
    equals.push_back({*rank, position, SubsetOf(frame)});
  }
  std::sort(equals.begin(), equals.end(),
            [](const Equal& a, const Equal& b) { return a.position < b.position; });
  return equals;
}

// CVAT's name of the frame that has `before` of its name before it (mangle_image_name()).
std::string Numbered(absl::string_view name, uint32_t before) {
  if (before == 0) return std::string(name);
  return absl::StrCat(WithoutExtension(name), "_", before, Extension(name));
}

// The name whose equals may be numbered so; nothing if there is no number at its end.
std::optional<std::string> WithoutNumber(absl::string_view path) {
  absl::string_view stem = WithoutExtension(path);
  const size_t size = stem.size();
  while (!stem.empty() && absl::ascii_isdigit(uint8_t(stem.back()))) stem.remove_suffix(1);
  if (stem.size() == size || stem.size() < 2 || stem.back() != '_') return std::nullopt;
  stem.remove_suffix(1);
  return absl::StrCat(stem, Extension(path));
}

// True if frames of another name have that sidecar but for their hashes.
absl::StatusOr<bool> HasOtherEquals(const Dataset& data, absl::string_view name,
                                    absl::string_view sidecar) {
  for (absl::string_view extension : kExtensions) {
    const std::string other = absl::StrCat(sidecar, extension);
    if (other == name) continue;
    ASSIGN_OR_RETURN(const std::optional<Rank> frame, FindEqual(data, other, 0));
    if (frame) return true;
  }
  return false;
}

// True if no frame of another name, with or without a hash or a number, and no directory has that
// path or its sidecar.
absl::StatusOr<bool> IsFree(const Dataset& data, absl::string_view name, absl::string_view path) {
  ASSIGN_OR_RETURN(std::optional<Rank> frame, data.FindPath(path));
  if (frame) return false;
  ASSIGN_OR_RETURN(frame, data.FindSidecar(WithoutExtension(path)));
  if (frame) return false;
  ASSIGN_OR_RETURN(const std::optional<uint32_t> directory, data.FindDirectory(path));
  if (directory) return false;
  ASSIGN_OR_RETURN(bool is_taken, HasOtherEquals(data, name, WithoutExtension(name)));
  if (!is_taken && path != name) {
    ASSIGN_OR_RETURN(is_taken, HasOtherEquals(data, name, WithoutExtension(path)));
  }
  return !is_taken;
}

absl::Status AddEquals(const Dataset& data, absl::string_view name, std::vector<Rank>& ranks) {
  ASSIGN_OR_RETURN(const std::vector<Equal> equals, EqualsOf(data, name));
  for (const Equal& equal : equals) ranks.push_back(equal.rank);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::optional<std::string>> PathInSubset(const Dataset& data, Rank rank,
                                                        absl::string_view path) {
  const std::optional<std::string> name = NameOfEqual(path);
  if (!name) return std::optional<std::string>();
  ASSIGN_OR_RETURN(const std::vector<Equal> equals, EqualsOf(data, *name));
  const auto own = std::find_if(equals.begin(), equals.end(),
                                [rank](const Equal& equal) { return equal.rank == rank; });
  if (own == equals.end()) return std::optional<std::string>();
  const auto before = std::count_if(
      equals.begin(), own, [own](const Equal& equal) { return equal.subset == own->subset; });
  std::string in_subset = Numbered(*name, uint32_t(before));
  ASSIGN_OR_RETURN(const bool is_free, IsFree(data, *name, in_subset));
  if (!is_free) return std::optional<std::string>();
  return std::optional<std::string>(std::move(in_subset));
}

absl::StatusOr<FrameNames> NamesInSubset(const Dataset& data, Rank rank, FrameNames names) {
  ASSIGN_OR_RETURN(std::optional<std::string> path, PathInSubset(data, rank, names.path));
  if (path) {
    names.path = *std::move(path);
    names.shares_stem = false;
  }
  return names;
}

absl::StatusOr<std::vector<Rank>> FindPathInSubsets(const Dataset& data, absl::string_view path) {
  std::vector<Rank> ranks;
  RETURN_IF_ERROR(AddEquals(data, path, ranks));
  const std::optional<std::string> name = WithoutNumber(path);
  if (name) RETURN_IF_ERROR(AddEquals(data, *name, ranks));
  return ranks;
}

absl::StatusOr<std::vector<Rank>> FindSidecarInSubsets(const Dataset& data,
                                                       absl::string_view sidecar) {
  std::vector<Rank> ranks;
  for (absl::string_view extension : kExtensions) {
    ASSIGN_OR_RETURN(const std::vector<Rank> found,
                     FindPathInSubsets(data, absl::StrCat(sidecar, extension)));
    ranks.insert(ranks.end(), found.begin(), found.end());
  }
  return ranks;
}

}  // namespace annofs
