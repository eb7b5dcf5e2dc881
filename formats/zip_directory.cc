#include "formats/zip_directory.h"

#include <zlib.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"

namespace annofs {
namespace {

// Sizes and signatures of APPNOTE 6.3, "4.3 General Format of a .ZIP file".
constexpr uint32_t kLocalSignature = 0x04034b50;
constexpr uint32_t kCentralSignature = 0x02014b50;
constexpr uint32_t kEndSignature = 0x06054b50;
constexpr uint32_t kEnd64Signature = 0x06064b50;
constexpr uint32_t kLocator64Signature = 0x07064b50;
constexpr uint64_t kLocalSize = 30, kCentralSize = 46, kEndSize = 22, kEnd64Size = 56,
                   kLocator64Size = 20;
constexpr uint64_t kMaxComment = 65535;
constexpr uint64_t kMaxEntries = 1000000;
constexpr uint64_t kMaxDirectoryBytes = uint64_t{256} << 20;
constexpr uint64_t kChunkBytes = 256 << 10;
constexpr uint16_t kStored = 0, kDeflated = 8;
constexpr uint16_t kExtra64 = 1;

uint64_t Number(absl::string_view bytes, size_t offset, size_t size) {
  uint64_t value = 0;
  for (size_t i = 0; i < size; ++i) value |= uint64_t(uint8_t(bytes[offset + i])) << (8 * i);
  return value;
}
uint16_t U16(absl::string_view bytes, size_t offset) { return uint16_t(Number(bytes, offset, 2)); }
uint32_t U32(absl::string_view bytes, size_t offset) { return uint32_t(Number(bytes, offset, 4)); }
uint64_t U64(absl::string_view bytes, size_t offset) { return Number(bytes, offset, 8); }

absl::Status Damaged(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("the zip is damaged: ", what));
}

// Where the directory is.
struct End {
  uint64_t count = 0, size = 0, offset = 0;
};

absl::StatusOr<End> ReadEnd64(Source& source, absl::string_view locator) {
  uint64_t offset = U64(locator, 8);
  if (offset > source.size() || source.size() - offset < kEnd64Size)
    return Damaged("its zip64 end record lies outside the file");
  ASSIGN_OR_RETURN(std::string end, source.Read(offset, kEnd64Size));
  if (end.size() < kEnd64Size || U32(end, 0) != kEnd64Signature)
    return Damaged("no zip64 end record where it should be");
  return End{.count = U64(end, 32), .size = U64(end, 40), .offset = U64(end, 48)};
}

absl::StatusOr<End> FindEnd(Source& source) {
  uint64_t tail_size = std::min(source.size(), kEndSize + kMaxComment + kLocator64Size);
  ASSIGN_OR_RETURN(std::string tail, source.Read(source.size() - tail_size, tail_size));
  for (size_t at = tail.size() < kEndSize ? 0 : tail.size() - kEndSize + 1; at-- > 0;) {
    if (U32(tail, at) != kEndSignature || at + kEndSize + U16(tail, at + 20) != tail.size())
      continue;
    End end{.count = U16(tail, at + 10), .size = U32(tail, at + 12), .offset = U32(tail, at + 16)};
    bool is_64 = at >= kLocator64Size && U32(tail, at - kLocator64Size) == kLocator64Signature;
    return is_64 ? ReadEnd64(source, absl::string_view(tail).substr(at - kLocator64Size)) : end;
  }
  return absl::InvalidArgumentError(
      "no end-of-directory record: the file is cut short or not a zip");
}

// The 64-bit numbers of the extra field stand there for those fields that hold all ones, in this
// order.
absl::Status Apply64(absl::string_view extra, ZipEntry& entry) {
  while (extra.size() >= 4) {
    uint16_t id = U16(extra, 0), size = U16(extra, 2);
    extra.remove_prefix(4);
    if (size > extra.size()) return Damaged("an extra field is cut short");
    absl::string_view field = extra.substr(0, size);
    extra.remove_prefix(size);
    if (id != kExtra64) continue;
    for (uint64_t* number : {&entry.size, &entry.compressed_size, &entry.header_offset}) {
      if (*number != 0xffffffff) continue;
      if (field.size() < 8) return Damaged("a zip64 field is cut short");
      *number = U64(field, 0);
      field.remove_prefix(8);
    }
  }
  return absl::OkStatus();
}

// Entries that share bytes make small files of endless content.
absl::Status CheckOverlaps(const std::vector<ZipEntry>& entries) {
  std::vector<const ZipEntry*> by_offset;
  for (const ZipEntry& entry : entries) by_offset.push_back(&entry);
  std::sort(by_offset.begin(), by_offset.end(), [](const ZipEntry* a, const ZipEntry* b) {
    return a->header_offset < b->header_offset;
  });
  for (size_t i = 1; i < by_offset.size(); ++i) {
    const ZipEntry &entry = *by_offset[i - 1], &next = *by_offset[i];
    if (next.header_offset - entry.header_offset < kLocalSize + entry.compressed_size) {
      return Damaged(absl::StrCat("entries '", entry.name, "' and '", next.name, "' overlap"));
    }
  }
  return absl::OkStatus();
}

// Checks length and CRC of what passes.
class Checked {
 public:
  explicit Checked(const ZipEntry& entry) : entry_(entry) {}
  absl::Status Add(absl::string_view data) {
    size_ += data.size();
    crc_ = uint32_t(crc32(crc_, reinterpret_cast<const Bytef*>(data.data()), uInt(data.size())));
    if (size_ > entry_.size)
      return Damaged(absl::StrCat("entry '", entry_.name, "' is longer than it says"));
    return absl::OkStatus();
  }
  absl::Status Finish() const {
    if (size_ != entry_.size)
      return Damaged(absl::StrCat("entry '", entry_.name, "' is cut short"));
    if (crc_ != entry_.crc32)
      return Damaged(absl::StrCat("entry '", entry_.name, "' fails its checksum"));
    return absl::OkStatus();
  }

