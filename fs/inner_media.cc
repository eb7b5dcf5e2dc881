#include "fs/inner_media.h"

#include <algorithm>
#include <array>
#include <optional>

#include "absl/container/inlined_vector.h"
#include "absl/strings/str_cat.h"
#include "cache/base/log.h"
#include "cache/base/status.h"

namespace annofs {
namespace {

// APPNOTE 4.3.7: signature, …, length of the name at 26, of the extra field at 28.
constexpr size_t kHeaderBytes = 30;
constexpr absl::string_view kSignature = "PK\3\4";
// Names are rarely longer: what is asked for with the header, so that the image comes with it.
constexpr uint64_t kUsualNameBytes = 512;

using Header = std::array<char, kHeaderBytes>;

// The first bytes; false if there are fewer.
bool CopyHeader(Pieces pieces, Header& header) {
  size_t filled = 0;
  for (absl::string_view piece : pieces) {
    const size_t part = std::min(piece.size(), kHeaderBytes - filled);
    std::copy_n(piece.data(), part, header.data() + filled);
    filled += part;
  }
  return filled == kHeaderBytes;
}

uint64_t U16(const Header& header, size_t at) {
  return uint64_t{uint8_t(header[at])} | uint64_t{uint8_t(header[at + 1])} << 8;
}

// How far behind the begin of the header the image begins; nothing: it is no header.
std::optional<uint64_t> DataBegin(const Header& header) {
  if (absl::string_view(header.data(), kSignature.size()) != kSignature) return std::nullopt;
  return kHeaderBytes + U16(header, 26) + U16(header, 28);
}

absl::Status Damaged(const ObjectVersion& zip, const InnerMedia& media) {
  std::string message =
      absl::StrCat(zip.key, ": no image of ", media.size, " bytes at byte ", media.header_offset,
                   " of the zip, where its directory says that one is");
  LogError(message);
  return absl::DataLossError(message);
}

bool IsInside(const ObjectVersion& zip, const InnerMedia& media, uint64_t data_begin) {
  return media.header_offset <= zip.size && data_begin <= zip.size - media.header_offset &&
         media.size <= zip.size - media.header_offset - data_begin;
}

// The pieces of what lies at `begin`, of `length` bytes. REQUIRES: there are so many.
void GivePart(Pieces pieces, uint64_t begin, uint64_t length, PiecesFn fn) {
  // Room for what is cached of the longest read: then nothing is owned here, as BlockCache wants.
  absl::InlinedVector<absl::string_view, 24> parts;
  for (absl::string_view piece : pieces) {
    const uint64_t skipped = std::min<uint64_t>(begin, piece.size());
    begin -= skipped;
    piece = piece.substr(skipped, length);
    length -= piece.size();
    if (!piece.empty()) parts.push_back(piece);
  }
  fn(parts);
}

// Header and first bytes in one read. False: the name is so long that they do not lie in it.
absl::StatusOr<bool> ReadFirst(ObjectReader& reader, const ObjectVersion& zip,
                               const InnerMedia& media, uint64_t length, PiecesFn fn,
                               const CallContext& context) {
  bool is_damaged = false, is_given = false;
  RETURN_IF_ERROR(reader.Read(
      zip, {media.header_offset, kHeaderBytes + kUsualNameBytes + length},
      [&](Pieces pieces) {
        Header header;
        const std::optional<uint64_t> begin =
            CopyHeader(pieces, header) ? DataBegin(header) : std::nullopt;
        is_damaged = !begin || !IsInside(zip, media, *begin);
        is_given = !is_damaged && *begin + length <= BytesOf(pieces);
        if (is_given) GivePart(pieces, *begin, length, fn);
      },
      context));
  if (is_damaged) return Damaged(zip, media);
  return is_given;
}

}  // namespace

absl::Status ReadInnerMedia(ObjectReader& reader, const ObjectVersion& zip, const InnerMedia& media,
                            ByteRange range, PiecesFn fn, const CallContext& context) {
  range.offset = std::min(range.offset, media.size);
  range.length = std::min(range.length, media.size - range.offset);
  if (range.offset == 0) {
    ASSIGN_OR_RETURN(const bool is_given, ReadFirst(reader, zip, media, range.length, fn, context));
    if (is_given) return absl::OkStatus();
  }
  Header header;
  bool is_whole = false;
  RETURN_IF_ERROR(reader.Read(
      zip, {media.header_offset, kHeaderBytes},
      [&](Pieces pieces) { is_whole = CopyHeader(pieces, header); }, context));
  const std::optional<uint64_t> begin = is_whole ? DataBegin(header) : std::nullopt;
  if (!begin || !IsInside(zip, media, *begin)) return Damaged(zip, media);
  return reader.Read(zip, {media.header_offset + *begin + range.offset, range.length}, fn, context);
}

}  // namespace annofs
