// The buckets that the conformance suite runs over: one for each kind of store.
#pragma once

#include <memory>
#include <string>

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
  // True if answers may fail their checks: then the caller asks again.
  virtual bool is_faulty() const { return false; }
};

// "memory", "directory"; "b2": of a directory of the emulator, "b2prefix": a part of it; "s3",
// "s3prefix": of a bucket in its memory; "faultyb2", "faultys3": the whole stack over a service
// that fails by chance.
std::unique_ptr<ConformanceBucket> NewConformanceBucket(const std::string& kind);

}  // namespace annofs::testing
