// Zips for tests, good and bad ones: every field can be set.
#pragma once

#include <zlib.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace annofs::testing {

struct ZipFile {
  std::string name;
  std::string content;
  bool deflated = false;
  // What the headers say instead of the truth.
  std::optional<uint32_t> crc32;
  std::optional<uint64_t> size, compressed_size, header_offset;
  std::optional<uint16_t> method;
  uint16_t flags = 0;
  bool zip64 = false;       // sizes and offset in the extra field
  std::string local_extra;  // longer local headers than the directory tells
  bool descriptor = false;  // sizes and checksum after the data, and not in the local header
  uint16_t disk = 0;
};

struct ZipOptions {
  std::string comment;
  std::string prefix;    // bytes before the first entry
  bool shifted = false;  // the prefix came later: offsets do not know of it
  bool zip64_end = false;
  uint16_t disk = 0;
};

inline std::string LittleEndian(uint64_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i, value >>= 8) text.push_back(char(value));
  return text;
}

inline std::string Deflate(absl::string_view content) {
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, content.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
  stream.avail_in = uInt(content.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = uInt(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

inline std::string MakeZip(const std::vector<ZipFile>& files, const ZipOptions& options = {}) {
  std::string zip = options.prefix;
  const uint64_t shift = options.shifted ? options.prefix.size() : 0;
  std::string directory;
  for (const ZipFile& file : files) {
    const std::string data = file.deflated ? Deflate(file.content) : file.content;
    const uint32_t crc = file.crc32.value_or(uint32_t(
        ::crc32(0, reinterpret_cast<const Bytef*>(file.content.data()), file.content.size())));
    const uint64_t size = file.size.value_or(file.content.size());
    const uint64_t compressed = file.compressed_size.value_or(data.size());
    const uint64_t offset = file.header_offset.value_or(zip.size() - shift);
    const std::string method = LittleEndian(file.method.value_or(file.deflated ? 8 : 0), 2);
    const int flags = file.flags | (file.descriptor ? 8 : 0);
    const std::string fixed =
        absl::StrCat(LittleEndian(20, 2), LittleEndian(flags, 2), method, LittleEndian(0, 4));
    const uint64_t ones = 0xffffffff;
    const std::string extra =
        file.zip64 ? absl::StrCat(LittleEndian(1, 2), LittleEndian(24, 2), LittleEndian(size, 8),
                                  LittleEndian(compressed, 8), LittleEndian(offset, 8))
                   : "";
    absl::StrAppend(&directory, "PK\x01\x02", LittleEndian(20, 2), fixed, LittleEndian(crc, 4),
                    LittleEndian(file.zip64 ? ones : compressed, 4),
                    LittleEndian(file.zip64 ? ones : size, 4), LittleEndian(file.name.size(), 2),
                    LittleEndian(extra.size(), 2), LittleEndian(0, 2), LittleEndian(file.disk, 2),
                    LittleEndian(0, 2), LittleEndian(0, 4),
                    LittleEndian(file.zip64 ? ones : offset, 4), file.name, extra);
    const std::string sizes =
        absl::StrCat(LittleEndian(crc, 4), LittleEndian(compressed, 4), LittleEndian(size, 4));
    absl::StrAppend(&zip, "PK\x03\x04", fixed, file.descriptor ? std::string(12, '\0') : sizes,
                    LittleEndian(file.name.size(), 2), LittleEndian(file.local_extra.size(), 2),
                    file.name, file.local_extra, data);
    if (file.descriptor) absl::StrAppend(&zip, "PK\x07\x08", sizes);
  }
  const uint64_t start = zip.size() - shift;
  absl::StrAppend(&zip, directory);
  if (options.zip64_end) {
    const uint64_t end64 = zip.size() - shift;
    absl::StrAppend(&zip, "PK\x06\x06", LittleEndian(44, 8), LittleEndian(45, 2),
                    LittleEndian(45, 2), LittleEndian(0, 8), LittleEndian(files.size(), 8),
                    LittleEndian(files.size(), 8), LittleEndian(directory.size(), 8),
                    LittleEndian(start, 8));
    absl::StrAppend(&zip, "PK\x06\x07", LittleEndian(0, 4), LittleEndian(end64, 8),
                    LittleEndian(1, 4));
  }
  const uint64_t count = options.zip64_end ? 0xffff : files.size();
  absl::StrAppend(&zip, "PK\x05\x06", LittleEndian(options.disk, 2), LittleEndian(options.disk, 2),
                  LittleEndian(count, 2), LittleEndian(count, 2),
                  LittleEndian(options.zip64_end ? 0xffffffff : directory.size(), 4),
                  LittleEndian(options.zip64_end ? 0xffffffff : start, 4),
                  LittleEndian(options.comment.size(), 2), options.comment);
  return zip;
}

}  // namespace annofs::testing
