#include <algorithm>

#include "cache/base/status.h"
#include "cache/base/text.h"
#include "tools/export_sink.h"
#include "tools/stack.h"

namespace annofs {
namespace {

constexpr uint64_t kReadBytes = 1 << 20;

}  // namespace

CallContext ExportReader::Context() const {
  CallContext context = CommandContext(settings_);
  context.cancellation = &cancellation_;
  return context;
}

absl::StatusOr<NodeAttr> ExportReader::Sized(const ExportFile& file) const {
  if (file.has_size) return file.attr;
  return tree_.Stat(file.attr.id, Context());
}

absl::Status ExportReader::Read(const NodeAttr& file,
                                absl::FunctionRef<absl::Status(absl::string_view)> fn) const {
  for (uint64_t offset = 0; offset < file.size;) {
    const CallContext context = Context();
    RETURN_IF_ERROR(context.Check());
    absl::Status status;
    uint64_t got = 0;
    RETURN_IF_ERROR(tree_.Read(
        file.id, {offset, std::min(kReadBytes, file.size - offset)},
        [&](Pieces data) {
          for (absl::string_view piece : data) {
            got += piece.size();
            if (status.ok()) status = fn(piece);
          }
        },
        context));
    RETURN_IF_ERROR(status);
    if (got == 0) return absl::DataLossError("it is shorter than its size says");
    offset += got;
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
