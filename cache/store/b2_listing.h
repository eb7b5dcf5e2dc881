// The body and the answer of b2_list_file_names (reference/b2.md §1.5, §1.6). Pure functions.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cache/store/object_store.h"

namespace annofs {

// What is asked. A value; `request` outlives it.
struct B2ListQuery {
  const ListRequest& request;
  std::string bucket_id;
  std::string prefix;  // what the names asked for begin with
  std::string root;    // the part of `prefix` that keys do not have
  std::string begin;   // the name that the first page begins at; "" = the first of all
};

// What an answer holds.
struct B2ListAnswer {
  ListPage page;
  size_t names = 0;  // of the answer, also those left out: what is billed
};

// The prefix to ask for in a listing of `root` + `wanted`, where every name that may be seen begins
// with `name_prefix`: never shorter than that. Nothing: there can be no such name. `root` is the
// directory part of `name_prefix` or begins with it.
std::optional<std::string> B2ListPrefix(absl::string_view root, absl::string_view wanted,
                                        absl::string_view name_prefix);

// The JSON to send.
std::string B2ListBody(const B2ListQuery& query);

// The page that an answer holds: uploads are objects, folders are directories, the rest is skipped.
// kDataLoss: malformed, a name outside the prefix, or a `nextFileName` that does not advance. Names
// that are not after `request.after` are left out.
absl::StatusOr<B2ListAnswer> ParseB2Listing(absl::string_view body, const B2ListQuery& query);

}  // namespace annofs
