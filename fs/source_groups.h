// Which annotation sources are of one task, and what their dataset is called (design/product.md §4;
// reference/cvat.md §13.1). Pure.
#pragma once

#include <set>
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
  std::vector<FoundSource> others;  // of the same task, poorer or older; in order of keys
};

// CVAT's number says that they are of one task: what unites others is a name only.
bool AreOfOneNumber(const FoundSource& a, const FoundSource& b);

// Of one task are sources that have one name, unless CVAT's numbers say that they are of several
// tasks; and sources of one number, unless they have different names of their own. What an object
// is called counts as a name where a task has it, else in one directory. The richest is read. Of
// several that are as rich, of one format and of one number, the newest is read, then the first
// key; without a number they may be of two tasks of one name, and are a dataset each. `notes` gets
// a line where a manifest is none.
std::vector<SourceGroup> GroupSources(std::vector<FoundSource> sources,
                                      std::vector<std::string>& notes);

// Names of directories in views/: each the safe form of the name wanted, and all that collide, also
// without regard to case, with a hash of their key behind it. None is one of `taken` (in lower
// case), nor what stands in views/ beside datasets.
struct WantedName {
  std::string name;
  std::string key;
};
std::vector<std::string> DatasetNames(const std::vector<WantedName>& wanted,
                                      const std::set<std::string>& taken = {});

}  // namespace annofs
