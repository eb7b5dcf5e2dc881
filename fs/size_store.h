// Sizes of rendered files, remembered (architecture, idea 5): made once per recipe, then read by
// every `stat` and listing of every mount. Thread safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "cache/base/call_context.h"
#include "cache/lmdb.h"
#include "fs/shared_jobs.h"

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
  // Makes and stores the bytes where they are absent, and answers them: a job of its own, one at a
  // time per unit, which goes on when its callers wait no longer. `length`: those of whole datasets
  // do not hold up those of batches and small files.
  enum class Length { kShort, kLong };
  using Maker = SharedJobs<std::string>::Job;
  absl::StatusOr<std::string> Make(uint32_t slot, uint32_t unit, Length length, Maker make,
                                   const CallContext& context);

 private:
  static constexpr size_t kMostShortJobs = 64;  // at once, where there are so many cores
  static constexpr uint64_t kMostUnstoredBytes = 16 << 20;
  static constexpr size_t kKept = 256;  // batches, 4 KiB each

  // Each place has a batch, or none; whoever asks for another one that belongs there replaces it.
  struct Kept {
    absl::Mutex mutex;
    uint64_t batch ABSL_GUARDED_BY(mutex) = 0;  // slot and number; no slot is 0
    std::string sizes ABSL_GUARDED_BY(mutex);
  };

  absl::StatusOr<std::optional<std::string>> Find(uint32_t slot, uint32_t unit);
  absl::StatusOr<std::string> MakeAlone(uint32_t slot, uint32_t unit, const Maker& make,
                                        const CallContext& context);
  void Hold(uint64_t key, const std::string& value);
  std::optional<std::string> FindUnstored(uint64_t key);

  Lmdb& lmdb_;
  Kept kept_[kKept];
  // What a full disk did not take, by slot and unit: else a sizing that takes longer than its
  // callers wait would never be found done.
  absl::Mutex mutex_;
  absl::flat_hash_map<uint64_t, std::string> unstored_ ABSL_GUARDED_BY(mutex_);
  uint64_t unstored_bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  std::atomic<bool> has_unstored_{false};
  // By slot and unit; end before what they use.
  SharedJobs<std::string> short_jobs_{kMostShortJobs}, long_jobs_;
};

// Sizes of one batch of a family: 4 bytes each.
std::string EncodeSizes(const std::vector<uint32_t>& sizes);
// kInternal if the batch has no such entry.
absl::StatusOr<uint32_t> SizeAt(absl::string_view encoded, uint32_t index);

}  // namespace annofs
