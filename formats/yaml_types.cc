#include "formats/yaml_types.h"

#include <algorithm>
#include <initializer_list>

#include "absl/strings/ascii.h"

namespace annofs {
namespace {

// Takes the text from its front, piece by piece; a piece that is not there leaves it as it is.
class Scanner {
 public:
  explicit Scanner(absl::string_view text) : rest_(text) {}

  bool AtEnd() const { return rest_.empty(); }
  bool TakeOne(absl::string_view of) {
    if (rest_.empty() || of.find(rest_[0]) == of.npos) return false;
    rest_.remove_prefix(1);
    return true;
  }
  // How many of these characters stand at the front: at most `most`.
  size_t TakeRun(absl::string_view of, size_t most = absl::string_view::npos) {
    const size_t size = std::min({rest_.find_first_not_of(of), rest_.size(), most});
    rest_.remove_prefix(size);
    return size;
  }
  bool TakeExactly(absl::string_view of, size_t count) { return TakeRun(of, count) == count; }
  bool TakeWord(absl::string_view word) {
    if (rest_.substr(0, word.size()) != word) return false;
    rest_.remove_prefix(word.size());
    return true;
  }

 private:
  absl::string_view rest_;
};

constexpr absl::string_view kDigits = "0123456789", kDigitsAnd_ = "0123456789_";

bool IsOneOf(absl::string_view text, std::initializer_list<absl::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

bool IsWord(absl::string_view text) {
  return IsOneOf(text, {"yes",   "Yes",   "YES",   "no", "No", "NO", "true", "True", "TRUE",
                        "false", "False", "FALSE", "on", "On", "ON", "off",  "Off",  "OFF",
                        "null",  "Null",  "NULL",  "~",  "",   "<<", "="});
}

// ":59", at least once: numbers of base 60.
bool TakeSixties(Scanner& in) {
  bool any = false;
  while (in.TakeOne(":")) {
    const bool small = in.TakeOne("012345");
    const bool second = in.TakeOne(small ? kDigits : "6789");
    if (!small && !second) return false;
    any = true;
  }
  return any;
}

bool IsPrefixed(absl::string_view text, absl::string_view prefix, absl::string_view digits) {
  Scanner in(text);
  in.TakeOne("+-");
  return in.TakeWord(prefix) && in.TakeRun(digits) > 0 && in.AtEnd();
}

bool IsDecimal(absl::string_view text) {
  Scanner in(text);
  in.TakeOne("+-");
  if (in.TakeOne("0")) return in.AtEnd();
  if (!in.TakeOne("123456789")) return false;
  in.TakeRun(kDigitsAnd_);
  return in.AtEnd() || (TakeSixties(in) && in.AtEnd());
}

bool IsInt(absl::string_view text) {
  return IsDecimal(text) || IsPrefixed(text, "0b", "01_") || IsPrefixed(text, "0", "01234567_") ||
         IsPrefixed(text, "0x", "0123456789abcdefABCDEF_");
}

bool TakesExponentToEnd(Scanner& in) {
  if (in.AtEnd()) return true;
  return in.TakeOne("eE") && in.TakeOne("+-") && in.TakeRun(kDigits) > 0 && in.AtEnd();
}

bool IsFloat(absl::string_view text) {
  if (IsOneOf(text, {".nan", ".NaN", ".NAN"})) return true;
  Scanner in(text);
  const bool has_sign = in.TakeOne("+-");
  if (in.TakeOne(".")) {
    for (const char* word : {"inf", "Inf", "INF"}) {
      if (in.TakeWord(word)) return in.AtEnd();
    }
    if (has_sign || !in.TakeOne(kDigits)) return false;
    in.TakeRun(kDigitsAnd_);
    return TakesExponentToEnd(in);
  }
  if (!in.TakeOne(kDigits)) return false;
  in.TakeRun(kDigitsAnd_);
  if (in.TakeOne(".")) {
    in.TakeRun(kDigitsAnd_);
    return TakesExponentToEnd(in);
  }
  if (!TakeSixties(in) || !in.TakeOne(".")) return false;
  in.TakeRun(kDigitsAnd_);
  return in.AtEnd();
}

bool IsDate(absl::string_view text) {
  Scanner in(text);
  return in.TakeExactly(kDigits, 4) && in.TakeOne("-") && in.TakeExactly(kDigits, 2) &&
         in.TakeOne("-") && in.TakeExactly(kDigits, 2) && in.AtEnd();
}

// " Z", " +1:30", or nothing.
bool TakesZoneToEnd(Scanner& in) {
  if (in.AtEnd()) return true;
  in.TakeRun(" \t");
  if (in.TakeOne("Z")) return in.AtEnd();
  if (!in.TakeOne("+-") || in.TakeRun(kDigits, 2) == 0) return false;
  if (in.TakeOne(":") && !in.TakeExactly(kDigits, 2)) return false;
  return in.AtEnd();
}

bool IsTime(absl::string_view text) {
  Scanner in(text);
  if (!in.TakeExactly(kDigits, 4) || !in.TakeOne("-") || in.TakeRun(kDigits, 2) == 0 ||
      !in.TakeOne("-") || in.TakeRun(kDigits, 2) == 0) {
    return false;
  }
  if (!in.TakeOne("Tt") && in.TakeRun(" \t") == 0) return false;
  if (in.TakeRun(kDigits, 2) == 0 || !in.TakeOne(":") || !in.TakeExactly(kDigits, 2) ||
      !in.TakeOne(":") || !in.TakeExactly(kDigits, 2)) {
    return false;
  }
  if (in.TakeOne(".")) in.TakeRun(kDigits);
  return TakesZoneToEnd(in);
}

}  // namespace

bool ReadsAsYamlText(absl::string_view text) {
  return !IsWord(text) && !IsInt(text) && !IsFloat(text) && !IsDate(text) && !IsTime(text);
}

}  // namespace annofs
