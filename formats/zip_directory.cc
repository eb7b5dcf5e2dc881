#include "formats/zip_directory.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/hash/hash.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "formats/zip_bytes.h"
#include "formats/zip_end.h"

namespace annofs {
namespace {

constexpr uint64_t kMaxEntries = 2'000'000;
constexpr uint64_t kMaxNames = uint64_t{96} << 20;
constexpr uint64_t kNameBlock = uint64_t{1} << 20;
constexpr uint64_t kReadBytes = uint64_t{1} << 20;
// A record of the directory with everything that it can have.
constexpr uint64_t kMaxRecord = kZipCentralSize + 3 * 65535;
constexpr uint16_t kExtra64 = 1;
constexpr uint32_t kOnes = 0xffffffff;
// Deflate makes at most 1032 bytes of one, after some bits of header.
constexpr uint64_t kMostInflated = 1032;

// The 64-bit numbers of the extra field stand there for those fields that hold all ones, in this
// order. False if it is cut short.
bool Apply64(absl::string_view extra, ZipEntry& entry) {
  while (extra.size() >= 4) {
    const uint16_t id = ZipU16(extra, 0), size = ZipU16(extra, 2);
    extra.remove_prefix(4);
    absl::string_view field = extra.substr(0, size);
    if (id != kExtra64) {
      extra.remove_prefix(field.size());
      continue;
    }
    for (uint64_t* number : {&entry.size, &entry.compressed_size, &entry.header_offset}) {
      if (*number != kOnes) continue;
      if (field.size() < 8) return false;
      *number = ZipU64(field, 0);
      field.remove_prefix(8);
    }
    return size <= extra.size();
  }
  return true;
}

// All that can be seen of one entry alone. The entries lie before `end`.
ZipDefect DefectOf(const ZipEntry& entry, uint16_t disk, uint64_t end) {
  if (disk != 0 && disk != 0xffff) return ZipDefect::kOtherDisk;
  if (entry.header_offset > end || end - entry.header_offset < kZipLocalSize ||
      entry.compressed_size > end - entry.header_offset - kZipLocalSize) {
    return ZipDefect::kOutside;
  }
  if (entry.encrypted) return ZipDefect::kNone;
  const bool lies =
      entry.method == kZipStored
          ? entry.size != entry.compressed_size
          : entry.method == kZipDeflated && entry.size / kMostInflated > entry.compressed_size;
  return lies ? ZipDefect::kLies : ZipDefect::kNone;
}

}  // namespace

// Reads the directory in pieces: the whole of it is never in memory.
class ZipDirectoryParser {
 public:
  ZipDirectoryParser(Source& source, const ZipEnd& end, ZipDirectory& zip)
      : source_(source), end_(end), zip_(zip), left_(end.size), next_(end.offset) {}

  absl::Status Parse() {
    zip_.entries_.reserve(end_.count);
    for (uint64_t i = 0; i < end_.count; ++i) RETURN_IF_ERROR(ParseEntry(i));
    return absl::OkStatus();
  }

 private:
  absl::Status Fill() {
    if (text_.size() - used_ >= kMaxRecord || left_ == 0) return absl::OkStatus();
    text_.erase(0, used_);
    used_ = 0;
    const uint64_t length = std::min(left_, kReadBytes);
    ASSIGN_OR_RETURN(const std::string more, source_.Read(next_, length));
    if (more.size() < length) return ZipDamaged("its directory is cut short");
    text_ += more;
    next_ += length;
    left_ -= length;
    return absl::OkStatus();
  }

  absl::Status ParseEntry(uint64_t number) {
    RETURN_IF_ERROR(Fill());
    const absl::string_view text = absl::string_view(text_).substr(used_);
    if (text.size() < kZipCentralSize || ZipU32(text, 0) != kZipCentralSignature) {
      return ZipDamaged("entry ", number, " of its directory is no entry");
    }
    const uint64_t name = ZipU16(text, 28), extra = ZipU16(text, 30), comment = ZipU16(text, 32);
    const uint64_t size = kZipCentralSize + name + extra + comment;
    if (text.size() < size) return ZipDamaged("its directory is cut short");
    if (zip_.names_size_ + name > kMaxNames) return ZipDamaged("its directory is too large");
    ZipEntry entry{.name = zip_.Keep(text.substr(kZipCentralSize, name)),
                   .size = ZipU32(text, 24),
                   .compressed_size = ZipU32(text, 20),
                   .header_offset = ZipU32(text, 42),
                   .crc32 = ZipU32(text, 16),
                   .method = ZipU16(text, 10),
                   .encrypted = (ZipU16(text, 8) & 1) != 0};
    const bool is_whole = Apply64(text.substr(kZipCentralSize + name, extra), entry);
    entry.header_offset = entry.header_offset > end_.offset - end_.shift
                              ? end_.offset
                              : entry.header_offset + end_.shift;
    entry.defect = is_whole ? DefectOf(entry, ZipU16(text, 34), end_.offset) : ZipDefect::kOutside;
    zip_.entries_.push_back(entry);
    used_ += size;
    return absl::OkStatus();
  }

