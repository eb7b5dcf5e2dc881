// A row as it lies in the catalog, and what makes it the same row again. Pure functions. See
// cache/README.md.
#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "cache/catalog.h"

namespace annofs {

std::string EncodeRow(const Row& row);
// Nothing if the record is not one.
std::optional<Row> DecodeRow(RowId id, absl::string_view record);

// 16 bytes that two rows share if and only if they are the same directory, or the same version
// shown under the same name: (parent, name) or (parent, name, version, size, modified).
std::string RowIdentity(const Row& row);

}  // namespace annofs
