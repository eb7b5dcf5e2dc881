// by-frame: each frame's image with its annotations beside it. Loses nothing.
#include "cache/base/status.h"
#include "formats/people_files.h"
#include "formats/writer.h"

namespace annofs {
namespace {

class ByFrame : public Writer {
 public:
  WriterInfo Info() const override {
    return {.name = "by-frame",
            .summary = "each frame's image with its annotations beside it as .json and .tsv",
            .keeps = AllShapeTypes()};
  }

  absl::Status Describe(const Dataset& data, Layout& tree) const override {
    ASSIGN_OR_RETURN(RankSet media, data.WithMedia());
    AddPeopleFiles("", data.All(), media, nullptr, tree);
    return absl::OkStatus();
  }

  std::vector<absl::string_view> WhyDropped(const Dataset&, const Frame&,
                                            const FrameShapes&) const override {
    return {};
  }
};

}  // namespace

std::unique_ptr<Writer> NewByFrameWriter() { return std::make_unique<ByFrame>(); }

}  // namespace annofs
