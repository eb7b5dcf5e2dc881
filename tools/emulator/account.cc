#include "tools/emulator/account.h"

#include <cstdlib>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "cache/base/digest.h"
#include "cache/base/status.h"
#include "tools/emulator/b2_error.h"

namespace annofs::emulator {
namespace {

constexpr char kCluster[] = "002";
constexpr size_t kAccountIdLength = 12;
constexpr size_t kKeyIdLength = 25;  // cluster, account id, 10 digits

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

std::string NewSecret() {
  return absl::StrCat("K", kCluster, absl::WebSafeBase64Escape(RandomBytes(20)));
}

std::string KeyId(absl::string_view account_id, uint32_t counter) {
  return absl::StrCat(kCluster, account_id, absl::StrFormat("%010x", counter));
}

uint32_t RandomCounter() {
  uint32_t counter = 0;
  for (unsigned char byte : RandomBytes(4)) counter = counter << 8 | byte;
  return counter;
}

KeyPointer AllowEverything(ApplicationKey key) {
  key.capabilities = AllCapabilities();
  return std::make_shared<const ApplicationKey>(std::move(key));
}

}  // namespace

absl::StatusOr<ApplicationKey> KeyFromEnvironment() {
  const char* id = std::getenv("ANNOFS_EMULATOR_KEY_ID");
  const char* secret = std::getenv("ANNOFS_EMULATOR_KEY");
  if (id == nullptr && secret == nullptr) {
    return ApplicationKey{.id = KeyId(DefaultAccountId(), RandomCounter()), .secret = NewSecret()};
  }
  if (id == nullptr || secret == nullptr || *id == '\0' || *secret == '\0') {
    return absl::InvalidArgumentError(
        "set both ANNOFS_EMULATOR_KEY_ID and ANNOFS_EMULATOR_KEY, or neither");
  }
  return ApplicationKey{.id = id, .secret = secret};
}

Account::Account(ApplicationKey first)
    : first_(AllowEverything(std::move(first))), id_(AccountIdOf(first_->id)) {}

KeyPointer Account::FindKey(absl::string_view key_id, absl::Time now) const {
  if (key_id == first_->id) return first_;
  absl::MutexLock lock(&mutex_);
  auto found = keys_.find(key_id);
  if (found == keys_.end()) return nullptr;
  const KeyPointer& key = found->second;
  return key->IsExpired(now) ? nullptr : key;
}

absl::StatusOr<KeyPointer> Account::CheckBasic(absl::string_view authorization,
                                               absl::Time now) const {
  std::string given;
  bool basic = absl::StartsWithIgnoreCase(authorization, "basic ") &&
               absl::Base64Unescape(authorization.substr(6), &given);
  std::pair<std::string, std::string> parts = absl::StrSplit(given, absl::MaxSplits(':', 1));
  KeyPointer key = basic ? FindKey(parts.first, now) : nullptr;
  if (key != nullptr && SecretsEqual(parts.second, key->secret)) return key;
  return B2Error(401, "bad_auth_token", "");
}

std::string Account::NewToken(const ApplicationKey& key, absl::Time expires) const {
  return tokens_.New(Tokens::Kind::kAccount, key.id, expires);
}

absl::StatusOr<KeyPointer> Account::CheckToken(absl::string_view token, absl::Time now) const {
  ASSIGN_OR_RETURN(std::string key_id, tokens_.Check(Tokens::Kind::kAccount, token, now));
  KeyPointer key = FindKey(key_id, now);
  if (key == nullptr) return BadAuthToken();
  return key;
}

KeyPointer Account::CreateKey(ApplicationKey key) {
  key.secret = NewSecret();
  absl::MutexLock lock(&mutex_);
  do {
    key.id = KeyId(id_, static_cast<uint32_t>(++created_));
  } while (key.id == first_->id);
  auto made = std::make_shared<const ApplicationKey>(std::move(key));
  keys_[made->id] = made;
  return made;
}

std::vector<KeyPointer> Account::ListKeys(absl::Time now) const {
  absl::MutexLock lock(&mutex_);
  std::vector<KeyPointer> keys;
  for (const auto& [id, key] : keys_) {
    if (!key->IsExpired(now)) keys.push_back(key);
  }
  return keys;
}

KeyPointer Account::DeleteKey(absl::string_view key_id) {
  absl::MutexLock lock(&mutex_);
  auto found = keys_.find(key_id);
  if (found == keys_.end()) return nullptr;
  KeyPointer key = std::move(found->second);
  keys_.erase(found);
  return key;
}

}  // namespace annofs::emulator
