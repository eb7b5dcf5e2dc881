// Tokens: texts that only this process can make. Nothing is stored for one: its claims are in it,
// with a MAC over them. Thread safe.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace annofs::emulator {

class Tokens {
 public:
  enum class Kind {
    kAccount,   // claims: the key's id
    kUpload,    // the key's id and the upload URL's path
    kDownload,  // what b2_get_download_authorization was asked
  };

  Tokens();

  std::string New(Kind kind, absl::string_view claims, absl::Time expires) const;
  // The claims. 401 bad_auth_token for anything that New() did not make of that kind, 401
  // expired_auth_token after its time.
  absl::StatusOr<std::string> Check(Kind kind, absl::string_view token, absl::Time now) const;

 private:
  std::string Mac(absl::string_view text) const;

  const std::string secret_;
};

// True if equal; takes the same time wherever the texts differ.
bool SecretsEqual(absl::string_view a, absl::string_view b);

// `size` random bytes.
std::string RandomBytes(size_t size);

}  // namespace annofs::emulator
