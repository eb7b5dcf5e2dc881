#include "tools/emulator/params.h"

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cache/base/status.h"
#include "tools/emulator/b2_error.h"

namespace annofs::emulator {
namespace {

absl::Status WrongType(absl::string_view name, absl::string_view wanted) {
  return BadRequest(absl::StrCat("field ", name, " must be ", wanted));
}

}  // namespace

Params Params::OfQuery(const Request& request) {
  Params params;
  params.query_ = &request.target.query;
  return params;
}

std::vector<std::string> Params::Names() const {
  std::vector<std::string> names;
  if (!body_) return names;
  body_->root().ForEachMember(
      [&names](absl::string_view name, JsonValue) { names.emplace_back(name); });
  return names;
}

absl::StatusOr<bool> Params::BoolOr(absl::string_view name, bool otherwise) const {
  JsonValue member = Member(name);
  if (!member.is_null()) {
    std::optional<bool> value = member.AsBool();
    if (!value) return WrongType(name, "true or false");
    return *value;
  }
  std::optional<absl::string_view> text = FindParameter(*query_, name);
  if (!text) return otherwise;
  if (*text != "true" && *text != "false") return WrongType(name, "true or false");
  return *text == "true";
}

absl::StatusOr<Params> Params::Of(const Request& request) {
  Params params;
  params.query_ = &request.target.query;
  if (absl::StripAsciiWhitespace(request.body).empty()) return params;
  absl::StatusOr<JsonDocument> body = JsonDocument::Parse(request.body);
  if (!body.ok()) return B2Error(400, "bad_json", body.status().message());
  if (!body->root().is_object()) return B2Error(400, "bad_json", "the body is not a JSON object");
  params.body_ = *std::move(body);
  return params;
}

JsonValue Params::Member(absl::string_view name) const {
  return body_ ? body_->root()[name] : JsonValue();
}

absl::StatusOr<std::optional<std::string>> Params::Text(absl::string_view name) const {
  JsonValue member = Member(name);
  if (!member.is_null()) {
    std::optional<absl::string_view> text = member.AsString();
    if (!text) return WrongType(name, "a string");
    return std::string(*text);
  }
  std::optional<absl::string_view> text = FindParameter(*query_, name);
  if (!text) return std::nullopt;
  return std::string(*text);
}

absl::StatusOr<std::optional<int64_t>> Params::Int(absl::string_view name) const {
  JsonValue member = Member(name);
  if (!member.is_null()) {
    std::optional<int64_t> number = member.AsInt();
    if (!number) return WrongType(name, "a whole number");
    return number;
  }
  std::optional<absl::string_view> text = FindParameter(*query_, name);
  if (!text) return std::nullopt;
  int64_t number = 0;
  if (!absl::SimpleAtoi(*text, &number)) return WrongType(name, "a whole number");
  return number;
}

absl::StatusOr<std::optional<std::vector<std::string>>> Params::List(absl::string_view name) const {
  JsonValue member = Member(name);
  std::vector<std::string> items;
  if (member.is_null()) {
    std::optional<absl::string_view> text = FindParameter(*query_, name);
    if (!text) return std::nullopt;
    items = absl::StrSplit(*text, ',');
    return items;
  }
  if (!member.is_array()) return WrongType(name, "an array of strings");
  for (size_t i = 0; i < member.size(); ++i) {
    std::optional<absl::string_view> item = member[i].AsString();
    if (!item) return WrongType(name, "an array of strings");
    items.emplace_back(*item);
  }
  return items;
}

absl::StatusOr<std::string> Params::TextOr(absl::string_view name,
                                           absl::string_view otherwise) const {
  ASSIGN_OR_RETURN(std::optional<std::string> text, Text(name));
  return text ? *std::move(text) : std::string(otherwise);
}

absl::StatusOr<std::string> Params::Required(absl::string_view name) const {
  ASSIGN_OR_RETURN(std::optional<std::string> text, Text(name));
  if (!text) return BadRequest(absl::StrCat("Required field ", name, " is missing"));
  return *std::move(text);
}

}  // namespace annofs::emulator
