// An entry of a zip as its central directory has it, and its content. Hostile input is expected:
// nothing is believed that was not checked.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cache/base/chunk_source.h"
#include "formats/source.h"

namespace annofs {

// Why an entry cannot be read, though the rest of the zip can.
enum class ZipDefect : uint8_t {
  kNone,
  kOutside,    // not between the start of the file and the directory
  kOverlaps,   // shares bytes with another one: small files of endless content are made so
  kLies,       // a size that cannot come out of its bytes
  kOtherDisk,  // on another disk
};

struct ZipEntry {
  // As the zip has it: perhaps absolute, with "..", or not UTF-8. Of the directory's memory.
  absl::string_view name;
  uint64_t size = 0;  // uncompressed
  uint64_t compressed_size = 0;
  uint64_t header_offset = 0;  // of the local header, in the file
  uint32_t crc32 = 0;
  uint16_t method = 0;  // 0 stored, 8 deflated
  bool encrypted = false;
  ZipDefect defect = ZipDefect::kNone;
};

// A range of the zip object.
struct ZipRange {
  uint64_t offset = 0;
  uint64_t length = 0;
};

// Where the bytes of an entry stand, as they are stored. Reads its local header.
absl::StatusOr<ZipRange> DataOfZipEntry(Source& source, const ZipEntry& entry);

// The entry's content; length and CRC are checked at its end. A small one costs one read of the
// source, a large one a read for each MiB. The source and the entry's name outlive the stream.
// kInvalidArgument: encrypted, an unknown method, damaged, or longer than it says.
absl::StatusOr<std::unique_ptr<ChunkSource>> OpenZipEntry(Source& source, const ZipEntry& entry);

}  // namespace annofs
