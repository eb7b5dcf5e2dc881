// The central directory of a zip, read by ranges; nothing is downloaded whole (reference/cvat.md
// §8: CVAT stores entries uncompressed). Own code because libzip's callbacks do not tell where an
// entry's data lies, and media inside a stored zip are to be served as ranges of it. Hostile input
// is expected: counts and sizes are bounded, and an entry that is not between the start of the file
// and the directory, or shares bytes with another one, cannot be read.
//
// Memory: about 60 bytes for each entry, and its name. Thread safe once read as far as the source
// is; movable, and entries stay where they are then. The source outlives the directory and its
// entries.
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
#include "formats/zip_entry.h"

namespace annofs {

class ZipDirectory {
 public:
  // kInvalidArgument if the source is no zip, is cut short, or its directory is damaged or too
  // large (2,000,000 entries, 96 MiB of names).
  static absl::StatusOr<ZipDirectory> Read(Source& source);
  // The same, read once for all who ask for it.
  static absl::StatusOr<std::shared_ptr<const ZipDirectory>> Of(Source& source);

  // In the directory's order.
  const std::vector<ZipEntry>& entries() const { return entries_; }
  // nullptr if absent; the last one of a name wins, as unzip does. Constant time.
  const ZipEntry* Find(absl::string_view name) const;

  // See DataOfZipEntry and OpenZipEntry.
  absl::StatusOr<ZipRange> DataOf(const ZipEntry& entry) const;
  absl::StatusOr<std::unique_ptr<ChunkSource>> Open(const ZipEntry& entry) const;
  // The whole content of an entry of at most `limit` bytes.
  absl::StatusOr<std::string> ReadAll(const ZipEntry& entry, uint64_t limit) const;

 private:
  explicit ZipDirectory(Source& source) : source_(&source) {}
  absl::string_view Keep(absl::string_view name);
  void FindOverlaps();
  void IndexNames();
  // The place of a name in the table, or the free one where it would be.
  size_t PlaceOf(absl::string_view name) const;

  Source* source_;
  std::vector<ZipEntry> entries_;
  std::vector<std::unique_ptr<char[]>> names_;  // blocks of names, one after the other
  size_t block_size_ = 0;
  size_t block_used_ = 0;  // of the last block
  uint64_t names_size_ = 0;
  // Hash table: 1 + number of the entry, 0 where free; a power of two.
  std::vector<uint32_t> by_name_;

  friend class ZipDirectoryParser;
};

// The entry as a range of the zip that can be served as it is; nothing if it is compressed,
// encrypted or cannot be read.
std::optional<InnerMedia> InnerOf(const ZipEntry& entry);

// True if the first bytes or the name say that it is meant to be a zip.
bool LooksLikeZip(absl::string_view name, absl::string_view head);
// The same of a source; reads its first bytes.
absl::StatusOr<bool> IsZip(Source& source);

}  // namespace annofs
