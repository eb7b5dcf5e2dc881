#include "tools/emulator/account.h"

#include <sys/random.h>

#include <cstdlib>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "cache/base/digest.h"
#include "tools/emulator/b2_error.h"

namespace annofs::emulator {
namespace {

constexpr char kCluster[] = "002";
constexpr size_t kAccountIdLength = 12;
constexpr size_t kKeyIdLength = 25;  // cluster, account id, 10 digits
constexpr size_t kSerialLength = 8;

std::string RandomBytes(size_t size) {
  std::string bytes(size, '\0');
  // Up to 256 bytes come whole or not at all; without randomness there is no secret to serve with.
  if (getrandom(bytes.data(), size, 0) != static_cast<ssize_t>(size)) abort();
  return bytes;
}

// Not tied to the key, so that bucket and file ids survive a restart with another disposable key.
std::string DefaultAccountId() { return Sha256Hex("annofs-emulator").substr(0, kAccountIdLength); }

bool IsHex(absl::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == absl::string_view::npos;
}

std::string AccountIdOf(absl::string_view key_id) {
  bool real = (key_id.size() == kKeyIdLength || key_id.size() == kAccountIdLength) && IsHex(key_id);
  if (!real) return DefaultAccountId();
  if (key_id.size() == kAccountIdLength) return std::string(key_id);
  return std::string(key_id.substr(sizeof(kCluster) - 1, kAccountIdLength));
}

ApplicationKey RandomKey() {
  std::string bytes = RandomBytes(4);
  uint32_t counter = 0;
  for (unsigned char byte : bytes) counter = counter << 8 | byte;
  return {.id = absl::StrCat(kCluster, DefaultAccountId(), absl::StrFormat("%010x", counter)),
          .secret = absl::StrCat("K", kCluster, absl::WebSafeBase64Escape(RandomBytes(20)))};
}

}  // namespace

absl::StatusOr<ApplicationKey> KeyFromEnvironment() {
  const char* id = std::getenv("ANNOFS_EMULATOR_KEY_ID");
  const char* secret = std::getenv("ANNOFS_EMULATOR_KEY");
  if (id == nullptr && secret == nullptr) return RandomKey();
  if (id == nullptr || secret == nullptr || *id == '\0' || *secret == '\0') {
    return absl::InvalidArgumentError(
        "set both ANNOFS_EMULATOR_KEY_ID and ANNOFS_EMULATOR_KEY, or neither");
  }
  return ApplicationKey{.id = id, .secret = secret};
}

bool SecretsEqual(absl::string_view a, absl::string_view b) {
  if (a.size() != b.size()) return false;
  unsigned char difference = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    difference = static_cast<unsigned char>(difference | (a[i] ^ b[i]));
  }
  return difference == 0;
}

Account::Account(ApplicationKey key)
    : key_(std::move(key)), id_(AccountIdOf(key_.id)), token_secret_(RandomBytes(32)) {}

absl::Status Account::CheckBasic(absl::string_view authorization) const {
  std::string given;
  bool basic = absl::StartsWithIgnoreCase(authorization, "basic ");
  if (!basic || !absl::Base64Unescape(authorization.substr(6), &given) ||
      !SecretsEqual(given, absl::StrCat(key_.id, ":", key_.secret))) {
    return B2Error(401, "bad_auth_token", "");
  }
  return absl::OkStatus();
}

std::string Account::NewToken() { return TokenOf(++tokens_); }

// Nothing is stored per token: what makes one valid is the digest that only this process can make.
std::string Account::TokenOf(uint32_t serial) const {
  std::string number = absl::StrFormat("%08x", serial);
  std::string mac = Sha256Hex(absl::StrCat(token_secret_, number, token_secret_));
  return absl::StrCat("4_", key_.id, "_", number, "_", mac.substr(0, 40), "_acct");
}

absl::Status Account::CheckToken(absl::string_view token) const {
  std::string start = absl::StrCat("4_", key_.id, "_");
  if (!absl::ConsumePrefix(&token, start) || token.size() < kSerialLength) return BadAuthToken();
  uint32_t serial = 0;
  if (!absl::SimpleHexAtoi(token.substr(0, kSerialLength), &serial)) return BadAuthToken();
  if (serial == 0 || serial > tokens_.load()) return BadAuthToken();
  if (!SecretsEqual(absl::StrCat(start, token), TokenOf(serial))) return BadAuthToken();
  return absl::OkStatus();
}

}  // namespace annofs::emulator
