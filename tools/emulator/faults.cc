#include "tools/emulator/faults.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "tools/emulator/b2_error.h"

namespace annofs::emulator {
namespace {

constexpr absl::string_view kTexts[] = {"op", "match", "code", "message"};
constexpr absl::string_view kNumbers[] = {"status",  "count",         "skip",
                                          "delayMs", "cutAfterBytes", "retryAfter"};
constexpr absl::string_view kFlags[] = {"stall", "reset"};

template <size_t N>
bool Contains(const absl::string_view (&names)[N], absl::string_view name) {
  for (absl::string_view known : names) {
    if (known == name) return true;
  }
  return false;
}

bool IsMember(absl::string_view name, JsonValue value) {
  if (value.is_null())
    return Contains(kTexts, name) || Contains(kNumbers, name) || Contains(kFlags, name);
  if (Contains(kTexts, name)) return value.is_string();
  if (Contains(kNumbers, name)) return value.AsInt().has_value();
  return Contains(kFlags, name) && value.is_bool();
}

// A misspelt member would make a test pass for no reason.
absl::Status CheckMembers(JsonValue json) {
  absl::Status result;
  json.ForEachMember([&result](absl::string_view name, JsonValue value) {
    if (!IsMember(name, value)) {
      result.Update(
          BadRequest(absl::StrCat("not a member of a fault, or of another type: ", name)));
    }
  });
  return result;
}

absl::Status CheckValues(const Fault& fault) {
  const FaultEffect& effect = fault.effect;
  bool status = effect.status == 0 || (effect.status >= 200 && effect.status <= 599);
  if (!status) return BadRequest("status must be 200 to 599");
  if (fault.count < -1 || fault.skip < 0 || effect.retry_after < 0 ||
      effect.delay < absl::ZeroDuration()) {
    return BadRequest("a negative number in a fault");
  }
  return absl::OkStatus();
}

FaultEffect EffectOf(JsonValue json) {
  FaultEffect effect;
  effect.delay = absl::Milliseconds(json.IntOr("delayMs", 0));
  effect.stall = json.BoolOr("stall", false);
  effect.reset = json.BoolOr("reset", false);
  effect.status = static_cast<int>(json.IntOr("status", 0));
  effect.code = std::string(json.StringOr("code", UsualCode(effect.status)));
  effect.message = std::string(json.StringOr("message", "scripted fault"));
  effect.retry_after = static_cast<int>(json.IntOr("retryAfter", 0));
  int64_t cut = json.IntOr("cutAfterBytes", -1);
  if (cut >= 0) effect.cut_after = static_cast<uint64_t>(cut);
  return effect;
}

bool Matches(const Fault& fault, const FaultSubject& subject) {
  return (fault.operation.empty() || fault.operation == subject.operation) &&
         (absl::StrContains(subject.target, fault.match) ||
          absl::StrContains(subject.name, fault.match));
}

}  // namespace

absl::StatusOr<Fault> ParseFault(JsonValue json) {
  if (!json.is_object()) return BadRequest("a fault is a JSON object");
  RETURN_IF_ERROR(CheckMembers(json));
  Fault fault;
  fault.operation = std::string(json.StringOr("op", ""));
  fault.match = std::string(json.StringOr("match", ""));
  fault.skip = json.IntOr("skip", 0);
  fault.count = json.IntOr("count", 1);
  fault.effect = EffectOf(json);
  RETURN_IF_ERROR(CheckValues(fault));
  return fault;
}

void Faults::Add(Fault fault) {
  if (fault.count == 0) return;
  absl::MutexLock lock(&mutex_);
  faults_.push_back(std::move(fault));
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
    if (!Matches(*fault, subject)) continue;
    if (fault->skip > 0) {
      --fault->skip;
      continue;
    }
    FaultEffect effect = fault->effect;
    if (fault->count > 0 && --fault->count == 0) faults_.erase(fault);
    return effect;
  }
  return std::nullopt;
}

}  // namespace annofs::emulator
