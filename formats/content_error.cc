#include "formats/content_error.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/string_view.h"

namespace annofs {
namespace {

bool IsNumber(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), absl::ascii_isdigit);
}

// Cuts "line 12: " off the front: "line 12"; empty if there is none.
absl::string_view TakePosition(absl::string_view& message) {
  if (!absl::StartsWith(message, "line ") && !absl::StartsWith(message, "byte ")) return "";
  const size_t end = message.find(": ");
  if (end == absl::string_view::npos) return "";
  const absl::string_view position = message.substr(0, end);
  absl::string_view number = position.substr(5);
  const size_t comma = number.find(", column ");
  if (comma != absl::string_view::npos) {
    if (!IsNumber(number.substr(comma + 9))) return "";
    number = number.substr(0, comma);
  }
  if (!IsNumber(number)) return "";
  message.remove_prefix(end + 2);
  return position;
}

}  // namespace

bool IsContentError(const absl::Status& status) {
  return absl::IsInvalidArgument(status) || absl::IsUnimplemented(status);
}

Problem ContentProblem(std::string source, const absl::Status& error) {
  absl::string_view reason = error.message();
  const absl::string_view position = TakePosition(reason);
  return {.severity = Problem::Severity::kError,
          .source = std::move(source),
          .position = std::string(position),
          .reason = std::string(reason)};
}

}  // namespace annofs
