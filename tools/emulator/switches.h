// What may be set about the emulator as a whole, one aggregate, and the table that names its
// members for the admin interface and the command line.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"
#include "tools/emulator/transaction_class.h"

namespace annofs::emulator {

struct Switches {
  double latency_ms = 0;    // before every answer of a store's API
  double jitter_ms = 0;     // the latency is up to so much more or less
  double rate = 0;          // requests per second; 0 = no limit
  int64_t retry_after = 1;  // seconds, told to who is over the rate; 0 = not told
  double bandwidth = 0;     // body bytes per second over all connections; 0 = no limit
  // Transactions by class, and bytes of downloads, until the caps are reset; nothing = no cap.
  std::array<std::optional<int64_t>, kBilledClasses> caps;
  std::optional<int64_t> download_cap;

  bool close_connections = false;       // Connection: close with every answer
  bool short_pages = false;             // listings answer fewer entries than asked, by chance
  bool opaque_next = false;             // the next name of a listing is none that exists
  bool pretty_json = false;             // JSON over several lines
  bool unknown_fields = false;          // JSON answers have fields that no client knows
  bool second_timestamps = false;       // upload times in whole seconds
  bool strict_checksums = false;        // S3: checksum headers are refused
  bool strict_json = false;             // unknown fields of requests are refused
  int64_t token_life_seconds = 86'400;  // of tokens that are given out from now on
};

struct SwitchInfo {
  absl::string_view name;    // in JSON
  absl::string_view option;  // on the command line
  absl::string_view help;
  std::variant<double Switches::*, int64_t Switches::*, std::optional<int64_t> Switches::*,
               bool Switches::*>
      member;
  double most = 1;  // numbers are from 0 to here
};
// All members but the caps, which are "caps" {"A":n,"B":n,"C":n} and --cap.
const std::vector<SwitchInfo>& SwitchTable();

}  // namespace annofs::emulator
