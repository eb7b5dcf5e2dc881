#include "formats/problem_kinds.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "formats/problem_tally.h"

namespace annofs {
namespace {

constexpr size_t kMostOfReason = 400;  // bytes that tell kinds apart, and that are shown again

absl::string_view Head(absl::string_view text) {
  if (text.size() <= kMostOfReason) return text;
  size_t end = kMostOfReason;
  while (end > 0 && (uint8_t(text[end]) & 0xc0) == 0x80) --end;  // no half of a UTF-8 character
  return text.substr(0, end);
}

// The object without the entry in it: a zip may have a million.
absl::string_view ObjectOf(absl::string_view source) { return source.substr(0, source.find('!')); }

// Where a quoted text that begins at `begin` ends; npos if none does.
size_t EndOfQuoted(absl::string_view text, size_t begin) {
  for (size_t i = begin + 1; i < text.size(); ++i) {
    const bool is_end = i + 1 == text.size() || !absl::ascii_isalnum(uint8_t(text[i + 1]));
    if (text[i] == '\'' && is_end) return i + 1;
  }
  return text.npos;
}

// Not an apostrophe.
bool IsQuoteAt(absl::string_view text, size_t i) {
  return text[i] == '\'' && (i == 0 || !absl::ascii_isalnum(uint8_t(text[i - 1])));
}

bool IsNumberAt(absl::string_view text, size_t i) {
  if (text[i] == '-' && i + 1 < text.size()) ++i;
  return absl::ascii_isdigit(uint8_t(text[i]));
}

// Digits, points and exponents: what a printed number has.
size_t EndOfNumber(absl::string_view text, size_t i) {
  for (++i; i < text.size(); ++i) {
    const char c = text[i], before = text[i - 1];
    const bool is_exponent = (c == 'e' && absl::ascii_isdigit(uint8_t(before))) ||
                             ((c == '-' || c == '+') && before == 'e');
    if (!absl::ascii_isdigit(uint8_t(c)) && c != '.' && !is_exponent) break;
  }
  return i;
}

void AppendWithoutNumbers(absl::string_view text, std::string& out) {
  bool may_quote = true;  // where one text has no end, no later one has
  for (size_t i = 0; i < text.size();) {
    size_t end = text.npos;
    if (may_quote && IsQuoteAt(text, i)) {
      end = EndOfQuoted(text, i);
      may_quote = end != text.npos;
    }
    if (end != text.npos) {
      out += "''";
      i = end;
    } else if (IsNumberAt(text, i)) {
      out.push_back('0');
      i = EndOfNumber(text, i);
    } else {
      out.push_back(text[i++]);
    }
  }
}

std::string KeyOf(const Problem& problem) {
  std::string key(1, problem.severity == Problem::Severity::kError ? 'e' : 'w');
  absl::StrAppend(&key, ObjectOf(problem.source), absl::string_view("\0", 1));
  AppendWithoutNumbers(Head(ReasonOfOne(problem)), key);
  return key;
}

}  // namespace

bool ProblemKinds::Add(const Problem& problem) {
  Kind& kind = KindOf(problem);
  const size_t room = limits_.all - 2 * (limits_.kinds + 1);
  if (kind.listed > 0 && (kind.listed >= limits_.of_kind || listed_ >= room)) {
    kind.unlisted += CountOf(problem);
    return false;
  }
  if (kind.listed++ > 0) ++listed_;
  return true;
}

ProblemKinds::Kind& ProblemKinds::KindOf(const Problem& problem) {
  std::string key = KeyOf(problem);
  auto found = numbers_.find(key);
  if (found != numbers_.end()) return kinds_[found->second];
  if (numbers_.size() < limits_.kinds) {
    numbers_.emplace(std::move(key), kinds_.size());
    return kinds_.emplace_back(Kind{.first = {.severity = problem.severity,
                                              .source = std::string(ObjectOf(problem.source)),
                                              .reason = std::string(Head(ReasonOfOne(problem)))}});
  }
  if (!std::exchange(has_others_, true)) kinds_.emplace_back();
  return kinds_.back();
}

std::vector<Problem> ProblemKinds::Rest() const {
  std::vector<Problem> rest;
  for (size_t i = 0; i < kinds_.size(); ++i) {
    const Kind& kind = kinds_[i];
    if (kind.unlisted == 0) continue;
    Problem& line = rest.emplace_back(kind.first);
    const bool is_others = has_others_ && i + 1 == kinds_.size();
    line.reason = is_others ? absl::StrCat(kind.unlisted, " more problems of other kinds")
                            : absl::StrCat(kind.unlisted, " more like this: ", kind.first.reason);
  }
  return rest;
}

}  // namespace annofs
