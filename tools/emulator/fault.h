// One scripted fault: which requests it hits, and what happens to them. Values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "tools/emulator/dice.h"

namespace annofs::emulator {

// What happens to a request, in this order: delay, stall, reset, then `status` or `body` instead of
// the API's answer; the rest is done to whatever is then answered. Nothing set: nothing happens.
struct FaultEffect {
  absl::Duration delay = absl::ZeroDuration();
  absl::Duration jitter = absl::ZeroDuration();
  bool stall = false;
  bool reset = false;  // the connection is closed without an answer

  int status = 0;                   // 0: the usual answer, or 200 if there is a body
  std::string code;                 // "" = the API's usual one for the status
  std::string message;              // of the error
  std::optional<std::string> body;  // sent instead of an error in the API's form
  std::string content_type;         // of that body

  bool ignore_range = false;         // the whole object, as if no range had been asked for
  bool wrong_content_range = false;  // the header says another range than the body is
  std::vector<std::pair<std::string, std::optional<std::string>>> headers;  // nothing: removed
  int retry_after = 0;                                                      // seconds; 0: no header
  bool close_connection = false;

  int64_t length_delta = 0;  // the body is so many bytes longer or shorter, and announced so
  bool corrupt = false;      // one byte of the body is inverted
  std::optional<uint64_t> cut_after;
  std::optional<uint64_t> stall_after;  // silence after so many bytes of the body
  double bandwidth = 0;                 // bytes per second; 0: no limit

  uint64_t lot = 0;  // drawn for this hit: decides what is left to chance
};

struct Fault {
  std::string operation;   // "" = every one
  std::string method;      // "" = every one
  std::string match;       // part of the target, or of the file name or prefix that it is about
  int64_t skip = 0;        // how many matching requests pass first
  double probability = 1;  // of each one after that to be hit
  int64_t count = 1;       // how many are hit then; -1 = all
  Dice dice;
  FaultEffect effect;
};

}  // namespace annofs::emulator
