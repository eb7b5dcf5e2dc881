#include "formats/shape_codec.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <functional>
#include <iterator>
#include <string_view>
#include <utility>

#include "cache/base/number_code.h"
#include "cache/base/status.h"

namespace annofs {
namespace {

// The first two bytes of a shape. Numbers are varints (zigzag where they may be negative); a text
// is 2 * its number, or 2 * its length + 1 and its bytes; lists have their length before them.
constexpr uint8_t kTypeMask = 0x0f;
// Stands before a shape: its place in the source (SourceOrder) follows, then the shape.
constexpr uint8_t kPlaced = 0x0f;
constexpr uint8_t kOccluded = 0x10, kKeyframe = 0x20, kWithAttributes = 0x40, kWithElements = 0x80;
constexpr uint8_t kOutside = 0x01, kRotated = 0x02, kScored = 0x04, kOrdered = 0x08,
                  kGrouped = 0x10, kTracked = 0x20;
// How the numbers of a list are written: the last two bits of the second byte.
enum NumberForm : uint8_t {
  kWhole,  // each is a whole number
  kCents,  // each is the double nearest to a number of hundredths, as CVAT's own exports have it
  kMixed,  // each is 2 * its hundredths, or 1 and its 8 bytes
  kExact   // each is its 8 bytes
};
constexpr int kFormShift = 6;

// -0 is not 0.
bool IsExactly(double value, double other) {
  return std::bit_cast<uint64_t>(value) == std::bit_cast<uint64_t>(other);
}

constexpr double kGreatest = double(int64_t{1} << 52);

// True if value is whole / scale, bit for bit.
bool IsMultiple(double value, double scale, int64_t* whole) {
  const double scaled = value * scale;
  if (!(scaled > -kGreatest && scaled < kGreatest)) return false;
  *whole = std::llrint(scaled);
  return IsExactly(double(*whole) / scale, value);
}

uint64_t Zigzag(int64_t number) { return uint64_t(number) << 1 ^ uint64_t(number >> 63); }
int64_t Unzigzag(uint64_t number) { return int64_t(number >> 1 ^ (~(number & 1) + 1)); }

void AppendDouble(std::string& out, double value) {
  char bytes[8];
  std::memcpy(bytes, &value, 8);
  out.append(bytes, 8);
}

NumberForm FormOf(const std::vector<double>& numbers) {
  int64_t ignored;
  size_t whole = 0, cents = 0;
  for (double number : numbers) {
    if (IsMultiple(number, 1, &ignored)) {
      ++whole;
      ++cents;
    } else if (IsMultiple(number, 100, &ignored)) {
      ++cents;
    }
  }
  if (whole == numbers.size()) return kWhole;
  if (cents == numbers.size()) return kCents;
  return cents * 4 > numbers.size() ? kMixed : kExact;
}

void AppendNumbers(std::string& out, const std::vector<double>& numbers, NumberForm form) {
  AppendNumber(out, numbers.size());
  for (double number : numbers) {
    int64_t whole = 0;
    if (form == kExact) {
      AppendDouble(out, number);
    } else if (!IsMultiple(number, form == kWhole ? 1 : 100, &whole)) {
      out.push_back(1);
      AppendDouble(out, number);
    } else {
      AppendNumber(out, form == kMixed ? Zigzag(whole) << 1 : Zigzag(whole));
    }
  }
}

void AppendText(std::string& out, absl::string_view text, ShapeTexts& texts) {
  const uint32_t number = text.empty() ? 0 : texts.NumberOf(text);
  if (number != 0 || text.empty()) return AppendNumber(out, uint64_t{number} << 1);
  AppendNumber(out, text.size() << 1 | 1);
  out.append(text.data(), text.size());
}

class ShapeDecoder {
 public:
  ShapeDecoder(absl::string_view bytes, const std::vector<std::string>& texts)
      : in_(bytes), texts_(texts) {}

  // Over what `frame` holds, whose memory is used again.
  absl::Status Frame(FrameShapes& frame) {
    const size_t tags = Count(), shapes = Count();
    Shapes(tags, 0, frame.tags);
    Shapes(shapes, 0, frame.shapes);
    TakeOutside(frame);
    OrderAsSource(frame);
    if (is_ok() && in_.empty()) return absl::OkStatus();
    return absl::InternalError("a record of the dataset index is damaged");
  }

  absl::StatusOr<FrameShapes> OfTracks(
      absl::FunctionRef<bool(uint32_t label, int32_t track)> wants) {
    FrameShapes frame;
    const size_t tags = Count(), shapes = Count();
    for (size_t i = 0; i < tags && is_ok(); ++i) Skip(TakeHead(0), 0);
    for (size_t i = 0; i < shapes && is_ok(); ++i) {
      const Head head = TakeHead(0);
      if (head.track >= 0 && wants(head.label, head.track)) {
        Fill(head, 0, frame.shapes.emplace_back());
      } else {
        Skip(head, 0);
      }
    }
    TakeOutside(frame);
    if (is_ok() && in_.empty()) return frame;
    return absl::InternalError("a record of the dataset index is damaged");
  }

