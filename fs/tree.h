// What the kernel side needs of a part of the tree. Implementations: bucket, views, control, and
// Filesystem, which joins them. Thread safe.
//
// Every call gets a CallContext. On its fast lane an operation that would wait for the network, the
// disk or another thread answers WouldBlock() and is run again, the same code, on the slow lane.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "cache/base/call_context.h"
#include "cache/base/pieces.h"
#include "cache/store/object_store.h"
#include "fs/node.h"

namespace annofs {

// How long the kernel may keep what it was told.
enum class Lifetime : uint8_t {
  kForever,  // a frozen name
  kNoEntry,  // the name is asked for again each time, the attributes of its node stay (control
             // files)
};

struct NodeAttr {
  NodeId id;
  bool is_directory = false;
  uint64_t size = 0;  // exact; never changes for a node
  absl::Time modified = absl::UnixEpoch();
  uint32_t links = 1;
  Lifetime lifetime = Lifetime::kForever;
};

struct DirEntry {
  absl::string_view name;  // valid during the callback
  NodeAttr attr;
  uint64_t next = 0;  // position after this entry: 1 … 2^62
  // False: the file has to be made before its size is known, which a listing does not do. Lookup()
  // and Stat() tell it; the rest of `attr` is true.
  bool has_size = true;
};

// Calls `fn` with the part of `text` that lies in `range`.
inline void GiveRange(absl::string_view text, ByteRange range, PiecesFn fn) {
  text.remove_prefix(std::min<uint64_t>(range.offset, text.size()));
  const absl::string_view part = text.substr(0, range.length);
  fn({part});
}

// Whether a listing tells the sizes of texts that are rendered; with kLeftOut, DirEntry::has_size
// is false.
enum class ListedSizes : uint8_t { kTold, kLeftOut };

// Something about a file that is not in its bytes: "user.b2.file_id".
struct Fact {
  std::string name;
  std::string value;
};

class Tree {
 public:
  virtual ~Tree() = default;
  // kNotFound: no such name, and it never will be in this mount (the kernel keeps that too).
  virtual absl::StatusOr<NodeAttr> Lookup(NodeId directory, absl::string_view name,
                                          const CallContext& context) = 0;
  virtual absl::StatusOr<NodeAttr> Stat(NodeId node, const CallContext& context) = 0;
  // Entries after position `from` (0 = start) with their attributes, without "." and "..", until
  // `fn` answers false.
  virtual absl::Status List(NodeId directory, uint64_t from,
                            absl::FunctionRef<bool(const DirEntry&)> fn,
                            const CallContext& context) = 0;
  // Calls `fn` once with the bytes of `range` cut at the end of the file.
  virtual absl::Status Read(NodeId node, ByteRange range, PiecesFn fn,
                            const CallContext& context) = 0;
  // What is known about a node beside its attributes, in a fixed order; nothing is fetched for it.
  virtual absl::StatusOr<std::vector<Fact>> Facts(NodeId node, const CallContext& context) {
    (void)node, (void)context;
    return std::vector<Fact>();
  }
  // The kernel has dropped a node. Does nothing but for control files.
  virtual void Forget(NodeId node) = 0;
};

}  // namespace annofs
