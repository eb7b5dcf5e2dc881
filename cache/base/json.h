// JSON access that answers Status with positions; values are those of RapidJSON. The parser is our
// own, because RapidJSON's can neither cut a string that fills the memory nor go on after a damaged
// one. Hostile input is expected: parsing is iterative and bounded in depth, so that 100,000 nested
// brackets are an error and not a crash.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cache/base/chunk_source.h"
#include "rapidjson/document.h"

namespace annofs {

inline constexpr int kMaxJsonDepth = 64;

// Both parsers take RFC 8259 strictly (comments, trailing commas, control characters in strings and
// NUL bytes are errors), but for a byte order mark at the start. Whole numbers that fit 64 bits
// keep every digit. What spoils one value only (invalid UTF-8, half of a surrogate pair, a string
// of more than 16 MiB; NaN, Infinity, a number too big for a double or of more than 4,096
// characters) is an error of JsonDocument::Parse; StreamJson mends the value and says so
// (JsonItem::damage).

// A value of a document that outlives it; a missing member or element is a null value. Of a
// repeated member the last counts. Cheap to copy. Looking up a member is linear in their number.
// The Get functions answer kInvalidArgument that names the member when it is absent or of another
// type.
class JsonValue {
 public:
  JsonValue() = default;
  explicit JsonValue(const rapidjson::Value* value) : value_(value) {}

  bool is_null() const { return value_ == nullptr || value_->IsNull(); }
  bool is_object() const { return value_ != nullptr && value_->IsObject(); }
  bool is_array() const { return value_ != nullptr && value_->IsArray(); }
  bool is_string() const { return value_ != nullptr && value_->IsString(); }
  bool is_number() const { return value_ != nullptr && value_->IsNumber(); }
  bool is_bool() const { return value_ != nullptr && value_->IsBool(); }

  JsonValue operator[](absl::string_view member) const;
  JsonValue operator[](size_t index) const;
  size_t size() const;  // of an array or object, else 0
  void ForEachMember(absl::FunctionRef<void(absl::string_view, JsonValue)> fn) const;

  // The value itself, nothing if it is of another type. AsInt takes whole numbers written as floats
  // too.
  std::optional<absl::string_view> AsString() const;
  std::optional<int64_t> AsInt() const;
  std::optional<double> AsDouble() const;
  std::optional<bool> AsBool() const;

  // Required members.
  absl::StatusOr<absl::string_view> GetString(absl::string_view member) const;
  absl::StatusOr<int64_t> GetInt(absl::string_view member) const;
  absl::StatusOr<double> GetDouble(absl::string_view member) const;

  // Members with a default: absent, null or of another type gives `otherwise`.
  absl::string_view StringOr(absl::string_view member, absl::string_view otherwise) const;
  int64_t IntOr(absl::string_view member, int64_t otherwise) const;
  double DoubleOr(absl::string_view member, double otherwise) const;
  bool BoolOr(absl::string_view member, bool otherwise) const;

 private:
  const rapidjson::Value* value_ = nullptr;
};

// A parsed document: owns its values. Movable.
class JsonDocument {
 public:
  // kInvalidArgument with "line L, column C: what" (columns in bytes) on malformed text, more than
  // `max_depth` arrays and objects inside each other, or 128 MiB (counted as StreamJson does).
  static absl::StatusOr<JsonDocument> Parse(absl::string_view text, int max_depth = kMaxJsonDepth);
  JsonValue root() const { return JsonValue(document_.get()); }

 private:
  std::unique_ptr<rapidjson::Document> document_;
};

// Where a streamed item stood: the indexes and member names from the root to it.
struct JsonItem {
  std::vector<std::string> path;  // {"0", "shapes", "17"}: array indexes as decimal text
  uint64_t offset = 0;            // byte offset of its first character
  JsonValue value;                // lives until the callback returns; null if it was left out
  // What of the value, or of a name on the way to it, was not kept as it stands: "a string longer
  // than 16 MiB, cut there". Empty: all was.
  absl::string_view damage;
};

// Streams a document of any size and calls `fn` with each value whose path matches one of
// `patterns`
// ("*/shapes/*", "version"; `*` stands for any one step; "" is the whole document). Memory: one
// matching value at a time, of at most 64 MiB (16 bytes for each value and each name in it, and the
// text of strings; a larger one is left out, which is damage); everything else is skipped, and may
// be of any length. A matching value inside a matching value is part of the outer one. At most 64
// patterns. Error: malformed text or depth ("byte N: what"), an error of `source`, or the first
// error that `fn` returns. What was delivered before an error has been delivered.
absl::Status StreamJson(ChunkSource& source, const std::vector<std::string>& patterns,
                        absl::FunctionRef<absl::Status(const JsonItem&)> fn,
                        int max_depth = kMaxJsonDepth);

// Writes JSON: UTF-8 as it is, invalid UTF-8 replaced by U+FFFD, doubles shortest (`1.0`, `0.1`;
// NaN and infinities as null). Not thread safe.
class JsonWriter {
 public:
  enum class Style { kCompact, kPretty };  // pretty: 2 spaces
  explicit JsonWriter(Style style = Style::kCompact);
  ~JsonWriter();
  JsonWriter& BeginObject();
  JsonWriter& EndObject();
  JsonWriter& BeginArray();
  JsonWriter& EndArray();
  JsonWriter& Key(absl::string_view key);
  JsonWriter& String(absl::string_view value);
  JsonWriter& Int(int64_t value);
  JsonWriter& Double(double value);
  JsonWriter& Bool(bool value);
  JsonWriter& Null();
  // The text so far; once at the end.
  std::string Take();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace annofs
