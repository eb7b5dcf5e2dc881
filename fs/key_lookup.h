// Keys of a bucket as rows of its catalog. Stateless.
#pragma once

#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cache/catalog.h"

namespace annofs {

// The directory that the key lies in; nothing: there is none. Lists what is on the way.
absl::StatusOr<std::optional<RowId>> FindDirectoryOf(Catalog& catalog, absl::string_view key,
                                                     const CallContext& context);

// The object of that key; nothing: there is none, or a directory.
absl::StatusOr<std::optional<Row>> FindObject(Catalog& catalog, absl::string_view key,
                                              const CallContext& context);

}  // namespace annofs
