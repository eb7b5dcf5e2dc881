// Ultralytics YOLO Detection Track as CVAT exports it (reference/cvat.md §9.4; Datumaro:
// YoloUltralyticsDetectionExporter with write_track_id): Detection, with the number of the track at
// the end of the line of a tracked box. Datumaro looks for an attribute track_id, so a static box
// whose label has an attribute of that name ends in its value, if that is a whole number.
#include <algorithm>
#include <cmath>
#include <memory>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/base/text.h"
#include "formats/python_text.h"
#include "formats/writer.h"
#include "formats/yolo_export_tree.h"

namespace annofs {
namespace {

constexpr absl::string_view kTrackId = "track_id";
constexpr size_t kMaxPythonDigits = 4300;  // sys.get_int_max_str_digits()

// Python's str(int(text)); empty where int() raises an error.
std::string PythonInt(absl::string_view text) {
  text = absl::StripAsciiWhitespace(text);
  const bool is_negative = !text.empty() && text[0] == '-';
  if (is_negative || (!text.empty() && text[0] == '+')) text.remove_prefix(1);
  std::string digits;
  bool after_digit = false;  // a "_" stands between two digits
  for (char c : text) {
    if (c == '_' ? !after_digit : !absl::ascii_isdigit(static_cast<unsigned char>(c))) return "";
    after_digit = c != '_';
    if (c != '_') digits += c;
  }
  if (!after_digit || digits.size() > kMaxPythonDigits) return "";
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - 1));
  return absl::StrCat(is_negative && digits != "0" ? "-" : "", digits);
}

// The same of the value that an item has for the text of an attribute.
std::string NumberOf(const AttributeSpec& spec, const std::string& text) {
  if (spec.input_type == "checkbox") return absl::EqualsIgnoreCase(text, "true") ? "1" : "0";
  if (spec.input_type != "number") return PythonInt(text);
  const std::optional<double> value = ParsePythonFloat(text);
  if (!value || !std::isfinite(*value)) return "";
  std::string number;
  AppendFixed(std::trunc(*value), 0, &number);
  return number == "-0" ? "0" : number;
}

class TrackedBoxLines : public YoloBoxLines {
 public:
  explicit TrackedBoxLines(const DatasetInfo& info) : YoloBoxLines(info) {
    for (size_t i = 0; i < info.labels.size(); ++i) {
      for (const AttributeSpec& spec : info.labels[i].attributes) {
        if (spec.name == kTrackId) specs_[uint32_t(i)] = spec;
      }
    }
  }

 protected:
  void AppendTrack(const Shape& shape, std::string& out) const override {
    if (shape.track >= 0) {
      absl::StrAppend(&out, " ", shape.track);
      return;
    }
    const auto found = specs_.find(shape.label);
    if (found == specs_.end()) return;
    std::string text = found->second.default_value;
    for (const Attribute& attribute : shape.attributes) {
      if (attribute.name == kTrackId) text = attribute.value;
    }
    const std::string number = NumberOf(found->second, text);
    if (!number.empty()) absl::StrAppend(&out, " ", number);
  }

 private:
  absl::flat_hash_map<uint32_t, AttributeSpec> specs_;  // by label: an attribute track_id
};

class CvatUltralyticsDetectionTrack : public Writer {
 public:
  WriterInfo Info() const override {
    return {.name = "cvat/Ultralytics YOLO Detection Track 1.0",
            .summary = "CVAT's Ultralytics YOLO for boxes with numbers of tracks",
            .keeps = {ShapeType::kRectangle}};
  }

  absl::Status Describe(const Dataset& data, Layout& tree) const override {
    return DescribeUltralytics(data, std::make_shared<const TrackedBoxLines>(data.info()), {},
                               tree);
  }

  std::vector<absl::string_view> WhyDropped(const Dataset& data, const Frame& frame,
                                            const FrameShapes& all) const override {
    return YoloBoxLines(data.info()).WhyDropped(data.info(), frame, all);
  }
};

}  // namespace

std::unique_ptr<Writer> NewCvatUltralyticsDetectionTrackWriter() {
  return std::make_unique<CvatUltralyticsDetectionTrack>();
}

}  // namespace annofs
