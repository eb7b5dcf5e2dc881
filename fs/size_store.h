// Sizes of rendered files, remembered (architecture, idea 5): made once per recipe, then read by
// every `stat` and listing of every mount. Thread safe.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "cache/base/call_context.h"
#include "cache/lmdb.h"

namespace annofs {

inline constexpr uint32_t kBatch = 1024;  // ranks sized at once

// A slot names a family of one view of one dataset version (its recipe); `unit` is a batch of ranks
// of a family, or a single file.
class SizeStore {
 public:
  explicit SizeStore(Lmdb& lmdb) : lmdb_(lmdb) {}

  // The size with this number of a stored batch; nothing if the batch is not stored. kInternal if
  // it has no such entry.
  absl::StatusOr<std::optional<uint32_t>> FindSize(uint32_t slot, uint32_t batch, uint32_t number);
  // Calls `fn` with the bytes that `Make` stored, where they lie: within a read transaction. False
  // if it has not.
  absl::StatusOr<bool> Read(uint32_t slot, uint32_t unit,
                            absl::FunctionRef<absl::Status(absl::string_view)> fn);
  // Makes and stores the bytes where they are absent, and answers them; one maker at a time per
  // unit, while others wait as their context says.
  using Maker = std::function<absl::StatusOr<std::string>()>;
  absl::StatusOr<std::string> Make(uint32_t slot, uint32_t unit, const Maker& make,
                                   const CallContext& context);

 private:
  static constexpr size_t kKept = 256;  // batches, 4 KiB each

  // Each place has a batch, or none; whoever asks for another one that belongs there replaces it.
  struct Kept {
    absl::Mutex mutex;
    uint64_t batch ABSL_GUARDED_BY(mutex) = 0;  // slot and number; no slot is 0
    std::string sizes ABSL_GUARDED_BY(mutex);
  };

  absl::StatusOr<std::optional<std::string>> Find(uint32_t slot, uint32_t unit);
  absl::StatusOr<std::string> MakeAlone(uint32_t slot, uint32_t unit, const Maker& make);

  Lmdb& lmdb_;
  Kept kept_[kKept];
  absl::Mutex mutex_;
  absl::flat_hash_set<uint64_t> making_ ABSL_GUARDED_BY(mutex_);  // slot and unit
};

// Sizes of one batch of a family: 4 bytes each.
std::string EncodeSizes(const std::vector<uint32_t>& sizes);
// kInternal if the batch has no such entry.
absl::StatusOr<uint32_t> SizeAt(absl::string_view encoded, uint32_t index);

}  // namespace annofs
