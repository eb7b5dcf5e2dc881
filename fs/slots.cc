#include "fs/slots.h"

#include <optional>
#include <utility>

#include "cache/base/digest.h"
#include "cache/base/status.h"
#include "cache/cache_dir.h"
#include "cache/slot_records.h"
#include "fs/dataset_records.h"

namespace annofs {
namespace {

std::string SlotKey(absl::string_view name) { return Sha256Bytes(name).substr(0, kSlotKeyBytes); }

// The number under the key, if there is one.
absl::StatusOr<std::optional<uint32_t>> FindSlot(const LmdbReader& reader, absl::string_view key) {
  const auto value = reader.Get(kSlotsTable, key);
  if (!value.has_value()) return std::nullopt;
  const std::optional<uint32_t> slot = DecodeSlot(*value);
  if (!slot.has_value()) return absl::InternalError("the catalog is damaged: a slot");
  return slot;
}

absl::StatusOr<uint32_t> TakeSlots(LmdbWriter& writer, absl::string_view key, uint32_t count) {
  ASSIGN_OR_RETURN(const std::optional<uint32_t> known, FindSlot(writer, key));
  if (known.has_value()) return *known;
  ASSIGN_OR_RETURN(const std::optional<uint32_t> next, FindSlot(writer, kNextSlotKey));
  const uint32_t slot = next.value_or(kFirstSlot);
  if (slot >= kSlotsEnd || count > kSlotsEnd - slot) {
    return absl::InternalError("all slots of view nodes are taken");
  }
  RETURN_IF_ERROR(writer.Put(kSlotsTable, kNextSlotKey, EncodeSlot(slot + count)));
  RETURN_IF_ERROR(writer.Put(kSlotsTable, key, EncodeSlot(slot)));
  return slot;
}

}  // namespace

absl::StatusOr<std::vector<uint32_t>> SlotsFor(Lmdb& lmdb, const std::vector<std::string>& names) {
  std::vector<std::string> keys;
  for (const std::string& name : names) keys.push_back(SlotKey(name));
  std::vector<uint32_t> slots;
  RETURN_IF_ERROR(lmdb.View([&](const LmdbReader& reader) -> absl::Status {
    for (const std::string& key : keys) {
      ASSIGN_OR_RETURN(const std::optional<uint32_t> known, FindSlot(reader, key));
      if (!known.has_value()) break;
      slots.push_back(*known);
    }
    return absl::OkStatus();
  }));
  if (slots.size() == keys.size()) return slots;
  slots.clear();
  RETURN_IF_ERROR(lmdb.Update([&](LmdbWriter& writer) {
    slots.clear();
    for (const std::string& key : keys) {
      ASSIGN_OR_RETURN(uint32_t slot, TakeSlots(writer, key, 1));
      slots.push_back(slot);
    }
    return absl::OkStatus();
  }));
  return slots;
}

absl::StatusOr<uint32_t> SlotRangeFor(Lmdb& lmdb, const std::string& name, uint32_t count) {
  const std::string key = SlotKey(name);
  std::optional<uint32_t> slot;
  RETURN_IF_ERROR(lmdb.View([&](const LmdbReader& reader) -> absl::Status {
    ASSIGN_OR_RETURN(slot, FindSlot(reader, key));
    return absl::OkStatus();
  }));
  if (slot.has_value()) return *slot;
  RETURN_IF_ERROR(lmdb.Update([&](LmdbWriter& writer) -> absl::Status {
    ASSIGN_OR_RETURN(slot, TakeSlots(writer, key, count));
    return absl::OkStatus();
  }));
  return *slot;
}

std::string SaltedSlotName(std::string name, absl::string_view salt) {
  if (salt.empty()) return name;
  return RecordWriter().Text("moment").Text(salt).Text(name).Take();
}

}  // namespace annofs
