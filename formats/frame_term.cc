#include "formats/frame_term.h"

#include "cache/base/digest.h"

namespace annofs {
namespace {

constexpr size_t kMaxText = 200;

void AppendBigEndian(std::string& out, uint64_t number, int bytes) {
  for (int i = bytes - 1; i >= 0; --i) out.push_back(char(number >> (8 * i)));
}

// Ends in a way that keeps the order: 0 is written as 0 1, the end as 0 0.
void AppendText(std::string& out, absl::string_view text) {
  size_t begin = out.size();
  for (char c : text) {
    if (out.size() - begin >= kMaxText) break;
    out.push_back(c);
    if (c == '\0') out.push_back(1);
  }
  const bool is_cut = text.size() > kMaxText || out.size() - begin >= kMaxText;
  out.append(2, '\0');
  if (is_cut) AppendBigEndian(out, Hash64(text), 8);
}

}  // namespace

std::string TermKey(const FrameTerm& term) {
  std::string key(1, char(term.kind));
  AppendBigEndian(key, term.number, 4);
  if (term.kind == FrameTerm::Kind::kTrack || term.kind == FrameTerm::Kind::kOutside) {
    AppendBigEndian(key, term.label, 4);
    AppendBigEndian(key, uint32_t(term.track) ^ 0x80000000u, 4);
  }
  AppendText(key, term.text);
  return key + term.value;
}

FrameTerm ShapeTerm::Copy() const {
  return {.kind = kind,
          .number = number,
          .label = label,
          .track = track,
          .text = std::string(text),
          .value = std::string(value)};
}

void TermsOfShape(uint32_t task, const Shape& shape, absl::FunctionRef<void(const ShapeTerm&)> fn) {
  using Kind = FrameTerm::Kind;
  fn({.kind = Kind::kLabel, .number = shape.label});
  fn({.kind = Kind::kShapeType, .number = uint32_t(shape.type)});
  fn({.kind = Kind::kSource, .text = shape.source});
  if (shape.type == ShapeType::kTag) fn({.kind = Kind::kTag, .number = shape.label});
  if (shape.track >= 0) {
    fn({.kind = Kind::kTrack, .number = task, .label = shape.label, .track = shape.track});
  }
  for (const Attribute& attribute : shape.attributes) {
    fn({.kind = Kind::kAttribute,
        .number = shape.label,
        .text = attribute.name,
        .value = attribute.value});
  }
}

}  // namespace annofs
