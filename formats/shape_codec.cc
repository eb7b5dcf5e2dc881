#include "formats/shape_codec.h"

#include <bit>
#include <utility>

#include "cache/base/number_code.h"
#include "cache/base/status.h"

namespace annofs {
namespace {

// Numbers are varints (zigzag where they may be negative), doubles are their 8 bytes, texts and
// lists have their length before them.
class Encoder {
 public:
  void Unsigned(uint64_t value) { AppendNumber(bytes_, value); }
  void Signed(int64_t value) { AppendSigned(bytes_, value); }
  void Double(double value) {
    uint64_t bits = std::bit_cast<uint64_t>(value);
    for (int i = 0; i < 8; ++i) bytes_.push_back(char(bits >> (8 * i)));
  }
  void Text(const std::string& value) {
    Unsigned(value.size());
    bytes_ += value;
  }
  template <typename T, typename Fn>
  void List(const std::vector<T>& values, Fn encode) {
    Unsigned(values.size());
    for (const T& value : values) encode(value);
  }
  std::string Take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

// A read past the end gives zeros and makes ok() false.
class Decoder {
 public:
  explicit Decoder(absl::string_view bytes) : codes_(bytes) {}

  uint64_t Unsigned() { return codes_.Number(); }
  uint64_t UnsignedUpTo(uint64_t greatest) {
    uint64_t value = Unsigned();
    if (value <= greatest) return value;
    wrong_ = true;
    return 0;
  }
  int64_t Signed() { return codes_.Signed(); }
  double Double() {
    uint64_t bits = 0;
    for (int i = 0; i < 8; ++i) bits |= uint64_t(codes_.Byte()) << (8 * i);
    return std::bit_cast<double>(bits);
  }
  std::string Text() { return std::string(codes_.Bytes(Length())); }
  template <typename T, typename Fn>
  std::vector<T> List(Fn decode) {
    std::vector<T> values;
    for (uint64_t count = Length(); count > 0 && ok(); --count) values.push_back(decode());
    return values;
  }
  bool ok() const { return codes_.ok() && !wrong_; }
  absl::Status Finish() const {
    if (ok() && codes_.empty()) return absl::OkStatus();
    return absl::InternalError("a record of the dataset index is damaged");
  }

 private:
  // A count of things that take at least a byte each, so a damaged one cannot ask for more memory
  // than there are bytes.
  uint64_t Length() {
    uint64_t length = Unsigned();
    if (length <= codes_.rest().size()) return length;
    wrong_ = true;
    return 0;
  }

