// Directories that a dataset's terms make: by-track/<label>/<track>/. There may be a million of
// them, so a Layout does not hold them: it has a facet, which is asked for the children of one
// directory at a time, by name, or in order from any place on. Below the view's root there are
// levels of such directories; those of the last level are leaves. A leaf is a small Layout of its
// own, described when somebody looks into it, and again when it has been forgotten.
//
// A directory of a level has a number, by which it is known for as long as the dataset is the same:
// of a label its own, of a term its place among those of its kind (Dataset::TermNumber). The
// numbers and that of a frame are all that a leaf's files depend on, so nodes are told from them
// (fs/facet_nodes.h) and nothing is kept per directory.
//
// Thread safe; holds no pointer to the dataset. Memory is O(labels), and bounded tables of names.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "formats/dataset.h"

namespace annofs {

class Layout;

// A leaf has at most so many families; numbers of a level's directories are below the other.
inline constexpr uint32_t kMostLeafFamilies = 4;
inline constexpr uint32_t kMostFacetNumbers = 1u << 30;

// Level 0 is the view's root, its number 0.
struct FacetDirectory {
  uint32_t level = 0;
  uint32_t number = 0;
  friend bool operator==(const FacetDirectory&, const FacetDirectory&) = default;
};

struct FacetChild {
  std::string name;
  uint32_t number = 0;  // in the level below
};

class Facet {
 public:
  virtual ~Facet() = default;

  virtual uint32_t levels() const = 0;  // 1..: those of this level are the leaves
  // Numbers of the directories of a level, from 1 on, are below it; at most kMostFacetNumbers.
  virtual uint32_t count(uint32_t level) const = 0;

  // REQUIRES of all: at.level < levels(). A number that no directory has: kNotFound, or nothing.

  // False: the next call for this directory looks at all its names once, which takes long where it
  // has many. They are remembered while they are in use.
  virtual bool IsReady(FacetDirectory at) const = 0;
  // kNotFound if it has no such child.
  virtual absl::StatusOr<FacetChild> Find(const Dataset& data, FacetDirectory at,
                                          absl::string_view name) const = 0;
  // The children in order, which is that of their numbers, from the first whose number is not less
  // than `from` on, until `fn` answers false.
  virtual absl::Status ForEach(const Dataset& data, FacetDirectory at, uint32_t from,
                               absl::FunctionRef<bool(const FacetChild&)> fn) const = 0;

  // The layout of a leaf: its root alone, with families of {path} and {sidecar} that are text or
  // media, at most kMostLeafFamilies, and at least one frame.
  virtual absl::Status DescribeLeaf(const Dataset& data, uint32_t number, Layout& leaf) const = 0;

  // Those directories of a level, numbered [begin, end), whose names are not what they were made
  // of.
  virtual absl::Status ForEachRenamed(
      const Dataset& data, uint32_t level, uint32_t begin, uint32_t end,
      absl::FunctionRef<void(absl::string_view original, absl::string_view name)> fn) const = 0;
};

}  // namespace annofs
