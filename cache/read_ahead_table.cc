#include "cache/read_ahead_table.h"

namespace annofs {
namespace {

ReadAheadTable::Due DueOf(const std::shared_ptr<const ObjectVersion>& version, ByteRange range) {
  if (range.length == 0) return {};
  return {version, range};
}

}  // namespace

ReadAheadTable::Entry* ReadAheadTable::Find(Shard& shard, const CachedObject& object) {
  auto found = shard.entries.find(object.key);
  if (found == shard.entries.end()) return nullptr;
  shard.order.splice(shard.order.begin(), shard.order, found->second);
  return &*found->second;
}

ReadAheadTable::Entry& ReadAheadTable::Add(Shard& shard, const CachedObject& object,
                                           const ObjectVersion& version) {
  shard.order.push_front({.object = object,
                          .version = std::make_shared<const ObjectVersion>(version),
                          .streams = ReadAhead(object.size, longest_)});
  shard.entries.emplace(object.key, shard.order.begin());
  shard.is_empty.store(false, std::memory_order_relaxed);
  if (shard.order.size() > kVersionsPerShard) {
    shard.entries.erase(shard.order.back().object.key);
    shard.order.pop_back();
  }
  return shard.order.front();
}

ReadAheadTable::Due ReadAheadTable::OnHit(const CachedObject& object, ByteRange read,
                                          ReadAhead::Memory memory) {
  Shard& shard = ShardOf(object.key);
  if (shard.is_empty.load(std::memory_order_relaxed)) return {};
  absl::MutexLock lock(&shard.mutex);
  Entry* entry = Find(shard, object);
  if (entry == nullptr) return {};
  return DueOf(entry->version, entry->streams.OnRead(read, ReadAhead::Outcome::kHit, memory));
}

ReadAheadTable::Due ReadAheadTable::OnWait(const CachedObject& object, const ObjectVersion& version,
                                           ByteRange read, ReadAhead::Memory memory) {
  Shard& shard = ShardOf(object.key);
  absl::MutexLock lock(&shard.mutex);
  Entry* known = Find(shard, object);
  Entry& entry = known != nullptr ? *known : Add(shard, object, version);
  return DueOf(entry.version, entry.streams.OnRead(read, ReadAhead::Outcome::kWaited, memory));
}

void ReadAheadTable::OnDropped(const CachedObject& object, ByteRange dropped) {
  Shard& shard = ShardOf(object.key);
  absl::MutexLock lock(&shard.mutex);
  if (Entry* entry = Find(shard, object)) entry->streams.OnDropped(dropped);
}

}  // namespace annofs