  CodeReader codes_;
  bool wrong_ = false;  // a number that cannot be
};

constexpr int kMaxElementDepth = 4;

constexpr uint64_t kOccluded = 1, kOutside = 2, kKeyframe = 4, kRotated = 8, kScored = 16;

constexpr uint64_t kAllFlags = kOccluded | kOutside | kKeyframe | kRotated | kScored;

// -0 is not 0.
bool IsExactly(double value, double other) {
  return std::bit_cast<uint64_t>(value) == std::bit_cast<uint64_t>(other);
}

uint64_t FlagsOf(const Shape& shape) {
  return (shape.occluded ? kOccluded : 0) | (shape.outside ? kOutside : 0) |
         (shape.keyframe ? kKeyframe : 0) | (IsExactly(shape.rotation, 0) ? 0 : kRotated) |
         (IsExactly(shape.score, 1) ? 0 : kScored);
}

void Encode(Encoder& out, const Shape& shape) {
  uint64_t flags = FlagsOf(shape);
  out.Unsigned(uint64_t(shape.type));
  out.Unsigned(flags);
  out.Unsigned(shape.label);
  out.Signed(shape.z_order);
  out.Signed(shape.group);
  out.Signed(shape.track);
  if (flags & kRotated) out.Double(shape.rotation);
  if (flags & kScored) out.Double(shape.score);
  out.Text(shape.source);
  out.List(shape.points, [&out](double value) { out.Double(value); });
  out.List(shape.attributes, [&out](const Attribute& attribute) {
    out.Text(attribute.name);
    out.Text(attribute.value);
  });
  out.List(shape.elements, [&out](const Shape& element) { Encode(out, element); });
}

Attribute DecodeAttribute(Decoder& in) {
  Attribute attribute;
  attribute.name = in.Text();
  attribute.value = in.Text();
  return attribute;
}

Shape Decode(Decoder& in, int depth) {
  Shape shape;
  shape.type = ShapeType(in.UnsignedUpTo(kShapeTypeCount - 1));
  uint64_t flags = in.UnsignedUpTo(kAllFlags);
  shape.occluded = flags & kOccluded;
  shape.outside = flags & kOutside;
  shape.keyframe = flags & kKeyframe;
  shape.label = uint32_t(in.Unsigned());
  shape.z_order = int32_t(in.Signed());
  shape.group = int32_t(in.Signed());
  shape.track = int32_t(in.Signed());
  if (flags & kRotated) shape.rotation = in.Double();
  if (flags & kScored) shape.score = in.Double();
  shape.source = in.Text();
  shape.points = in.List<double>([&in] { return in.Double(); });
  shape.attributes = in.List<Attribute>([&in] { return DecodeAttribute(in); });
  if (depth < kMaxElementDepth) {
    shape.elements = in.List<Shape>([&in, depth] { return Decode(in, depth + 1); });
  }
  return shape;
}

void Encode(Encoder& out, const SourceVersion& source) {
  out.Text(source.key);
  out.Text(source.version);
  out.Text(source.format);
}

SourceVersion DecodeSource(Decoder& in) {
  SourceVersion source;
  source.key = in.Text();
  source.version = in.Text();
  source.format = in.Text();
  return source;
}

void Encode(Encoder& out, const AttributeSpec& spec) {
  out.Text(spec.name);
  out.Unsigned(spec.is_mutable);
  out.Text(spec.input_type);
  out.Text(spec.default_value);
  out.List(spec.values, [&out](const std::string& value) { out.Text(value); });
}

AttributeSpec DecodeSpec(Decoder& in) {
  AttributeSpec spec;
  spec.name = in.Text();
  spec.is_mutable = in.Unsigned() != 0;
  spec.input_type = in.Text();
  spec.default_value = in.Text();
  spec.values = in.List<std::string>([&in] { return in.Text(); });
  return spec;
}

void Encode(Encoder& out, const Label& label) {
  out.Text(label.name);
  out.Text(label.color);
  out.Text(label.type);
  out.Signed(label.parent);
  out.List(label.attributes, [&out](const AttributeSpec& spec) { Encode(out, spec); });
  out.Text(label.svg);
}

Label DecodeLabel(Decoder& in) {
  Label label;
  label.name = in.Text();
  label.color = in.Text();
  label.type = in.Text();
  label.parent = int32_t(in.Signed());
  label.attributes = in.List<AttributeSpec>([&in] { return DecodeSpec(in); });
  label.svg = in.Text();
  return label;
}

void Encode(Encoder& out, const Task& task) {
  out.Text(task.name);
  out.Text(task.subset);
  out.Unsigned(task.is_video);
  out.Unsigned(task.is_3d);
}

Task DecodeTask(Decoder& in) {
  Task task;
  task.name = in.Text();
  task.subset = in.Text();
  task.is_video = in.Unsigned() != 0;
  task.is_3d = in.Unsigned() != 0;
  return task;
}

}  // namespace

std::string EncodeShapes(const FrameShapes& shapes) {
  Encoder out;
  out.List(shapes.tags, [&out](const Shape& tag) { Encode(out, tag); });
  out.List(shapes.shapes, [&out](const Shape& shape) { Encode(out, shape); });
  return out.Take();
}

absl::StatusOr<FrameShapes> DecodeShapes(absl::string_view data) {
  Decoder in(data);
  FrameShapes shapes;
  shapes.tags = in.List<Shape>([&in] { return Decode(in, 0); });
  shapes.shapes = in.List<Shape>([&in] { return Decode(in, 0); });
  RETURN_IF_ERROR(in.Finish());
  return shapes;
}

std::string EncodeInfo(const DatasetInfo& info) {
  Encoder out;
  out.Text(info.name);
  out.Text(info.id);
  out.List(info.sources, [&out](const SourceVersion& source) { Encode(out, source); });
  out.List(info.other_sources, [&out](const SourceVersion& source) { Encode(out, source); });
  out.List(info.tasks, [&out](const Task& task) { Encode(out, task); });
  out.List(info.labels, [&out](const Label& label) { Encode(out, label); });
  for (uint64_t count : info.shape_counts) out.Unsigned(count);
  return out.Take();
}

absl::StatusOr<DatasetInfo> DecodeInfo(absl::string_view data) {
  Decoder in(data);
  DatasetInfo info;
  info.name = in.Text();
  info.id = in.Text();
  info.sources = in.List<SourceVersion>([&in] { return DecodeSource(in); });
  info.other_sources = in.List<SourceVersion>([&in] { return DecodeSource(in); });
  info.tasks = in.List<Task>([&in] { return DecodeTask(in); });
  info.labels = in.List<Label>([&in] { return DecodeLabel(in); });
  for (uint64_t& count : info.shape_counts) count = in.Unsigned();
  RETURN_IF_ERROR(in.Finish());
  return info;
}

}  // namespace annofs
