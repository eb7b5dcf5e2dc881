// The arguments of one API call: query parameters and a JSON object in the body mean the same
// (reference/b2.md §1.1). An explicit null is an absent argument. Not thread safe; owned by the
// call.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cache/base/json.h"
#include "tools/emulator/http.h"

namespace annofs::emulator {

class Params {
 public:
  // Error: 400 bad_json if the body is neither empty nor a JSON object.
  static absl::StatusOr<Params> Of(const Request& request);
  // Those of the query alone: the body is a file's content.
  static Params OfQuery(const Request& request);
  // The members of the body.
  std::vector<std::string> Names() const;

  // Nothing if absent. Error: 400 bad_request if of another type.
  absl::StatusOr<std::optional<std::string>> Text(absl::string_view name) const;
  absl::StatusOr<std::optional<int64_t>> Int(absl::string_view name) const;
  // An array of strings; in a query, comma-separated.
  absl::StatusOr<std::optional<std::vector<std::string>>> List(absl::string_view name) const;

  // A member of the body, of any type; a null value if absent. Queries have none.
  JsonValue Value(absl::string_view name) const { return Member(name); }
  // Error: 400 bad_request if of another type.
  absl::StatusOr<bool> BoolOr(absl::string_view name, bool otherwise) const;

  absl::StatusOr<std::string> TextOr(absl::string_view name, absl::string_view otherwise) const;
  // Error: 400 bad_request "Required field X is missing".
  absl::StatusOr<std::string> Required(absl::string_view name) const;

 private:
  const HeaderList* query_ = nullptr;  // of the request, which outlives this
  std::optional<JsonDocument> body_;

  JsonValue Member(absl::string_view name) const;
};

}  // namespace annofs::emulator
