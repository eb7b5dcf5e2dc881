#include "tools/emulator/settings.h"

#include <cmath>
#include <type_traits>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "tools/emulator/b2_error.h"

namespace annofs::emulator {
namespace {

constexpr char kCaps[] = "caps";
constexpr double kHighestCap = 1e15;

absl::StatusOr<double> NumberOf(JsonValue value, double most, bool whole) {
  std::optional<double> number = value.AsDouble();
  if (!number) return BadRequest("not a number");
  if (whole && *number != std::floor(*number)) return BadRequest("not a whole number");
  if (*number < 0 || *number > most) {
    return BadRequest(absl::StrCat(*number, " is not within 0 and ", most));
  }
  return *number;
}

absl::Status Take(JsonValue value, double, bool& out) {
  if (!value.is_bool()) return BadRequest("neither true nor false");
  out = *value.AsBool();
  return absl::OkStatus();
}

template <typename Number>
absl::Status Take(JsonValue value, double most, Number& out) {
  ASSIGN_OR_RETURN(double number, NumberOf(value, most, !std::is_same_v<Number, double>));
  if constexpr (std::is_same_v<Number, double>) {
    out = number;
  } else {
    out = static_cast<int64_t>(number);
  }
  return absl::OkStatus();
}

absl::Status TakeCap(absl::string_view name, JsonValue value, Switches& switches) {
  for (size_t i = 0; i < kBilledClasses; ++i) {
    if (kClassNames[i] != name) continue;
    if (!value.is_null()) return Take(value, kHighestCap, switches.caps[i]);
    switches.caps[i].reset();
    return absl::OkStatus();
  }
  return BadRequest(absl::StrCat("no transaction class: ", name));
}

// Classes that are not named have no cap then.
absl::Status TakeCaps(JsonValue value, Switches& switches) {
  switches.caps = {};
  if (value.is_null()) return absl::OkStatus();
  if (!value.is_object()) return BadRequest("not an object");
  absl::Status result;
  value.ForEachMember(
      [&](absl::string_view name, JsonValue cap) { result.Update(TakeCap(name, cap, switches)); });
  return result;
}

absl::Status TakeMember(absl::string_view name, JsonValue value, Switches& switches) {
  if (name == kCaps) return Annotate(TakeCaps(value, switches), name);
  for (const SwitchInfo& info : SwitchTable()) {
    if (info.name != name) continue;
    auto take = [&](auto member) {
      if (!value.is_null()) return Take(value, info.most, switches.*member);
      switches.*member = Switches().*member;
      return absl::OkStatus();
    };
    return Annotate(std::visit(take, info.member), name);
  }
  return BadRequest(absl::StrCat("not a setting: ", name));
}

void Write(bool value, JsonWriter& json) { json.Bool(value); }
void Write(double value, JsonWriter& json) { json.Double(value); }
void Write(int64_t value, JsonWriter& json) { json.Int(value); }
void Write(const std::optional<int64_t>& value, JsonWriter& json) {
  if (value) {
    json.Int(*value);
  } else {
    json.Null();
  }
}

}  // namespace

Switches Settings::Now() const {
  absl::MutexLock lock(&mutex_);
  return switches_;
}

absl::Status Settings::Change(JsonValue json) {
  if (!json.is_object()) return BadRequest("settings are a JSON object");
  absl::MutexLock lock(&mutex_);
  Switches changed = switches_;
  absl::Status result;
  json.ForEachMember([&](absl::string_view name, JsonValue value) {
    result.Update(TakeMember(name, value, changed));
  });
  if (result.ok()) switches_ = changed;
  return result;
}

std::string Settings::Json() const {
  Switches now = Now();
  JsonWriter json;
  json.BeginObject();
  for (const SwitchInfo& info : SwitchTable()) {
    json.Key(info.name);
    std::visit([&](auto member) { Write(now.*member, json); }, info.member);
  }
  json.Key(kCaps).BeginObject();
  for (size_t i = 0; i < kBilledClasses; ++i) {
    json.Key(kClassNames[i]);
    Write(now.caps[i], json);
  }
  json.EndObject().EndObject();
  return json.Take();
}

absl::Duration Settings::DrawLatency() const {
  absl::MutexLock lock(&mutex_);
  return dice_.Around(absl::Milliseconds(switches_.latency_ms),
                      absl::Milliseconds(switches_.jitter_ms));
}

size_t Settings::DrawPageSize(size_t asked) const {
  absl::MutexLock lock(&mutex_);
  if (!switches_.short_pages || asked <= 1) return asked;
  return 1 + dice_.Number() % asked;
}

}  // namespace annofs::emulator
