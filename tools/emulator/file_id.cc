#include "tools/emulator/file_id.h"

#include <atomic>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "cache/base/digest.h"
#include "tools/emulator/tokens.h"

namespace annofs::emulator {
namespace {

constexpr absl::string_view kStart = "4_z";
constexpr size_t kBucketIdLength = 24;
constexpr size_t kNumberLength = 16;
constexpr size_t kMaxFileId = 200;

bool IsHex(absl::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == absl::string_view::npos;
}

std::string FileIdOf(absl::string_view bucket_id, FileSize size, uint64_t number, int64_t millis) {
  std::string when =
      absl::FormatTime("d%E4Y%m%d_m%H%M%S", absl::FromUnixMillis(millis), absl::UTCTimeZone());
  return absl::StrFormat("%s%s_f%d%016x_%s_c002_v0001000_t0000_u%016d", kStart, bucket_id,
                         size == FileSize::kLarge ? 2 : 1, number, when, millis);
}

}  // namespace

int64_t MillisOf(const FileStamp& stamp) {
  return absl::ToUnixMillis(absl::FromUnixNanos(stamp.mtime_ns));
}

std::string BucketId(absl::string_view account_id, absl::string_view bucket_name) {
  std::string high = Sha256Hex(bucket_name);
  std::string id;
  for (size_t i = 0; i < account_id.size(); ++i)
    absl::StrAppend(&id, high.substr(i, 1), account_id.substr(i, 1));
  return id;
}

std::string FileId(absl::string_view bucket_id, absl::string_view name, const FileStamp& stamp) {
  uint64_t number = Hash64(absl::StrCat(stamp.device, " ", stamp.inode, " ", stamp.size, " ",
                                        stamp.mtime_ns, " ", name));
  FileSize size = IsLargeFile(stamp) ? FileSize::kLarge : FileSize::kSmall;
  return FileIdOf(bucket_id, size, number, MillisOf(stamp));
}

std::string NewFileId(absl::string_view bucket_id, FileSize size, int64_t upload_millis) {
  static std::atomic<uint64_t> made{0};
  static const std::string& secret = *new std::string(RandomBytes(16));
  return FileIdOf(bucket_id, size, Hash64(absl::StrCat(secret, ++made)), upload_millis);
}

std::optional<FileIdParts> ParseFileId(absl::string_view id) {
  const size_t f = kStart.size() + kBucketIdLength;
  const size_t end = f + 3 + kNumberLength;
  if (id.size() <= end || id.size() > kMaxFileId || id.substr(0, kStart.size()) != kStart)
    return {};
  bool shaped = id.substr(f, 2) == "_f" && (id[f + 2] == '1' || id[f + 2] == '2') && id[end] == '_';
  FileIdParts parts{.bucket_id = std::string(id.substr(kStart.size(), kBucketIdLength)),
                    .number = 0};
  absl::string_view number = id.substr(f + 3, kNumberLength);
  if (!shaped || !IsHex(parts.bucket_id) || !IsHex(number)) return {};
  if (!absl::SimpleHexAtoi(number, &parts.number)) return {};
  return parts;
}

}  // namespace annofs::emulator
