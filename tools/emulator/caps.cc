#include "tools/emulator/caps.h"

#include <optional>

namespace annofs::emulator {
namespace {

bool Charge(int64_t amount, std::optional<int64_t> cap, int64_t& used) {
  if (cap && amount > *cap - used) return false;
  used += amount;
  return true;
}

}  // namespace

bool Caps::ChargeCall(const Billing& billing, const Switches& switches) {
  if (billing.transaction_class == TransactionClass::kNone) return true;
  auto index = static_cast<size_t>(billing.transaction_class);
  absl::MutexLock lock(&mutex_);
  return Charge(billing.count, switches.caps[index], calls_[index]);
}

bool Caps::ChargeDownload(uint64_t bytes, const Switches& switches) {
  absl::MutexLock lock(&mutex_);
  return Charge(static_cast<int64_t>(bytes), switches.download_cap, bytes_);
}

void Caps::Reset() {
  absl::MutexLock lock(&mutex_);
  calls_ = {};
  bytes_ = 0;
}

}  // namespace annofs::emulator