 private:
  const ZipEntry entry_;
  uint64_t size_ = 0;
  uint32_t crc_ = 0;
};

// The stored bytes of a range, piece by piece.
class RangeSource {
 public:
  RangeSource(Source& source, ZipRange range) : source_(source), range_(range) {}
  // Empty at the end.
  absl::StatusOr<std::string> Next() {
    uint64_t length = std::min(kChunkBytes, range_.length);
    if (length == 0) return std::string();
    ASSIGN_OR_RETURN(std::string bytes, source_.Read(range_.offset, length));
    if (bytes.size() < length) return Damaged("an entry is cut short");
    range_.offset += length;
    range_.length -= length;
    return bytes;
  }

 private:
  Source& source_;
  ZipRange range_;
};

class StoredEntry : public ChunkSource {
 public:
  StoredEntry(Source& source, ZipRange range, const ZipEntry& entry)
      : bytes_(source, range), checked_(entry) {}
  absl::StatusOr<absl::string_view> Next() override {
    ASSIGN_OR_RETURN(chunk_, bytes_.Next());
    RETURN_IF_ERROR(chunk_.empty() ? checked_.Finish() : checked_.Add(chunk_));
    return absl::string_view(chunk_);
  }

 private:
  RangeSource bytes_;
  Checked checked_;
  std::string chunk_;
};

class DeflatedEntry : public ChunkSource {
 public:
  DeflatedEntry(Source& source, ZipRange range, const ZipEntry& entry)
      : name_(entry.name), bytes_(source, range), checked_(entry) {
    ready_ = inflateInit2(&stream_, -MAX_WBITS) == Z_OK;
  }
  ~DeflatedEntry() override {
    if (ready_) inflateEnd(&stream_);
  }

  absl::StatusOr<absl::string_view> Next() override {
    if (!ready_) return absl::InternalError("zlib could not start");
    chunk_.resize(kChunkBytes);
    stream_.next_out = reinterpret_cast<Bytef*>(chunk_.data());
    stream_.avail_out = uInt(chunk_.size());
    while (!ended_ && stream_.avail_out > 0) RETURN_IF_ERROR(Step());
    chunk_.resize(chunk_.size() - stream_.avail_out);
    RETURN_IF_ERROR(chunk_.empty() ? checked_.Finish() : checked_.Add(chunk_));
    return absl::string_view(chunk_);
  }

 private:
  absl::Status Step() {
    if (stream_.avail_in == 0) {
      ASSIGN_OR_RETURN(input_, bytes_.Next());
      if (input_.empty()) return Damaged(absl::StrCat("entry '", name_, "' is cut short"));
      stream_.next_in = reinterpret_cast<Bytef*>(input_.data());
      stream_.avail_in = uInt(input_.size());
    }
    int result = inflate(&stream_, Z_NO_FLUSH);
    if (result != Z_OK && result != Z_STREAM_END)
      return Damaged(absl::StrCat("entry '", name_, "' cannot be inflated"));
    ended_ = result == Z_STREAM_END;
    return absl::OkStatus();
  }

  const std::string name_;
  RangeSource bytes_;
  Checked checked_;
  z_stream stream_{};
  bool ready_ = false;
  bool ended_ = false;
  std::string input_, chunk_;
};

}  // namespace

