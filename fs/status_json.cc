#include "fs/status_json.h"

#include "absl/strings/strip.h"
#include "fs/stats.h"

namespace annofs {
namespace {

std::string Iso(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E*SZ", time, absl::UTCTimeZone());
}

absl::string_view KindOf(const MountStatus& status) {
  if (status.snapshot.kind == SnapshotInfo::Kind::kPast) return "past";
  switch (status.names) {
    case CatalogOptions::Names::kOffline:
      return "offline";
    case CatalogOptions::Names::kSnapshot:
      return "snapshot";
    case CatalogOptions::Names::kFresh:
      break;
  }
  return status.snapshot.kind == SnapshotInfo::Kind::kIndex ? "index" : "lazy";
}

void WriteFollow(const MountStatus& status, JsonWriter& json) {
  if (status.follow == absl::ZeroDuration()) return;
  const FollowStatus& followed = status.followed;
  json.Key("follow_seconds").Double(absl::ToDoubleSeconds(status.follow));
  if (followed.refreshed > absl::InfinitePast()) {
    json.Key("refreshed").String(Iso(followed.refreshed));
  }
  if (followed.failed > absl::InfinitePast()) {
    json.Key("refresh_failed").String(Iso(followed.failed));
  }
  if (!followed.error.empty()) json.Key("refresh_error").String(followed.error);
}

void WriteNames(const MountStatus& status, absl::Time now, JsonWriter& json) {
  const SnapshotInfo& snapshot = status.snapshot;
  json.Key("names").BeginObject();
  json.Key("kind").String(KindOf(status));
  if (snapshot.kind == SnapshotInfo::Kind::kIndex) {
    json.Key("completed").String(Iso(snapshot.completed));
  } else {
    json.Key("since").String(Iso(snapshot.begun));
  }
  // A mount that follows its bucket begins with an index, too.
  if (status.index) {
    json.Key("age_seconds").Int(absl::ToInt64Seconds(now - status.index->completed));
  }
  if (snapshot.kind == SnapshotInfo::Kind::kPast) json.Key("at").String(Iso(snapshot.at));
  WriteFollow(status, json);
  json.EndObject();
}

void WriteCache(const MountStatus& status, JsonWriter& json) {
  const BlockCacheInfo& blocks = status.blocks;
  json.Key("cache").BeginObject();
  json.Key("bytes").Int(int64_t(blocks.bytes)).Key("bound").Int(int64_t(blocks.bound));
  json.Key("pinned").Int(int64_t(blocks.pinned));
  json.Key("hits").Int(int64_t(status.readings.Count("cache.hits")));
  json.Key("misses").Int(int64_t(status.readings.Count("cache.misses")));
  if (const std::optional<double> ratio = status.HitRatio()) json.Key("hit_ratio").Double(*ratio);
  json.Key("writes").Int(int64_t(blocks.writes)).Key("dropped").Int(int64_t(blocks.dropped));
  json.Key("damaged").Int(int64_t(blocks.damaged)).EndObject();
}

void WriteShare(absl::string_view name, uint64_t limit, const Readings& readings,
                JsonWriter& json) {
  json.Key(name).BeginObject().Key("limit").Int(int64_t(limit));
  json.Key("used").Int(readings.Of(absl::StrCat("memory.", name)));
  json.Key("waiting").Int(readings.Of(absl::StrCat("memory.", name, "_waiting"))).EndObject();
}

// What is being done, in the words of the log.
absl::string_view DoingOf(BuildProgress::Phase phase) {
  switch (phase) {
    case BuildProgress::Phase::kReading:
      return "reading";
    case BuildProgress::Phase::kWriting:
      return "writing";
    case BuildProgress::Phase::kConfiguring:
      return "configuring";
    case BuildProgress::Phase::kMatching:
      return "matching";
    case BuildProgress::Phase::kWaiting:
      break;
  }
  return "waiting";
}

}  // namespace

void WriteMemory(const MountStatus& status, JsonWriter& json) {
  json.Key("memory").BeginObject();
  json.Key("limit").Int(int64_t(status.memory.limit));
  json.Key("resident_anonymous").Int(int64_t(status.memory.resident));
  WriteShare("fetches", status.memory.fetches, status.readings, json);
  WriteShare("answers", status.memory.answers, status.readings, json);
  json.EndObject();
}

void WriteQueues(const MountStatus& status, JsonWriter& json) {
  const Readings& readings = status.readings;
  json.Key("queues").BeginObject();
  json.Key("slow_waiting").Int(readings.Of("fuse.slow_waiting"));
  json.Key("slow_running").Int(readings.Of("fuse.slow_running"));
  json.Key("store_calls").Int(readings.Of("store.calls"));
  json.Key("http_in_flight").Int(readings.Of("http.in_flight"));
  json.Key("connections").Int(status.connections);
  json.Key("fetches").Int(readings.Of("cache.fetches"));
  json.Key("unwritten_bytes").Int(int64_t(status.UnwrittenBytes())).EndObject();
}

void WriteDatasets(const MountStatus& status, JsonWriter& json) {
  json.Key("datasets").BeginObject();
  json.Key("found").Int(int64_t(status.datasets.found));
  json.Key("open").Int(int64_t(status.datasets.open));
  json.Key("building").BeginArray();
  for (const DatasetsStatus::Building& one : status.datasets.building) {
    json.BeginObject().Key("name").String(one.name);
    json.Key("doing").String(DoingOf(one.progress.phase));
    json.Key("source_bytes").Int(int64_t(one.progress.source_bytes));
    json.Key("source_size").Int(int64_t(one.progress.source_size));
    json.Key("frames").Int(int64_t(one.progress.frames));
    json.Key("annotations").Int(int64_t(one.progress.shapes)).EndObject();
  }
  json.EndArray().EndObject();
}

void WriteErrors(const MountStatus& status, JsonWriter& json) {
  json.Key("errors_by_errno").BeginObject();
  for (const auto& [name, value] : status.readings.counts) {
    absl::string_view error = name;
    if (absl::ConsumePrefix(&error, "fuse.errors.")) json.Key(error).Int(int64_t(value));
  }
  json.EndObject();
}

void WriteCosts(const MountStatus& status, absl::Time now, JsonWriter& json) {
  json.Key("capped").BeginObject();
  for (absl::string_view kind : kCappedKinds) {
    const std::optional<CapStop> stop = CapOf(status, kind, now);
    if (!stop) continue;
    json.Key(kind).BeginObject().Key("refused").String(Iso(stop->refused));
    json.Key("lifted").String(Iso(stop->lifted)).EndObject();
  }
  json.EndObject().Key("daily");
  if (status.daily) {
    json.BeginObject().Key("spent").Double(status.daily->spent);
    json.Key("cap").Double(status.daily->cap);
    json.Key("currency").String(status.daily->currency).EndObject();
  } else {
    json.Null();
  }
  WriteEstimate(status.estimate, json);
}

std::string StatusJson(const MountStatus& status, absl::Time now) {
  JsonWriter json(JsonWriter::Style::kPretty);
  json.BeginObject();
  json.Key("version").String(ANNOFS_VERSION).Key("source").String(status.source);
  json.Key("mountpoint").String(status.mountpoint).Key("log").String(status.log_file);
  json.Key("metrics").String(status.metrics);
  if (status.started > absl::InfinitePast()) json.Key("started").String(Iso(status.started));
  json.Key("snapshot").Int(int64_t(status.snapshot.number));
  WriteNames(status, now, json);
  WriteCache(status, json);
  WriteMemory(status, json);
  WriteQueues(status, json);
  WriteDatasets(status, json);
  WriteErrors(status, json);
  WriteLatency(status.readings, json);
  json.Key("counters").BeginObject();
  for (const auto& [name, value] : status.readings.counts) json.Key(name).Int(int64_t(value));
  json.EndObject();
  WriteCosts(status, now, json);
  return json.EndObject().Take() + "\n";
}

}  // namespace annofs
