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

// The digest's bytes as they lie there.
absl::string_view ReadDigest(uint8_t form, CodeReader& in) {
  switch (form) {
    case kSha1:
      return in.Bytes(kSha1Bytes);
    case kMd5:
      return in.Bytes(kMd5Bytes);
    case kTextDigest:
      return in.Bytes(in.Number());
    default:
      return "";
  }
}

std::string DecodeDigest(uint8_t form, absl::string_view bytes) {
  if (form == kSha1) return absl::StrCat("sha1:", absl::BytesToHexString(bytes));
  if (form == kMd5) return absl::StrCat("md5:", absl::BytesToHexString(bytes));
  return std::string(bytes);
}

absl::Status Damaged() {
  return absl::InternalError("a block of images in the dataset index is damaged");
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

absl::StatusOr<MediaBlockReader> MediaBlockReader::Open(absl::string_view block,
                                                        uint64_t first_place) {
  ASSIGN_OR_RETURN(absl::string_view content, Unsealed(block));
  return MediaBlockReader(content, first_place);
}

absl::StatusOr<bool> MediaBlockReader::GoTo(uint64_t place) {
  if (is_at_one_ && place_ > place) Restart();
  while (!is_at_one_ || place_ < place) {
    if (in_.empty()) return false;
    Next();
    if (!in_.ok()) return Damaged();
  }
  return place_ == place;
}

void MediaBlockReader::Restart() {
  in_ = CodeReader(content_);
  is_at_one_ = false;
  row_ = 0;
  base_ = "";
}

void MediaBlockReader::Next() {
  form_ = in_.Byte();
  place_ = (is_at_one_ ? place_ : first_place_) + in_.Number();
  row_ += uint64_t(in_.Signed());
  size_ = in_.Number();
  digest_ = ReadDigest(form_ & kDigestMask, in_);
  if ((form_ & kKeyMask) == kNewBase) base_ = in_.Bytes(in_.Number());
  key_ = (form_ & kKeyMask) == kWholeKey ? in_.Bytes(in_.Number()) : "";
  is_at_one_ = true;
}

MatchedMedia MediaBlockReader::Get(absl::string_view name) const {
  MatchedMedia matched{.row = row_};
  matched.media.key = key_.empty() ? JoinPath(base_, name) : std::string(key_);
  matched.media.size = size_;
  matched.media.digest = DecodeDigest(form_ & kDigestMask, digest_);
  return matched;
}

absl::StatusOr<std::optional<MatchedMedia>> FindMedia(absl::string_view block, uint64_t first_place,
                                                      uint64_t place, absl::string_view name) {
  ASSIGN_OR_RETURN(MediaBlockReader reader, MediaBlockReader::Open(block, first_place));
  ASSIGN_OR_RETURN(const bool is_there, reader.GoTo(place));
  if (!is_there) return std::optional<MatchedMedia>();
  return std::optional<MatchedMedia>(reader.Get(name));
}

}  // namespace annofs
