#include "formats/json_salvage.h"

#include <utility>

#include "formats/content_error.h"
#include "formats/json_damage.h"

namespace annofs {

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
  if (!IsContentError(status)) return status;
  if (!std::exchange(is_broken_, true)) report_(ContentProblem(source_, status));
  return absl::OkStatus();
}

}  // namespace annofs
