// imagefolder: a directory of images for each class, as torchvision's ImageFolder and Keras read it
// (reference/training-tools.md §1.2).
#include <memory>

#include "formats/image_classes.h"
#include "formats/train_frames.h"
#include "formats/writer.h"

namespace annofs {
namespace {

class Imagefolder : public Writer {
 public:
  WriterInfo Info() const override {
    return {.name = "imagefolder",
            .summary = "a directory of images for each class: torchvision's ImageFolder, Keras",
            .keeps = AllShapeTypes()};
  }

  absl::Status Describe(const Dataset& data, Layout& tree) const override {
    return DescribeImageClasses(data, tree);
  }

  absl::StatusOr<absl::string_view> WhyFrameDropped(const Dataset& data, Rank rank) const override {
    return WhyNoImage(data, rank);
  }

  std::vector<absl::string_view> WhyDropped(const Dataset& data, const Frame&,
                                            const FrameShapes& all) const override {
    return WhyNotClasses(data, all);
  }
};

}  // namespace

std::unique_ptr<Writer> NewImagefolderWriter() { return std::make_unique<Imagefolder>(); }

}  // namespace annofs
