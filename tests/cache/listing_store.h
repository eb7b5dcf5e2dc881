// A store of names only, for tests of the catalog: counts list requests, answers in pages, and runs
// a hook before each. Thread safe.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "cache/base/status.h"
#include "cache/store/object_store.h"

namespace annofs::testing {

class ListingStore : public ObjectStore {
 public:
  // Told the number of the call, from 1; an error is the answer of the call.
  using Hook = std::function<absl::Status(int call, const CallContext& context)>;

  explicit ListingStore(std::string name = "memory://names") : name_(std::move(name)) {}

  // A new version of the key.
  void Put(absl::string_view key, uint64_t size = 1) {
    absl::MutexLock lock(&mutex_);
    ObjectVersion& object = objects_[std::string(key)];
    object.key = std::string(key);
    object.version = absl::StrCat("v", ++versions_);
    object.size = size;
    object.modified = absl::FromUnixSeconds(1'600'000'000 + versions_);
    object.digest = {DigestKind::kMd5, "0123456789abcdef"};
  }
  void Remove(absl::string_view key) {
    absl::MutexLock lock(&mutex_);
    objects_.erase(std::string(key));
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
    return Page(request);
  }
  absl::Status Get(const ObjectVersion&, ByteRange, Sink, const CallContext&) override {
    return absl::UnimplementedError("names only");
  }
  absl::Status Connect(const CallContext&) override { return absl::OkStatus(); }
  std::string name() const override { return name_; }

 private:
  // The token is the first name of the next page.
  ListPage Page(const ListRequest& request) const {
    absl::MutexLock lock(&mutex_);
    ListPage page;
    auto at = objects_.lower_bound(std::max(request.start, request.prefix));
    while (at != objects_.end() && absl::StartsWith(at->first, request.prefix)) {
      const size_t slash = at->first.find('/', request.prefix.size());
      const std::string name = at->first.substr(0, slash == std::string::npos ? slash : slash + 1);
      if (page.objects.size() + page.directories.size() == request.max) {
        page.next = name;
        return page;
      }
      if (slash == std::string::npos) {
        page.objects.push_back(at->second);
        ++at;
      } else {
        page.directories.push_back(name);
        at = objects_.lower_bound(absl::StrCat(name.substr(0, name.size() - 1), "0"));
      }
    }
    return page;
  }

  const std::string name_;
  mutable absl::Mutex mutex_;
  std::map<std::string, ObjectVersion> objects_ ABSL_GUARDED_BY(mutex_);
  uint64_t versions_ ABSL_GUARDED_BY(mutex_) = 0;
  int lists_ ABSL_GUARDED_BY(mutex_) = 0;
  Hook hook_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace annofs::testing
