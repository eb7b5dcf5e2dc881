// The names of a bucket's objects in byte order, read live: a directory is read again when its
// times changed, and only if a listing needs it. Thread safe: one listing at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "tools/emulator/object_dir.h"

namespace annofs::emulator {

class NameTree {
 public:
  // `dir` outlives the tree.
  explicit NameTree(const ObjectDir& dir);
  ~NameTree();

  // One pass over the names; one at a time. A directory is looked at once in it.
  class Listing {
   public:
    explicit Listing(const NameTree& tree);
    ~Listing();
    Listing(const Listing&) = delete;
    Listing& operator=(const Listing&) = delete;

    // The first name that is not before `start`, which may be any text.
    std::optional<std::string> NameAtOrAfter(absl::string_view start);

   private:
    const NameTree& tree_;
  };

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
