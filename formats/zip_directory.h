// The central directory of a zip, read by ranges; nothing is downloaded whole (reference/cvat.md
// §8: CVAT stores entries uncompressed). Own code because libzip's callbacks do not tell where an
// entry's data lies, and media inside a stored zip are to be served as ranges of it. Hostile input
// is expected: counts and sizes are bounded, entries must lie inside the file and before the
// directory.
//
// Not thread safe; the source outlives the directory and its entries.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cache/base/chunk_source.h"
#include "formats/model.h"
#include "formats/source.h"

namespace annofs {

struct ZipEntry {
  std::string name;
  uint64_t size = 0;  // uncompressed
  uint64_t compressed_size = 0;
  uint64_t header_offset = 0;  // of the local header
  uint32_t crc32 = 0;
  uint16_t method = 0;  // 0 stored, 8 deflated
  bool encrypted = false;
};

// A range of the zip object.
struct ZipRange {
  uint64_t offset = 0;
  uint64_t length = 0;
};

class ZipDirectory {
 public:
  // kInvalidArgument if the source is no zip, is cut short, or its directory is damaged or too
  // large (1,000,000 entries, 256 MiB).
  static absl::StatusOr<ZipDirectory> Read(Source& source);

  const std::vector<ZipEntry>& entries() const { return entries_; }
  // nullptr if absent; the last one of a name wins, as unzip does.
  const ZipEntry* Find(absl::string_view name) const;

  // Where the bytes of an entry stand, as they are stored. Reads its local header.
  absl::StatusOr<ZipRange> DataOf(const ZipEntry& entry) const;
  // The entry's content; length and CRC are checked at its end. kInvalidArgument: encrypted, an
  // unknown method, damaged, or longer than it says.
  absl::StatusOr<std::unique_ptr<ChunkSource>> Open(const ZipEntry& entry) const;
  // The whole content of an entry of at most `limit` bytes.
  absl::StatusOr<std::string> ReadAll(const ZipEntry& entry, uint64_t limit) const;

 private:
  explicit ZipDirectory(Source& source) : source_(&source) {}
  absl::Status ParseEntries(absl::string_view directory, uint64_t count, uint64_t directory_offset);

  Source* source_;
  std::vector<ZipEntry> entries_;
};

// The entry as a range of the zip that can be served as it is; nothing if it is compressed or
// encrypted.
std::optional<InnerMedia> InnerOf(const ZipEntry& entry);

// True if the first bytes or the name say that it is meant to be a zip.
bool LooksLikeZip(absl::string_view name, absl::string_view head);

}  // namespace annofs
