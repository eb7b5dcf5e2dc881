#include "tools/metrics_text.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "tools/exposition.h"

namespace annofs {
namespace {

using Type = Exposition::Type;

double Unix(absl::Time time) { return absl::ToDoubleSeconds(time - absl::UnixEpoch()); }

uint64_t NotNegative(int64_t number) { return uint64_t(std::max<int64_t>(0, number)); }

// Writes the groups one after the other.
class Metrics {
 public:
  Metrics(const MountStatus& status, absl::Time now)
      : status_(status), readings_(status.readings), now_(now) {}

  std::string Text() {
    Mount();
    Operations();
    Calls();
    Http();
    Costs();
    Cache();
    Memory();
    Names();
    Datasets();
    return out_.Take();
  }

 private:
  // A counter whose value is the count `name`.
  void Counter(absl::string_view family, absl::string_view help, absl::string_view name) {
    out_.Family(family, Type::kCounter, help);
    out_.Value({}, readings_.Count(name));
  }
  // One sample for each count whose name is `prefix` and one word, which is the label.
  void Counters(absl::string_view family, absl::string_view help, absl::string_view prefix,
                absl::string_view label) {
    out_.Family(family, Type::kCounter, help);
    for (const auto& [name, value] : readings_.counts) {
      absl::string_view word = name;
      if (!absl::ConsumePrefix(&word, prefix) || absl::StrContains(word, '.')) continue;
      out_.Value({{label, word}}, value);
    }
  }
  void Times(absl::string_view family, absl::string_view help, absl::string_view prefix,
             absl::string_view label) {
    out_.Family(family, Type::kHistogram, help);
    for (const auto& [name, times] : readings_.histograms) {
      absl::string_view word = name;
      if (absl::ConsumePrefix(&word, prefix)) out_.Times({{label, word}}, times);
    }
  }
  void Gauge(absl::string_view family, absl::string_view help, uint64_t value) {
    out_.Family(family, Type::kGauge, help);
    out_.Value({}, value);
  }
  void Gauge(absl::string_view family, absl::string_view help, double value) {
    out_.Family(family, Type::kGauge, help);
    out_.Value({}, value);
  }
  void GaugeOf(absl::string_view family, absl::string_view help, absl::string_view name) {
    Gauge(family, help, NotNegative(readings_.Of(name)));
  }

  void Mount() {
    out_.Family("annofs_mount_info", Type::kGauge, "What is mounted where; always 1.");
    out_.Value({{"version", ANNOFS_VERSION},
                {"source", status_.source},
                {"mountpoint", status_.mountpoint}},
               uint64_t{1});
    if (status_.started > absl::InfinitePast()) {
      Gauge("annofs_start_time_seconds", "When the mount began, since 1970.",
            Unix(status_.started));
    }
  }

  void Operations() {
    Times("annofs_operation_duration_seconds",
          "Time from a request of the kernel to its answer, by operation.", "fuse.seconds.", "op");
    Counters("annofs_operation_errors_total", "Requests of the kernel that failed, by errno.",
             "fuse.errors.", "errno");
    Counter("annofs_operation_waited_total",
            "Requests of the kernel that had to wait for something, on the slow lane.",
            "fuse.waited");
    Counter("annofs_read_bytes_total", "Bytes that reads were answered with.", "fuse.read_bytes");
    out_.Family("annofs_slow_lane_requests", Type::kGauge,
                "Requests of the kernel on the slow lane: without a thread yet, and with one.");
    out_.Value({{"state", "waiting"}}, NotNegative(readings_.Of("fuse.slow_waiting")));
    out_.Value({{"state", "running"}}, NotNegative(readings_.Of("fuse.slow_running")));
  }