 private:
  // What stands at a shape's begin, up to its track.
  struct Head {
    uint8_t first = 0, second = 0;
    std::optional<uint64_t> place;
    uint32_t label = 0;
    int32_t z_order = 0, group = 0, track = -1;
    ShapeType type() const { return ShapeType(first & kTypeMask); }
  };

  bool is_ok() const { return in_.ok() && !is_wrong_; }

  // Of things that take at least a byte each, so a damaged count cannot ask for more memory than
  // there are bytes (times what a shape takes).
  size_t Count() {
    const uint64_t count = in_.Number();
    if (count <= in_.rest().size()) return count;
    is_wrong_ = true;
    return 0;
  }

  void Shapes(size_t count, int depth, std::vector<Shape>& shapes) {
    shapes.reserve(std::min(count, in_.rest().size() / kLeastShape + 1));
    size_t used = 0;
    for (; used < count && is_ok(); ++used) {
      One(depth, used < shapes.size() ? shapes[used] : shapes.emplace_back());
    }
    shapes.resize(used);
  }

  static void TakeOutside(FrameShapes& frame) {
    frame.outside.clear();
    const auto begin =
        std::stable_partition(frame.shapes.begin(), frame.shapes.end(),
                              [](const Shape& shape) { return !IsOutsideKeyframe(shape); });
    if (begin == frame.shapes.end()) return;
    frame.outside.assign(std::make_move_iterator(begin),
                         std::make_move_iterator(frame.shapes.end()));
    frame.shapes.erase(begin, frame.shapes.end());
    std::stable_sort(frame.outside.begin(), frame.outside.end(),
                     [](const Shape& a, const Shape& b) { return a.track < b.track; });
  }

  // Those with a place stand there, the others between them as they come.
  void OrderAsSource(FrameShapes& frame) {
    frame.source_order.clear();
    if (placed_.empty() || !is_ok()) return;
    constexpr uint32_t kFree = UINT32_MAX;
    std::vector<uint32_t> statics;
    for (uint32_t i = 0; i < frame.shapes.size(); ++i) {
      if (frame.shapes[i].track < 0) statics.push_back(i);
    }
    std::vector<uint32_t> order(statics.size(), kFree);
    std::vector<bool> is_placed(frame.shapes.size());
    for (const auto& [shape, place] : placed_) {
      if (shape >= statics.size() || place >= order.size() || order[place] != kFree) {
        is_wrong_ = true;
        return;
      }
      order[place] = statics[shape];
      is_placed[statics[shape]] = true;
    }
    auto next = order.begin();
    for (uint32_t shape : statics) {
      if (is_placed[shape]) continue;
      next = std::find(next, order.end(), kFree);
      *next = shape;
    }
    frame.source_order = std::move(order);
  }

  Head TakeHead(int depth) {
    Head head;
    head.first = in_.Byte();
    if (head.first == kPlaced && depth == 0) {
      head.place = in_.Number();
      head.first = in_.Byte();
    }
    head.second = in_.Byte();
    if ((head.first & kTypeMask) >= kShapeTypeCount) {
      is_wrong_ = true;
      head.first &= uint8_t(~kTypeMask);
    }
    head.label = uint32_t(in_.Number());
    if (head.second & kOrdered) head.z_order = int32_t(in_.Signed());
    if (head.second & kGrouped) head.group = int32_t(in_.Signed());
    if (head.second & kTracked) head.track = int32_t(in_.Signed());
    return head;
  }

  void One(int depth, Shape& shape) {
    const Head head = TakeHead(depth);
    if (head.place) placed_.emplace_back(statics_, *head.place);
    if (depth == 0 && head.type() != ShapeType::kTag && head.track < 0) ++statics_;
    Fill(head, depth, shape);
  }

  // Sets every member: the shape may have been another one.
  void Fill(const Head& head, int depth, Shape& shape) {
    shape.type = head.type();
    shape.occluded = head.first & kOccluded;
    shape.keyframe = head.first & kKeyframe;
    shape.outside = head.second & kOutside;
    shape.label = head.label;
    shape.z_order = head.z_order;
    shape.group = head.group;
    shape.track = head.track;
    shape.rotation = head.second & kRotated ? Double() : 0;
    shape.score = head.second & kScored ? Double() : 1;
    Text(shape.source);
    Numbers(NumberForm(head.second >> kFormShift), shape.points);
    Attributes(head.first & kWithAttributes ? Count() : 0, shape.attributes);
    if (!(head.first & kWithElements) || IsTooDeepFor(depth)) return shape.elements.clear();
    Shapes(Count(), depth + 1, shape.elements);
  }

