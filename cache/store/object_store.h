// One bucket, read only: "list these names, give me these bytes of this version". The interface
// that B2, S3, directories and the fakes share, and that the decorators (retry, limits, counters)
// wrap.
//
// Thread safe. Each call is tried once: retry is a decorator. Calls block the caller until done,
// its deadline, or its cancellation. Errors use the codes of cache/base/status.h: kNotFound (no
// such bucket or version: kAborted if the version existed), kPermissionDenied, kUnauthenticated,
// kResourceExhausted (caps), kUnavailable (may be tried again), kDataLoss (bytes fail a check).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "cache/base/call_context.h"
#include "cache/base/digest.h"

namespace annofs {

// One immutable content of one name. `key` is relative to the store's prefix (b2://BUCKET/PREFIX),
// '/'-separated bytes. `version` is opaque: B2 fileId, S3 version or ETag, "inode-mtime_ns-size" of
// a local file.
struct ObjectVersion {
  std::string key;
  std::string version;
  uint64_t size = 0;
  absl::Time modified = absl::UnixEpoch();  // src_last_modified_millis if sane, else upload time
  Digest digest;                            // of the whole content, kNone if the store gives none
};

struct ListRequest {
  std::string prefix;            // "" or ends with '/'
  bool recursive = false;        // false: delimiter '/', deeper names fold into `directories`
  std::string after;             // only keys after this one; REQUIRES: recursive. "" = all
  std::string start;             // token of the page before; "" for the first
  std::optional<absl::Time> at;  // names as they were then; none: as they are
  uint32_t max = 10000;          // names per page at most
};

// One page, both lists in byte order of names. A name that ends with '/' in `objects` is a
// directory marker.
struct ListPage {
  std::vector<ObjectVersion> objects;
  std::vector<std::string> directories;  // full key with the final '/'
  std::string next;                      // "" after the last page
};

// Half-open range of bytes.
struct ByteRange {
  uint64_t offset = 0;
  uint64_t length = 0;
  uint64_t end() const { return offset + length; }
  friend bool operator==(const ByteRange&, const ByteRange&) = default;
};

// Gets the bytes in order; an error ends the transfer and is what Get returns. It may run on
// another thread while the caller of Get waits: it must be cheap, and must not want a lock the
// caller holds. Bytes of a Get that fails are the caller's to discard.
using Sink = absl::FunctionRef<absl::Status(absl::string_view)>;

class ObjectStore {
 public:
  virtual ~ObjectStore() = default;

  // One page of names. Newest versions only; hidden names do not appear. With `at`, what was newest
  // then: a directory may appear that had no files then. A store that keeps no versions answers
  // kUnimplemented, a key that may not list them kPermissionDenied.
  virtual absl::StatusOr<ListPage> List(const ListRequest& request, const CallContext& context) = 0;

  // Exactly the bytes `range` of that version (the range lies within its size and is not empty).
  // Length and Content-Range are checked: OK means that all bytes came and none of another version
  // did. kAborted if the version is gone.
  virtual absl::Status Get(const ObjectVersion& version, ByteRange range, Sink sink,
                           const CallContext& context) = 0;

  // What the whole content of `version` can be checked with, asked after it came: its digest, or
  // kNone once the store knows that what it listed is no digest.
  virtual Digest DigestToCheck(const ObjectVersion& version) const { return version.digest; }

  // Makes the first contact: credentials, bucket, permissions. Called once before a mount; the
  // errors say what to do about it.
  virtual absl::Status Connect(const CallContext& context) = 0;

  // "b2://bucket/prefix", "file:///dir": names the source for people.
  virtual std::string name() const = 0;
  // Identifies the source in the catalog and the block cache: the name, and where it is not the
  // service that the name alone means, its endpoint.
  virtual std::string identity() const { return name(); }
};

}  // namespace annofs
