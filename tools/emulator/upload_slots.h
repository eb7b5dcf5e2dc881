// Uploads under way: one at a time with each upload token (reference/b2.md §1.9). Thread safe.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"

namespace annofs::emulator {

class UploadSlots {
 public:
  // The token is taken until this goes. The slots outlive it.
  class Slot {
   public:
    Slot(UploadSlots& slots, std::string token) : slots_(slots), token_(std::move(token)) {}
    ~Slot() { slots_.Release(token_); }
    Slot(const Slot&) = delete;
    Slot& operator=(const Slot&) = delete;

   private:
    UploadSlots& slots_;
    const std::string token_;
  };

  // 400 auth_token_limit while the token is taken.
  absl::StatusOr<std::unique_ptr<Slot>> Take(absl::string_view token);

 private:
  void Release(const std::string& token);

  absl::Mutex mutex_;
  absl::flat_hash_set<std::string> taken_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace annofs::emulator