  // Goes behind the shape.
  void Skip(const Head& head, int depth) {
    if (head.second & kRotated) in_.Bytes(8);
    if (head.second & kScored) in_.Bytes(8);
    SkipText();
    SkipNumbers(NumberForm(head.second >> kFormShift));
    if (head.first & kWithAttributes) {
      for (size_t texts = 2 * Count(); texts > 0 && is_ok(); --texts) SkipText();
    }
    if (!(head.first & kWithElements)) return;
    if (IsTooDeepFor(depth)) return;
    for (size_t count = Count(); count > 0 && is_ok(); --count)
      Skip(TakeHead(depth + 1), depth + 1);
  }

  bool IsTooDeepFor(int depth) {
    if (depth + 1 >= kMaxElementDepth) is_wrong_ = true;
    return is_wrong_;
  }

  void SkipText() {
    const uint64_t code = in_.Number();
    if (code & 1) in_.Bytes(code >> 1);
  }

  void SkipNumbers(NumberForm form) {
    const size_t count = Count();
    if (form == kExact) {
      in_.Bytes(8 * count);
      return;
    }
    for (size_t i = 0; i < count && in_.ok(); ++i) {
      const uint64_t code = in_.Number();
      if (form == kMixed && (code & 1)) in_.Bytes(8);
    }
  }

  double Double() {
    double value = 0;
    const absl::string_view bytes = in_.Bytes(8);
    if (bytes.size() == 8) std::memcpy(&value, bytes.data(), 8);
    return value;
  }

  void Text(std::string& text) {
    const uint64_t code = in_.Number();
    if (code & 1) {
      const absl::string_view bytes = in_.Bytes(code >> 1);
      text.assign(bytes.data(), bytes.size());
    } else if (code >> 1 > texts_.size()) {
      is_wrong_ = true;
    } else if (code == 0) {
      text.clear();
    } else {
      text = texts_[(code >> 1) - 1];
    }
  }

  void Numbers(NumberForm form, std::vector<double>& numbers) {
    numbers.resize(Count());
    if (form == kExact) return Exact(numbers);
    for (double& number : numbers) {
      if (!in_.ok()) return;
      const uint64_t code = in_.Number();
      if (form == kMixed) {
        number = code & 1 ? Double() : double(Unzigzag(code >> 1)) / 100;
      } else {
        number = double(Unzigzag(code)) / (form == kWhole ? 1 : 100);
      }
    }
  }

  void Exact(std::vector<double>& numbers) {
    const absl::string_view bytes = in_.Bytes(8 * numbers.size());
    if (!bytes.empty()) std::memcpy(numbers.data(), bytes.data(), bytes.size());
  }

  void Attributes(size_t count, std::vector<Attribute>& attributes) {
    attributes.resize(count);
    for (Attribute& attribute : attributes) {
      if (!is_ok()) return;
      Text(attribute.name);
      Text(attribute.value);
    }
  }

  static constexpr size_t kLeastShape = 5;  // bytes

