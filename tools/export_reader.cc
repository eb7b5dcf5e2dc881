#include <algorithm>
#include <limits>

#include "cache/base/status.h"
#include "cache/base/text.h"
#include "tools/export_sink.h"
#include "tools/stack.h"

namespace annofs {
namespace {

constexpr uint64_t kReadBytes = 1 << 20;

CallContext ContextOf(const Settings& settings, const Cancellation& cancellation) {
  CallContext context = CommandContext(settings);
  context.cancellation = &cancellation;
  return context;
}

}  // namespace

absl::Status Patiently(const Settings& settings, const Cancellation& cancellation,
                       absl::FunctionRef<absl::Status(const CallContext&)> fn) {
  for (;;) {
    const CallContext context = ContextOf(settings, cancellation);
    absl::Status status = fn(context);
    // What it waits for may have a deadline of its own that is over.
    if (!absl::IsDeadlineExceeded(status) || context.Remaining() > absl::ZeroDuration())
      return status;
    if (cancellation.cancelled()) return status;
  }
}

CallContext ExportReader::Context() const { return ContextOf(settings_, cancellation_); }

CallContext ExportReader::OwnContext() const { return {.cancellation = &cancellation_}; }

absl::StatusOr<NodeAttr> ExportReader::Sized(const OutputFile& file) const {
  if (file.has_size) return file.attr;
  return tree_.Stat(file.attr.id, OwnContext());
}

absl::Status ExportReader::Read(const OutputFile& file,
                                absl::FunctionRef<absl::Status(absl::string_view)> fn) const {
  const uint64_t size = file.has_size ? file.attr.size : std::numeric_limits<uint64_t>::max();
  for (uint64_t offset = 0; offset < size;) {
    const CallContext context = file.is_image ? Context() : OwnContext();
    RETURN_IF_ERROR(context.Check());
    absl::Status status;
    const uint64_t wanted = std::min(kReadBytes, size - offset);
    uint64_t got = 0;
    RETURN_IF_ERROR(tree_.Read(
        file.attr.id, {offset, wanted},
        [&](Pieces data) {
          for (absl::string_view piece : data) {
            got += piece.size();
            if (status.ok()) status = fn(piece);
          }
        },
        context));
    RETURN_IF_ERROR(status);
    offset += got;
    if (!file.has_size && got < wanted) break;
    if (got == 0) return absl::DataLossError("it is shorter than its size says");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> ExportReader::LocalPath(const NodeAttr& image,
                                                    const std::string& source) const {
  if (image.id.tree() != TreeNumber::kBucket) return "";
  ASSIGN_OR_RETURN(ObjectVersion object, tree_.Object(image.id));
  return JoinPath(source, object.key);
}

}  // namespace annofs
