// Which annotation sources are of one task, and what their dataset is called (design/product.md §4;
// reference/cvat.md §13.1). Pure.
#pragma once

#include <string>
#include <vector>

#include "fs/discovery.h"

namespace annofs {

// Where a source as poor as this, a manifest alone, stands in the same directory as a richer one,
// or in one above or below, it is taken for a part of that one and is no dataset.
inline constexpr int kManifestRichness = 5;

// The sources of one dataset.
struct SourceGroup {
  std::string name;  // of its directory; safe, unique
  FoundSource source;
  std::vector<FoundSource> others;  // of the same task, poorer
};

// Of one task are sources that have one name, unless CVAT's numbers say that they are of several
// tasks; and sources of one number, unless they have different names of their own. The richest is
// read; several that are as rich are a dataset each. `notes` gets a line where a manifest is none.
std::vector<SourceGroup> GroupSources(std::vector<FoundSource> sources,
                                      std::vector<std::string>& notes);

}  // namespace annofs
