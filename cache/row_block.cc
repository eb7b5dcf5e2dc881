#include "cache/row_block.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "cache/row_codec.h"

namespace annofs {
namespace {

constexpr uint8_t kDirectoryFlag = 1;
constexpr uint8_t kRestartFlag = 2;
constexpr uint8_t kNanosFlag = 4;
constexpr uint8_t kShapedFlag = 8;
constexpr uint8_t kDigestIsVersionFlag = 16;
constexpr int kDigestShift = 5;

constexpr uint32_t kRestartRows = 16;  // a search reads at most so many rows one by one
constexpr size_t kRestartBytes = 4;
constexpr size_t kTrailerBytes = 4;
constexpr size_t kHeaderSizeBytes = 2;  // at most: a version has at most 1,024 bytes

size_t DigestBytes(DigestKind kind) {
  switch (kind) {
    case DigestKind::kMd5:
      return 16;
    case DigestKind::kSha1:
      return 20;
    case DigestKind::kSha256:
      return 32;
    case DigestKind::kNone:
      break;
  }
  return 0;
}

void AppendPair(std::string& out, uint32_t a, uint32_t b) {
  for (uint32_t number : {a, b}) {
    out.push_back(static_cast<char>(number));
    out.push_back(static_cast<char>(number >> 8));
  }
}

uint32_t ReadShort(absl::string_view bytes) {
  return static_cast<uint8_t>(bytes[0]) | static_cast<uint32_t>(static_cast<uint8_t>(bytes[1]))
                                              << 8;
}

bool IsWholeMillis(absl::Time time) {
  return absl::FromUnixMillis(absl::ToUnixMillis(time)) == time;
}

int64_t Minus(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) - static_cast<uint64_t>(b));
}
int64_t Plus(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
}

absl::string_view Component(const Row& row) {
  return row.key_name.empty() ? row.name : row.key_name;
}

int CompareEntry(absl::string_view name, bool is_directory, absl::string_view key) {
  const int names = name.compare(key.substr(0, name.size()));
  if (names != 0) return names;
  return absl::string_view(is_directory ? "/" : "").compare(key.substr(name.size()));
}

absl::Status Damaged() { return absl::InternalError("the catalog is damaged: a block of rows"); }

// A row's code against the row before it.
class RowEncoder {
 public:
  RowEncoder(const Row& row, const Row& before, absl::string_view template_version)
      : row_(row), before_(before), template_version_(template_version) {}

  std::string Encode(bool restart) {
    flags_ = (row_.is_directory ? kDirectoryFlag : 0) | (restart ? kRestartFlag : 0);
    if (restart) AppendNumber(out_, row_.parent);
    AppendAgainst(out_, Component(row_), restart ? absl::string_view() : Component(before_));
    if (!row_.is_directory) EncodeObject();
    out_.insert(out_.begin(), static_cast<char>(flags_));
    return std::move(out_);
  }

 private:
  void EncodeObject() {
    AppendNumber(out_, row_.size);
    EncodeTime();
    if (HaveOneShape(row_.version, template_version_)) {
      flags_ |= kShapedFlag;
      AppendShaped(out_, row_.version, template_version_);
    } else {
      AppendAgainst(out_, row_.version, template_version_);
    }
    EncodeDigest();
  }

  void EncodeTime() {
    if (IsWholeMillis(row_.modified)) {
      AppendSigned(out_,
                   Minus(absl::ToUnixMillis(row_.modified), absl::ToUnixMillis(before_.modified)));
    } else {
      flags_ |= kNanosFlag;
      AppendSigned(out_, absl::ToUnixNanos(row_.modified));
    }
  }

  void EncodeDigest() {
    const std::string& bytes = row_.digest.bytes;
    if (bytes.size() != DigestBytes(row_.digest.kind)) return;  // none: no digest of that kind
    flags_ |= static_cast<uint8_t>(row_.digest.kind) << kDigestShift;
    if (!bytes.empty() && BytesOfHex(row_.version) == bytes) {
      flags_ |= kDigestIsVersionFlag;
    } else {
      out_ += bytes;
    }
  }

  const Row& row_;
  const Row& before_;
  absl::string_view template_version_;
  uint8_t flags_ = 0;
  std::string out_;
};

}  // namespace

int CompareOrder(const Row& row, absl::string_view key) {
  return CompareEntry(Component(row), row.is_directory, key);
}