  Source& source_;
  const ZipEnd end_;
  ZipDirectory& zip_;
  uint64_t left_, next_;  // what is to be read yet, and where
  std::string text_;
  size_t used_ = 0;
};

absl::StatusOr<ZipDirectory> ZipDirectory::Read(Source& source) {
  ASSIGN_OR_RETURN(const ZipEnd end, FindZipEnd(source));
  // No number is believed that the bytes do not bear out.
  if (end.count > kMaxEntries) return ZipDamaged("its directory is too large");
  if (end.count * kZipCentralSize > end.size) return ZipDamaged("its directory is cut short");
  ZipDirectory zip(source);
  zip.block_size_ = std::min(kNameBlock, end.size);
  RETURN_IF_ERROR(ZipDirectoryParser(source, end, zip).Parse());
  zip.FindOverlaps();
  zip.IndexNames();
  return zip;
}

absl::StatusOr<std::shared_ptr<const ZipDirectory>> ZipDirectory::Of(Source& source) {
  std::shared_ptr<const ZipDirectory>& zip = source.parsed().zip;
  if (!zip) {
    ASSIGN_OR_RETURN(ZipDirectory read, Read(source));
    zip = std::make_shared<const ZipDirectory>(std::move(read));
  }
  return zip;
}

absl::string_view ZipDirectory::Keep(absl::string_view name) {
  if (names_.empty() || block_size_ - block_used_ < name.size()) {
    names_.push_back(std::make_unique<char[]>(block_size_));
    block_used_ = 0;
  }
  char* const place = names_.back().get() + block_used_;
  std::copy(name.begin(), name.end(), place);
  block_used_ += name.size();
  names_size_ += name.size();
  return {place, name.size()};
}

void ZipDirectory::FindOverlaps() {
  std::vector<uint32_t> by_offset;
  for (uint32_t i = 0; i < entries_.size(); ++i) {
    if (entries_[i].defect == ZipDefect::kNone) by_offset.push_back(i);
  }
  const auto before = [this](uint32_t a, uint32_t b) {
    return entries_[a].header_offset < entries_[b].header_offset;
  };
  if (!std::is_sorted(by_offset.begin(), by_offset.end(), before)) {
    std::sort(by_offset.begin(), by_offset.end(), before);
  }
  ZipEntry* furthest = nullptr;
  uint64_t end = 0;  // of that one
  for (const uint32_t number : by_offset) {
    ZipEntry& entry = entries_[number];
    if (furthest != nullptr && entry.header_offset < end) {
      entry.defect = furthest->defect = ZipDefect::kOverlaps;
    }
    const uint64_t own = entry.header_offset + kZipLocalSize + entry.compressed_size;
    if (own <= end) continue;
    end = own;
    furthest = &entry;
  }
}

void ZipDirectory::IndexNames() {
  size_t places = 16;
  while (places < entries_.size() * 2) places *= 2;
  by_name_.assign(places, 0);
  for (uint32_t i = 0; i < entries_.size(); ++i) by_name_[PlaceOf(entries_[i].name)] = i + 1;
}

size_t ZipDirectory::PlaceOf(absl::string_view name) const {
  const size_t mask = by_name_.size() - 1;
  size_t place = absl::Hash<absl::string_view>()(name) & mask;
  while (by_name_[place] != 0 && entries_[by_name_[place] - 1].name != name) {
    place = (place + 1) & mask;
  }
  return place;
}

const ZipEntry* ZipDirectory::Find(absl::string_view name) const {
  const uint32_t found = by_name_[PlaceOf(name)];
  return found == 0 ? nullptr : &entries_[found - 1];
}

absl::StatusOr<ZipRange> ZipDirectory::DataOf(const ZipEntry& entry) const {
  return DataOfZipEntry(*source_, entry);
}

absl::StatusOr<std::unique_ptr<ChunkSource>> ZipDirectory::Open(const ZipEntry& entry) const {
  return OpenZipEntry(*source_, entry);
}

absl::StatusOr<std::string> ZipDirectory::ReadAll(const ZipEntry& entry, uint64_t limit) const {
  if (entry.size > limit) {
    return absl::InvalidArgumentError(
        absl::StrCat("zip entry '", entry.name, "' is larger than the ", limit, " bytes expected"));
  }
  ASSIGN_OR_RETURN(const std::unique_ptr<ChunkSource> source, Open(entry));
  std::string text;
  while (true) {
    ASSIGN_OR_RETURN(const absl::string_view chunk, source->Next());
    if (chunk.empty()) return text;
    absl::StrAppend(&text, chunk);
  }
}

std::optional<InnerMedia> InnerOf(const ZipEntry& entry) {
  if (entry.method != kZipStored || entry.encrypted || entry.defect != ZipDefect::kNone) {
    return std::nullopt;
  }
  return InnerMedia{.header_offset = entry.header_offset, .size = entry.size, .crc32 = entry.crc32};
}

absl::StatusOr<bool> IsZip(Source& source) {
  constexpr uint64_t kMagicBytes = 4;
  ASSIGN_OR_RETURN(const std::string head, source.Read(0, std::min(source.size(), kMagicBytes)));
  return LooksLikeZip(source.name(), head);
}

bool LooksLikeZip(absl::string_view name, absl::string_view head) {
  return absl::EndsWithIgnoreCase(name, ".zip") || absl::StartsWith(head, "PK\x03\x04") ||
         absl::StartsWith(head, "PK\x05\x06");
}

}  // namespace annofs
