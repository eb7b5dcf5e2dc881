// What Parse and StreamJson share, and nobody else needs: the grammar of JSON (RFC 8259) as events.
// Iterative and bounded in depth, so that 100,000 nested brackets are an error and not a crash. Not
// thread safe.
//
// A sink has Null(), Bool(bool), Int64(int64_t), Uint64(uint64_t), Double(double), String(view),
// Key(view), StartObject(), EndObject(members), StartArray(), EndArray(elements), which answer
// whether to go on, and Damaged(JsonDamage), which is called before the event of the damaged value.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "cache/base/json_input.h"
#include "cache/base/json_tokens.h"
#include "rapidjson/document.h"

namespace annofs {

template <typename Sink>
class JsonEvents {
 public:
  JsonEvents(JsonInput& input, JsonTokens::Mode mode, Sink& sink, int max_depth)
      : input_(input), tokens_(input, mode), sink_(sink), max_depth_(max_depth) {}

  // Reads the whole text. The input's status() goes before the problem; a sink that wants no more
  // is no problem.
  JsonProblem Read() {
    if (!input_.SkipByteOrderMark()) {
      Fail("a broken byte order mark");
    } else if (const int c = input_.NextToken(); c == JsonInput::kEnd) {
      Fail("the document is empty");
    } else {
      Values(c);
    }
    return tokens_.problem();
  }

 private:
  struct Open {
    bool is_object = false;
    uint32_t count = 0;  // members or elements so far
  };

  bool Fail(std::string what) { return tokens_.Fail(input_.token(), std::move(what)); }

  // From the first byte of a value on.
  bool Values(int c) {
    while (true) {
      const size_t above = open_.size();
      if (!Value(c)) return false;
      c = input_.NextToken();
      const bool opened = open_.size() > above;
      if (opened && c != Closing()) {
        if (!Name(c)) return false;
        continue;
      }
      // A value has ended, or ends here as an empty one; and others with it.
      while (true) {
        if (open_.empty()) return End(c);
        if (c == ',') break;
        if (c != Closing()) return Unclosed(c);
        if (!Close()) return false;
        c = input_.NextToken();
      }
      input_.Skip();
      c = input_.NextToken();
      if (!Name(c)) return false;
    }
  }

  // Where a member begins: takes its name, and goes to the value. Counts it, or the element.
  bool Name(int& c) {
    ++open_.back().count;
    if (!open_.back().is_object) return true;
    if (c != '"') return Fail(c == JsonInput::kEnd ? kCutShort : "a member without a name");
    const auto name = tokens_.String();
    if (!name || !Mend() || !sink_.Key(*name)) return false;
    if (input_.NextToken() != ':') return Fail("a member without a colon after its name");
    input_.Skip();
    c = input_.NextToken();
    return true;
  }

  bool Value(int c) {
    switch (c) {
      case '"': {
        const auto text = tokens_.String();
        return text && Mend() && sink_.String(*text);
      }
      case '{':
        return Deeper(true) && sink_.StartObject();
      case '[':
        return Deeper(false) && sink_.StartArray();
      case 't':
        return tokens_.Word("true") && sink_.Bool(true);
      case 'f':
        return tokens_.Word("false") && sink_.Bool(false);
      case 'n':
        return tokens_.Word("null") && sink_.Null();
      case 'N':
        return tokens_.NoNumber("NaN") && Mend() && sink_.Null();
      case 'I':
        return tokens_.NoNumber("Infinity") && Mend() && sink_.Null();
      case JsonInput::kEnd:
        return Fail(kCutShort);
      default:
        return (c == '-' || (c >= '0' && c <= '9')) ? Number() : Fail("no value");
    }
  }

  bool Number() {
    const JsonNumber number = tokens_.Number();
    if (number.kind == JsonNumber::Kind::kMalformed) return false;
    // At the end it may be the first digits of a longer one.
    if (input_.Peek() == JsonInput::kEnd && (!open_.empty() || !input_.status().ok())) {
      return Fail(kCutShort);
    }
    switch (number.kind) {
      case JsonNumber::Kind::kInt:
        return sink_.Int64(number.int_value);
      case JsonNumber::Kind::kUint:
        return sink_.Uint64(number.uint_value);
      case JsonNumber::Kind::kDouble:
        return sink_.Double(number.double_value);
      default:
        return Mend() && sink_.Null();
    }
  }

  bool Deeper(bool is_object) {
    if (open_.size() >= static_cast<size_t>(std::max(max_depth_, 0))) {
      return Fail(absl::StrCat("nested deeper than ", max_depth_));
    }
    open_.push_back({.is_object = is_object});
    input_.Skip();
    return true;
  }

  bool Close() {
    const Open closed = open_.back();
    open_.pop_back();
    input_.Skip();
    return closed.is_object ? sink_.EndObject(closed.count) : sink_.EndArray(closed.count);
  }

  int Closing() const { return open_.back().is_object ? '}' : ']'; }

  bool Unclosed(int c) {
    if (c == JsonInput::kEnd) return Fail(kCutShort);
    return Fail(open_.back().is_object ? "no comma or '}' after a member"
                                       : "no comma or ']' after an element");
  }

  bool End(int c) {
    if (c == JsonInput::kEnd) return true;
    return Fail(c == '\0' ? "a NUL byte" : "more after the document's value");
  }

  bool Mend() {
    if (const JsonDamage damage = tokens_.TakeDamage(); damage != 0) sink_.Damaged(damage);
    return true;
  }

  static constexpr char kCutShort[] = "the text ends inside a value";

  JsonInput& input_;
  JsonTokens tokens_;
  Sink& sink_;
  const int max_depth_;
  std::vector<Open> open_;
};

// Makes a document of events: a sink, but for damage.
class JsonDocumentEvents {
 public:
  explicit JsonDocumentEvents(rapidjson::Document& document) : document_(document) {}

  bool Null() { return document_.Null(); }
  bool Bool(bool value) { return document_.Bool(value); }
  bool Int64(int64_t value) { return document_.Int64(value); }
  bool Uint64(uint64_t value) { return document_.Uint64(value); }
  bool Double(double value) { return document_.Double(value); }
  bool String(absl::string_view text) {
    return document_.String(text.data(), static_cast<rapidjson::SizeType>(text.size()), true);
  }
  bool Key(absl::string_view text) { return String(text); }
  bool StartObject() { return document_.StartObject(); }
  bool EndObject(uint32_t count) { return document_.EndObject(count); }
  bool StartArray() { return document_.StartArray(); }
  bool EndArray(uint32_t count) { return document_.EndArray(count); }

 private:
  rapidjson::Document& document_;
};

}  // namespace annofs
