// The parts of the dataset index (fs/README.md): a part is written in transactions of bounded size
// and is seen only when its version is, last. One that its process never finished is removed when
// the next one is begun.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cache/lmdb.h"
#include "fs/dataset_records.h"

namespace annofs {

// 16 bytes: hash of what the part is made from.
using IndexVersion = std::string;

absl::StatusOr<std::optional<uint32_t>> FindPart(Lmdb& lmdb, const IndexVersion& version);

// Writes one part. Not thread safe. `lmdb` outlives it.
class PartWriter {
 public:
  // Takes a number, and removes what others have left.
  static absl::StatusOr<std::unique_ptr<PartWriter>> Begin(Lmdb& lmdb);
  // What was not published is left to be removed.
  ~PartWriter();

  // Records are gathered and saved some megabytes at a time.
  absl::Status Put(RecordKind kind, absl::string_view rest, absl::string_view value);
  // Saves the rest, and shows the part as that version. Where another process was first, its part
  // stays the one that is seen.
  absl::Status Publish(const IndexVersion& version);

  uint32_t part() const { return part_; }

 private:
  PartWriter(Lmdb& lmdb, uint32_t part) : lmdb_(lmdb), part_(part) {}
  absl::Status Flush();

  Lmdb& lmdb_;
  const uint32_t part_;
  bool is_published_ = false;
  std::string waiting_;  // records
};

// Removes parts whose process has ended without publishing them.
absl::Status RemoveAbandonedParts(Lmdb& lmdb);

}  // namespace annofs
