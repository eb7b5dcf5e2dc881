// What Parse and StreamJson share, and nobody else needs: RapidJSON's reader over a ChunkSource,
// with the checks that it does not make itself (depth, token length, numbers, surrogates, NUL
// bytes). Not thread safe.
#pragma once

#include <cstdint>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/charconv.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "cache/base/chunk_source.h"
#include "rapidjson/error/en.h"
#include "rapidjson/reader.h"

namespace annofs {

// One string or number of the text: longer ones are refused, whether wanted or skipped.
inline constexpr uint64_t kMaxJsonToken = uint64_t{64} << 20;

// RapidJSON's stream concept. A source error, or a token or item that is too long, ends the text;
// status() then says what it was.
class JsonInput {
 public:
  using Ch = char;
  static constexpr uint64_t kNoItem = UINT64_MAX;

  explicit JsonInput(ChunkSource& source) : source_(source) {}

  char Peek() { return next_ != end_ ? *next_ : More(); }
  char Take() {
    const char c = Peek();
    if (next_ != end_) ++next_;
    return c;
  }
  size_t Tell() const { return base_ + (next_ - begin_); }

  // Called by the reader before each token.
  void SkipWhitespace();
  // Skips the byte order mark that some editors write; kInvalidArgument if it is broken.
  bool SkipByteOrderMark();
  // Offset of the token being read.
  uint64_t token() const { return token_; }
  // From now on the text counts as one item from `offset` on; kNoItem: none.
  void set_item(uint64_t offset) { item_ = offset; }

  bool at_end() { return Peek() == '\0' && next_ == end_; }
  const absl::Status& status() const { return status_; }

  // Never called: only for parsing in place.
  char* PutBegin() { return nullptr; }
  void Put(char) {}
  void Flush() {}
  size_t PutEnd(char*) { return 0; }

 private:
  char More();
  absl::Status CheckLength() const;

  ChunkSource& source_;
  const char* begin_ = nullptr;
  const char* next_ = nullptr;
  const char* end_ = nullptr;
  uint64_t base_ = 0;  // offset of begin_
  uint64_t token_ = 0;
  uint64_t item_ = kNoItem;
  bool ended_ = false;
  absl::Status status_;
};

// A number of JSON: what it is and its value.
struct JsonNumber {
  enum class Kind { kInt, kUint, kDouble, kTooBig } kind = Kind::kTooBig;
  int64_t int_value = 0;
  uint64_t uint_value = 0;  // only over the greatest int64
  double double_value = 0;
};
JsonNumber ParseJsonNumber(absl::string_view text);

// Does decoded text hold half of a surrogate pair? The reader refuses a first half alone (an
// escaped D800) but takes a second half (an escaped DC00).
bool HasSurrogate(absl::string_view text);

// Feeds `Sink` (the handler concept of RapidJSON, numbers as Int64, Uint64 and Double) with events
// that passed the checks. A sink that answers false ends the parsing.
template <typename Sink>
class CheckedEvents {
 public:
  CheckedEvents(JsonInput& input, Sink& sink, int max_depth)
      : input_(input), sink_(sink), max_depth_(max_depth) {}

  const std::string& problem() const { return problem_; }

  bool Null() { return sink_.Null(); }
  bool Bool(bool value) { return sink_.Bool(value); }
  bool String(const char* text, rapidjson::SizeType size, bool copy) {
    return IsText({text, size}) && sink_.String(text, size, copy);
  }
  bool Key(const char* text, rapidjson::SizeType size, bool copy) {
    return IsText({text, size}) && sink_.Key(text, size, copy);
  }
  bool StartObject() { return Deeper() && sink_.StartObject(); }
  bool StartArray() { return Deeper() && sink_.StartArray(); }
  bool EndObject(rapidjson::SizeType count) {
    --depth_;
    return sink_.EndObject(count);
  }
  bool EndArray(rapidjson::SizeType count) {
    --depth_;
    return sink_.EndArray(count);
  }
  bool RawNumber(const char* text, rapidjson::SizeType size, bool) {
    // A number at the end may be the first digits of a longer one.
    if (input_.at_end() && (depth_ > 0 || !input_.status().ok())) {
      return Refuse("the text ends inside a value");
    }
    const JsonNumber number = ParseJsonNumber({text, size});
    switch (number.kind) {
      case JsonNumber::Kind::kInt:
        return sink_.Int64(number.int_value);
      case JsonNumber::Kind::kUint:
        return sink_.Uint64(number.uint_value);
      case JsonNumber::Kind::kDouble:
        return sink_.Double(number.double_value);
      case JsonNumber::Kind::kTooBig:
        break;
    }
    return Refuse("a number too big for a double");
  }
  // Numbers come as text: these are part of the handler concept only.
  bool Int(int value) { return sink_.Int64(value); }
  bool Uint(unsigned value) { return sink_.Int64(value); }
  bool Int64(int64_t value) { return sink_.Int64(value); }
  bool Uint64(uint64_t value) { return sink_.Uint64(value); }
  bool Double(double value) { return sink_.Double(value); }

 private:
  bool IsText(absl::string_view text) {
    return !HasSurrogate(text) || Refuse("half of a surrogate pair in a string");
  }
  bool Deeper() {
    return ++depth_ <= max_depth_ || Refuse(absl::StrCat("nested deeper than ", max_depth_));
  }
  bool Refuse(std::string problem) {
    problem_ = std::move(problem);
    return false;
  }

  JsonInput& input_;
  Sink& sink_;
  const int max_depth_;
  int depth_ = 0;
  std::string problem_;
};

}  // namespace annofs

namespace rapidjson {
// The reader calls this before every token.
template <>
inline void SkipWhitespace(annofs::JsonInput& input) {
  input.SkipWhitespace();
}
}  // namespace rapidjson

namespace annofs {

// What stopped ReadJsonEvents: at which byte and why. No text: nothing, or the sink.
struct JsonProblem {
  uint64_t offset = 0;
  std::string what;
};

// Reads the whole text of `input` into `sink`. The input's status() goes before the problem.
template <typename Sink>
JsonProblem ReadJsonEvents(JsonInput& input, Sink& sink, int max_depth) {
  constexpr unsigned kFlags = rapidjson::kParseIterativeFlag |
                              rapidjson::kParseNumbersAsStringsFlag |
                              rapidjson::kParseValidateEncodingFlag;
  if (!input.SkipByteOrderMark()) return {.offset = 0, .what = "Invalid value."};
  CheckedEvents<Sink> events(input, sink, max_depth);
  rapidjson::Reader reader;
  const rapidjson::ParseResult result = reader.Parse<kFlags>(input, events);
  if (!events.problem().empty()) return {.offset = input.token(), .what = events.problem()};
  if (result.Code() == rapidjson::kParseErrorTermination) return {};
  if (result.IsError()) {
    return {.offset = result.Offset(), .what = rapidjson::GetParseError_En(result.Code())};
  }
  // To the reader a NUL byte is the end of the text.
  if (!input.at_end()) return {.offset = input.Tell(), .what = "a NUL byte"};
  return {};
}

}  // namespace annofs
