#include "tests/testing/mutator.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/ascii.h"

namespace annofs::testing {
namespace {

constexpr size_t kLongestPiece = 40;
constexpr size_t kDeepest = 3000;

using namespace std::string_literals;

// What parsers treat in ways of their own.
const std::string kTokens[] = {
    "\0"s,   "\xff"s,    "\xed\xa0\x80"s, "\\u0000"s, "\""s,          "{"s,  "}"s, "["s,    "]"s,
    ","s,    ":"s,       "null"s,         "true"s,    "<"s,           ">"s,  "&"s, "&#0;"s, "]]>"s,
    "<!--"s, "\r\n"s,    "\r\n\r\n"s,     "\n"s,      " "s,           "\t"s, "%"s, "%00"s,  "/"s,
    "../"s,  "\\ud800"s, "1e999"s,        "-0"s,      "\xef\xbb\xbf"s};
const std::string kNumbers[] = {"0",
                                "-1",
                                "00",
                                "1e3",
                                "0.5",
                                "2147483648",
                                "4294967296",
                                "9223372036854775807",
                                "9223372036854775808",
                                "18446744073709551615",
                                "18446744073709551616",
                                "-9223372036854775808",
                                "340282366920938463463374607431768211456"};
const std::string kNests[] = {"[", "{\"a\":", "<a>", "&amp;", "A", "\\\\", "%25"};

}  // namespace

Mutator::Mutator(uint64_t seed, std::vector<std::string> others)
    : random_(seed), others_(std::move(others)) {}

size_t Mutator::Draw(size_t below) { return static_cast<size_t>(random_() % below); }

std::string Mutator::Mutate(std::string text) {
  for (size_t left = 1 + Draw(4); left > 0; --left) MutateOnce(text);
  return text;
}

std::pair<size_t, size_t> Mutator::Piece(const std::string& text) {
  if (text.empty()) return {0, 0};
  const size_t begin = Draw(text.size());
  const size_t most = Draw(4) == 0 ? text.size() - begin : kLongestPiece;
  return {begin, std::min(1 + Draw(most), text.size() - begin)};
}

void Mutator::MutateOnce(std::string& text) {
  const auto [begin, length] = Piece(text);
  switch (Draw(9)) {
    case 0:
      if (!text.empty()) text[begin] = static_cast<char>(text[begin] ^ (1 << Draw(8)));
      break;
    case 1:
      if (!text.empty()) text[begin] = static_cast<char>(random_());
      break;
    case 2:
      text.erase(begin, length);
      break;
    case 3:
      text.insert(begin, text.substr(begin, length));
      break;
    case 4:
      text.insert(begin, kTokens[Draw(std::size(kTokens))]);
      break;
    case 5:
      text.resize(Draw(8) == 0 ? 0 : begin);
      break;
    case 6:
      ReplaceNumber(text);
      break;
    case 7:
      Splice(text);
      break;
    case 8: {
      const std::string& one = kNests[Draw(std::size(kNests))];
      std::string many;
      for (size_t left = 1 + Draw(Draw(8) == 0 ? kDeepest : 70); left > 0; --left) many += one;
      text.insert(begin, many);
      break;
    }
  }
}

void Mutator::ReplaceNumber(std::string& text) {
  const auto is_digit = [](char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); };
  const size_t from = text.empty() ? 0 : Draw(text.size());
  const auto begin = std::find_if(text.begin() + static_cast<long>(from), text.end(), is_digit);
  const auto end = std::find_if_not(begin, text.end(), is_digit);
  text.replace(begin, end, kNumbers[Draw(std::size(kNumbers))]);
}

void Mutator::Splice(std::string& text) {
  if (others_.empty()) return;
  const std::string& other = others_[Draw(others_.size())];
  const auto [begin, length] = Piece(other);
  text.insert(Piece(text).first, other.substr(begin, length));
}

}  // namespace annofs::testing
