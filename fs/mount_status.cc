#include "fs/mount_status.h"

#include <algorithm>
#include <fstream>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace annofs {

std::optional<double> MountStatus::HitRatio() const {
  const double hits = double(readings.Count("cache.hits"));
  const double all = hits + double(readings.Count("cache.misses"));
  if (all == 0) return std::nullopt;
  return hits / all;
}

uint64_t MountStatus::UnwrittenBytes() const {
  return uint64_t(
      std::max<int64_t>(0, readings.Of("memory.fetches") - readings.Of("cache.fetching_bytes")));
}

std::optional<CapStop> CapOf(const MountStatus& status, absl::string_view kind, absl::Time now) {
  const int64_t seconds = status.readings.Of(absl::StrCat("store.capped_at.", kind));
  if (seconds == 0) return std::nullopt;
  const absl::TimeZone utc = absl::UTCTimeZone();
  const absl::Time refused = absl::FromUnixSeconds(seconds);
  const CapStop stop{.refused = refused,
                     .lifted = absl::FromCivil(absl::ToCivilDay(refused, utc) + 1, utc)};
  if (now >= stop.lifted) return std::nullopt;
  return stop;
}

uint64_t ResidentAnonymousBytes() {
  std::ifstream file("/proc/self/status");
  std::string line;
  while (std::getline(file, line)) {
    absl::string_view text = line;
    uint64_t kilobytes = 0;
    if (!absl::ConsumePrefix(&text, "RssAnon:")) continue;
    (void)absl::ConsumeSuffix(&text, " kB");
    return absl::SimpleAtoi(text, &kilobytes) ? kilobytes << 10 : 0;
  }
  return 0;
}

}  // namespace annofs
