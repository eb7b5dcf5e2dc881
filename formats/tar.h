// Members of a tar archive as POSIX ustar has them (pax, IEEE Std 1003.1). Every header says the
// same of owner, mode and time, so that an archive depends on names and bytes alone: mode 0444,
// numbers 0, the Unix epoch. Pure.
#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace annofs {

// Headers are so long, and contents are filled up with zeros to a multiple of it.
inline constexpr uint32_t kTarBlock = 512;

// The header of a regular file whose `size` bytes follow. A name of more than 100 bytes stands in a
// pax header before it; a size of 8 GiB or more is written in base 256, as GNU tar does and Python
// reads. REQUIRES: a name without NUL, of at most 4,096 bytes; size < 2^63.
void AppendTarHeader(absl::string_view name, uint64_t size, std::string& out);

// Header, content, zeros.
void AppendTarMember(absl::string_view name, absl::string_view content, std::string& out);

// What ends an archive: two blocks of zeros. Not filled up to the 10,240 bytes that tapes have: no
// reader of files asks for that.
std::string TarEnd();

}  // namespace annofs