std::string OrderKey(const Row& row) {
  return absl::StrCat(Component(row), row.is_directory ? "/" : "");
}

bool RowBlockBuilder::Add(const Row& row) {
  // The first object is what the versions and times of restarts are told against.
  const bool first_object = !has_template_ && !row.is_directory;
  std::string header = header_;
  if (first_object) {
    AppendSigned(header, absl::ToUnixMillis(row.modified));
    AppendAgainst(header, row.version, "");
  }
  const bool restart =
      rows_ == 0 || row.parent != last_.parent || since_restart_ == kRestartRows || first_object;
  Row fresh;
  if (restart) {
    fresh.modified =
        absl::FromUnixMillis(first_object ? absl::ToUnixMillis(row.modified) : template_millis_);
  }
  const std::string& version = first_object ? row.version : template_version_;
  std::string code = RowEncoder(row, restart ? fresh : last_, version).Encode(restart);
  const size_t bytes = kHeaderSizeBytes + header.size() + body_.size() + code.size() +
                       restarts_.size() + kRestartBytes + kTrailerBytes;
  if (rows_ > 0 && bytes > kRowBlockBytes) return false;
  if (first_object) {
    header_ = std::move(header);
    has_template_ = true;
    template_version_ = row.version;
    template_millis_ = absl::ToUnixMillis(fresh.modified);
  }
  if (restart) {
    AppendPair(restarts_, rows_, static_cast<uint32_t>(body_.size()));
    since_restart_ = 0;
    last_.modified = fresh.modified;
  }
  body_ += code;
  ++rows_;
  ++since_restart_;
  Remember(row);
  return true;
}

// What the next row is told against.
void RowBlockBuilder::Remember(const Row& row) {
  last_.parent = row.parent;
  last_.name.assign(Component(row).data(), Component(row).size());
  if (row.is_directory) return;
  last_.modified = row.modified;
}

std::string RowBlockBuilder::Take() {
  if (header_.empty()) header_ = std::string(3, '\0');
  std::string block;
  AppendNumber(block, header_.size());
  absl::StrAppend(&block, header_, body_, restarts_);
  AppendPair(block, static_cast<uint32_t>(restarts_.size() / kRestartBytes), rows_);
  *this = RowBlockBuilder();
  return block;
}

absl::StatusOr<RowBlockCursor> RowBlockCursor::Open(absl::string_view block, RowId first) {
  if (block.size() < kTrailerBytes) return Damaged();
  const absl::string_view trailer = block.substr(block.size() - kTrailerBytes);
  const size_t restart_bytes = ReadShort(trailer) * kRestartBytes;
  CodeReader codes(block.substr(0, block.size() - kTrailerBytes));
  CodeReader header(codes.Bytes(codes.Number()));
  RowBlockCursor cursor;
  cursor.template_millis_ = header.Signed();
  ReadAgainst(header, cursor.template_version_);
  cursor.body_ = codes.rest();
  if (!codes.ok() || !header.ok() || restart_bytes == 0 || restart_bytes > cursor.body_.size()) {
    return Damaged();
  }
  cursor.first_ = first;
  cursor.rows_ = ReadShort(trailer.substr(2));
  cursor.restarts_ = cursor.body_.substr(cursor.body_.size() - restart_bytes);
  cursor.body_.remove_suffix(restart_bytes);
  cursor.position_ = cursor.rows_;
  return cursor;
}

RowBlockCursor::Restart RowBlockCursor::RestartAt(uint32_t number) const {
  const absl::string_view pair = restarts_.substr(number * kRestartBytes, kRestartBytes);
  return {.row = ReadShort(pair), .offset = ReadShort(pair.substr(2))};
}

// The last restart that is not behind `row`.
uint32_t RowBlockCursor::RestartBefore(uint32_t row) const {
  uint32_t low = 0;
  uint32_t high = static_cast<uint32_t>(restarts_.size() / kRestartBytes);
  while (high - low > 1) {
    const uint32_t middle = (low + high) / 2;
    (RestartAt(middle).row <= row ? low : high) = middle;
  }
  return low;
}

