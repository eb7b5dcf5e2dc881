// Directories in the control directory whose files are made when they are looked up. Thread safe.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "fs/tree.h"

namespace annofs {

// Files in directories, of which a listing tells the names only (the node that it tells is none).
// Content is made at each lookup, where another one is another node, and at each read; so that what
// changes seldom can be copied like any file. Thread safe. kNotFound: no such directory, no such
// file.
class ControlBranch {
 public:
  virtual ~ControlBranch() = default;
  virtual absl::StatusOr<std::vector<std::string>> Directories(const CallContext& context) = 0;
  virtual absl::StatusOr<std::vector<std::string>> Files(absl::string_view directory,
                                                         const CallContext& context) = 0;
  virtual absl::StatusOr<std::string> Content(absl::string_view directory, absl::string_view file,
                                              const CallContext& context) = 0;
};

// One level of them, found by its name and not listed.
struct ControlBranchAt {
  std::string name;
  std::unique_ptr<ControlBranch> branch;
};

// All of them: answers, as a Tree does, for the nodes of the control tree whose slot is not 0. Each
// branch has a slot for its own directory, for those in it, and for their files, which are numbered
// as they are first seen and stay.
class ControlBranches {
 public:
  explicit ControlBranches(std::vector<ControlBranchAt> branches);

  // The directory of the branch of that name, if there is one.
  std::optional<NodeAttr> Find(absl::string_view name) const;

  absl::StatusOr<NodeAttr> Lookup(NodeId directory, absl::string_view name,
                                  const CallContext& context);
  absl::StatusOr<NodeAttr> Stat(NodeId node) const;
  absl::Status List(NodeId directory, uint64_t from, absl::FunctionRef<bool(const DirEntry&)> fn,
                    const CallContext& context);
  // kAborted: the content has changed since.
  absl::Status Read(NodeId node, ByteRange range, PiecesFn fn, const CallContext& context) const;

 private:
  // A directory; no name: the branch's own.
  struct Place {
    ControlBranch* branch;
    std::optional<std::string> directory;
  };
  struct File {
    uint32_t directory;
    std::string name;
    uint64_t size;
    uint64_t hash;  // of its content
    absl::Time made;
  };

  static NodeAttr FileAttr(NodeId node, const File& file);
  absl::StatusOr<Place> PlaceOf(NodeId node) const;
  absl::StatusOr<File> FileOf(NodeId node) const;
  // The directory of that name in the branch whose own directory is `parent`.
  NodeAttr DirectoryOf(NodeId parent, absl::string_view name);
  // The node of a file with that content: the one it had, if that is the same.
  NodeAttr FileIn(NodeId directory, absl::string_view name, absl::string_view text, absl::Time now);

  const std::vector<ControlBranchAt> branches_;
  mutable absl::Mutex mutex_;
  std::map<std::string, uint32_t> numbers_ ABSL_GUARDED_BY(mutex_);  // of directories
  std::vector<const std::string*> names_ ABSL_GUARDED_BY(mutex_);    // their names, of numbers_
  std::vector<File> files_ ABSL_GUARDED_BY(mutex_);
  // Slot, directory and name; number of the last content.
  std::map<std::tuple<uint32_t, uint32_t, std::string>, uint32_t> newest_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace annofs
