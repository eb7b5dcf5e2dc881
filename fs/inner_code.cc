#include "fs/inner_code.h"

#include <algorithm>

namespace annofs {
namespace {

// The bit above says that a node is a directory (view_tree.cc).
constexpr uint64_t kOrdinals = uint64_t{1} << 31;

}  // namespace

void AppendInner(const InnerMedia& inner, std::string& out) {
  AppendNumber(out, inner.header_offset);
  AppendNumber(out, inner.size);
  AppendNumber(out, inner.crc32);
  AppendNumber(out, inner.source);
}

InnerMedia TakeInner(CodeReader& in) {
  InnerMedia inner;
  inner.header_offset = in.Number();
  inner.size = in.Number();
  inner.crc32 = uint32_t(in.Number());
  inner.source = uint32_t(in.Number());
  return inner;
}

bool HasInnerRelated(const std::vector<std::optional<InnerMedia>>& inner) {
  return std::any_of(inner.begin(), inner.end(), [](const auto& one) { return one.has_value(); });
}

void AppendInnerOrNone(const std::vector<std::optional<InnerMedia>>& inner, size_t number,
                       std::string& out) {
  const bool is_there = number < inner.size() && inner[number];
  out.push_back(char(is_there));
  if (is_there) AppendInner(*inner[number], out);
}

std::optional<InnerMedia> TakeInnerOrNone(CodeReader& in) {
  if (in.Byte() == 0) return std::nullopt;
  return TakeInner(in);
}

std::optional<uint32_t> InnerRelatedOrdinal(uint32_t frames, uint32_t rank, uint32_t number) {
  const uint64_t ordinal = (uint64_t{number} + 1) * frames + rank;
  if (ordinal >= kOrdinals) return std::nullopt;
  return uint32_t(ordinal);
}

InnerPart InnerPartOf(uint32_t frames, uint32_t ordinal) {
  InnerPart part{.rank = ordinal % frames};
  if (ordinal >= frames) part.number = ordinal / frames - 1;
  return part;
}

}  // namespace annofs
