#include "fs/view_frames.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "formats/related_media.h"
#include "fs/inner_code.h"

namespace annofs {
namespace {

absl::Status NotAFile() { return absl::AbortedError("a directory's node, not a file's"); }

std::optional<InnerMedia> InnerRelatedOf(const Frame& frame, uint32_t nth) {
  const std::vector<uint32_t> numbers = RelatedInOrder(frame);
  if (nth >= numbers.size() || numbers[nth] >= frame.related_inner.size()) return std::nullopt;
  return frame.related_inner[numbers[nth]];
}

absl::StatusOr<ViewFrame> InnerFrameOf(const Target& target, uint32_t ordinal,
                                       const CallContext& context) {
  ASSIGN_OR_RETURN(std::shared_ptr<const IndexedDataset> data,
                   target.dataset->dataset->Open(context));
  if (data->frame_count() == 0) return NotAFile();
  const InnerPart part = InnerPartOf(data->frame_count(), ordinal);
  return ViewFrame{.dataset = std::move(data), .rank = part.rank, .related = part.number};
}

}  // namespace

absl::StatusOr<std::optional<ViewFrame>> FrameOf(const ViewNode& node, const CallContext& context) {
  const Target& target = node.target;
  if (target.kind == Target::Kind::kFamily) {
    // A family of folders has directories.
    if (target.view->layout.families()[target.number].kind == FamilyKind::kFolder) {
      return std::optional<ViewFrame>();
    }
    return std::optional<ViewFrame>({.dataset = target.view->dataset, .rank = node.ordinal});
  }
  if (target.kind != Target::Kind::kInner) return std::optional<ViewFrame>();
  ASSIGN_OR_RETURN(ViewFrame frame, InnerFrameOf(target, node.ordinal, context));
  return std::optional<ViewFrame>(std::move(frame));
}

absl::StatusOr<InnerMedia> InnerImageOf(const Target& target, uint32_t ordinal,
                                        const CallContext& context) {
  ASSIGN_OR_RETURN(const ViewFrame found, InnerFrameOf(target, ordinal, context));
  ASSIGN_OR_RETURN(const Frame frame, found.dataset->GetFrame(found.rank));
  std::optional<InnerMedia> inner = frame.inner;
  if (found.related) inner = InnerRelatedOf(frame, *found.related);
  if (!inner) return NotAFile();
  return *inner;
}

absl::StatusOr<std::string> InnerImagePath(const Target& target, uint32_t ordinal,
                                           const CallContext& context) {
  ASSIGN_OR_RETURN(const ViewFrame found, InnerFrameOf(target, ordinal, context));
  ASSIGN_OR_RETURN(const Frame frame, found.dataset->GetFrame(found.rank));
  ASSIGN_OR_RETURN(const InnerMedia inner, InnerImageOf(target, ordinal, context));
  const std::vector<PlannedSource>& sources = target.dataset->dataset->sources();
  if (inner.source >= sources.size()) return NotAFile();
  std::string name = frame.name;
  if (found.related) {
    const std::vector<uint32_t> numbers = RelatedInOrder(frame);
    if (*found.related < numbers.size()) name = frame.related[numbers[*found.related]];
  }
  return absl::StrCat(sources[inner.source].found.object.key, "!", name);
}

}  // namespace annofs
