// Reads directories of the tree for the commands that print them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cache/base/call_context.h"
#include "cache/base/json.h"
#include "fs/filesystem.h"
#include "tools/settings.h"

namespace annofs {

struct ListedEntry {
  std::string name;
  NodeAttr attr;
  bool has_size = true;  // DirEntry::has_size
  uint64_t next = 0;     // where the directory goes on
};

// Each call waits for what the program makes itself, however long that takes, and for all else up
// to the deadline: a directory of any length is read in pages, each of which has its own. All that
// is given outlives it. Thread safe.
class Listing {
 public:
  Listing(Filesystem& tree, const Settings& settings, const Cancellation& cancellation)
      : tree_(tree), settings_(settings), cancellation_(cancellation) {}

  // What `path` is, from the root; errors name it.
  absl::StatusOr<NodeAttr> Find(const std::string& path) const;
  // The next entries from 0 or an entry's `next` on; none: there are no more.
  absl::StatusOr<std::vector<ListedEntry>> Page(NodeId directory, uint64_t from) const;
  // The attributes with the true size.
  absl::StatusOr<NodeAttr> Sized(const ListedEntry& entry) const;

 private:
  Filesystem& tree_;
  const Settings& settings_;
  const Cancellation& cancellation_;
};

// {KEY: name, "directory", "size", "modified", "inode"}, in a line without its end.
std::string EntryJson(absl::string_view key, absl::string_view name, const NodeAttr& attr);

// A name in a line of text: escaped as in TSV files, a directory with a '/' behind it.
std::string EntryText(absl::string_view name, const NodeAttr& attr);

}  // namespace annofs
