#include "tools/emulator/fault_json.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "tools/emulator/b2_error.h"

namespace annofs::emulator {
namespace {

constexpr char kErrorMessage[] = "scripted fault";
constexpr char kBodyType[] = "text/plain";
constexpr int64_t kLongestWait = int64_t{24} * 3600 * 1000;
constexpr int64_t kMost = std::numeric_limits<int64_t>::max();

absl::Status TakeText(JsonValue value, std::string& out) {
  if (!value.is_string()) return BadRequest("not a text");
  out = std::string(*value.AsString());
  return absl::OkStatus();
}

absl::Status TakeFlag(JsonValue value, bool& out) {
  if (!value.is_bool()) return BadRequest("neither true nor false");
  out = *value.AsBool();
  return absl::OkStatus();
}

absl::StatusOr<int64_t> WholeOf(JsonValue value, int64_t least, int64_t most) {
  std::optional<int64_t> number = value.AsInt();
  if (!number) return BadRequest("not a whole number");
  if (*number < least || *number > most) {
    return BadRequest(absl::StrCat(*number, " is not within ", least, " and ", most));
  }
  return *number;
}

template <typename Number>
absl::Status TakeWhole(JsonValue value, int64_t least, int64_t most, Number& out) {
  ASSIGN_OR_RETURN(out, WholeOf(value, least, most));
  return absl::OkStatus();
}

absl::Status TakeMillis(JsonValue value, absl::Duration& out) {
  ASSIGN_OR_RETURN(int64_t millis, WholeOf(value, 0, kLongestWait));
  out = absl::Milliseconds(millis);
  return absl::OkStatus();
}

absl::Status TakeNumber(JsonValue value, double most, double& out) {
  std::optional<double> number = value.AsDouble();
  if (!number) return BadRequest("not a number");
  if (*number < 0 || *number > most) {
    return BadRequest(absl::StrCat(*number, " is not within 0 and ", most));
  }
  out = *number;
  return absl::OkStatus();
}

bool IsHeaderName(absl::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return absl::ascii_isalnum(c) || absl::StrContains("!#$%&'*+-.^_`|~", c);
  });
}

