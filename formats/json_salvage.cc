#include "formats/json_salvage.h"

#include <utility>

#include "absl/strings/match.h"
#include "formats/json_damage.h"

namespace annofs {
namespace {

// Where "byte 12: …" and "line 1, column 2: …" say their position; 0: it says none.
size_t PositionLength(absl::string_view message) {
  if (!absl::StartsWith(message, "byte ") && !absl::StartsWith(message, "line ")) return 0;
  const size_t end = message.find(": ");
  if (end == message.npos) return 0;
  const bool is_plain =
      message.substr(5, end - 5).find_first_not_of("0123456789, column") == absl::string_view::npos;
  return is_plain ? end : 0;
}

}  // namespace

std::optional<Problem> ContentProblem(const absl::Status& status, absl::string_view source) {
  if (!absl::IsInvalidArgument(status) && !absl::IsUnimplemented(status)) return std::nullopt;
  absl::string_view reason = status.message();
  const size_t position = PositionLength(reason);
  Problem problem{.severity = Problem::Severity::kError,
                  .source = std::string(source),
                  .position = std::string(reason.substr(0, position))};
  if (position > 0) reason.remove_prefix(position + 2);
  problem.reason = std::string(reason);
  return problem;
}

absl::Status SalvagedJson::Stream(absl::StatusOr<std::unique_ptr<ChunkSource>> text,
                                  const std::vector<std::string>& patterns,
                                  absl::FunctionRef<absl::Status(const JsonItem&)> fn) {
  absl::Status own;  // of `fn`: that is no error of the text
  absl::Status status = text.status();
  if (status.ok()) {
    status = StreamJson(**text, patterns, [&](const JsonItem& item) {
      if (auto problem = DamageOf(item, source_)) report_(*std::move(problem));
      own = fn(item);
      return own;
    });
  }
  if (status.ok() || !own.ok()) return status;
  std::optional<Problem> problem = ContentProblem(status, source_);
  if (!problem) return status;
  if (!std::exchange(is_broken_, true)) report_(*std::move(problem));
  return absl::OkStatus();
}

}  // namespace annofs
