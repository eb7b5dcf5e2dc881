// Encryption as headers of both APIs ask for it: X-Bz-Server-Side-Encryption… of the native one,
// x-amz-server-side-encryption… of S3. Pure functions. Errors are 400 bad_request, and 403
// access_denied for another key than the file's.
#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tools/emulator/http.h"
#include "tools/emulator/version.h"

namespace annofs::emulator {

inline constexpr absl::string_view kNativeEncryption = "x-bz-server-side-encryption";

// What an upload asks for; `otherwise` if it says nothing. `prefix` is the name of the plain
// header.
absl::StatusOr<Encryption> EncryptionOf(const HeaderList& headers, absl::string_view prefix,
                                        const Encryption& otherwise);
// Whether a request shows the key that the file needs.
// What reading says of a file that is encrypted with a customer's key when none is given.
absl::Status NeedsCustomerKey();

absl::Status CheckCustomerKey(const HeaderList& headers, absl::string_view prefix,
                              const Encryption& encryption);
// The headers of an answer about the file.
void AddEncryptionHeaders(absl::string_view prefix, const Encryption& encryption,
                          HeaderList& headers);

}  // namespace annofs::emulator
