// Counts in are counts out and counts dropped: of every dataset that views are tried with, the
// objects that a trainer's view does not report as dropped are those that its files have.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "absl/strings/match.h"
#include "formats/train_objects.h"
#include "tests/formats/dataset_cases.h"
#include "tests/formats/png_pixels.h"

namespace annofs::testing {
namespace {

// Objects of a frame without a reason.
size_t HeldObjects(const Writer& writer, const Dataset& data, Rank rank) {
  const FrameShapes all = data.Shapes(rank).value();
  const auto why = writer.WhyDropped(data, data.GetFrame(rank).value(), all);
  EXPECT_EQ(why.size(), all.tags.size() + all.shapes.size());
  size_t held = 0;
  for (const TrainObject& object : ObjectsOf(all))
    held += why[all.tags.size() + object.parts[0]].empty();
  return held;
}

size_t Occurrences(absl::string_view what, absl::string_view text) {
  size_t count = 0;
  for (size_t at = text.find(what); at != text.npos; at = text.find(what, at + what.size()))
    ++count;
  return count;
}

size_t Lines(const std::string& text) { return Occurrences("\n", text); }
size_t VocObjects(const std::string& xml) { return Occurrences("<object>", xml); }

size_t Instances(const std::string& png) {
  const PngPixels pixels = DecodePng(png);
  std::set<uint32_t> values;
  const size_t bytes = size_t(pixels.depth) / 8;
  for (size_t i = 0; i + bytes <= pixels.bytes.size(); i += bytes)
    values.insert(bytes == 1 ? pixels.bytes[i] : pixels.bytes[i] * 256u + pixels.bytes[i + 1]);
  return values.size() - values.count(0);
}

class TrainCountsTest : public ::testing::TestWithParam<DatasetCase> {
 protected:
  // Each frame's file of the families below `directory`, by `count`.
  void ExpectHeldIsThere(absl::string_view view, absl::string_view directory,
                         size_t (*count)(const std::string&)) const {
    const std::unique_ptr<Dataset> data = GetParam().make();
    const std::unique_ptr<Writer> writer = WriterNamed(view);
    const Layout layout = Described(view, *data);
    for (const Family& family : layout.families()) {
      if (family.is_media() || !absl::StartsWith(layout.places()[family.place].path, directory))
        continue;
      for (size_t i = 0; i < family.frames.size(); ++i) {
        const Rank rank = family.frames[i];
        EXPECT_EQ(count(family.render(*data, rank).value()), HeldObjects(*writer, *data, rank))
            << view << " " << data->GetFrame(rank)->name;
      }
    }
  }
};

TEST_P(TrainCountsTest, VocHasTheObjectsThatAreNotDropped) {
  ExpectHeldIsThere("voc", "VOCdevkit/VOC2012/Annotations", VocObjects);
}

TEST_P(TrainCountsTest, KittiHasTheObjectsThatAreNotDropped) {
  ExpectHeldIsThere("kitti", "training/label_2", Lines);
}

TEST_P(TrainCountsTest, PicturesShowTheObjectsThatAreNotDropped) {
  ExpectHeldIsThere("masks", "instances", Instances);
}

INSTANTIATE_TEST_SUITE_P(Datasets, TrainCountsTest, EveryDataset(), CaseName);

}  // namespace
}  // namespace annofs::testing