  void Calls() {
    out_.Family("annofs_store_calls_total", Type::kCounter,
                "What the store was asked for, by kind; tries again are not counted.");
    for (absl::string_view kind : {"list", "get"}) {
      out_.Value({{"kind", kind}}, readings_.Count(absl::StrCat("store.requests.", kind)));
    }
    Times("annofs_store_call_duration_seconds",
          "Time of a call of the store with its tries and its wait for a connection, by kind.",
          "store.seconds.", "kind");
    Counter("annofs_store_errors_total", "Calls of the store that failed for good.",
            "store.errors");
    Counter("annofs_store_retries_total", "Tries of calls that were not the first.",
            "store.retries");
    Counter("annofs_store_received_bytes_total", "Bytes of objects that came from the store.",
            "store.bytes");
    GaugeOf("annofs_store_calls_in_progress", "Calls of the store under way or waiting.",
            "store.calls");
  }

  void Http() {
    Counters("annofs_http_requests_total", "Requests that were sent to the service, by kind.",
             "http.requests.", "kind");
    Counters("annofs_http_responses_total", "Answers of the service, by status.", "http.answers.",
             "code");
    Times("annofs_http_request_duration_seconds",
          "Time from sending a request to the end of its answer, by kind.", "http.seconds.",
          "kind");
    Counter("annofs_http_failures_total",
            "Requests that ended without an answer: network, deadline, cancelled.",
            "http.no_answer");
    Counter("annofs_http_throttled_total", "Answers that ask for fewer requests: 429, 503.",
            "http.throttled");
    Counter("annofs_http_hedges_total", "Downloads that were sent again as their answer was late.",
            "store.requests.hedge");
    GaugeOf("annofs_http_requests_in_flight", "Requests under way: connections in use.",
            "http.in_flight");
    if (status_.connections > 0) {
      Gauge("annofs_http_connections_limit", "Most requests at once (--connections).",
            uint64_t(status_.connections));
    }
  }

  void Costs() {
    Counters("annofs_store_transactions_total", "Transactions by the class that the services bill.",
             "store.transactions.", "class");
    out_.Family(
        "annofs_store_cap_exceeded", Type::kGauge,
        "1 while the service refuses calls of the kind as a cap of the account is reached.");
    for (absl::string_view kind : kCappedKinds) {
      out_.Value({{"kind", kind}}, uint64_t{CapOf(status_, kind, now_).has_value()});
    }
    if (status_.estimate) {
      out_.Family("annofs_cost_estimate", Type::kGauge,
                  "What the requests of the mount cost by published prices, without what is free.");
      out_.Value({{"currency", status_.estimate->currency}}, status_.estimate->amount);
    }
    if (!status_.daily) return;
    out_.Family("annofs_daily_cost_estimate", Type::kGauge,
                "The same of the requests since 00:00 UTC.");
    out_.Value({{"currency", status_.daily->currency}}, status_.daily->spent);
    out_.Family("annofs_daily_cap", Type::kGauge, "What these may cost (--daily-cap).");
    out_.Value({{"currency", status_.daily->currency}}, status_.daily->cap);
  }

  void Cache() {
    const BlockCacheInfo& blocks = status_.blocks;
    Gauge("annofs_cache_bytes", "Size of the block cache on disk.", blocks.bytes);
    Gauge("annofs_cache_bound_bytes", "Most that it may take (--cache-size).", blocks.bound);
    Gauge("annofs_cache_pinned_bytes", "What of it is pinned.", blocks.pinned);
    Counter("annofs_cache_hits_total", "Blocks that readers found in the cache.", "cache.hits");
    Counter("annofs_cache_misses_total", "Blocks that they did not find.", "cache.misses");
    if (const std::optional<double> ratio = status_.HitRatio()) {
      Gauge("annofs_cache_hit_ratio", "Share of hits since the mount began.", *ratio);
    }
    out_.Family("annofs_cache_written_blocks_total", Type::kCounter, "Blocks written to the disk.");
    out_.Value({}, blocks.writes);
    out_.Family("annofs_cache_dropped_blocks_total", Type::kCounter,
                "Blocks that were not, as the queue was full or the disk refused.");
    out_.Value({}, blocks.dropped);
    out_.Family("annofs_cache_damaged_blocks_total", Type::kCounter,
                "Blocks and files of them that failed a check; they are fetched again.");
    out_.Value({}, blocks.damaged);
    Counter("annofs_cache_fetched_bytes_total", "Bytes fetched for the cache.",
            "cache.fetched_bytes");
    GaugeOf("annofs_cache_fetches_in_progress", "Fetches for the cache under way.",
            "cache.fetches");
    Gauge("annofs_cache_unwritten_bytes", "Bytes fetched that wait to be written to the disk.",
          status_.UnwrittenBytes());
  }

