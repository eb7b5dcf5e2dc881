// Strings, numbers and words of a JSON text. Only for the JSON files of this folder. Not thread
// safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "cache/base/json_input.h"
#include "cache/base/json_number.h"

namespace annofs {

// What was not kept of a value: bits of a set.
using JsonDamage = uint32_t;
inline constexpr JsonDamage kJsonStringCut = 1;     // a string that was too long
inline constexpr JsonDamage kJsonNotUtf8 = 2;       // bytes or halves of characters, now U+FFFD
inline constexpr JsonDamage kJsonNotANumber = 4;    // NaN, infinities, too big, too long: now null
inline constexpr JsonDamage kJsonItemTooLarge = 8;  // the whole of it

// Where a text stopped to be JSON, and why. No text: it did not.
struct JsonProblem {
  uint64_t offset = 0;
  std::string what;
};

class JsonTokens {
 public:
  // What to do about damage of one value: refuse the text, or keep the rest of it.
  enum class Mode { kStrict, kMending };
  // A longer string is damage.
  static constexpr size_t kMaxString = size_t{16} << 20;
  // As is a number of more digits.
  static constexpr size_t kMaxNumber = 4096;

  JsonTokens(JsonInput& input, Mode mode) : input_(input), mode_(mode) {}

  // REQUIRES: the input is at a quotation mark. Nothing: see problem(). The text is valid until the
  // input goes on.
  std::optional<absl::string_view> String() {
    input_.Skip();
    const absl::string_view window = input_.window();
    const size_t plain = PlainLength(window);
    if (plain == window.size() || window[plain] != '"') return LongString();
    input_.Advance(plain + 1);
    return window.substr(0, plain);
  }

  // The number at the input. kMalformed: see problem(). kTooBig: damage, and no value.
  JsonNumber Number() {
    JsonNumber number;
    const size_t size = ParseShortJsonNumber(input_.window(), number);
    if (size == 0) return LongNumber();
    input_.Advance(size);
    return number;
  }

  // Takes exactly `word`. False: see problem().
  bool Word(absl::string_view word);
  // As Word, of a number that JSON has not ("NaN"): damage.
  bool NoNumber(absl::string_view word);

  // What the values since the last call have lost.
  JsonDamage TakeDamage() { return damage_ == 0 ? 0 : std::exchange(damage_, 0); }

  bool Fail(uint64_t offset, std::string what);
  const JsonProblem& problem() const { return problem_; }

 private:
  // Bytes of `text` before the first that is no character of its own inside a string.
  static size_t PlainLength(absl::string_view text);

  std::optional<absl::string_view> LongString();
  JsonNumber LongNumber();
  bool Append(absl::string_view text);
  bool AppendCodePoint(uint32_t code);
  bool Character();
  bool Escape();
  bool Unicode();
  std::optional<uint32_t> Hex();
  // Something is damaged: false in strict mode.
  bool Damage(JsonDamage damage, uint64_t offset, absl::string_view what);
  bool NotUtf8(uint64_t offset, absl::string_view what);

  JsonInput& input_;
  const Mode mode_;
  std::string buffer_;
  uint64_t start_ = 0;  // of the string in the buffer
  bool is_cut_ = false;
  JsonDamage damage_ = 0;
  JsonProblem problem_;
};

}  // namespace annofs
