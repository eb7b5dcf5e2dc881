// Whether a file says what its golden one says. Each adds to `out` what differs, and nothing where
// the files are equal; a file that cannot be read as what it should be is a difference too.
#pragma once

#include "absl/strings/string_view.h"
#include "tests/golden/difference.h"

namespace annofs::testing {

// Byte for byte, told by lines.
void CompareText(absl::string_view golden, absl::string_view ours, FileDifferences& out);

// By content: members of objects in any order; numbers exactly, whole ones and floats being
// different; lists under "skeleton" and "joints" as sets (reference/cvat.md §10.4).
void CompareJson(absl::string_view golden, absl::string_view ours, FileDifferences& out);

// By content: what stands before the root, names and order of elements, attributes in any order,
// texts; the <attribute> elements of a shape of a track in any order (§10.4).
void CompareXml(absl::string_view golden, absl::string_view ours, FileDifferences& out);

// By pixels, with the size, the bits and the channels of each. BMP: 24 bits without compression.
void ComparePng(absl::string_view golden, absl::string_view ours, FileDifferences& out);
void CompareBmp(absl::string_view golden, absl::string_view ours, FileDifferences& out);

}  // namespace annofs::testing
