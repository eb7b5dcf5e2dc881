#include "formats/zip_entry.h"

#include <zlib.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "formats/zip_bytes.h"

namespace annofs {
namespace {

constexpr uint64_t kChunkBytes = uint64_t{1} << 20;
// Extra fields of local headers are mostly shorter: header and data come in one read then.
constexpr uint64_t kUsualExtra = 64;

absl::Status CheckReadable(const ZipEntry& entry) {
  switch (entry.defect) {
    case ZipDefect::kNone:
      break;
    case ZipDefect::kOutside:
      return ZipDamaged("entry '", entry.name, "' lies outside the file");
    case ZipDefect::kOverlaps:
      return ZipDamaged("entry '", entry.name, "' overlaps another one");
    case ZipDefect::kLies:
      return ZipDamaged("entry '", entry.name, "' says that it is ", entry.size, " bytes out of ",
                        entry.compressed_size);
    case ZipDefect::kOtherDisk:
      return ZipDamaged("entry '", entry.name, "' is on another disk");
  }
  return absl::OkStatus();
}

absl::Status CheckMethod(const ZipEntry& entry) {
  if (entry.encrypted) {
    return absl::InvalidArgumentError(absl::StrCat("zip entry '", entry.name, "' is encrypted"));
  }
  if (entry.method == kZipStored || entry.method == kZipDeflated) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("zip entry '", entry.name,
                                                 "' is compressed by method ", entry.method,
                                                 ", which is not read (store or deflate it)"));
}

// `header`: from the local header on.
absl::StatusOr<ZipRange> RangeOf(Source& source, const ZipEntry& entry, absl::string_view header) {
  if (header.size() < kZipLocalSize || ZipU32(header, 0) != kZipLocalSignature) {
    return ZipDamaged("entry '", entry.name, "' has no header where it should be");
  }
  const ZipRange range{
      .offset = entry.header_offset + kZipLocalSize + ZipU16(header, 26) + ZipU16(header, 28),
      .length = entry.compressed_size};
  if (range.offset > source.size() || range.length > source.size() - range.offset) {
    return ZipDamaged("entry '", entry.name, "' lies outside the file");
  }
  return range;
}

// Checks length and CRC of what passes.
class Checked {
 public:
  explicit Checked(const ZipEntry& entry) : entry_(entry) {}
  absl::Status Add(absl::string_view data) {
    size_ += data.size();
    crc_ = uint32_t(crc32(crc_, reinterpret_cast<const Bytef*>(data.data()), uInt(data.size())));
    if (size_ > entry_.size) return ZipDamaged("entry '", entry_.name, "' is longer than it says");
    return absl::OkStatus();
  }
  absl::Status Finish() const {
    if (size_ != entry_.size) return ZipDamaged("entry '", entry_.name, "' is cut short");
    if (crc_ != entry_.crc32) return ZipDamaged("entry '", entry_.name, "' fails its checksum");
    return absl::OkStatus();
  }

 private:
  const ZipEntry entry_;
  uint64_t size_ = 0;
  uint32_t crc_ = 0;
};

// The stored bytes of an entry, piece by piece.
class StoredBytes {
 public:
  // `text`: what was read from `offset` of the file on; may be more than the range, or none of it.
  StoredBytes(Source& source, ZipRange range, std::string text, uint64_t offset)
      : source_(source), range_(range), text_(std::move(text)) {
    const uint64_t before = std::min<uint64_t>(range.offset - offset, text_.size());
    first_ = absl::string_view(text_).substr(before, range.length);
  }
  StoredBytes(const StoredBytes&) = delete;
  StoredBytes& operator=(const StoredBytes&) = delete;

  // Valid until the next call; empty at the end.
  absl::StatusOr<absl::string_view> Next() {
    absl::string_view piece = std::exchange(first_, "");
    if (piece.empty()) {
      const uint64_t length = std::min(kChunkBytes, range_.length);
      if (length == 0) return absl::string_view();
      ASSIGN_OR_RETURN(text_, source_.Read(range_.offset, length));
      if (text_.size() < length) return ZipDamaged("an entry is cut short");
      piece = text_;
    }
    range_.offset += piece.size();
    range_.length -= piece.size();
    return piece;
  }

