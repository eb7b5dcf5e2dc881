#include "fs/file_record.h"

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "fs/dataset_records.h"

namespace annofs {
namespace {

// A record: size u64, kind, the rest.
constexpr size_t kHeadBytes = 9;
enum Kind : char { kSizeOnly = 0, kWhole = 1, kCheckpoints = 2 };

std::string Head(uint64_t size, Kind kind) {
  return RecordWriter().U64(size).Take() + std::string(1, kind);
}

}  // namespace

std::string EncodeWholeFile(absl::string_view bytes) {
  return Head(bytes.size(), kWhole) + Sealed(std::string(bytes));
}

std::string EncodeFileSize(uint64_t size) { return Head(size, kSizeOnly); }

std::string EncodeSegmentedFile(uint64_t size, const CheckpointRecorder& checkpoints) {
  return Head(size, kCheckpoints) + checkpoints.Encode();
}

absl::StatusOr<FileRecord> DecodeFile(absl::string_view encoded) {
  const absl::Status damaged = absl::InternalError("what is remembered of a file is damaged");
  if (encoded.size() < kHeadBytes) return damaged;
  FileRecord record{.size = RecordReader(encoded.substr(0, 8)).U64()};
  const absl::string_view rest = encoded.substr(kHeadBytes);
  switch (encoded[8]) {
    case kSizeOnly:
      return record;
    case kWhole: {
      ASSIGN_OR_RETURN(record.bytes, Unsealed(rest));
      if (record.bytes->size() != record.size) return damaged;
      return record;
    }
    case kCheckpoints:
      record.checkpoints = rest;
      return record;
    default:
      return damaged;
  }
}

}  // namespace annofs
