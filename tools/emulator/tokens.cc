#include "tools/emulator/tokens.h"

#include <sys/random.h>

#include <array>
#include <cstdlib>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cache/base/digest.h"
#include "tools/emulator/b2_error.h"

namespace annofs::emulator {
namespace {

constexpr size_t kMacLength = 40;

// How each kind begins and ends on the wire (reference/b2.md §1.2).
struct Shape {
  absl::string_view start;
  absl::string_view end;
};

Shape ShapeOf(Tokens::Kind kind) {
  constexpr std::array<Shape, 3> kShapes = {{{"4_", "_acct"}, {"4_", "_upld"}, {"3_", "_dnld"}}};
  return kShapes[static_cast<size_t>(kind)];
}

}  // namespace

std::string RandomBytes(size_t size) {
  std::string bytes(size, '\0');
  // Up to 256 bytes come whole or not at all; without randomness there is no secret to serve with.
  if (getrandom(bytes.data(), size, 0) != static_cast<ssize_t>(size)) abort();
  return bytes;
}

bool SecretsEqual(absl::string_view a, absl::string_view b) {
  if (a.size() != b.size()) return false;
  unsigned char difference = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    difference = static_cast<unsigned char>(difference | (a[i] ^ b[i]));
  }
  return difference == 0;
}

Tokens::Tokens() : secret_(RandomBytes(32)) {}

std::string Tokens::Mac(absl::string_view text) const {
  return Sha256Hex(absl::StrCat(secret_, text, secret_)).substr(0, kMacLength);
}

std::string Tokens::New(Kind kind, absl::string_view claims, absl::Time expires) const {
  Shape shape = ShapeOf(kind);
  std::string text =
      absl::StrCat(shape.start, absl::ToUnixMillis(expires), ".",
                   absl::BytesToHexString(RandomBytes(4)), ".", absl::WebSafeBase64Escape(claims));
  return absl::StrCat(text, ".", Mac(absl::StrCat(text, shape.end)), shape.end);
}

absl::StatusOr<std::string> Tokens::Check(Kind kind, absl::string_view token,
                                          absl::Time now) const {
  Shape shape = ShapeOf(kind);
  std::vector<absl::string_view> parts = absl::StrSplit(token, '.');
  if (parts.size() != 4 || !absl::StartsWith(token, shape.start)) return BadAuthToken();
  absl::string_view text = token.substr(0, token.size() - parts[3].size() - 1);
  std::string mac = absl::StrCat(Mac(absl::StrCat(text, shape.end)), shape.end);
  int64_t expires = 0;
  std::string claims;
  if (!SecretsEqual(parts[3], mac) ||
      !absl::SimpleAtoi(parts[0].substr(shape.start.size()), &expires) ||
      !absl::WebSafeBase64Unescape(parts[2], &claims)) {
    return BadAuthToken();
  }
  if (now < absl::FromUnixMillis(expires)) return claims;
  return B2Error(401, "expired_auth_token", "Authorization token has expired");
}

}  // namespace annofs::emulator
