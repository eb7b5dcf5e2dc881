// Which objects of a bucket are worth a probe: by their names and places, without a read
// (design/product.md §4). Stateless.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cache/catalog.h"

namespace annofs {

inline constexpr int kDiscoveryLists = 32;  // directories looked into, at most
inline constexpr size_t kDiscoveryProbes = 1000;
// Objects of one directory that only might be annotations: a directory of a million XML files must
// not hide what is elsewhere.
inline constexpr size_t kMaybesOfDirectory = 100;

struct Candidates {
  std::vector<RowId> rows;  // of objects, ascending; found by a search: at most kDiscoveryProbes
  std::vector<std::string> notes;  // where it did not look, and why; lines for people
};

// In an indexed bucket everywhere; else in the root, in directories with a telling name in it, and
// in what is directly in those. Those called like annotations first.
absl::StatusOr<Candidates> SearchCandidates(Catalog& catalog, const CallContext& context);

// Objects that patterns name, at most; a note says where there are more.
inline constexpr size_t kMostNamed = 10000;

// Keys, or globs (cache/base/path_pattern.h), which never mean annofs.json; one whose directories
// have wildcards looks into so many of them as a search does. One that names nothing is a note,
// which says that `named_by` names it: "--annotations".
absl::StatusOr<Candidates> NamedCandidates(Catalog& catalog,
                                           const std::vector<std::string>& patterns,
                                           absl::string_view named_by, const CallContext& context);

}  // namespace annofs
