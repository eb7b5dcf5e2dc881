#include "tools/emulator/upload_slots.h"

#include "absl/strings/str_cat.h"
#include "tools/emulator/b2_error.h"

namespace annofs::emulator {

absl::StatusOr<std::unique_ptr<UploadSlots::Slot>> UploadSlots::Take(absl::string_view token) {
  absl::MutexLock lock(&mutex_);
  if (!taken_.emplace(token).second) {
    return B2Error(400, "auth_token_limit",
                   absl::StrCat("more than one upload using auth token ", token));
  }
  return std::make_unique<Slot>(*this, std::string(token));
}

void UploadSlots::Release(const std::string& token) {
  absl::MutexLock lock(&mutex_);
  taken_.erase(token);
}

}  // namespace annofs::emulator
