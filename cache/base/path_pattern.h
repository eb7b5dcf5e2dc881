// A glob over paths: components as fnmatch(3) matches them, `**` for any number of directories.
// Matched one component at a time, so that each directory is listed once whatever the pattern.
// Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace annofs {

class PathPattern {
 public:
  // Where in the pattern a path may be: bit n, before component n. 0: it matches nothing below.
  using States = uint64_t;

  // True if some component of the path has one of `*?[`.
  static bool HasWildcard(absl::string_view path);
  // Empty components and "." are left out. kInvalidArgument: more than 63 components.
  static absl::StatusOr<PathPattern> Parse(absl::string_view pattern);

  // At the directory where the pattern begins.
  States Start() const { return Close(1); }
  // One name further.
  States Step(States states, absl::string_view name) const;
  // The path so far is what the pattern names.
  bool Accepts(States states) const { return (states >> components_.size() & 1) != 0; }
  // All of a path at once.
  bool Matches(absl::string_view path) const;
  // The one name that leads further, if that needs no listing.
  std::optional<absl::string_view> OnlyName(States states) const;

 private:
  enum class Kind { kName, kGlob, kAnyDepth };
  struct Component {
    Kind kind;
    std::string text;
  };

  // And those after each `**` that may stand for no directory.
  States Close(States states) const;

  std::vector<Component> components_;
};

}  // namespace annofs
