#include "tools/emulator/s3_checksum.h"

#include <array>
#include <cstdint>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "cache/base/digest.h"
#include "cache/base/status.h"
#include "tools/emulator/s3_error.h"
#include "tools/emulator/s3_request.h"

namespace annofs::emulator {
namespace {

constexpr absl::string_view kPrefix = "x-amz-checksum-";
constexpr size_t kMd5Bytes = 16;

// CRC-32 of zlib and Ethernet, reflected.
constexpr std::array<uint32_t, 256> Crc32Table() {
  std::array<uint32_t, 256> table = {};
  for (uint32_t i = 0; i < table.size(); ++i) {
    uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = value >> 1 ^ (value & 1 ? 0xedb88320U : 0U);
    table[i] = value;
  }
  return table;
}

std::string Crc32(absl::string_view data) {
  static constexpr std::array<uint32_t, 256> kTable = Crc32Table();
  uint32_t crc = ~0U;
  for (unsigned char c : data) crc = kTable[(crc ^ c) & 0xff] ^ crc >> 8;
  crc = ~crc;
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(crc >> shift & 0xff);
  return bytes;
}

// Says how, but is no checksum itself: the kind that the sender prefers, the wish to get one.
bool IsChecksumOption(absl::string_view kind) {
  return kind == "algorithm" || kind == "mode" || kind == "type";
}

absl::StatusOr<std::string> ChecksumOf(absl::string_view kind, absl::string_view body) {
  if (kind == "crc32") return Crc32(body);
  if (kind == "sha1") return DigestOf(DigestKind::kSha1, body).bytes;
  if (kind == "sha256") return DigestOf(DigestKind::kSha256, body).bytes;
  return S3Error("InvalidArgument", absl::StrCat("Unsupported header '", kPrefix, kind,
                                                 "' received for this API call."));
}

}  // namespace

absl::Status CheckContentMd5(const Request& request, absl::string_view body) {
  std::optional<absl::string_view> header = FindHeader(request.headers, "Content-MD5");
  if (!header) return absl::OkStatus();
  std::string given;
  if (!absl::Base64Unescape(*header, &given) || given.size() != kMd5Bytes) {
    return S3Error("InvalidDigest");
  }
  return DigestOf(DigestKind::kMd5, body).bytes == given ? absl::OkStatus() : S3Error("BadDigest");
}

absl::Status RefuseChecksums(const Request& request) {
  for (const auto& [name, value] : request.headers) {
    std::string lower = absl::AsciiStrToLower(name);
    bool checksum = absl::StartsWith(lower, kPrefix) && lower != "x-amz-checksum-mode";
    if (!checksum && lower != "x-amz-sdk-checksum-algorithm" && lower != "x-amz-trailer") continue;
    return S3Error("InvalidArgument",
                   absl::StrCat("Unsupported header '", lower, "' received for this API call."));
  }
  return absl::OkStatus();
}

bool HasChecksum(const Request& request) {
  for (const auto& [name, value] : request.headers) {
    std::string lower = absl::AsciiStrToLower(name);
    absl::string_view kind = lower;
    if (absl::ConsumePrefix(&kind, kPrefix) && !IsChecksumOption(kind)) return true;
  }
  return false;
}

absl::Status CheckChecksums(const HeaderList& headers, absl::string_view body) {
  for (const auto& [name, value] : headers) {
    std::string lower = absl::AsciiStrToLower(name);
    absl::string_view kind = lower;
    if (!absl::ConsumePrefix(&kind, kPrefix) || IsChecksumOption(kind)) continue;
    ASSIGN_OR_RETURN(std::string expected, ChecksumOf(kind, body));
    std::string given;
    if (!absl::Base64Unescape(value, &given) || given != expected) {
      return S3Error("BadDigest", absl::StrCat("The ", kind, " you specified did not match what ",
                                               "we received."));
    }
  }
  return absl::OkStatus();
}

}  // namespace annofs::emulator
