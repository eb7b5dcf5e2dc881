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
  kInfo = 'I',         // -> DatasetInfo (formats/info_codec.h)
  kCounts = 'N',       // -> IndexCounts
  kTexts = 'G',        // -> texts that stand in shapes as numbers
  kFrames = 'F',       // first rank u32 -> block of frames (frame_blocks.h)
  kOrder = 'O',        // rank / kOrderBlock u32 -> numbers of frames, where they are not the ranks
  kInOrder = 'A',      // position / kOrderBlock u32 -> ranks, where positions are not the ranks
  kPositions = 'V',    // rank / kOrderBlock u32 -> positions, the same
  kShapes = 'S',       // first number of a frame u32 -> block of shapes (shape_blocks.h)
  kPaths = 'P',        // first bytes of a path, 0, rank u32, of the first frame of a block
  kStems = 'T',        // hash u32, rank u32 -> block of names (name_table.h)
  kSidecars = 'C',     // the same, of those with a rare extension
  kDirectories = 'D',  // number / kDirectoryBlock u32 -> ranges of ranks
  kPosting = 'Q',      // TermKey -> FrameTerm, its number, and ranks
  kTermAt = 'B',       // kind u8, number / kTermBlock u32 -> TermKey of the first of these
  kProblem = 'X',      // sequence u32 -> Problem
  kMedia = 'R',        // first rank u32 -> block of media (media_blocks.h)
  kWithMedia = 'W',    // -> ranks
  kRelated = 'U',      // first place u64 -> block of context images (media_blocks.h)
  kWithRelated = 'Y',  // number u32 -> ranks of the frames that have more context images than that
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
  bool empty() const { return rest_.empty(); }
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
// `bytes` that fail their checksum are kInternal. What is not wanted is null, and costs nothing:
// the ranks, which may be many, have a checksum of their own.
std::string EncodePosting(const FrameTerm& term, uint32_t number, const RankSet& ranks);
absl::Status DecodePosting(absl::string_view bytes, FrameTerm* term, uint32_t* number,
                           RankSet* ranks);
// How much there is.
struct IndexCounts {
  uint32_t frames = 0;
  uint32_t directories = 0;
  bool is_identity = false;             // ranks are the numbers of frames: there is no kOrder
  bool is_in_order = false;             // positions are the ranks: no kInOrder, no kPositions
  std::vector<std::string> extensions;  // all that sidecars are without, or else there is kSidecars
  bool has_sidecars = false;
};
std::string EncodeCounts(const IndexCounts& counts);
absl::StatusOr<IndexCounts> DecodeCounts(absl::string_view bytes);

inline constexpr uint32_t kOrderBlock = 1019;     // 4 bytes each
inline constexpr uint32_t kDirectoryBlock = 339;  // 12 bytes each
inline constexpr uint32_t kTermBlock = 64;        // terms that one is found among by going on
// Numbers u32 one behind the other, sealed; and the one at a place.
std::string EncodeU32s(const std::vector<uint32_t>& numbers);
absl::StatusOr<std::vector<uint32_t>> DecodeU32s(absl::string_view bytes);
absl::StatusOr<uint32_t> U32At(absl::string_view bytes, size_t place);

std::string EncodeTexts(const std::vector<std::string>& texts);
absl::StatusOr<std::vector<std::string>> DecodeTexts(absl::string_view bytes);

std::string EncodeDatasetProblem(const Problem& problem);
absl::StatusOr<Problem> DecodeDatasetProblem(absl::string_view bytes);

}  // namespace annofs
