#include "tools/emulator/switches.h"

namespace annofs::emulator {
namespace {

constexpr double kHour = 3600;
constexpr double kMany = 1e15;

}  // namespace

const std::vector<SwitchInfo>& SwitchTable() {
  static const auto* const table = new std::vector<SwitchInfo>{
      {"latencyMs", "--latency", "milliseconds to wait before every answer", &Switches::latency_ms,
       kHour * 1000},
      {"jitterMs", "--jitter", "milliseconds that the latency is more or less, by chance",
       &Switches::jitter_ms, kHour * 1000},
      {"rate", "--rate", "requests per second; more are refused", &Switches::rate, 1e9},
      {"retryAfter", "--retry-after", "seconds that who is over the rate is told to wait (1)",
       &Switches::retry_after, 24 * kHour},
      {"bandwidth", "--bandwidth", "bytes of bodies per second, over all connections",
       &Switches::bandwidth, kMany},
      {"downloadCap", "--download-cap", "bytes that may be downloaded; then downloads are refused",
       &Switches::download_cap, kMany},
      {"tokenLifeSeconds", "--token-life", "seconds that a new token is good for (86400)",
       &Switches::token_life_seconds, 1e9},
      {"closeConnections", "--close-connections", "close the connection after every answer",
       &Switches::close_connections},
      {"shortPages", "--short-pages", "answer listings with fewer entries than asked, by chance",
       &Switches::short_pages},
      {"opaqueNext", "--opaque-next", "continue listings at names that do not exist",
       &Switches::opaque_next},
      {"prettyJson", "--pretty-json", "write JSON over several lines", &Switches::pretty_json},
      {"unknownFields", "--unknown-fields", "add fields to JSON that no client knows",
       &Switches::unknown_fields},
      {"secondTimestamps", "--second-timestamps", "tell upload times in whole seconds",
       &Switches::second_timestamps},
      {"strictChecksums", "--strict-checksums", "S3: refuse checksum headers",
       &Switches::strict_checksums},
      {"strictJson", "--strict-json", "refuse requests with unknown JSON fields",
       &Switches::strict_json},
  };
  return *table;
}

}  // namespace annofs::emulator
