// The one account of the emulator: its application keys and the tokens of their holders.
// Identifiers have the shapes of the real service (reference/b2.md §1.2). Thread safe.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "tools/emulator/key.h"
#include "tools/emulator/tokens.h"

namespace annofs::emulator {

// ANNOFS_EMULATOR_KEY_ID and ANNOFS_EMULATOR_KEY, or a random disposable key if neither is set; it
// may do everything. kInvalidArgument if only one of them is set.
absl::StatusOr<ApplicationKey> KeyFromEnvironment();

class Account {
 public:
  explicit Account(ApplicationKey first);

  const ApplicationKey& first_key() const { return *first_; }
  // 12 hex digits: the middle of a key id of the real shape; otherwise always the same.
  const std::string& id() const { return id_; }

  // The Authorization header of b2_authorize_account. Error: 401 bad_auth_token.
  absl::StatusOr<KeyPointer> CheckBasic(absl::string_view authorization, absl::Time now) const;
  // A key by its id, as S3 signatures name it; null if there is none or it has expired.
  KeyPointer FindKey(absl::string_view key_id, absl::Time now) const;

  // An account token of that key.
  std::string NewToken(const ApplicationKey& key, absl::Time expires) const;
  // The key that has the token. Errors: 401 bad_auth_token, expired_auth_token.
  absl::StatusOr<KeyPointer> CheckToken(absl::string_view token, absl::Time now) const;
  const Tokens& tokens() const { return tokens_; }

  // Fills in id and secret, and keeps it.
  KeyPointer CreateKey(ApplicationKey key);
  // By id; the first key is not among them, nor is any that has expired.
  std::vector<KeyPointer> ListKeys(absl::Time now) const;
  // Null if there is none. Its tokens are dead at once.
  KeyPointer DeleteKey(absl::string_view key_id);

 private:
  const KeyPointer first_;
  const std::string id_;
  const Tokens tokens_;
  mutable absl::Mutex mutex_;
  std::map<std::string, KeyPointer, std::less<>> keys_ ABSL_GUARDED_BY(mutex_);
  uint64_t created_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace annofs::emulator
