#include "fs/media_blocks.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/base/number_code.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "formats/related_media.h"
#include "fs/dataset_records.h"
#include "fs/frame_blocks.h"

namespace annofs {
namespace {

// An image's first byte: how its key is written (the base that the one before has, a base, the
// whole), and its digest (none, SHA-1, MD5, a text). A base is what stands before the frame's name.
constexpr uint8_t kSameBase = 0, kNewBase = 1, kWholeKey = 2, kKeyMask = 3;
constexpr uint8_t kNoDigest = 0, kSha1 = 4, kMd5 = 8, kTextDigest = 12, kDigestMask = 12;
static_assert(kMostRelated <= 1u << kRelatedBits);
constexpr size_t kSha1Bytes = 20, kMd5Bytes = 16, kSealBytes = 4;

void AppendText(std::string& out, absl::string_view text) {
  AppendNumber(out, text.size());
  out.append(text.data(), text.size());
}

std::optional<std::string> BaseOf(absl::string_view key, absl::string_view frame) {
  if (key == frame) return "";
  if (!absl::EndsWith(key, absl::StrCat("/", frame))) return std::nullopt;
  std::string base(key.substr(0, key.size() - frame.size() - 1));
  if (JoinPath(base, frame) != key) return std::nullopt;
  return base;
}

// The bytes behind "sha1:" or "md5:"; nothing if it is written otherwise.
std::string BytesOf(absl::string_view digest, absl::string_view kind, size_t size) {
  if (!absl::StartsWith(digest, kind) || digest.size() != kind.size() + 2 * size) return "";
  for (char c : digest.substr(kind.size())) {
    if (!absl::ascii_isdigit(c) && !(c >= 'a' && c <= 'f')) return "";
  }
  return absl::HexStringToBytes(digest.substr(kind.size()));
}

uint8_t EncodeDigest(absl::string_view digest, std::string& bytes) {
  if (digest.empty()) return kNoDigest;
  bytes = BytesOf(digest, "sha1:", kSha1Bytes);
  if (!bytes.empty()) return kSha1;
  bytes = BytesOf(digest, "md5:", kMd5Bytes);
  if (!bytes.empty()) return kMd5;
  AppendText(bytes, digest);
  return kTextDigest;
}

std::string DecodeDigest(uint8_t form, CodeReader& in) {
  switch (form) {
    case kSha1:
      return absl::StrCat("sha1:", absl::BytesToHexString(in.Bytes(kSha1Bytes)));
    case kMd5:
      return absl::StrCat("md5:", absl::BytesToHexString(in.Bytes(kMd5Bytes)));
    case kTextDigest:
      return std::string(in.Bytes(in.Number()));
    default:
      return "";
  }
}

void SkipDigest(uint8_t form, CodeReader& in) {
  in.Bytes(form == kSha1 ? kSha1Bytes
                         : (form == kMd5 ? kMd5Bytes : (form == kTextDigest ? in.Number() : 0)));
}

}  // namespace

bool MediaBlockWriter::Add(uint64_t place, absl::string_view name, const MatchedMedia& matched) {
  const bool is_first = bytes_.empty();
  std::optional<std::string> base = BaseOf(matched.media.key, name);
  const uint8_t key_form = !base ? kWholeKey : (!is_first && *base == base_ ? kSameBase : kNewBase);
  std::string digest;
  const uint8_t digest_form = EncodeDigest(matched.media.digest, digest);
  std::string out(1, char(key_form | digest_form));
  AppendNumber(out, is_first ? 0 : place - place_);
  AppendSigned(out, int64_t(matched.row - (is_first ? 0 : row_)));
  AppendNumber(out, matched.media.size);
  out += digest;
  if (key_form == kNewBase) AppendText(out, *base);
  if (key_form == kWholeKey) AppendText(out, matched.media.key);
  if (!is_first && bytes_.size() + out.size() + kSealBytes > PageValue(1)) return false;
  bytes_ += out;
  if (is_first) first_place_ = place;
  place_ = place;
  row_ = matched.row;
  if (base) base_ = *std::move(base);
  return true;
}

std::string MediaBlockWriter::Take() {
  base_.clear();  // the next block does not know it
  return Sealed(std::exchange(bytes_, ""));
}

absl::StatusOr<std::optional<MatchedMedia>> FindMedia(absl::string_view block, uint64_t first_place,
                                                      uint64_t place, absl::string_view name) {
  ASSIGN_OR_RETURN(absl::string_view content, Unsealed(block));
  CodeReader in(content);
  uint64_t at = first_place, row = 0;
  absl::string_view base;
  while (!in.empty() && in.ok()) {
    const uint8_t form = in.Byte();
    at += in.Number();
    row += uint64_t(in.Signed());
    const uint64_t size = in.Number();
    if (at > place) break;
    std::string digest;
    if (at == place) {
      digest = DecodeDigest(form & kDigestMask, in);
    } else {
      SkipDigest(form & kDigestMask, in);
    }
    absl::string_view key;
    if ((form & kKeyMask) == kNewBase) base = in.Bytes(in.Number());
    if ((form & kKeyMask) == kWholeKey) key = in.Bytes(in.Number());
    if (at < place || !in.ok()) continue;
    MatchedMedia matched{.row = row};
    matched.media.key = key.empty() ? JoinPath(base, name) : std::string(key);
    matched.media.size = size;
    matched.media.digest = std::move(digest);
    return std::optional<MatchedMedia>(std::move(matched));
  }
  if (!in.ok()) return absl::InternalError("a block of images in the dataset index is damaged");
  return std::optional<MatchedMedia>();
}

}  // namespace annofs
