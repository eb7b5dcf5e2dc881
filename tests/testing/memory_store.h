// A bucket in memory, for tests of what stands on an ObjectStore: any content, scripted errors, cut
// answers, latency, a gate that holds calls, and a record of what was asked. Thread safe.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "cache/store/object_store.h"

namespace annofs::testing {

enum class StoreOp { kList, kGet, kConnect };

// `count` calls of `op` fail with `status`, after `skip` calls that do not. A Get gives
// `deliver` bytes to the sink first.
struct StoreFault {
  StoreOp op = StoreOp::kGet;
  absl::Status status;
  int count = 1;
  int skip = 0;
  uint64_t deliver = 0;
  std::string key;  // "" = calls for any key or prefix
};

// A Get that was asked.
struct AskedRange {
  std::string key;
  std::string version;
  ByteRange range;
};

class MemoryStore : public ObjectStore {
 public:
  explicit MemoryStore(std::string name = "memory://bucket") : name_(std::move(name)) {}

  // A new version of `key`; the one before stays readable under its version. `modified` defaults
  // to a fixed time. The digest is SHA-1.
  ObjectVersion Put(absl::string_view key, std::string content,
                    absl::Time modified = absl::FromUnixSeconds(1'600'000'000));
  // The key is no longer listed; its versions stay readable, as a hidden B2 file does.
  void Hide(absl::string_view key);
  // All versions of the key are gone: reading one is kAborted.
  void Delete(absl::string_view key);
  // The newest version. Aborts the test program if there is none.
  ObjectVersion Newest(absl::string_view key) const;

  void AddFault(StoreFault fault);
  void ClearFaults();
  // Each call takes this long by the clock of its context; ends early at deadline or cancellation.
  void SetLatency(absl::Duration latency);
  // Calls of `op` wait until Release(), their deadline, or cancellation.
  void Hold(StoreOp op);
  void Release();
  // Blocks until `count` calls wait at the gate; false after `timeout`.
  bool AwaitHeld(int count, absl::Duration timeout = absl::Seconds(10)) const;

  int calls(StoreOp op) const;
  uint64_t bytes() const;  // given to sinks
  std::vector<AskedRange> asked() const;
  std::vector<ListRequest> listed() const;

  // A fast-lane context gets WouldBlock(). The token of a page is the next name.
  absl::StatusOr<ListPage> List(const ListRequest& request, const CallContext& context) override;
  absl::Status Get(const ObjectVersion& version, ByteRange range, Sink sink,
                   const CallContext& context) override;
  absl::Status Connect(const CallContext& context) override;
  std::string name() const override { return name_; }

 private:
  struct Content {
    ObjectVersion version;
    std::string bytes;
  };

  // Counts the call, waits as scripted, and gives the scripted error if there is one. `deliver`:
  // bytes that a failing Get gives first.
  absl::Status Enter(StoreOp op, absl::string_view key, const CallContext& context,
                     uint64_t& deliver);
  absl::Status WaitAtGate(StoreOp op, const CallContext& context);
  absl::Status TakeFault(StoreOp op, absl::string_view key, uint64_t& deliver)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::StatusOr<std::string> Slice(const ObjectVersion& version, ByteRange range) const;

  const std::string name_;
  mutable absl::Mutex mutex_;
  std::map<std::string, Content> newest_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, Content> versions_ ABSL_GUARDED_BY(mutex_);  // by version
  std::vector<StoreFault> faults_ ABSL_GUARDED_BY(mutex_);
  absl::Duration latency_ ABSL_GUARDED_BY(mutex_);
  std::map<StoreOp, bool> held_ ABSL_GUARDED_BY(mutex_);
  int waiting_ ABSL_GUARDED_BY(mutex_) = 0;
  std::map<StoreOp, int> calls_ ABSL_GUARDED_BY(mutex_);
  uint64_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t next_version_ ABSL_GUARDED_BY(mutex_) = 1;
  std::vector<AskedRange> asked_ ABSL_GUARDED_BY(mutex_);
  std::vector<ListRequest> listed_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace annofs::testing