 private:
  Source& source_;
  ZipRange range_;
  std::string text_;
  absl::string_view first_;  // of text_, as long as it was not given out
};

class StoredEntry : public ChunkSource {
 public:
  StoredEntry(Source& source, ZipRange range, std::string text, const ZipEntry& entry)
      : bytes_(source, range, std::move(text), entry.header_offset), checked_(entry) {}
  absl::StatusOr<absl::string_view> Next() override {
    ASSIGN_OR_RETURN(const absl::string_view chunk, bytes_.Next());
    RETURN_IF_ERROR(chunk.empty() ? checked_.Finish() : checked_.Add(chunk));
    return chunk;
  }

 private:
  StoredBytes bytes_;
  Checked checked_;
};

class DeflatedEntry : public ChunkSource {
 public:
  DeflatedEntry(Source& source, ZipRange range, std::string text, const ZipEntry& entry)
      : name_(entry.name),
        bytes_(source, range, std::move(text), entry.header_offset),
        checked_(entry),
        chunk_(std::min(kChunkBytes, entry.size + 1), '\0') {
    ready_ = inflateInit2(&stream_, -MAX_WBITS) == Z_OK;
  }
  ~DeflatedEntry() override {
    if (ready_) inflateEnd(&stream_);
  }

  absl::StatusOr<absl::string_view> Next() override {
    if (!ready_) return absl::InternalError("zlib could not start");
    stream_.next_out = reinterpret_cast<Bytef*>(chunk_.data());
    stream_.avail_out = uInt(chunk_.size());
    while (!ended_ && stream_.avail_out > 0) RETURN_IF_ERROR(Step());
    const absl::string_view data(chunk_.data(), chunk_.size() - stream_.avail_out);
    RETURN_IF_ERROR(data.empty() ? checked_.Finish() : checked_.Add(data));
    return data;
  }

 private:
  absl::Status Step() {
    if (stream_.avail_in == 0) {
      ASSIGN_OR_RETURN(const absl::string_view input, bytes_.Next());
      if (input.empty()) return ZipDamaged("entry '", name_, "' is cut short");
      stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));
      stream_.avail_in = uInt(input.size());
    }
    const int result = inflate(&stream_, Z_NO_FLUSH);
    if (result != Z_OK && result != Z_STREAM_END) {
      return ZipDamaged("entry '", name_, "' cannot be inflated");
    }
    ended_ = result == Z_STREAM_END;
    return absl::OkStatus();
  }

  const std::string name_;
  StoredBytes bytes_;
  Checked checked_;
  z_stream stream_{};
  bool ready_ = false;
  bool ended_ = false;
  std::string chunk_;
};

}  // namespace

absl::StatusOr<ZipRange> DataOfZipEntry(Source& source, const ZipEntry& entry) {
  RETURN_IF_ERROR(CheckReadable(entry));
  ASSIGN_OR_RETURN(const std::string header, source.Read(entry.header_offset, kZipLocalSize));
  return RangeOf(source, entry, header);
}

absl::StatusOr<std::unique_ptr<ChunkSource>> OpenZipEntry(Source& source, const ZipEntry& entry) {
  RETURN_IF_ERROR(CheckMethod(entry));
  RETURN_IF_ERROR(CheckReadable(entry));
  const uint64_t whole = kZipLocalSize + entry.name.size() + kUsualExtra +
                         std::min(entry.compressed_size, kChunkBytes);
  ASSIGN_OR_RETURN(
      std::string text,
      source.Read(entry.header_offset, std::min(whole, source.size() - entry.header_offset)));
  ASSIGN_OR_RETURN(const ZipRange range, RangeOf(source, entry, text));
  if (entry.method == kZipStored) {
    return std::make_unique<StoredEntry>(source, range, std::move(text), entry);
  }
  return std::make_unique<DeflatedEntry>(source, range, std::move(text), entry);
}

}  // namespace annofs
