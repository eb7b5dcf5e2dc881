// The files that a path names: itself, all below a directory, a view as `--view` names it, or what
// a pattern matches. Walks directory by directory and holds a few hundred entries of each that is
// open, however large they are. Not thread safe.
#pragma once

#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "cache/base/call_context.h"
#include "cache/base/path_pattern.h"
#include "fs/tree.h"

namespace annofs {

struct FileFinderOptions {
  std::string views_name;  // of the directory of views in the root; "": there is none
  absl::Duration timeout = absl::Seconds(60);  // of one lookup or listing
  const Cancellation* cancellation = nullptr;  // outlives the finder
};

class FileFinder {
 public:
  // What ends the walk is answered by Find().
  using Found = absl::FunctionRef<absl::Status(absl::string_view directory, absl::string_view name,
                                               const NodeAttr& file)>;
  // A directory that cannot be listed, or only in part; the walk goes on elsewhere.
  using Broken = absl::FunctionRef<void(absl::string_view path, const absl::Status& status)>;

  // `tree` outlives the finder.
  FileFinder(Tree& tree, const FileFinderOptions& options) : tree_(tree), options_(options) {}

  // In this order, the first that there is: the path from the root, the path from views/, what it
  // matches as a pattern from the root, and from views/. "": everything but views/, which no
  // wildcard matches. kNotFound: none of them.
  absl::Status Find(absl::string_view path, Found found, Broken broken);

 private:
  struct Entry {
    std::string name;
    NodeAttr attr;
  };
  // A directory that is being walked.
  struct Open {
    NodeId directory;
    std::string path;
    PathPattern::States states = 0;
    bool is_whole = false;  // all below is wanted
    uint64_t position = 0;
    bool at_end = false;
    std::vector<Entry> entries;  // from `position` on, those from `next` on not yet done
    size_t next = 0;
  };

  CallContext Context() const;
  absl::Status FindExactly(const NodeAttr& from, absl::string_view from_path,
                           absl::string_view path, Found found, Broken broken);
  absl::Status FindMatches(const NodeAttr& from, absl::string_view from_path,
                           absl::string_view path, Found found, Broken broken);
  absl::Status Take(const std::string& directory, Entry entry, PathPattern::States states,
                    bool is_whole, Found found);
  absl::Status LookUp(NodeId directory, const std::string& path, PathPattern::States states,
                      Found found);
  absl::Status Walk(Found found, Broken broken);
  absl::Status ReadMore(Open& open);

  Tree& tree_;
  const FileFinderOptions options_;
  PathPattern pattern_;
  bool matched_ = false;
  std::vector<Open> open_;  // each in the one before
};

}  // namespace annofs
