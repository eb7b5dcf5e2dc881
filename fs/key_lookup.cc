#include "fs/key_lookup.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "cache/base/text.h"

namespace annofs {
namespace {

// The child of that name; nothing: there is none, or there can be none.
absl::StatusOr<std::optional<Row>> FindChild(Catalog& catalog, RowId directory,
                                             absl::string_view name, const CallContext& context) {
  absl::StatusOr<Row> row = catalog.Lookup(directory, name, context);
  if (row.ok()) return std::optional<Row>(*std::move(row));
  const bool is_absent = absl::IsNotFound(row.status()) || absl::IsOutOfRange(row.status()) ||
                         absl::IsInvalidArgument(row.status());
  if (is_absent) return std::optional<Row>();
  return row.status();
}

}  // namespace

absl::StatusOr<std::optional<RowId>> FindDirectoryOf(Catalog& catalog, absl::string_view key,
                                                     const CallContext& context) {
  RowId directory = kRootRow;
  for (absl::string_view rest = DirName(key); !rest.empty();) {
    const size_t slash = rest.find('/');
    const absl::string_view name = rest.substr(0, slash);
    rest.remove_prefix(slash == absl::string_view::npos ? rest.size() : slash + 1);
    absl::StatusOr<std::optional<Row>> row = FindChild(catalog, directory, name, context);
    if (!row.ok()) return Annotate(row.status(), absl::StrCat("looking for '", key, "'"));
    if (!*row || !(*row)->is_directory) return std::optional<RowId>();
    directory = (*row)->id;
  }
  return std::optional<RowId>(directory);
}

absl::StatusOr<std::optional<Row>> FindObject(Catalog& catalog, absl::string_view key,
                                              const CallContext& context) {
  ASSIGN_OR_RETURN(const std::optional<RowId> directory, FindDirectoryOf(catalog, key, context));
  if (!directory) return std::optional<Row>();
  absl::StatusOr<std::optional<Row>> row = FindChild(catalog, *directory, BaseName(key), context);
  if (!row.ok()) return Annotate(row.status(), absl::StrCat("looking for '", key, "'"));
  if (*row && (*row)->is_directory) row->reset();
  return row;
}

}  // namespace annofs
