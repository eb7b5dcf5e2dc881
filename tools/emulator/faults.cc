#include "tools/emulator/faults.h"

#include <utility>

#include "absl/strings/match.h"

namespace annofs::emulator {
namespace {

bool Matches(const Fault& fault, const FaultSubject& subject) {
  return (fault.operation.empty() || fault.operation == subject.operation) &&
         (fault.method.empty() || absl::EqualsIgnoreCase(fault.method, subject.method)) &&
         (absl::StrContains(subject.target, fault.match) ||
          absl::StrContains(subject.name, fault.match));
}

// One matching request passes by.
bool Hits(Fault& fault) {
  if (fault.skip > 0) {
    --fault.skip;
    return false;
  }
  return fault.probability >= 1 || fault.dice.Fraction() < fault.probability;
}

FaultEffect Draw(Fault& fault) {
  FaultEffect effect = fault.effect;
  effect.delay = fault.dice.Around(effect.delay, effect.jitter);
  effect.lot = fault.dice.Number();
  return effect;
}

}  // namespace

void Faults::Add(std::vector<Fault> faults) {
  absl::MutexLock lock(&mutex_);
  for (Fault& fault : faults) {
    if (fault.count != 0) faults_.push_back(std::move(fault));
  }
}

void Faults::Clear() {
  absl::MutexLock lock(&mutex_);
  faults_.clear();
}

bool Faults::empty() const { return size() == 0; }

size_t Faults::size() const {
  absl::MutexLock lock(&mutex_);
  return faults_.size();
}

std::optional<FaultEffect> Faults::Take(const FaultSubject& subject) {
  absl::MutexLock lock(&mutex_);
  for (auto fault = faults_.begin(); fault != faults_.end(); ++fault) {
    if (!Matches(*fault, subject) || !Hits(*fault)) continue;
    FaultEffect effect = Draw(*fault);
    if (fault->count > 0 && --fault->count == 0) faults_.erase(fault);
    return effect;
  }
  return std::nullopt;
}

}  // namespace annofs::emulator
