// A store of names only, for tests of the catalog: counts list requests, answers in pages, and runs
// a hook before each. Thread safe.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "cache/base/status.h"
#include "cache/store/object_store.h"
#include "tests/testing/versioned_names.h"

namespace annofs::testing {

class ListingStore : public ObjectStore {
 public:
  // Told the number of the call, from 1; an error is the answer of the call.
  using Hook = std::function<absl::Status(int call, const CallContext& context)>;

  explicit ListingStore(std::string name = "memory://names") : name_(std::move(name)) {}

  // A new version of the key. Each change, a Hide too, is one second after the one before.
  ObjectVersion Put(absl::string_view key, uint64_t size = 1) {
    absl::MutexLock lock(&mutex_);
    ObjectVersion object{.key = std::string(key), .version = NextVersion(), .size = size};
    object.modified = time_;
    object.digest = {DigestKind::kMd5, "0123456789abcdef"};
    names_.Put(object, time_);
    return object;
  }
  // A hide marker: its version.
  std::string Hide(absl::string_view key) {
    absl::MutexLock lock(&mutex_);
    std::string version = NextVersion();
    names_.Hide(key, version, time_);
    return version;
  }
  // Removes one version or marker: what was below it is the newest again.
  void RemoveVersion(absl::string_view key, absl::string_view version) {
    absl::MutexLock lock(&mutex_);
    names_.RemoveVersion(key, version);
  }
  // Removes all versions of the key.
  void Remove(absl::string_view key) {
    absl::MutexLock lock(&mutex_);
    names_.Remove(key);
  }
  // The time of the newest Put or Hide: what ListRequest::at is compared with.
  absl::Time time() const {
    absl::MutexLock lock(&mutex_);
    return time_;
  }
  void SetHook(Hook hook) {
    absl::MutexLock lock(&mutex_);
    hook_ = std::move(hook);
  }
  int lists() const {
    absl::MutexLock lock(&mutex_);
    return lists_;
  }

  absl::StatusOr<ListPage> List(const ListRequest& request, const CallContext& context) override {
    Hook hook;
    int call = 0;
    {
      absl::MutexLock lock(&mutex_);
      call = ++lists_;
      hook = hook_;
    }
    if (hook) RETURN_IF_ERROR(hook(call, context));
    absl::MutexLock lock(&mutex_);
    return names_.Page(request);
  }
  absl::Status Get(const ObjectVersion&, ByteRange, Sink, const CallContext&) override {
    return absl::UnimplementedError("names only");
  }
  absl::Status Connect(const CallContext&) override { return absl::OkStatus(); }
  std::string name() const override { return name_; }

 private:
  std::string NextVersion() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    time_ += absl::Seconds(1);
    return absl::StrCat("v", ++versions_);
  }

  const std::string name_;
  mutable absl::Mutex mutex_;
  VersionedNames names_ ABSL_GUARDED_BY(mutex_);
  absl::Time time_ ABSL_GUARDED_BY(mutex_) = absl::FromUnixSeconds(1'600'000'000);
  uint64_t versions_ ABSL_GUARDED_BY(mutex_) = 0;
  int lists_ ABSL_GUARDED_BY(mutex_) = 0;
  Hook hook_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace annofs::testing
