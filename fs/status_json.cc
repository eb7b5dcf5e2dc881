#include "fs/status_json.h"

#include "cache/base/json.h"
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
  if (status.follow > absl::ZeroDuration()) {
    json.Key("follow_seconds").Double(absl::ToDoubleSeconds(status.follow));
  }
  json.EndObject();
}

void WriteCache(const BlockCacheInfo& blocks, const Counters& counters, JsonWriter& json) {
  json.Key("cache").BeginObject();
  json.Key("bytes").Int(int64_t(blocks.bytes)).Key("bound").Int(int64_t(blocks.bound));
  json.Key("pinned").Int(int64_t(blocks.pinned));
  json.Key("hits").Int(int64_t(counters.ValueOf("cache.hits")));
  json.Key("misses").Int(int64_t(counters.ValueOf("cache.misses")));
  json.Key("writes").Int(int64_t(blocks.writes)).Key("dropped").Int(int64_t(blocks.dropped));
  json.Key("damaged").Int(int64_t(blocks.damaged)).EndObject();
}

}  // namespace

std::string StatusJson(const MountStatus& status, const Counters& counters, absl::Time now) {
  JsonWriter json(JsonWriter::Style::kPretty);
  json.BeginObject();
  json.Key("version").String(ANNOFS_VERSION).Key("source").String(status.source);
  json.Key("snapshot").Int(int64_t(status.snapshot.number));
  WriteNames(status, now, json);
  WriteCache(status.blocks, counters, json);
  json.Key("counters").BeginObject();
  for (const auto& [name, value] : counters.Snapshot()) json.Key(name).Int(int64_t(value));
  json.EndObject();
  WriteEstimate(status.estimate, json);
  return json.EndObject().Take() + "\n";
}

}  // namespace annofs
