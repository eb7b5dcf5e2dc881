// The buckets that the conformance suite runs over: one for each kind of store.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "cache/store/object_store.h"

namespace annofs::testing {

// A bucket that a test fills, and the store that reads it. Not thread safe, but the store is.
class ConformanceBucket {
 public:
  virtual ~ConformanceBucket() = default;
  virtual void Put(const std::string& key, const std::string& content) = 0;
  // So that versions that were listed before are gone.
  virtual void Remove(const std::string& key) = 0;
  virtual ObjectStore& store() = 0;
  // List requests since the bucket was made, of names and of versions; nothing where nobody counts.
  virtual std::optional<int64_t> list_requests() const { return std::nullopt; }
  // What a name may be.
  enum class Names { kB2, kFiles, kAny };
  virtual Names names() const = 0;
  // True if answers may fail their checks: then the caller asks again.
  virtual bool is_faulty() const { return false; }
};

// A bucket that keeps the versions of its names.
class VersionedBucket : public ConformanceBucket {
 public:
  virtual void Hide(const std::string& key) = 0;
  // Removes the newest version or hide marker of the key. REQUIRES: it has one.
  virtual void RemoveNewest(const std::string& key) = 0;
  // A time after all changes so far, and before those that come.
  virtual absl::Time Moment() = 0;
  // What counts for the size of a page of versions.
  enum class Entries { kVersions, kNames };
  virtual Entries entries() const { return Entries::kVersions; }
};

// "directory"; "b2": of a directory of the emulator, "b2prefix": a part of it; or a kind of
// NewVersionedBucket.
std::unique_ptr<ConformanceBucket> NewConformanceBucket(const std::string& kind);
// "memory"; "versionedb2", "versionedb2prefix", "s3", "s3prefix": of a bucket in the emulator's
// memory; "faultyb2", "faultys3": the whole stack over a service that fails by chance.
std::unique_ptr<VersionedBucket> NewVersionedBucket(const std::string& kind);

}  // namespace annofs::testing
