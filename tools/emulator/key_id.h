// Which key a request names, for the log. Pure; nothing is checked.
#pragma once

#include <string>

#include "tools/emulator/http.h"

namespace annofs::emulator {

// The key id of a basic authentication or of an S3 credential (header or query); "" if there is
// neither: tokens are opaque.
std::string NamedKeyId(const Request& request);

}  // namespace annofs::emulator
