// The content type that B2 guesses from a name's extension (`b2/x-auto`). Pure.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace annofs::emulator {

// "application/octet-stream" for extensions it does not know.
absl::string_view ContentTypeOf(absl::string_view name);
// The type that is asked for, a guess for "b2/x-auto".
std::string TypeOf(absl::string_view asked, absl::string_view name);

}  // namespace annofs::emulator