  CodeReader in_;
  const std::vector<std::string>& texts_;
  bool is_wrong_ = false;  // a number that cannot be
  uint64_t statics_ = 0;   // shapes of the frame without a track, so far
  std::vector<std::pair<uint64_t, uint64_t>> placed_;  // number among these, place in the source
};

bool IsDeeperThan(const Shape& shape, int depth) {
  if (shape.elements.empty()) return false;
  if (depth <= 1) return true;
  for (const Shape& element : shape.elements) {
    if (IsDeeperThan(element, depth - 1)) return true;
  }
  return false;
}

thread_local FrameShapes given_back;

}  // namespace

uint32_t ShapeTexts::NumberOf(absl::string_view text) {
  if (last_number_ != 0 && text == last_) return last_number_;
  uint32_t number = 0;
  auto known = numbers_.find(text);
  if (known != numbers_.end()) {
    number = known->second;
  } else if (texts_.size() < limits_.texts && bytes_ + text.size() <= limits_.bytes) {
    // The same in every process, so that the same source gives the same bytes.
    const size_t hash =
        std::hash<std::string_view>()(std::string_view(text.data(), text.size())) | 1;
    if (seen_.empty()) seen_.resize(kSeen);
    size_t& seen = seen_[(hash >> 1) % kSeen];
    if (seen != hash) {
      seen = hash;
      return 0;
    }
    texts_.emplace_back(text);
    bytes_ += text.size();
    number = uint32_t(texts_.size());
    numbers_[texts_.back()] = number;
  }
  last_ = std::string(text.substr(0, number == 0 ? 0 : text.size()));
  last_number_ = number;
  return number;
}

bool IsTooDeep(const Shape& shape) { return IsDeeperThan(shape, kMaxElementDepth); }

std::optional<uint32_t> SourceOrder::PlaceOf(uint32_t frame, const Shape& shape) const {
  if (shape.type == ShapeType::kTag || shape.track >= 0 || frame >= seen_.size()) {
    return std::nullopt;
  }
  const Seen& seen = seen_[frame];
  if (seen.count == 0 || shape.z_order >= seen.highest) return std::nullopt;
  return seen.count;
}

void SourceOrder::Add(uint32_t frame, const Shape& shape) {
  if (shape.type == ShapeType::kTag || shape.track >= 0) return;
  if (frame >= seen_.size()) seen_.resize(frame + 1);
  Seen& seen = seen_[frame];
  seen.highest = seen.count == 0 ? shape.z_order : std::max(seen.highest, shape.z_order);
  ++seen.count;
}

void AppendShape(const Shape& shape, ShapeTexts& texts, std::string& out,
                 std::optional<uint32_t> place) {
  if (place) {
    out.push_back(char(kPlaced));
    AppendNumber(out, *place);
  }
  const bool is_rotated = !IsExactly(shape.rotation, 0), is_scored = !IsExactly(shape.score, 1);
  const NumberForm form = FormOf(shape.points);
  out.push_back(char(uint8_t(shape.type) | (shape.occluded ? kOccluded : 0) |
                     (shape.keyframe ? kKeyframe : 0) |
                     (shape.attributes.empty() ? 0 : kWithAttributes) |
                     (shape.elements.empty() ? 0 : kWithElements)));
  out.push_back(char((shape.outside ? kOutside : 0) | (is_rotated ? kRotated : 0) |
                     (is_scored ? kScored : 0) | (shape.z_order != 0 ? kOrdered : 0) |
                     (shape.group != 0 ? kGrouped : 0) | (shape.track != -1 ? kTracked : 0) |
                     form << kFormShift));
  AppendNumber(out, shape.label);
  if (shape.z_order != 0) AppendSigned(out, shape.z_order);
  if (shape.group != 0) AppendSigned(out, shape.group);
  if (shape.track != -1) AppendSigned(out, shape.track);
  if (is_rotated) AppendDouble(out, shape.rotation);
  if (is_scored) AppendDouble(out, shape.score);
  AppendText(out, shape.source, texts);
  AppendNumbers(out, shape.points, form);
  if (!shape.attributes.empty()) {
    AppendNumber(out, shape.attributes.size());
    for (const Attribute& attribute : shape.attributes) {
      AppendText(out, attribute.name, texts);
      AppendText(out, attribute.value, texts);
    }
  }
  if (shape.elements.empty()) return;
  AppendNumber(out, shape.elements.size());
  for (const Shape& element : shape.elements) AppendShape(element, texts, out);
}

void AppendShapesHead(uint64_t tags, uint64_t shapes, std::string& out) {
  AppendNumber(out, tags);
  AppendNumber(out, shapes);
}

absl::StatusOr<FrameShapes> DecodeShapes(absl::string_view data,
                                         const std::vector<std::string>& texts) {
  FrameShapes frame = std::exchange(given_back, {});
  RETURN_IF_ERROR(ShapeDecoder(data, texts).Frame(frame));
  return frame;
}

absl::StatusOr<FrameShapes> DecodeShapesOfTracks(
    absl::string_view data, const std::vector<std::string>& texts,
    absl::FunctionRef<bool(uint32_t label, int32_t track)> wants) {
  return ShapeDecoder(data, texts).OfTracks(wants);
}
void GiveBack(FrameShapes&& shapes) { given_back = std::move(shapes); }

std::string EncodeShapes(const FrameShapes& shapes) {
  std::string out;
  ShapeTexts none({.texts = 0, .bytes = 0});
  AppendShapesHead(shapes.tags.size(), shapes.shapes.size() + shapes.outside.size(), out);
  for (const Shape& tag : shapes.tags) AppendShape(tag, none, out);
  std::vector<std::optional<uint32_t>> places(shapes.shapes.size());
  for (uint32_t place = 0; place < shapes.source_order.size(); ++place) {
    places[shapes.source_order[place]] = place;
  }
  for (size_t i = 0; i < places.size(); ++i) AppendShape(shapes.shapes[i], none, out, places[i]);
  for (const Shape& shape : shapes.outside) AppendShape(shape, none, out);
  return out;
}

absl::StatusOr<FrameShapes> DecodeShapes(absl::string_view data) { return DecodeShapes(data, {}); }

}  // namespace annofs
