#include "tools/status_text.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "cache/base/log.h"
#include "cache/base/text.h"
#include "tools/cost_line.h"
#include "tools/people.h"

namespace annofs {
namespace {

uint64_t Count(JsonValue object, absl::string_view name) {
  return uint64_t(std::max<int64_t>(0, object.IntOr(name, 0)));
}

std::string SizeOf(JsonValue object, absl::string_view name) {
  return HumanSize(Count(object, name));
}

std::string Percent(double share) { return absl::StrFormat("%.1f %%", share * 100); }

// "3 h" since that time, "" where there is none.
std::string Since(absl::string_view iso, absl::Time now) {
  absl::Time time;
  if (iso.empty() || !absl::ParseTime(absl::RFC3339_full, iso, &time, nullptr)) return "";
  return RoughTime(now - time);
}

std::string FollowText(JsonValue names, absl::Time now) {
  if (!names["follow_seconds"].is_number()) return "";
  std::string text = absl::StrFormat(", renewed every %g s", *names["follow_seconds"].AsDouble());
  const std::string ago = Since(names.StringOr("refreshed", ""), now);
  if (!ago.empty()) absl::StrAppend(&text, ", last ", ago, " ago");
  const absl::string_view error = names.StringOr("refresh_error", "");
  if (!error.empty()) absl::StrAppend(&text, "; the last time failed: ", error);
  return text;
}

// "an index, 2 h old", "each directory as first touched since …".
std::string NamesText(JsonValue names, absl::Time now) {
  const absl::string_view kind = names.StringOr("kind", "");
  std::string text;
  if (kind == "index") {
    text =
        absl::StrCat("an index, ", RoughTime(absl::Seconds(names.IntOr("age_seconds", 0))), " old");
  } else if (kind == "past") {
    text = absl::StrCat("as of ", names.StringOr("at", "?"));
  } else if (kind == "lazy") {
    text = absl::StrCat("each directory as first touched since ", names.StringOr("since", "?"));
  } else if (kind == "offline") {
    text = "what the cache knows, offline";
  } else if (kind == "snapshot") {
    text = "of the snapshot that was asked for";
  }
  return text + FollowText(names, now);
}

std::string CacheText(JsonValue cache) {
  const uint64_t hits = Count(cache, "hits");
  std::string text = absl::StrCat(SizeOf(cache, "bytes"), " of ", SizeOf(cache, "bound"));
  if (Count(cache, "pinned") > 0) {
    absl::StrAppend(&text, " (", SizeOf(cache, "pinned"), " pinned)");
  }
  absl::StrAppend(&text, ", ", Grouped(hits), " hits, ", Grouped(Count(cache, "misses")),
                  " misses");
  if (cache["hit_ratio"].is_number()) {
    absl::StrAppend(&text, " (", Percent(*cache["hit_ratio"].AsDouble()), " hits)");
  }
  return absl::StrCat(text, ", ", Grouped(Count(cache, "damaged")), " damaged");
}

std::string RequestsText(JsonValue counters) {
  std::string text = absl::StrCat(Grouped(Count(counters, "store.requests.list")), " lists, ",
                                  Grouped(Count(counters, "store.requests.get")), " gets, ",
                                  SizeOf(counters, "store.bytes"), ", ",
                                  Grouped(Count(counters, "store.errors")), " errors");
  const uint64_t retries = Count(counters, "store.retries");
  const uint64_t throttled = Count(counters, "http.throttled");
  if (retries > 0) absl::StrAppend(&text, ", ", Grouped(retries), " tried again");
  if (throttled > 0) absl::StrAppend(&text, ", ", Grouped(throttled), " throttled");
  return text;
}

std::string QueueText(JsonValue queues) {
  std::string text =
      absl::StrCat(Grouped(Count(queues, "slow_running")), " operations wait for data");
  const uint64_t waiting = Count(queues, "slow_waiting");
  if (waiting > 0) absl::StrAppend(&text, " and ", Grouped(waiting), " for a thread");
  absl::StrAppend(&text, "; ", Count(queues, "http_in_flight"));
  if (Count(queues, "connections") > 0) {
    absl::StrAppend(&text, " of ", Count(queues, "connections"));
  }
  return absl::StrCat(text, " connections in use; ", SizeOf(queues, "unwritten_bytes"),
                      " to be written");
}

std::string MemoryText(JsonValue memory) {
  return absl::StrCat(SizeOf(memory, "resident_anonymous"), " in use, ",
                      SizeOf(memory["fetches"], "used"), " of ", SizeOf(memory["fetches"], "limit"),
                      " for fetches, ", SizeOf(memory["answers"], "used"), " of ",
                      SizeOf(memory["answers"], "limit"), " for answers");
}

std::string DatasetsText(JsonValue datasets) {
  if (Count(datasets, "found") == 0) return "";
  std::vector<std::string> parts = {absl::StrCat(Grouped(Count(datasets, "found")), " found, ",
                                                 Grouped(Count(datasets, "open")), " open")};
  const JsonValue building = datasets["building"];
  for (size_t i = 0; i < building.size(); ++i) {
    const JsonValue one = building[i];
    std::string text = absl::StrCat(one.StringOr("name", "?"), ": ", one.StringOr("doing", "?"));
    const uint64_t size = Count(one, "source_size");
    if (size > 0) {
      absl::StrAppend(&text, " ", Percent(double(Count(one, "source_bytes")) / double(size)));
    }
    absl::StrAppend(&text, ", ", Grouped(Count(one, "frames")), " frames");
    parts.push_back(std::move(text));
  }
  return absl::StrJoin(parts, "; ");
}

std::string Milliseconds(double seconds) { return absl::StrFormat("%.3g ms", seconds * 1000); }

// Of the operations that people wait for.
std::string LatencyText(JsonValue latency) {
  std::vector<std::string> parts;
  for (absl::string_view op : {"lookup", "getattr", "readdirplus", "read"}) {
    const JsonValue times = latency["fuse"][op];
    if (!times.is_object()) continue;
    parts.push_back(absl::StrCat(op, " ", Milliseconds(times.DoubleOr("p50", 0)),
                                 " (99 %: ", Milliseconds(times.DoubleOr("p99", 0)), ")"));
  }
  return absl::StrJoin(parts, ", ");
}

std::string DailyText(JsonValue daily) {
  if (!daily.is_object()) return "";
  const double spent = daily.DoubleOr("spent", 0);
  const double cap = daily.DoubleOr("cap", 0);
  const std::string share = cap > 0 ? absl::StrCat(" (", Percent(spent / cap), ")") : "";
  return absl::StrFormat("about %.4g of %.4g %s since 00:00 UTC%s", spent, cap,
                         daily.StringOr("currency", ""), share);
}

std::string CappedText(JsonValue capped) {
  std::vector<std::string> parts;
  capped.ForEachMember([&](absl::string_view kind, JsonValue stop) {
    parts.push_back(absl::StrCat(
        "the account's cap is reached: ", kind == "list" ? "listings" : "downloads",
        " are refused (last at ", stop.StringOr("refused", "?"), ") until ",
        stop.StringOr("lifted", "?"), ", or until the cap is raised; what is cached can be read"));
  });
  return absl::StrJoin(parts, "; ");
}

std::string ErrorsText(JsonValue counters, JsonValue by_errno) {
  std::vector<std::string> parts;
  by_errno.ForEachMember([&](absl::string_view name, JsonValue count) {
    parts.push_back(absl::StrCat(name, " ", Grouped(uint64_t(count.AsInt().value_or(0)))));
  });
  const std::string kinds =
      parts.empty() ? "" : absl::StrCat(" (", absl::StrJoin(parts, ", "), ")");
  return absl::StrCat(Grouped(Count(counters, "fuse.errors")), kinds);
}

std::string LogText(JsonValue status) {
  const absl::string_view file = status.StringOr("log", "");
  return file.empty() ? "standard error" : std::string(file);
}

// Left out where there is nothing to say. Others name their mounts and sources as they like, and
// their daemons say what they like: nothing of it goes to a terminal as it is.
void Line(absl::string_view name, absl::string_view text, std::string& out) {
  if (!text.empty()) absl::StrAppendFormat(&out, "  %-9s %s\n", name, Redact(text));
}

std::string HeadText(const MountEntry& mount) {
  return absl::StrCat(Redact(mount.mountpoint), "\n");
}

void ScratchLines(const MountEntry& mount, std::string& out) {
  Line("scratch", mount.scratch, out);
  if (!mount.scratch.empty()) Line("read-only", mount.read_only, out);
}

}  // namespace

std::string StatusText(const MountEntry& mount, JsonValue status,
                       const std::optional<StatusRates>& rates, absl::Time now) {
  const JsonValue counters = status["counters"];
  std::string out = HeadText(mount);
  Line("source",
       absl::StrCat(mount.source, " (snapshot ", status.IntOr("snapshot", 0), ", annofs ",
                    status.StringOr("version", "?"), ")"),
       out);
  Line("names", NamesText(status["names"], now), out);
  ScratchLines(mount, out);
  Line("up", Since(status.StringOr("started", ""), now), out);
  if (rates) Line("now", RatesText(*rates), out);
  Line("cache", CacheText(status["cache"]), out);
  Line("requests", RequestsText(counters), out);
  Line("cost", CostLine(counters, status["estimate"]), out);
  Line("today", DailyText(status["daily"]), out);
  Line("capped", CappedText(status["capped"]), out);
  Line("latency", LatencyText(status["latency"]), out);
  if (status["queues"].is_object()) Line("queue", QueueText(status["queues"]), out);
  if (status["memory"].is_object()) Line("memory", MemoryText(status["memory"]), out);
  Line("datasets", DatasetsText(status["datasets"]), out);
  Line("errors", ErrorsText(counters, status["errors_by_errno"]), out);
  if (status["log"].is_string()) Line("log", LogText(status), out);
  const absl::string_view metrics = status.StringOr("metrics", "");
  if (!metrics.empty()) Line("metrics", absl::StrCat("http://", metrics, "/metrics"), out);
  return out;
}

std::string NoAnswerText(const MountEntry& mount, absl::string_view why) {
  std::string out = HeadText(mount);
  Line("source", mount.source, out);
  ScratchLines(mount, out);
  absl::StrAppend(&out, "  no answer from its daemon (", Redact(why),
                  "): it is gone or stuck; `annofs umount --lazy ", Redact(mount.mountpoint),
                  "` frees the mountpoint\n");
  return out;
}

void CopyJson(JsonValue value, JsonWriter& json) {
  if (value.is_object()) {
    json.BeginObject();
    value.ForEachMember([&json](absl::string_view name, JsonValue member) {
      json.Key(name);
      CopyJson(member, json);
    });
    json.EndObject();
  } else if (value.is_array()) {
    json.BeginArray();
    for (size_t i = 0; i < value.size(); ++i) CopyJson(value[i], json);
    json.EndArray();
  } else if (const auto text = value.AsString()) {
    json.String(*text);
  } else if (const auto whole = value.AsInt()) {
    json.Int(*whole);
  } else if (const auto number = value.AsDouble()) {
    json.Double(*number);
  } else if (const auto truth = value.AsBool()) {
    json.Bool(*truth);
  } else {
    json.Null();
  }
}

}  // namespace annofs