absl::StatusOr<ZipDirectory> ZipDirectory::Read(Source& source) {
  ASSIGN_OR_RETURN(End end, FindEnd(source));
  if (end.count > kMaxEntries || end.size > kMaxDirectoryBytes)
    return Damaged("its directory is too large");
  if (end.offset > source.size() || end.size > source.size() - end.offset)
    return Damaged("its directory lies outside the file");
  ASSIGN_OR_RETURN(std::string directory, source.Read(end.offset, end.size));
  ZipDirectory zip(source);
  RETURN_IF_ERROR(zip.ParseEntries(directory, end.count, end.offset));
  return zip;
}

absl::Status ZipDirectory::ParseEntries(absl::string_view directory, uint64_t count,
                                        uint64_t directory_offset) {
  for (uint64_t i = 0; i < count; ++i) {
    if (directory.size() < kCentralSize || U32(directory, 0) != kCentralSignature) {
      return Damaged(absl::StrCat("entry ", i, " of its directory is no entry"));
    }
    uint64_t name = U16(directory, 28), extra = U16(directory, 30), comment = U16(directory, 32);
    if (directory.size() < kCentralSize + name + extra + comment)
      return Damaged("its directory is cut short");
    ZipEntry entry{.name = std::string(directory.substr(kCentralSize, name)),
                   .size = U32(directory, 24),
                   .compressed_size = U32(directory, 20),
                   .header_offset = U32(directory, 42),
                   .crc32 = U32(directory, 16),
                   .method = U16(directory, 10),
                   .encrypted = (U16(directory, 8) & 1) != 0};
    RETURN_IF_ERROR(Apply64(directory.substr(kCentralSize + name, extra), entry));
    if (entry.header_offset > directory_offset ||
        directory_offset - entry.header_offset < kLocalSize ||
        entry.compressed_size > directory_offset - entry.header_offset - kLocalSize) {
      return Damaged(absl::StrCat("entry '", entry.name, "' lies outside the file"));
    }
    entries_.push_back(std::move(entry));
    directory.remove_prefix(kCentralSize + name + extra + comment);
  }
  return CheckOverlaps(entries_);
}

const ZipEntry* ZipDirectory::Find(absl::string_view name) const {
  auto found = std::find_if(entries_.rbegin(), entries_.rend(),
                            [name](const ZipEntry& entry) { return entry.name == name; });
  return found == entries_.rend() ? nullptr : &*found;
}

absl::StatusOr<ZipRange> ZipDirectory::DataOf(const ZipEntry& entry) const {
  ASSIGN_OR_RETURN(std::string header, source_->Read(entry.header_offset, kLocalSize));
  if (header.size() < kLocalSize || U32(header, 0) != kLocalSignature) {
    return Damaged(absl::StrCat("entry '", entry.name, "' has no header where it should be"));
  }
  ZipRange range{.offset = entry.header_offset + kLocalSize + U16(header, 26) + U16(header, 28),
                 .length = entry.compressed_size};
  if (range.offset > source_->size() || range.length > source_->size() - range.offset) {
    return Damaged(absl::StrCat("entry '", entry.name, "' lies outside the file"));
  }
  return range;
}

absl::StatusOr<std::unique_ptr<ChunkSource>> ZipDirectory::Open(const ZipEntry& entry) const {
  if (entry.encrypted)
    return absl::InvalidArgumentError(absl::StrCat("zip entry '", entry.name, "' is encrypted"));
  ASSIGN_OR_RETURN(ZipRange range, DataOf(entry));
  if (entry.method == kStored) return std::make_unique<StoredEntry>(*source_, range, entry);
  if (entry.method == kDeflated) return std::make_unique<DeflatedEntry>(*source_, range, entry);
  return absl::InvalidArgumentError(absl::StrCat("zip entry '", entry.name,
                                                 "' is compressed by method ", entry.method,
                                                 ", which is not read (store or deflate it)"));
}

absl::StatusOr<std::string> ZipDirectory::ReadAll(const ZipEntry& entry, uint64_t limit) const {
  if (entry.size > limit)
    return absl::InvalidArgumentError(
        absl::StrCat("zip entry '", entry.name, "' is larger than the ", limit, " bytes expected"));
  ASSIGN_OR_RETURN(std::unique_ptr<ChunkSource> source, Open(entry));
  std::string text;
  while (true) {
    ASSIGN_OR_RETURN(absl::string_view chunk, source->Next());
    if (chunk.empty()) return text;
    absl::StrAppend(&text, chunk);
  }
}

std::optional<InnerMedia> InnerOf(const ZipEntry& entry) {
  if (entry.method != 0 || entry.encrypted) return std::nullopt;
  return InnerMedia{.header_offset = entry.header_offset, .size = entry.size, .crc32 = entry.crc32};
}

bool LooksLikeZip(absl::string_view name, absl::string_view head) {
  return absl::EndsWithIgnoreCase(name, ".zip") || absl::StartsWith(head, "PK\x03\x04") ||
         absl::StartsWith(head, "PK\x05\x06");
}

}  // namespace annofs
