// A bucket that exists twice, as a store and as a model of it, with faults by count; it notes what
// the pages that it answers hold. Thread safe but for what changes the bucket.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "tests/cache/catalog_model.h"
#include "tests/cache/listing_store.h"

namespace annofs::testing {

class ModelStore : public ListingStore {
 public:
  using ListingStore::ListingStore;

  enum class Fault { kUnavailable, kPermission, kDeadline, kDisorder, kCircle };

  // What was listed of one directory since its first page was asked for last.
  struct Recording {
    ModelItems items;
    bool complete = false;
    int restarts = 0;
  };
  using Recordings = std::map<std::string, Recording>;

  void PutKey(const std::string& key, uint64_t size) {
    const ObjectVersion object = Put(key, size);
    bucket_.Add(key, {.version = object.version, .size = size, .uploaded = time()});
  }
  void HideKey(const std::string& key) {
    const std::string version = Hide(key);
    bucket_.Add(key, {.version = version, .uploaded = time(), .is_marker = true});
  }
  void RemoveNewest(const std::string& key) {
    const std::string version = bucket_.versions().at(key).back().version;
    RemoveVersion(key, version);
    bucket_.RemoveVersion(key, version);
  }
  void RemoveKey(const std::string& key) {
    Remove(key);
    bucket_.Remove(key);
  }
  const ModelBucket& bucket() const { return bucket_; }

  // The call after `calls` more fails in that way.
  void FailIn(int calls, Fault fault) {
    absl::MutexLock lock(&record_mutex_);
    fail_in_ = calls;
    fault_ = fault;
  }
  // From now on pages are noted there; counts begin anew.
  void Record(Recordings* recordings) {
    absl::MutexLock lock(&record_mutex_);
    recordings_ = recordings;
    requests_ = 0;
    failed_ = false;
    fail_in_ = -1;
  }
  int requests() const {
    absl::MutexLock lock(&record_mutex_);
    return requests_;
  }
  bool failed() const {
    absl::MutexLock lock(&record_mutex_);
    return failed_;
  }

  absl::StatusOr<ListPage> List(const ListRequest& request, const CallContext& context) override {
    absl::MutexLock lock(&record_mutex_);
    ++requests_;
    if (fail_in_ >= 0 && fail_in_-- == 0) {
      absl::StatusOr<ListPage> failure = Fail(request, context);
      if (!failure.ok() || !request.start.empty()) {
        failed_ = true;
        return failure;
      }
    }
    ASSIGN_OR_RETURN(ListPage page, ListingStore::List(request, context));
    if (recordings_ != nullptr) Note(request, page);
    return page;
  }

 private:
  absl::StatusOr<ListPage> Fail(const ListRequest& request, const CallContext& context)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(record_mutex_) {
    switch (fault_) {
      case Fault::kUnavailable:
        return absl::UnavailableError("503");
      case Fault::kPermission:
        return absl::PermissionDeniedError("not allowed");
      case Fault::kDeadline:
        return absl::DeadlineExceededError("too late");
      case Fault::kDisorder: {
        ListRequest first = request;
        first.start.clear();
        return ListingStore::List(first, context);
      }
      case Fault::kCircle: {
        ASSIGN_OR_RETURN(ListPage page, ListingStore::List(request, context));
        page.next = request.start;
        return page;
      }
    }
    return absl::InternalError("no such fault");
  }

  void Note(const ListRequest& request, const ListPage& page)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(record_mutex_) {
    Recording& recording = (*recordings_)[request.prefix];
    if (request.start.empty()) {
      recording = {.restarts = recording.restarts + 1};
    }
    for (const auto& [name, item] : bucket_.Items(request.prefix, request.at)) {
      const std::string key = request.prefix + name;
      if (key >= request.start && (page.next.empty() || key < page.next)) {
        recording.items[name] = item;
      }
    }
    recording.complete = page.next.empty();
  }

  ModelBucket bucket_;
  mutable absl::Mutex record_mutex_;
  Recordings* recordings_ ABSL_GUARDED_BY(record_mutex_) = nullptr;
  int requests_ ABSL_GUARDED_BY(record_mutex_) = 0;
  int fail_in_ ABSL_GUARDED_BY(record_mutex_) = -1;
  Fault fault_ ABSL_GUARDED_BY(record_mutex_) = Fault::kUnavailable;
  bool failed_ ABSL_GUARDED_BY(record_mutex_) = false;
};

}  // namespace annofs::testing