  void Memory() {
    const MemoryStatus& memory = status_.memory;
    const std::pair<absl::string_view, uint64_t> shares[] = {{"fetches", memory.fetches},
                                                             {"answers", memory.answers}};
    Gauge("annofs_memory_limit_bytes", "Memory of the process for data (--memory).", memory.limit);
    out_.Family("annofs_memory_share_limit_bytes", Type::kGauge, "Its shares.");
    for (const auto& [share, limit] : shares) out_.Value({{"share", share}}, limit);
    out_.Family("annofs_memory_share_used_bytes", Type::kGauge, "What of each is taken.");
    for (const auto& [share, limit] : shares) {
      out_.Value({{"share", share}}, NotNegative(readings_.Of(absl::StrCat("memory.", share))));
    }
    out_.Family("annofs_memory_share_waiting", Type::kGauge, "Who waits for memory of each.");
    for (const auto& [share, limit] : shares) {
      out_.Value({{"share", share}},
                 NotNegative(readings_.Of(absl::StrCat("memory.", share, "_waiting"))));
    }
    if (memory.resident > 0) {
      Gauge("annofs_memory_resident_anonymous_bytes", "Anonymous memory of the process.",
            memory.resident);
    }
  }

  void Names() {
    Gauge("annofs_snapshot_number", "Number of the snapshot that is shown.",
          status_.snapshot.number);
    if (status_.index) {
      Gauge("annofs_index_age_seconds", "Age of the index that is shown, or followed from.",
            absl::ToDoubleSeconds(now_ - status_.index->completed));
    }
    if (status_.follow == absl::ZeroDuration()) return;
    Gauge("annofs_follow_period_seconds", "Time between two refreshes (--follow).",
          absl::ToDoubleSeconds(status_.follow));
    if (status_.followed.refreshed > absl::InfinitePast()) {
      Gauge("annofs_follow_last_success_timestamp_seconds",
            "When the last refresh that worked ended.", Unix(status_.followed.refreshed));
    }
    if (status_.followed.failed > absl::InfinitePast()) {
      Gauge("annofs_follow_last_failure_timestamp_seconds", "When the last one that failed ended.",
            Unix(status_.followed.failed));
    }
  }

  void Datasets() {
    const DatasetsStatus& datasets = status_.datasets;
    out_.Family("annofs_datasets", Type::kGauge,
                "Datasets that were found, that are open, and whose annotations are being read.");
    out_.Value({{"state", "found"}}, uint64_t{datasets.found});
    out_.Value({{"state", "open"}}, uint64_t{datasets.open});
    out_.Value({{"state", "building"}}, uint64_t{datasets.building.size()});
    out_.Family("annofs_dataset_build_read_bytes", Type::kGauge,
                "Bytes read of the sources of a dataset that is being read.");
    for (const auto& [name, progress] : datasets.building) {
      out_.Value({{"dataset", name}}, progress.source_bytes);
    }
    out_.Family("annofs_dataset_build_source_bytes", Type::kGauge, "Size of these sources.");
    for (const auto& [name, progress] : datasets.building) {
      out_.Value({{"dataset", name}}, progress.source_size);
    }
  }

  const MountStatus& status_;
  const Readings& readings_;
  const absl::Time now_;
  Exposition out_;
};

}  // namespace

std::string MetricsText(const MountStatus& status, absl::Time now) {
  return Metrics(status, now).Text();
}

}  // namespace annofs