bool IsHeaderValue(absl::string_view value) {
  return std::none_of(value.begin(), value.end(),
                      [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

// The server writes the length itself; `lengthDelta` is the way to change it.
bool IsFixedHeader(absl::string_view name) {
  return absl::EqualsIgnoreCase(name, "Content-Length") ||
         absl::EqualsIgnoreCase(name, "Transfer-Encoding");
}

absl::Status TakeHeaders(JsonValue value, FaultEffect& effect) {
  if (!value.is_object()) return BadRequest("not an object");
  absl::Status result;
  value.ForEachMember([&](absl::string_view name, JsonValue text) {
    bool good = IsHeaderName(name) && !IsFixedHeader(name) &&
                (text.is_null() || (text.is_string() && IsHeaderValue(*text.AsString())));
    if (!good) {
      result.Update(BadRequest(absl::StrCat("no header that can be set: ", name)));
      return;
    }
    std::optional<absl::string_view> content = text.AsString();
    effect.headers.emplace_back(
        name, content ? std::optional<std::string>(*content) : std::optional<std::string>());
  });
  return result;
}

struct Member {
  absl::string_view name;
  absl::Status (*take)(JsonValue, Fault&);
};

constexpr Member kMembers[] = {
    {"op", [](JsonValue v, Fault& f) { return TakeText(v, f.operation); }},
    {"method", [](JsonValue v, Fault& f) { return TakeText(v, f.method); }},
    {"match", [](JsonValue v, Fault& f) { return TakeText(v, f.match); }},
    {"skip", [](JsonValue v, Fault& f) { return TakeWhole(v, 0, kMost, f.skip); }},
    {"count", [](JsonValue v, Fault& f) { return TakeWhole(v, -1, kMost, f.count); }},
    {"probability", [](JsonValue v, Fault& f) { return TakeNumber(v, 1, f.probability); }},
    {"seed",
     [](JsonValue v, Fault& f) {
       uint64_t seed = 0;
       absl::Status taken = TakeWhole(v, 0, kMost, seed);
       f.dice = Dice(seed);
       return taken;
     }},
    {"delayMs", [](JsonValue v, Fault& f) { return TakeMillis(v, f.effect.delay); }},
    {"jitterMs", [](JsonValue v, Fault& f) { return TakeMillis(v, f.effect.jitter); }},
    {"stall", [](JsonValue v, Fault& f) { return TakeFlag(v, f.effect.stall); }},
    {"reset", [](JsonValue v, Fault& f) { return TakeFlag(v, f.effect.reset); }},
    {"status", [](JsonValue v, Fault& f) { return TakeWhole(v, 200, 599, f.effect.status); }},
    {"code", [](JsonValue v, Fault& f) { return TakeText(v, f.effect.code); }},
    {"message", [](JsonValue v, Fault& f) { return TakeText(v, f.effect.message); }},
    {"body", [](JsonValue v, Fault& f) { return TakeText(v, f.effect.body.emplace()); }},
    {"contentType",
     [](JsonValue v, Fault& f) {
       RETURN_IF_ERROR(TakeText(v, f.effect.content_type));
       return IsHeaderValue(f.effect.content_type) ? absl::OkStatus()
                                                   : BadRequest("not the value of a header");
     }},
    {"ignoreRange", [](JsonValue v, Fault& f) { return TakeFlag(v, f.effect.ignore_range); }},
    {"wrongContentRange",
     [](JsonValue v, Fault& f) { return TakeFlag(v, f.effect.wrong_content_range); }},
    {"headers", [](JsonValue v, Fault& f) { return TakeHeaders(v, f.effect); }},
    {"retryAfter",
     [](JsonValue v, Fault& f) {
       return TakeWhole(v, 0, std::numeric_limits<int>::max(), f.effect.retry_after);
     }},
    {"closeConnection",
     [](JsonValue v, Fault& f) { return TakeFlag(v, f.effect.close_connection); }},
    {"lengthDelta",
     [](JsonValue v, Fault& f) { return TakeWhole(v, -kMost, kMost / 2, f.effect.length_delta); }},
    {"corrupt", [](JsonValue v, Fault& f) { return TakeFlag(v, f.effect.corrupt); }},
    {"cutAfterBytes",
     [](JsonValue v, Fault& f) { return TakeWhole(v, 0, kMost, f.effect.cut_after.emplace()); }},
    {"stallAfterBytes",
     [](JsonValue v, Fault& f) { return TakeWhole(v, 0, kMost, f.effect.stall_after.emplace()); }},
    {"bandwidth", [](JsonValue v, Fault& f) { return TakeNumber(v, 1e15, f.effect.bandwidth); }},
};

// A misspelt member would make a test pass for no reason.
absl::Status TakeMember(absl::string_view name, JsonValue value, Fault& fault) {
  for (const Member& member : kMembers) {
    if (member.name != name) continue;
    return value.is_null() ? absl::OkStatus() : Annotate(member.take(value, fault), name);
  }
  return BadRequest(absl::StrCat("not a member of a fault: ", name));
}

absl::StatusOr<Fault> ParseFault(JsonValue json) {
  if (!json.is_object()) return BadRequest("a fault is a JSON object");
  Fault fault;
  fault.effect.message = kErrorMessage;
  fault.effect.content_type = kBodyType;
  absl::Status result;
  json.ForEachMember([&](absl::string_view name, JsonValue value) {
    result.Update(TakeMember(name, value, fault));
  });
  if (!result.ok()) return result;
  return fault;
}

}  // namespace

absl::StatusOr<std::vector<Fault>> ParseFaults(JsonValue json) {
  std::vector<Fault> faults;
  if (!json.is_array()) {
    ASSIGN_OR_RETURN(Fault fault, ParseFault(json));
    faults.push_back(std::move(fault));
    return faults;
  }
  for (size_t i = 0; i < json.size(); ++i) {
    absl::StatusOr<Fault> fault = ParseFault(json[i]);
    if (!fault.ok()) return Annotate(fault.status(), absl::StrCat("fault ", i));
    faults.push_back(*std::move(fault));
  }
  return faults;
}

absl::StatusOr<std::vector<Fault>> ParseFaults(absl::string_view text) {
  absl::StatusOr<JsonDocument> json = JsonDocument::Parse(text);
  if (!json.ok()) return B2Error(400, "bad_json", json.status().message());
  return ParseFaults(json->root());
}

}  // namespace annofs::emulator
