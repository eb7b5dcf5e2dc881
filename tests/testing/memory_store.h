// An object store in memory, for tests of everything above cache/store. Lists and reads as B2 does:
// newest versions only or those of a time, byte order, folders, paging (versioned_names.h); a name
// that was put again or hidden keeps its older versions readable until they are removed. Faults by
// script. Thread safe; outlives its callers.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "cache/store/object_store.h"
#include "tests/testing/versioned_names.h"

namespace annofs::testing {

class MemoryStore : public ObjectStore {
 public:
  enum class Call { kList, kGet, kConnect };

  explicit MemoryStore(std::string name = "memory://test");

  // A new version of `key`. Its version is "v1", "v2", ... over the whole store; its digest is the
  // SHA-1 of the content.
  ObjectVersion Put(absl::string_view key, absl::string_view content,
                    absl::Time modified = absl::FromUnixSeconds(1700000000));
  // The name is hidden from now on, its versions stay readable. The version of the marker.
  std::string Hide(absl::string_view key);
  // Removes one version or hide marker: what was below it is the newest again. A version that is
  // gone answers kAborted.
  void RemoveVersion(absl::string_view key, absl::string_view version);
  // Removes the name with all its versions.
  void Remove(absl::string_view key);
  // The time of what is put and hidden from now on: what ListRequest::at is compared with. At first
  // that of FromUnixSeconds(1700000000). REQUIRES: not earlier than before.
  void SetTime(absl::Time time);
  // Every listing with ListRequest::at answers `error` from now on.
  void RefuseTimes(absl::Status error);

  // Every call first sleeps this long on its context's clock, in steps, and gives up as its context
  // says.
  void SetLatency(absl::Duration latency);
  // The next `count` calls of that kind answer `error`; 0: no more do.
  void Fail(Call call, absl::Status error, int count = 1);
  // The next Get gives `bytes` bytes of its range, then `error`.
  void CutNextGet(uint64_t bytes, absl::Status error);
  // Gets wait from Hold() until Release() (or until their context gives up). WaitForHeld waits
  // until `count` of them do.
  void Hold();
  void Release();
  void WaitForHeld(int count);

  // What was asked so far: calls, failed ones included, and bytes given to sinks.
  int lists() const;
  int gets() const;
  int connects() const;
  uint64_t bytes() const;
  // The most calls that were inside at once.
  int most_at_once() const;
  void ResetCounts();

  absl::StatusOr<ListPage> List(const ListRequest& request, const CallContext& context) override;
  absl::Status Get(const ObjectVersion& version, ByteRange range, Sink sink,
                   const CallContext& context) override;
  absl::Status Connect(const CallContext& context) override;
  std::string name() const override { return name_; }

 private:
  struct Content {
    std::string key;
    std::shared_ptr<const std::string> bytes;
  };
  struct Cut {
    uint64_t bytes = 0;
    absl::Status error;
  };
  class Visit;  // counts a call as inside while it lives

  absl::Status Enter(Call call, const CallContext& context);
  absl::Status AwaitRelease(const CallContext& context);
  absl::StatusOr<std::shared_ptr<const std::string>> Find(const ObjectVersion& version) const;
  bool TakeCut(Cut& cut);

  const std::string name_;
  mutable absl::Mutex mutex_;
  VersionedNames names_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, Content> contents_ ABSL_GUARDED_BY(mutex_);  // by version
  absl::Time time_ ABSL_GUARDED_BY(mutex_) = absl::FromUnixSeconds(1700000000);
  absl::Status times_error_ ABSL_GUARDED_BY(mutex_);
  int next_version_ ABSL_GUARDED_BY(mutex_) = 1;
  absl::Duration latency_ ABSL_GUARDED_BY(mutex_);
  std::map<Call, std::deque<absl::Status>> errors_ ABSL_GUARDED_BY(mutex_);
  std::deque<Cut> cuts_ ABSL_GUARDED_BY(mutex_);
  bool holding_ ABSL_GUARDED_BY(mutex_) = false;
  int held_ ABSL_GUARDED_BY(mutex_) = 0;
  std::map<Call, int> calls_ ABSL_GUARDED_BY(mutex_);
  uint64_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  int inside_ ABSL_GUARDED_BY(mutex_) = 0;
  int most_at_once_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace annofs::testing
