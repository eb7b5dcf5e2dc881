// Where the central directory of a zip is: from the records at the end of the file.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "formats/source.h"

namespace annofs {

struct ZipEnd {
  uint64_t count = 0;   // entries
  uint64_t size = 0;    // bytes of the directory
  uint64_t offset = 0;  // where it is in the file
  // What offsets in the zip are short of: something was put before it (a program that unpacks it).
  uint64_t shift = 0;
};

// kInvalidArgument: no zip, cut short, a part of several, or a directory outside the file.
absl::StatusOr<ZipEnd> FindZipEnd(Source& source);

}  // namespace annofs