// As CompareOrder(), without reading what is behind the name; 0 if the block is damaged.
int RowBlockCursor::CompareRestart(const Restart& restart, absl::string_view key) const {
  CodeReader codes(body_.substr(std::min<size_t>(restart.offset, body_.size())));
  const uint8_t flags = codes.Byte();
  if ((flags & kRestartFlag) == 0) return 0;
  codes.Number();  // the parent
  codes.Number();  // nothing is shared
  const absl::string_view name = codes.Bytes(codes.Number());
  return CompareEntry(name, (flags & kDirectoryFlag) != 0, key);
}

absl::Status RowBlockCursor::GoTo(const Restart& restart) {
  if (restart.offset >= body_.size() || restart.row >= rows_) return Damaged();
  rest_ = body_.substr(restart.offset);
  position_ = restart.row;
  return Decode();
}

absl::Status RowBlockCursor::SeekRow(RowId row) {
  const uint32_t position = static_cast<uint32_t>(row - first_);
  RETURN_IF_ERROR(GoTo(RestartAt(RestartBefore(position))));
  if (position_ > position) return Damaged();
  while (position_ < position) RETURN_IF_ERROR(Next());
  return absl::OkStatus();
}

absl::Status RowBlockCursor::SeekKey(RowId from, RowId to, absl::string_view key) {
  const uint32_t begin = static_cast<uint32_t>(from - first_);
  const uint32_t end = static_cast<uint32_t>(to - first_);
  // Restarts `low` and before are not behind the place, those from `high` on are.
  uint32_t low = RestartBefore(begin);
  uint32_t high = end == 0 ? low + 1 : RestartBefore(end - 1) + 1;
  while (high - low > 1) {
    const uint32_t middle = (low + high) / 2;
    (CompareRestart(RestartAt(middle), key) < 0 ? low : high) = middle;
  }
  RETURN_IF_ERROR(GoTo(RestartAt(low)));
  while (position_ < end && (position_ < begin || Compare(key) < 0)) {
    RETURN_IF_ERROR(Next());
  }
  return absl::OkStatus();
}

absl::Status RowBlockCursor::Next() {
  if (position_ >= rows_) return Damaged();
  if (++position_ == rows_) return absl::OkStatus();
  return Decode();
}

absl::Status RowBlockCursor::Decode() {
  CodeReader codes(rest_);
  flags_ = codes.Byte();
  row_.id = id();
  row_.is_directory = (flags_ & kDirectoryFlag) != 0;
  if (flags_ & kRestartFlag) {
    row_.parent = codes.Number();
    row_.name.clear();
    millis_ = template_millis_;
  }
  ReadAgainst(codes, row_.name);
  if (!row_.is_directory) PassObject(codes);
  if (!codes.ok()) return Damaged();
  rest_ = codes.rest();
  is_filled_ = false;
  return absl::OkStatus();
}

// A search passes many rows and wants one: the rest of that is decoded when it is asked for.
void RowBlockCursor::PassObject(CodeReader& codes) {
  row_.size = codes.Number();
  const int64_t time = codes.Signed();
  if (flags_ & kNanosFlag) {
    row_.modified = absl::FromUnixNanos(time);
    millis_ = absl::ToUnixMillis(row_.modified);
  } else {
    millis_ = Plus(millis_, time);
  }
  shared_ = flags_ & kShapedFlag ? 0 : codes.Number();
  version_code_ = codes.Bytes(codes.Number());
  const auto kind = static_cast<DigestKind>(flags_ >> kDigestShift & 3);
  digest_ = flags_ & kDigestIsVersionFlag ? "" : codes.Bytes(DigestBytes(kind));
}

void RowBlockCursor::Fill() const {
  is_filled_ = true;
  if (row_.is_directory) {
    row_.size = 0;
    row_.modified = absl::UnixEpoch();
    row_.version.clear();
    row_.digest = Digest();
    return;
  }
  if ((flags_ & kNanosFlag) == 0) row_.modified = absl::FromUnixMillis(millis_);
  row_.version = template_version_;
  if (flags_ & kShapedFlag) {
    ReadShaped(version_code_, row_.version);
  } else {
    if (shared_ < row_.version.size()) row_.version.resize(shared_);
    row_.version.append(version_code_.data(), version_code_.size());
  }
  row_.digest.kind = static_cast<DigestKind>(flags_ >> kDigestShift & 3);
  if (flags_ & kDigestIsVersionFlag) {
    row_.digest.bytes = BytesOfHex(row_.version);
  } else {
    row_.digest.bytes.assign(digest_.data(), digest_.size());
  }
}

}  // namespace annofs
