// Which frame a file of a view is of, and the image of one in a source's zip. Pure functions of the
// index.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "cache/base/call_context.h"
#include "formats/model.h"
#include "fs/dataset_index.h"
#include "fs/facet_leaves.h"
#include "fs/view_targets.h"

namespace annofs {

struct ViewFrame {
  std::shared_ptr<const IndexedDataset> dataset;
  Rank rank = 0;
  std::optional<uint32_t> related;  // the file is that context image of the frame
};

// Nothing: a directory, or a file that is of no one frame. Waits for the dataset's index where the
// node is of an image in a zip.
absl::StatusOr<std::optional<ViewFrame>> FrameOf(const ViewNode& node, const CallContext& context);

// REQUIRES: `target` is kInner. kAborted: the node is none of an image.
absl::StatusOr<InnerMedia> InnerImageOf(const Target& target, uint32_t ordinal,
                                        const CallContext& context);

// "ZIP!NAME": where that image lies. REQUIRES: `target` is kInner.
absl::StatusOr<std::string> InnerImagePath(const Target& target, uint32_t ordinal,
                                           const CallContext& context);

}  // namespace annofs
