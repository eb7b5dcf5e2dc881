// The one account of the emulator: its application key, its tokens, and who may call. Identifiers
// have the shapes of the real service (reference/b2.md §1.2). Thread safe after construction.
#pragma once

#include <atomic>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace annofs::emulator {

struct ApplicationKey {
  std::string id;
  std::string secret;
};

// ANNOFS_EMULATOR_KEY_ID and ANNOFS_EMULATOR_KEY, or a random disposable key if neither is set.
// kInvalidArgument if only one of them is set.
absl::StatusOr<ApplicationKey> KeyFromEnvironment();

class Account {
 public:
  explicit Account(ApplicationKey key);

  const ApplicationKey& key() const { return key_; }
  // 12 hex digits: the middle of a key id of the real shape; otherwise always the same.
  const std::string& id() const { return id_; }

  // The Authorization header of b2_authorize_account. Error: 401 bad_auth_token.
  absl::Status CheckBasic(absl::string_view authorization) const;
  // A new account token; it is good until the emulator ends.
  std::string NewToken();
  // Error: 401 bad_auth_token.
  absl::Status CheckToken(absl::string_view token) const;

 private:
  const ApplicationKey key_;
  const std::string id_;
  const std::string token_secret_;
  std::atomic<uint32_t> tokens_{0};

  std::string TokenOf(uint32_t serial) const;
};

// True if equal; takes the same time wherever the texts differ.
bool SecretsEqual(absl::string_view a, absl::string_view b);

}  // namespace annofs::emulator
