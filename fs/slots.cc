#include "fs/slots.h"

#include <utility>

#include "cache/base/digest.h"
#include "cache/base/status.h"
#include "cache/cache_dir.h"
#include "fs/dataset_records.h"

namespace annofs {
namespace {

constexpr absl::string_view kNextSlot = "next_slot";
constexpr uint32_t kSlotCount = 1u << 28;

std::string SlotKey(absl::string_view name) { return Sha256Bytes(name).substr(0, 16); }

absl::StatusOr<uint32_t> TakeSlot(LmdbWriter& writer, absl::string_view key) {
  if (auto known = writer.Get(kSlotsTable, key)) return ReadKey32(*known);
  auto next = writer.Get(kMetaTable, kNextSlot);
  uint32_t slot = next ? ReadKey32(*next) : 1;
  if (slot >= kSlotCount) return absl::InternalError("all slots of view nodes are taken");
  RETURN_IF_ERROR(writer.Put(kMetaTable, kNextSlot, Key32(slot + 1)));
  RETURN_IF_ERROR(writer.Put(kSlotsTable, key, Key32(slot)));
  return slot;
}

}  // namespace

absl::StatusOr<std::vector<uint32_t>> SlotsFor(Lmdb& lmdb, const std::vector<std::string>& names) {
  std::vector<std::string> keys;
  for (const std::string& name : names) keys.push_back(SlotKey(name));
  std::vector<uint32_t> slots;
  RETURN_IF_ERROR(lmdb.View([&](const LmdbReader& reader) {
    for (const std::string& key : keys) {
      auto known = reader.Get(kSlotsTable, key);
      if (!known) break;
      slots.push_back(ReadKey32(*known));
    }
    return absl::OkStatus();
  }));
  if (slots.size() == keys.size()) return slots;
  slots.clear();
  RETURN_IF_ERROR(lmdb.Update([&](LmdbWriter& writer) {
    slots.clear();
    for (const std::string& key : keys) {
      ASSIGN_OR_RETURN(uint32_t slot, TakeSlot(writer, key));
      slots.push_back(slot);
    }
    return absl::OkStatus();
  }));
  return slots;
}

std::string SaltedSlotName(std::string name, absl::string_view salt) {
  if (salt.empty()) return name;
  return RecordWriter().Text("moment").Text(salt).Text(name).Take();
}

}  // namespace annofs
