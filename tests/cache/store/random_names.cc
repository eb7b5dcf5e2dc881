#include "tests/cache/store/random_names.h"

#include <iterator>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace annofs::testing {
namespace {

using Names = ConformanceBucket::Names;

constexpr size_t kMostPieces = 5;

const std::vector<std::string>& LegalPieces() {
  static const auto& pieces = *new std::vector<std::string>{
      "a", "b", "c/", "/", "/", " ", "!",  "-",   "0",    "é",  "日", "\xef\xbf\xbd",
      "A", ".", "~",  "+", "#", "?", "&=", "%2F", "<\"'", "\\", "/a", "\xf0\x90\x90\x80"};
  return pieces;
}

const std::vector<std::string>& AnyPieces() {
  static const auto& pieces = *new std::vector<std::string>([] {
    std::vector<std::string> all = LegalPieces();
    for (const char* piece : {"\x01", "\x1f", "\x7f", "\n", "//", "\x80", "\xc3", "\xed\xa0\x80",
                              "\xf4\x90", "\xfe", "\xff", "../"}) {
      all.emplace_back(piece);
    }
    return all;
  }());
  return pieces;
}

std::string Joined(const std::vector<std::string>& pieces, std::mt19937& random) {
  std::string name;
  for (size_t i = 1 + random() % kMostPieces; i > 0; --i) name += pieces[random() % pieces.size()];
  return name;
}

bool IsLegalPath(const std::string& name) {
  for (const absl::string_view part : absl::StrSplit(name, '/')) {
    if (part.empty() || part == "." || part == "..") return false;
  }
  return true;
}

// A file and a directory of one name.
bool Conflicts(const std::string& key, const std::set<std::string>& keys) {
  for (const std::string& other : keys) {
    if (absl::StartsWith(other, key + "/") || absl::StartsWith(key, other + "/")) return true;
  }
  return false;
}

}  // namespace

std::string RandomKey(Names names, const std::set<std::string>& keys, std::mt19937& random) {
  while (true) {
    std::string key = Joined(names == Names::kAny ? AnyPieces() : LegalPieces(), random);
    if (names != Names::kAny && !IsLegalPath(key)) continue;
    if (names == Names::kFiles && Conflicts(key, keys)) continue;
    return key;
  }
}

std::set<std::string> RandomKeys(Names names, size_t count, std::mt19937& random) {
  std::set<std::string> keys;
  while (keys.size() < count) keys.insert(RandomKey(names, keys, random));
  return keys;
}

std::string RandomAfter(const std::set<std::string>& keys, std::mt19937& random) {
  std::string key = *std::next(keys.begin(), static_cast<ptrdiff_t>(random() % keys.size()));
  switch (random() % 5) {
    case 0:
      return key;
    case 1:
      return key.substr(0, 1 + random() % key.size());  // also parts of characters
    case 2:
      return absl::StrCat(key, AnyPieces()[random() % AnyPieces().size()]);
    case 3:
      ++key.back();
      return key;
    default:
      return Joined(AnyPieces(), random);
  }
}

}  // namespace annofs::testing
