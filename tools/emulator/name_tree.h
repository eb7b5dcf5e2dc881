// The names of a bucket's objects in byte order, read live: a directory is read again when its
// times changed, and only if a listing needs it. Thread safe: one listing at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "tools/emulator/object_dir.h"

namespace annofs::emulator {

// What b2_list_file_names asks of names (reference/b2.md §1.6).
struct NameQuery {
  std::string prefix;
  std::string delimiter;  // "" = none
  std::string start;      // inclusive; any text
  size_t limit = 100;     // at least 1
};

struct ListedName {
  enum class Kind { kFile, kFolder };
  std::string name;  // a folder's name ends with the delimiter
  Kind kind = Kind::kFile;
};

struct NamePage {
  std::vector<ListedName> names;
  std::optional<std::string> next;  // the first name that the limit left out
};

class NameTree {
 public:
  // `dir` outlives the tree.
  explicit NameTree(const ObjectDir& dir);
  ~NameTree();

  NamePage List(const NameQuery& query) const;

 private:
  struct Directory;

  const ObjectDir& dir_;
  mutable absl::Mutex mutex_;
  std::unique_ptr<Directory> top_ ABSL_GUARDED_BY(mutex_);
  mutable uint64_t listing_ ABSL_GUARDED_BY(mutex_) = 0;  // counts listings

  std::optional<std::string> FirstAtOrAfter(Directory& directory, const std::string& path,
                                            absl::string_view start) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Refresh(Directory& directory, const std::string& path) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
};

}  // namespace annofs::emulator
