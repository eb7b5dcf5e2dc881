// An environment whose write transactions fail, or are the last thing that their process does, when
// a test says so. Thread safe.
#pragma once

#include <functional>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "cache/lmdb.h"

namespace annofs::testing {

class FaultyLmdb : public Lmdb {
 public:
  // When, of a write transaction: before its function runs; after that, before it is committed;
  // after it was committed or has failed.
  enum class When { kBefore, kBeforeCommit, kAfter };
  // Told the number of the transaction, from 1. An error at kBefore or kBeforeCommit is the answer
  // of Update() and nothing is changed; at kAfter it is of no effect.
  using Hook = std::function<absl::Status(int update, When when)>;

  explicit FaultyLmdb(Lmdb& lmdb) : lmdb_(lmdb) {}

  void SetHook(Hook hook) {
    absl::MutexLock lock(&mutex_);
    hook_ = std::move(hook);
  }

  const std::string& path() const override { return lmdb_.path(); }
  absl::Status View(absl::FunctionRef<absl::Status(const LmdbReader&)> fn) override {
    return lmdb_.View(fn);
  }
  absl::Status Update(absl::FunctionRef<absl::Status(LmdbWriter&)> fn) override {
    Hook hook;
    int number = 0;
    {
      absl::MutexLock lock(&mutex_);
      hook = hook_;
      number = ++updates_;
    }
    if (!hook) return lmdb_.Update(fn);
    absl::Status status = hook(number, When::kBefore);
    if (!status.ok()) return status;
    status = lmdb_.Update([&](LmdbWriter& txn) {
      absl::Status result = fn(txn);
      return result.ok() ? hook(number, When::kBeforeCommit) : result;
    });
    hook(number, When::kAfter).IgnoreError();
    return status;
  }

 private:
  Lmdb& lmdb_;
  absl::Mutex mutex_;
  Hook hook_ ABSL_GUARDED_BY(mutex_);
  int updates_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace annofs::testing
