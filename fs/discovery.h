// Finds the annotation sources of a bucket without configuration (design/product.md §4). Stateless.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cache/catalog.h"
#include "cache/object_reader.h"
#include "formats/reader.h"

namespace annofs {

inline constexpr int kDiscoveryLists = 32;  // directories looked into, at most
inline constexpr int kDiscoveryProbes = 1000;

// One annotation source, or an object that looks like one and is broken.
struct FoundSource {
  ObjectVersion object;
  const Reader* reader = nullptr;  // of the table given to Discover
  std::string name;                // of the task or project; the object's stem if it has none
  absl::Status broken;             // not OK: what is wrong with it
};

struct Discovery {
  std::vector<FoundSource> sources;  // in byte order of keys
  std::vector<std::string> notes;    // where it did not look, and why; lines for people
};

// `patterns` not empty: keys, or keys whose last component is a glob, that name the sources instead
// of the search (`--annotations`). A pattern that names nothing is a note.
absl::StatusOr<Discovery> Discover(Catalog& catalog, ObjectReader& reader,
                                   const std::vector<std::unique_ptr<Reader>>& readers,
                                   const std::vector<std::string>& patterns,
                                   const CallContext& context);

}  // namespace annofs
