// What the log hides: see Redact() of log.h. Pure functions.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace annofs {

// Longest first: a secret that starts with another one leaves no rest.
using Secrets = std::vector<std::string>;

// `secrets` and `secret`, if it has at least 8 bytes and is new, also in its forms for URLs,
// headers and JSON: percent-encoded, base64, with slashes escaped.
std::shared_ptr<const Secrets> WithSecret(const Secrets& secrets, absl::string_view secret);

// `text` with `secrets`, Authorization values, tokens and signatures replaced by "[redacted]".
std::string RedactText(absl::string_view text, const Secrets& secrets);

// `text` with control characters, and those that turn the direction of what follows, as \n, \r, \t
// or \xNN for each byte. UTF-8.
std::string EscapeControls(absl::string_view text);

}  // namespace annofs
