// Finds the annotation sources of a bucket without configuration (design/product.md §4). Stateless.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cache/catalog.h"
#include "cache/object_reader.h"
#include "formats/reader.h"
#include "fs/annotation_search.h"

namespace annofs {

// One annotation source, or an object that looks like one and is broken.
struct FoundSource {
  ObjectVersion object;
  const Reader* reader = nullptr;  // of the table given to Discover
  std::string name;                // of the task or project; the object's stem if it has none
  absl::Status broken;             // not OK: what is wrong with it
  bool has_own_name = false;       // `name` stands in the source
  std::string number;  // CVAT's, see ProbeResult; else from a file name that CVAT made up; may be
                       // empty
  std::vector<ObjectVersion> companions;  // beside it, read with it; in order of keys
  int own_richness = 0;                   // ProbeResult::richness
  // Of sources of one task the richest is read.
  int richness() const { return own_richness > 0 ? own_richness : reader->Info().richness; }
};

// How a note begins on an object that is called like annotations and that the store did not give.
inline constexpr absl::string_view kUnreadable = "could not read ";

struct Discovery {
  std::vector<FoundSource> sources;  // in byte order of keys
  std::vector<std::string> notes;    // where it did not look, and why; lines for people
};

// `patterns` not empty: keys or globs that name the sources instead of the search
// (`--annotations`). A pattern that names nothing is a note, and so is an object that a pattern
// names, or whose name only annotations have, and that no reader takes. What a richer source reads
// as its companion is no source of its own. `named_by`: who gives the patterns, in the notes.
absl::StatusOr<Discovery> Discover(Catalog& catalog, ObjectReader& reader,
                                   const std::vector<std::unique_ptr<Reader>>& readers,
                                   const std::vector<std::string>& patterns,
                                   const CallContext& context,
                                   absl::string_view named_by = "--annotations");

}  // namespace annofs
