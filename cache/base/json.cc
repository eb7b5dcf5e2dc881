#include "cache/base/json.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cache/base/json_events.h"

namespace annofs {
namespace {

constexpr size_t kParseChunk = 1 << 20;

absl::string_view Text(const rapidjson::Value& value) {
  return {value.GetString(), value.GetStringLength()};
}

std::string LineAndColumn(absl::string_view text, uint64_t offset) {
  const absl::string_view before = text.substr(0, offset);
  const size_t newline = before.rfind('\n');
  const size_t line_start = newline == before.npos ? 0 : newline + 1;
  return absl::StrCat("line ", std::count(before.begin(), before.end(), '\n') + 1, ", column ",
                      before.size() - line_start + 1);
}

// The tables of RapidJSON count with 32 bits.
absl::Status CheckSize(absl::string_view text) {
  if (text.size() <= UINT32_MAX) return absl::OkStatus();
  return absl::InvalidArgumentError("line 1, column 1: a document longer than 4 GiB");
}

// Of the memory of a document's values and names, and their text.
constexpr size_t kMaxDocumentBytes = size_t{128} << 20;

// Takes events until they fill too much. In strict mode nothing is damaged.
class DocumentSink {
 public:
  explicit DocumentSink(rapidjson::Document& document) : to_(document) {}

  bool is_full() const { return is_full_; }

  void Damaged(JsonDamage) {}
  bool Null() { return Fits(0) && to_.Null(); }
  bool Bool(bool value) { return Fits(0) && to_.Bool(value); }
  bool Int64(int64_t value) { return Fits(0) && to_.Int64(value); }
  bool Uint64(uint64_t value) { return Fits(0) && to_.Uint64(value); }
  bool Double(double value) { return Fits(0) && to_.Double(value); }
  bool String(absl::string_view text) { return Fits(text.size()) && to_.String(text); }
  bool Key(absl::string_view text) { return Fits(text.size()) && to_.Key(text); }
  bool StartObject() { return Fits(0) && to_.StartObject(); }
  bool EndObject(uint32_t count) { return to_.EndObject(count); }
  bool StartArray() { return Fits(0) && to_.StartArray(); }
  bool EndArray(uint32_t count) { return to_.EndArray(count); }

 private:
  bool Fits(size_t text) {
    bytes_ += sizeof(rapidjson::Value) + text;
    is_full_ = bytes_ > kMaxDocumentBytes;
    return !is_full_;
  }

  JsonDocumentEvents to_;
  size_t bytes_ = 0;
  bool is_full_ = false;
};

// Makes the document out of events.
struct DocumentReader {
  JsonInput& input;
  int max_depth;
  JsonProblem problem;

  bool operator()(rapidjson::Document& document) {
    DocumentSink sink(document);
    problem = JsonEvents(input, JsonTokens::Mode::kStrict, sink, max_depth).Read();
    if (sink.is_full()) {
      problem = {.offset = input.token(), .what = "a document of more than 128 MiB of values"};
    }
    return problem.what.empty();
  }
};

absl::Status MissingOr(const JsonValue& value, absl::string_view member, absl::string_view type) {
  return absl::InvalidArgumentError(value.is_null() ? absl::StrCat("'", member, "' is missing")
                                                    : absl::StrCat("'", member, "' is not ", type));
}

}  // namespace

absl::StatusOr<JsonDocument> JsonDocument::Parse(absl::string_view text, int max_depth) {
  if (absl::Status status = CheckSize(text); !status.ok()) return status;
  TextChunks chunks(text, kParseChunk);
  JsonInput input(chunks);
  JsonDocument parsed;
  parsed.document_ = std::make_unique<rapidjson::Document>();
  DocumentReader reader{.input = input, .max_depth = max_depth, .problem = {}};
  parsed.document_->Populate(reader);
  if (!reader.problem.what.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(LineAndColumn(text, reader.problem.offset), ": ", reader.problem.what));
  }
  return parsed;
}

JsonValue JsonValue::operator[](absl::string_view member) const {
  if (!is_object()) return JsonValue();
  // Of a repeated name the last counts, as in Python and JavaScript.
  for (auto it = value_->MemberEnd(); it != value_->MemberBegin();) {
    --it;
    if (Text(it->name) == member) return JsonValue(&it->value);
  }
  return JsonValue();
}

JsonValue JsonValue::operator[](size_t index) const {
  if (!is_array() || index >= value_->Size()) return JsonValue();
  return JsonValue(&(*value_)[static_cast<rapidjson::SizeType>(index)]);
}

size_t JsonValue::size() const {
  if (is_array()) return value_->Size();
  return is_object() ? value_->MemberCount() : 0;
}

void JsonValue::ForEachMember(absl::FunctionRef<void(absl::string_view, JsonValue)> fn) const {
  if (!is_object()) return;
  for (auto it = value_->MemberBegin(); it != value_->MemberEnd(); ++it) {
    fn(Text(it->name), JsonValue(&it->value));
  }
}

std::optional<absl::string_view> JsonValue::AsString() const {
  if (!is_string()) return std::nullopt;
  return Text(*value_);
}

std::optional<int64_t> JsonValue::AsInt() const {
  if (!is_number()) return std::nullopt;
  if (value_->IsInt64()) return value_->GetInt64();
  if (!value_->IsDouble()) return std::nullopt;
  const double number = value_->GetDouble();
  // -2^63 is an int64; 2^63 is not.
  if (number != std::floor(number) || number < -0x1p63 || number >= 0x1p63) return std::nullopt;
  return static_cast<int64_t>(number);
}

std::optional<double> JsonValue::AsDouble() const {
  if (!is_number()) return std::nullopt;
  return value_->GetDouble();
}

std::optional<bool> JsonValue::AsBool() const {
  if (!is_bool()) return std::nullopt;
  return value_->GetBool();
}

absl::StatusOr<absl::string_view> JsonValue::GetString(absl::string_view member) const {
  const JsonValue value = (*this)[member];
  if (const auto text = value.AsString()) return *text;
  return MissingOr(value, member, "a string");
}

absl::StatusOr<int64_t> JsonValue::GetInt(absl::string_view member) const {
  const JsonValue value = (*this)[member];
  if (const auto number = value.AsInt()) return *number;
  return MissingOr(value, member, "a whole number");
}

absl::StatusOr<double> JsonValue::GetDouble(absl::string_view member) const {
  const JsonValue value = (*this)[member];
  if (const auto number = value.AsDouble()) return *number;
  return MissingOr(value, member, "a number");
}

absl::string_view JsonValue::StringOr(absl::string_view member, absl::string_view otherwise) const {
  return (*this)[member].AsString().value_or(otherwise);
}

int64_t JsonValue::IntOr(absl::string_view member, int64_t otherwise) const {
  return (*this)[member].AsInt().value_or(otherwise);
}

double JsonValue::DoubleOr(absl::string_view member, double otherwise) const {
  return (*this)[member].AsDouble().value_or(otherwise);
}

bool JsonValue::BoolOr(absl::string_view member, bool otherwise) const {
  return (*this)[member].AsBool().value_or(otherwise);
}

}  // namespace annofs
