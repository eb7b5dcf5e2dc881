#include "formats/own_names.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "cache/base/digest.h"
#include "cache/base/names.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "cache/base/utf8.h"

namespace annofs {
namespace {

constexpr size_t kHexDigits = 8;
// A longer one is not kept apart.
constexpr size_t kMostExtension = 32;

absl::string_view OwnExtension(absl::string_view name) {
  const absl::string_view extension = Extension(name);
  return extension.size() <= kMostExtension ? extension : absl::string_view();
}

// The name's `attempt`-th replacement. Its last 8 digits are the rank, so that no two frames have
// the same.
std::string Replacement(absl::string_view name, Rank rank, uint32_t attempt) {
  const absl::string_view extension = OwnExtension(name);
  const std::string tail =
      absl::StrCat("-", attempt == 0 ? "" : absl::StrCat(absl::Hex(attempt, absl::kZeroPad8)),
                   absl::Hex(rank, absl::kZeroPad8), extension);
  name.remove_suffix(extension.size());
  return absl::StrCat(Utf8Prefix(name, kMaxNameBytes - tail.size()), tail);
}

// The rank that stands at the end of a replacement.
std::optional<Rank> RankIn(absl::string_view name) {
  if (name.size() <= kHexDigits) return std::nullopt;
  uint32_t rank = 0;
  if (!absl::SimpleHexAtoi(name.substr(name.size() - kHexDigits), &rank)) return std::nullopt;
  return rank;
}

bool IsDeclared(const Layout& layout, uint32_t family, absl::string_view name) {
  const std::string path = JoinPath(layout.places()[layout.families()[family].place].path, name);
  return layout.FindPlace(path) || layout.FindFile(path);
}

// The frame that keeps that name.
absl::StatusOr<std::optional<Rank>> FindKeeper(const Layout& layout, const Dataset& data,
                                               const OwnNames& names, uint32_t family,
                                               absl::string_view name) {
  ASSIGN_OR_RETURN(std::vector<Rank> keepers, names.Keepers(family, Hash64(name)));
  for (Rank rank : keepers) {
    if (!layout.families()[family].frames.Contains(rank)) {
      return absl::InternalError("the names of a family of files are damaged");
    }
    ASSIGN_OR_RETURN(std::string kept, layout.families()[family].name(data, rank));
    if (kept == name) return std::optional(rank);
  }
  return std::optional<Rank>();
}

absl::StatusOr<std::string> ReplacedName(const Layout& layout, const Dataset& data,
                                         const OwnNames& names, uint32_t family, Rank rank) {
  ASSIGN_OR_RETURN(std::string name, layout.families()[family].name(data, rank));
  // Each attempt that fails has met another frame or file.
  for (uint32_t attempt = 0;; ++attempt) {
    std::string replacement = Replacement(name, rank, attempt);
    if (IsDeclared(layout, family, replacement)) continue;
    ASSIGN_OR_RETURN(std::optional<Rank> keeper,
                     FindKeeper(layout, data, names, family, replacement));
    if (!keeper) return replacement;
  }
}

struct Named {
  uint64_t hash;
  Rank rank;
  auto operator<=>(const Named&) const = default;
};

// The names of the family whose hashes are in that part of so many, sorted.
absl::StatusOr<std::vector<Named>> NamesOfPart(const Layout& layout, const Dataset& data,
                                               uint32_t family, uint64_t part, uint64_t parts) {
  std::vector<Named> named;
  absl::Status status;
  const uint64_t width = UINT64_MAX / parts;
  layout.families()[family].frames.ForEach(0, [&](Rank rank) {
    absl::StatusOr<std::string> name = layout.families()[family].name(data, rank);
    status = name.status();
    if (!name.ok()) return false;
    const uint64_t hash = Hash64(*name);
    if (std::min(hash / width, parts - 1) == part) named.push_back({hash, rank});
    return true;
  });
  RETURN_IF_ERROR(status);
  std::sort(named.begin(), named.end());
  return named;
}

// What a directory declares, by hash: no frame keeps such a name.
std::vector<uint64_t> DeclaredHashes(const Layout& layout, uint32_t family) {
  const Place& place = layout.places()[layout.families()[family].place];
  std::vector<uint64_t> hashes;
  for (uint32_t child : place.children) hashes.push_back(Hash64(layout.places()[child].name));
  for (uint32_t file : place.files) hashes.push_back(Hash64(layout.files()[file].name));
  std::sort(hashes.begin(), hashes.end());
  return hashes;
}

class MemoryOwnNames : public OwnNames {
 public:
  MemoryOwnNames(const Layout& layout, const Dataset& data) : layout_(layout), data_(data) {}

