// Counts in are counts out and counts dropped: of every dataset, in the views that write objects
// into files of their own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "formats/split.h"
#include "formats/train_objects.h"
#include "tests/formats/dataset_cases.h"

namespace annofs {
namespace {

using ::annofs::testing::Described;
using ::annofs::testing::SegmentedText;
using ::annofs::testing::WriterNamed;

size_t Occurrences(absl::string_view text, absl::string_view what) {
  const std::vector<absl::string_view> between = absl::StrSplit(text, what);
  return between.size() - 1;
}

class CocoCountsTest : public ::testing::TestWithParam<testing::DatasetCase> {
 protected:
  // How often something stands in the view's files about many frames.
  size_t Written(absl::string_view view, absl::string_view what) const {
    const Layout layout = Described(view, *data_);
    size_t count = 0;
    for (const SingleFile& file : layout.files()) {
      if (file.is_segmented()) count += Occurrences(SegmentedText(file.segments, *data_), what);
    }
    return count;
  }

  // What the view says it holds of a frame: objects, or shapes.
  size_t Held(const Writer& writer, Rank rank, bool by_shape) const {
    const FrameShapes all = data_->Shapes(rank).value();
    const std::vector<absl::string_view> why =
        writer.WhyDropped(*data_, data_->GetFrame(rank).value(), all);
    size_t held = 0;
    if (by_shape) {
      for (size_t i = all.tags.size(); i < why.size(); ++i) held += why[i].empty();
      return held;
    }
    for (const TrainObject& object : ObjectsOf(all))
      held += why[all.tags.size() + object.parts[0]].empty();
    return held;
  }

  // The same of all parts: a frame may be in two.
  size_t HeldInParts(absl::string_view view, const RankSet& frames, bool by_shape = false) const {
    const std::unique_ptr<Writer> writer = WriterNamed(view);
    const std::vector<SplitPart> parts = Split(*data_).value();
    size_t held = 0;
    for (const SplitPart& part : parts) {
      const RankSet shown = Intersect(part.frames, frames);
      for (size_t i = 0; i < shown.size(); ++i) held += Held(*writer, shown[i], by_shape);
    }
    return held;
  }

  std::unique_ptr<Dataset> data_ = GetParam().make();
};

TEST_P(CocoCountsTest, AnObjectThatIsNotDroppedIsOneAnnotationOfCoco) {
  for (const char* view : {"coco", "coco-keypoints", "roboflow-coco"})
    EXPECT_EQ(Written(view, "\"category_id\":"), HeldInParts(view, data_->All())) << view;
}

// Each box is a list in the list of boxes.
TEST_P(CocoCountsTest, AnObjectOfAnImageThatIsNotDroppedIsOneBoxOfHf) {
  EXPECT_EQ(Written("hf", "[[") + Written("hf", "], ["),
            HeldInParts("hf", data_->WithMedia().value()));
}

TEST_P(CocoCountsTest, ATrackedShapeThatIsNotDroppedIsOneRowOfMot) {
  EXPECT_EQ(Written("mot", "\n"), HeldInParts("mot", data_->All(), true));
}

INSTANTIATE_TEST_SUITE_P(Datasets, CocoCountsTest, testing::EveryDataset(), testing::CaseName);

}  // namespace
}  // namespace annofs
