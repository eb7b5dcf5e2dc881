// Which part a frame is of, by the lists of a configuration. Not thread safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/hash/hash.h"
#include "absl/strings/string_view.h"
#include "cache/base/path_pattern.h"
#include "formats/dataset_config.h"

namespace annofs {

// More globs than this, of all lists, are names only, which is a problem: each costs every frame.
inline constexpr size_t kMostListGlobs = 10000;

class CopyLists {
 public:
  // `globs`: of each list; both outlive it. What has a wildcard is a glob, and a name, too.
  CopyLists(const std::vector<PartList>& lists, const std::vector<std::vector<std::string>>& globs);

  // The last list that names the frame: a configuration has them in the order train, val, test, so
  // what a trainer must not see of `*` for train is none of it. As many steps as there are lists
  // and globs, however many names.
  std::optional<size_t> Find(absl::string_view frame);

  // Of each list: names and globs that named no frame, frames that a later list has.
  std::vector<Problem> Problems() const;

 private:
  // Names stay where they are.
  struct NameHash {
    using is_transparent = void;
    size_t operator()(absl::string_view name) const { return absl::HashOf(name); }
    size_t operator()(const std::string* name) const { return absl::HashOf(*name); }
  };
  struct NameEq {
    using is_transparent = void;
    static absl::string_view Of(absl::string_view name) { return name; }
    static absl::string_view Of(const std::string* name) { return *name; }
    template <typename A, typename B>
    bool operator()(const A& a, const B& b) const {
      return Of(a) == Of(b);
    }
  };
  struct Glob {
    PathPattern pattern;
    std::string prefix;  // what it names begins so
    size_t place;        // in the list
  };
  struct List {
    const PartList* list;
    const std::vector<std::string>* entries;
    absl::flat_hash_set<const std::string*, NameHash, NameEq> names;
    std::vector<Glob> globs;
    std::vector<bool> has_frame;  // by place
    uint64_t taken = 0;           // frames that a later list of another part has
    std::string first_taken, taken_by;

    void AddGlob(size_t place);
    bool Names(absl::string_view frame);
  };

  std::vector<List> lists_;
  uint64_t globs_left_out_ = 0;
};

}  // namespace annofs