  absl::StatusOr<std::vector<Rank>> Keepers(uint32_t family, uint64_t hash) const override {
    ASSIGN_OR_RETURN(const Divided* divided, Get(family));
    auto [begin, end] =
        std::equal_range(divided->keepers.begin(), divided->keepers.end(), Named{hash, 0},
                         [](const Named& a, const Named& b) { return a.hash < b.hash; });
    std::vector<Rank> ranks;
    for (auto it = begin; it != end; ++it) ranks.push_back(it->rank);
    return ranks;
  }
  absl::StatusOr<RankSet> Renamed(uint32_t family) const override {
    ASSIGN_OR_RETURN(const Divided* divided, Get(family));
    return divided->renamed;
  }

 private:
  struct Divided {
    std::vector<Named> keepers;
    RankSet renamed;
  };

  absl::StatusOr<const Divided*> Get(uint32_t family) const {
    absl::MutexLock lock(&mutex_);
    auto known = divided_.find(family);
    if (known != divided_.end()) return &known->second;
    Divided divided;
    auto keeper = [&](uint64_t hash, Rank rank) {
      divided.keepers.push_back({hash, rank});
      return absl::OkStatus();
    };
    ASSIGN_OR_RETURN(divided.renamed, DivideOwnNames(layout_, data_, family, keeper));
    return &(divided_[family] = std::move(divided));
  }

  const Layout& layout_;
  const Dataset& data_;
  mutable absl::Mutex mutex_;
  mutable std::map<uint32_t, Divided> divided_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace

absl::StatusOr<std::string> OwnNameOf(const Layout& layout, const Dataset& data,
                                      const OwnNames& names, uint32_t family, Rank rank) {
  ASSIGN_OR_RETURN(RankSet renamed, names.Renamed(family));
  if (renamed.Contains(rank)) return ReplacedName(layout, data, names, family, rank);
  return layout.families()[family].name(data, rank);
}

absl::StatusOr<std::optional<Rank>> FindOwnName(const Layout& layout, const Dataset& data,
                                                const OwnNames& names, uint32_t family,
                                                absl::string_view name) {
  ASSIGN_OR_RETURN(std::optional<Rank> keeper, FindKeeper(layout, data, names, family, name));
  if (keeper) return keeper;
  ASSIGN_OR_RETURN(RankSet renamed, names.Renamed(family));
  for (absl::string_view text : {name.substr(0, name.size() - OwnExtension(name).size()), name}) {
    std::optional<Rank> rank = RankIn(text);
    if (!rank || !renamed.Contains(*rank)) continue;
    ASSIGN_OR_RETURN(std::string replaced, ReplacedName(layout, data, names, family, *rank));
    if (replaced == name) return rank;
  }
  return std::optional<Rank>();
}

absl::StatusOr<RankSet> DivideOwnNames(
    const Layout& layout, const Dataset& data, uint32_t family,
    absl::FunctionRef<absl::Status(uint64_t hash, Rank rank)> keeper, size_t at_once) {
  const uint64_t parts = layout.families()[family].frames.size() / at_once + 1;
  const std::vector<uint64_t> declared = DeclaredHashes(layout, family);
  RankCollector renamed;
  for (uint64_t part = 0; part < parts; ++part) {
    ASSIGN_OR_RETURN(std::vector<Named> named, NamesOfPart(layout, data, family, part, parts));
    for (size_t i = 0; i < named.size(); ++i) {
      const bool is_taken = (i > 0 && named[i].hash == named[i - 1].hash) ||
                            std::binary_search(declared.begin(), declared.end(), named[i].hash);
      if (is_taken) {
        renamed.Add(named[i].rank);
      } else {
        RETURN_IF_ERROR(keeper(named[i].hash, named[i].rank));
      }
    }
  }
  return renamed.Take();
}

std::unique_ptr<OwnNames> NewMemoryOwnNames(const Layout& layout, const Dataset& data) {
  return std::make_unique<MemoryOwnNames>(layout, data);
}

}  // namespace annofs
