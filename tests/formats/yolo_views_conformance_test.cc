// What Ultralytics' scan of a label file asks of every line (reference/training-tools.md §1.1),
// whatever the dataset.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "formats/train_objects.h"
#include "tests/formats/dataset_cases.h"
#include "tests/formats/random_datasets.h"

namespace annofs {
namespace {

constexpr const char* kViews[] = {"yolo", "yolo-seg", "yolo-obb", "yolo-pose", "roboflow-yolo"};

class YoloViewsConformanceTest : public ::testing::TestWithParam<testing::DatasetCase> {
 protected:
  // Calls `fn(writer, rank, lines of its label file)`.
  template <typename Fn>
  void ForEachLabelFile(Fn fn) const {
    for (const char* view : kViews) {
      SCOPED_TRACE(view);
      const std::unique_ptr<Writer> writer = testing::WriterNamed(view);
      Layout layout;
      ASSERT_TRUE(writer->Describe(*data_, layout).ok());
      for (const Family& family : layout.families()) {
        if (family.is_media()) continue;
        for (size_t i = 0; i < family.frames.size(); ++i) {
          const Rank rank = family.frames[i];
          const std::string text = family.render(*data_, rank).value();
          fn(*writer, rank,
             std::vector<std::string>(absl::StrSplit(text, '\n', absl::SkipEmpty())));
        }
      }
    }
  }

  std::unique_ptr<Dataset> data_ = GetParam().make();
};

size_t ColumnsOf(const std::string& line) {
  return size_t(std::count(line.begin(), line.end(), ' ')) + 1;
}

TEST_P(YoloViewsConformanceTest, AsManyLinesAsObjectsWithoutAReason) {
  ForEachLabelFile([&](const Writer& writer, Rank rank, const std::vector<std::string>& lines) {
    const FrameShapes all = data_->Shapes(rank).value();
    const auto why = writer.WhyDropped(*data_, data_->GetFrame(rank).value(), all);
    ASSERT_EQ(why.size(), all.tags.size() + all.shapes.size());
    size_t held = 0;
    for (const TrainObject& object : ObjectsOf(all))
      held += why[all.tags.size() + object.parts[0]].empty();
    EXPECT_EQ(lines.size(), held) << rank;
  });
}

TEST_P(YoloViewsConformanceTest, NumbersAreFrom0To1AndNoLineIsThereTwice) {
  ForEachLabelFile([&](const Writer& writer, Rank, const std::vector<std::string>& lines) {
    std::set<std::string> seen;
    for (const std::string& line : lines) {
      EXPECT_TRUE(seen.insert(line).second) << line;
      const std::vector<std::string> words = absl::StrSplit(line, ' ');
      for (size_t i = 1; i < words.size(); ++i) {
        const bool is_visibility = writer.Info().name == "yolo-pose" && i > 4 && (i - 4) % 3 == 0;
        double value = -1;
        ASSERT_TRUE(absl::SimpleAtod(words[i], &value)) << line;
        EXPECT_TRUE(value >= 0 && value <= (is_visibility ? 2 : 1)) << line;
        EXPECT_NE(words[i][0], '-') << line;
      }
    }
  });
}

TEST_P(YoloViewsConformanceTest, BoxesAndOutlinesAreNeverMixed) {
  ForEachLabelFile([&](const Writer& writer, Rank, const std::vector<std::string>& lines) {
    const absl::string_view name = writer.Info().name;
    for (const std::string& line : lines) {
      const size_t columns = ColumnsOf(line);
      if (name == "yolo-seg") {
        EXPECT_TRUE(columns >= 7 && columns % 2 == 1) << line;
      } else if (name == "yolo-obb") {
        EXPECT_EQ(columns, 9u) << line;
      } else if (name == "yolo-pose") {
        EXPECT_EQ(columns, ColumnsOf(lines[0])) << line;
      } else {
        EXPECT_EQ(columns, 5u) << line;
      }
    }
  });
}

TEST_P(YoloViewsConformanceTest, TrainAndValHaveImagesIfThereIsOne) {
  if (data_->WithMedia()->empty()) return;
  const std::unique_ptr<Dataset>& data = data_;
  for (const char* view : {"yolo", "yolo-seg", "yolo-obb", "yolo-pose"}) {
    auto files = testing::FilesOf(testing::Described(view, *data), *data);
    if (view == std::string("yolo-pose") && files.empty()) continue;  // there are no skeletons
    for (const char* list : {"train.txt", "val.txt"}) {
      EXPECT_FALSE(files[list].empty()) << view << " " << list;
      for (absl::string_view line : absl::StrSplit(files[list], '\n', absl::SkipEmpty())) {
        ASSERT_TRUE(absl::ConsumePrefix(&line, "./")) << line;
        EXPECT_TRUE(files.contains(std::string(line))) << line;
        std::string label = absl::StrCat("labels", line.substr(line.find('/')));
        label = absl::StrCat(label.substr(0, label.rfind('.')), ".txt");
        EXPECT_TRUE(files.contains(label)) << label;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Datasets, YoloViewsConformanceTest, testing::EveryDataset(),
                         testing::CaseName);
INSTANTIATE_TEST_SUITE_P(Random, YoloViewsConformanceTest, testing::RandomDatasets<30>());

}  // namespace
}  // namespace annofs
