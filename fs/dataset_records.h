// Keys and values of the dataset index (fs/README.md): one place for their layout. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "formats/dataset.h"

namespace annofs {

// Kinds of records of one part; a key is (part number u32, kind u8, rest).
enum class RecordKind : char {
  kInfo = 'I',       // -> DatasetInfo
  kCounts = 'N',     // -> frames u32, directories u32
  kFrame = 'F',      // rank u32 -> Frame and FrameNames
  kShapes = 'S',     // rank u32 -> FrameShapes
  kPath = 'P',       // hash64 of a safe path -> ranks
  kSidecar = 'C',    // hash64 of a sidecar path -> ranks
  kStem = 'T',       // hash64 of a stem -> ranks
  kDirectory = 'D',  // number u32 -> FrameDirectory
  kFolder = 'E',     // hash64 of a directory's path -> numbers
  kPosting = 'Q',    // TermKey -> FrameTerm and ranks
  kProblem = 'X',    // sequence u32 -> Problem
  kMedia = 'R',      // rank u32 -> row u64 and Media
  kWithMedia = 'W',  // -> ranks
};

std::string RecordKey(uint32_t part, RecordKind kind, absl::string_view rest = "");

// Sequence of little-endian numbers and length-prefixed strings.
class RecordWriter {
 public:
  RecordWriter& U32(uint32_t value);
  RecordWriter& U64(uint64_t value);
  RecordWriter& Text(absl::string_view value);
  std::string Take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

// Reads what RecordWriter wrote; a read past the end gives zeros and makes ok() false.
class RecordReader {
 public:
  explicit RecordReader(absl::string_view bytes) : rest_(bytes) {}
  uint32_t U32();
  uint64_t U64();
  std::string Text();
  bool ok() const { return ok_; }
  absl::Status status() const;

 private:
  absl::string_view Take(size_t size);
  absl::string_view rest_;
  bool ok_ = true;
};

// `bytes` and their CRC32C; and back, kInternal where it is another's.
std::string Sealed(std::string bytes);
absl::StatusOr<absl::string_view> Unsealed(absl::string_view bytes);

std::string EncodeRanks(const RankSet& ranks);
absl::StatusOr<RankSet> DecodeRanks(absl::string_view bytes);
// `bytes` that fail their checksum are kInternal. What is not wanted is null.
std::string EncodePosting(const FrameTerm& term, const RankSet& ranks);
absl::Status DecodePosting(absl::string_view bytes, FrameTerm* term, RankSet* ranks);
std::string EncodeFrame(const Frame& frame, const FrameNames& names);
absl::Status DecodeFrame(absl::string_view bytes, Frame* frame, FrameNames* names);
std::string EncodeDirectory(const FrameDirectory& directory);
absl::StatusOr<FrameDirectory> DecodeDirectory(absl::string_view bytes);
std::string EncodeDatasetProblem(const Problem& problem);
absl::StatusOr<Problem> DecodeDatasetProblem(absl::string_view bytes);

}  // namespace annofs
