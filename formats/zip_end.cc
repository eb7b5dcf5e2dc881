#include "formats/zip_end.h"

#include <algorithm>
#include <string>

#include "absl/strings/string_view.h"
#include "cache/base/status.h"
#include "formats/zip_bytes.h"

namespace annofs {
namespace {

// The record that ends the directory, whichever it is.
struct Record {
  uint64_t position = 0;  // its own, in the file
  uint64_t count = 0, size = 0, offset = 0;
  uint64_t disk = 0, first_disk = 0;
};

absl::StatusOr<std::string> ReadRecord64(Source& source, uint64_t position) {
  if (position > source.size() || source.size() - position < kZipEnd64Size) return std::string();
  ASSIGN_OR_RETURN(std::string record, source.Read(position, kZipEnd64Size));
  const bool is_one = record.size() == kZipEnd64Size && ZipU32(record, 0) == kZipEnd64Signature;
  return is_one ? record : std::string();
}

// `locator` and where it is. What was put before the zip is not in the offset that it names.
absl::StatusOr<Record> ReadEnd64(Source& source, absl::string_view locator, uint64_t position) {
  if (ZipU32(locator, 16) > 1) return ZipDamaged("it is a part of several");
  const uint64_t before = position - std::min(position, kZipEnd64Size);
  for (const uint64_t at : {ZipU64(locator, 8), before}) {
    ASSIGN_OR_RETURN(const std::string record, ReadRecord64(source, at));
    if (record.empty()) continue;
    return Record{.position = at,
                  .count = ZipU64(record, 32),
                  .size = ZipU64(record, 40),
                  .offset = ZipU64(record, 48),
                  .disk = ZipU32(record, 16),
                  .first_disk = ZipU32(record, 20)};
  }
  return ZipDamaged("no zip64 end record where it should be");
}

absl::StatusOr<Record> FindRecord(Source& source) {
  const uint64_t tail_size =
      std::min(source.size(), kZipEndSize + kZipMaxComment + kZipLocator64Size);
  const uint64_t start = source.size() - tail_size;
  ASSIGN_OR_RETURN(const std::string tail, source.Read(start, tail_size));
  for (size_t at = tail.size() < kZipEndSize ? 0 : tail.size() - kZipEndSize + 1; at-- > 0;) {
    if (ZipU32(tail, at) != kZipEndSignature) continue;
    if (at + kZipEndSize + ZipU16(tail, at + 20) != tail.size()) continue;
    const absl::string_view locator =
        at < kZipLocator64Size ? "" : absl::string_view(tail).substr(at - kZipLocator64Size, 20);
    if (!locator.empty() && ZipU32(locator, 0) == kZipLocator64Signature) {
      return ReadEnd64(source, locator, start + at - kZipLocator64Size);
    }
    return Record{.position = start + at,
                  .count = ZipU16(tail, at + 10),
                  .size = ZipU32(tail, at + 12),
                  .offset = ZipU32(tail, at + 16),
                  .disk = ZipU16(tail, at + 4),
                  .first_disk = ZipU16(tail, at + 6)};
  }
  return absl::InvalidArgumentError(
      "no end-of-directory record: the file is cut short or not a zip");
}

}  // namespace

absl::StatusOr<ZipEnd> FindZipEnd(Source& source) {
  ASSIGN_OR_RETURN(const Record record, FindRecord(source));
  if (record.disk != 0 || record.first_disk != 0) return ZipDamaged("it is a part of several");
  if (record.size > record.position || record.offset > record.position - record.size) {
    return ZipDamaged("its directory lies outside the file");
  }
  // The directory ends where the record begins (as Python's zipfile has it).
  const uint64_t offset = record.position - record.size;
  return ZipEnd{.count = record.count,
                .size = record.size,
                .offset = offset,
                .shift = offset - record.offset};
}

}  // namespace annofs
