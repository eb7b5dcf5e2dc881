#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "tests/formats/sample_data.h"

namespace annofs {
namespace {

using ::annofs::testing::Described;
using ::annofs::testing::FilesOf;
using ::annofs::testing::Finished;
using ::annofs::testing::WriterNamed;
using ::testing::ElementsAre;
using ::testing::Pair;

constexpr char kFormat[] = "cvat/Market-1501 1.0";

class Sample {
 public:
  Sample() {
    builder_.AddTask({.name = "one", .subset = "train"});
    builder_.AddLabel({.name = "other"});
    builder_.AddLabel(
        {.name = "market-1501",
         .attributes = {{.name = "query", .input_type = "checkbox", .default_value = "false"},
                        {.name = "person_id", .input_type = "text"}}});
  }
  // A frame with a tag market-1501 for each list of attributes.
  void Add(const std::string& name, const std::vector<std::vector<Attribute>>& tags) {
    uint32_t frame =
        builder_.AddFrame({.name = name, .number = next_++, .subset = "train"}).value();
    for (const std::vector<Attribute>& attributes : tags) {
      Shape tag{.type = ShapeType::kTag, .label = 1, .attributes = attributes};
      EXPECT_TRUE(builder_.AddShape(frame, tag).ok());
    }
  }
  std::unique_ptr<Dataset> Finish() { return Finished(builder_); }

 private:
  DatasetBuilder builder_;
  uint32_t next_ = 0;
};

TEST(CvatMarket1501Test, ImagesAreCalledAfterTheirTag) {
  Sample sample;
  sample.Add("z.jpg", {{{"person_id", "0002"}}});
  sample.Add("d/y.PNG", {{{"person_id", "-1"},
                          {"camera_id", "4"},
                          {"track_id", " 3 "},
                          {"frame_id", "151"},
                          {"bbox_id", "7"}}});
  sample.Add("q.jpg", {{{"person_id", "5"}, {"query", "true"}}});
  sample.Add("p.jpg", {{{"query", "true"}}});
  sample.Add("n.jpg", {{}});
  sample.Add("0009_c1s2_000003_04 more.jpg", {{{"person_id", "1"}}});
  sample.Add("d/0009_c1s2_000003_04.jpg", {{{"person_id", "1"}}});  // no such name: a directory
  std::unique_ptr<Dataset> data = sample.Finish();
  EXPECT_THAT(FilesOf(Described(kFormat, *data), *data),
              ElementsAre(Pair("bounding_box_train/0002_c1s1_000000_00.jpg", "-> bucket/z.jpg"),
                          Pair("bounding_box_train/0009_c1s2_000003_04 more.jpg",
                               "-> bucket/0009_c1s2_000003_04 more.jpg"),
                          Pair("bounding_box_train/d/-1_c5s3_000151_07.PNG", "-> bucket/d/y.PNG"),
                          Pair("bounding_box_train/d/1_c1s1_000000_00.jpg",
                               "-> bucket/d/0009_c1s2_000003_04.jpg"),
                          Pair("bounding_box_train/n.jpg", "-> bucket/n.jpg"),
                          Pair("images_train.txt",
                               "bounding_box_train/0002_c1s1_000000_00.jpg\n"
                               "bounding_box_train/d/-1_c5s3_000151_07.PNG\n"
                               "query/5_c1s1_000000_00.jpg\n"
                               "query/p.jpg\n"
                               "bounding_box_train/n.jpg\n"
                               "bounding_box_train/0009_c1s2_000003_04 more.jpg\n"
                               "bounding_box_train/d/1_c1s1_000000_00.jpg\n"),
                          Pair("query/5_c1s1_000000_00.jpg", "-> bucket/q.jpg"),
                          Pair("query/p.jpg", "-> bucket/p.jpg")));
}

TEST(CvatMarket1501Test, WhatNamesNoPersonHasAReason) {
  Sample sample;
  sample.Add("a.jpg", {{{"person_id", "1"}}, {{"person_id", "2"}}});
  sample.Add("b.jpg", {{{"person_id", "1"}, {"camera_id", "front"}}});
  sample.Add("c.jpg", {{}});
  std::unique_ptr<Dataset> data = sample.Finish();
  std::vector<absl::string_view> why;
  for (Rank rank = 0; rank < 3; ++rank) {
    for (absl::string_view reason : WriterNamed(kFormat)->WhyDropped(
             *data, data->GetFrame(rank).value(), data->Shapes(rank).value())) {
      why.push_back(reason);
    }
  }
  EXPECT_THAT(why,
              ElementsAre("the image has more than one tag market-1501",
                          "the image has more than one tag market-1501",
                          "a camera, track, frame or box that is no number", "it names no person"));
  EXPECT_EQ(FilesOf(Described(kFormat, *data), *data)["images_train.txt"],
            "bounding_box_train/a.jpg\nbounding_box_train/b.jpg\nbounding_box_train/c.jpg\n");
}

TEST(CvatMarket1501Test, AHostilePersonStaysInsideTheTree) {
  Sample sample;
  sample.Add("a.jpg", {{{"person_id", "../../etc\n"}}});
  sample.Add("b.jpg", {{{"person_id", "/root"}}});
  std::unique_ptr<Dataset> data = sample.Finish();
  size_t images = 0;
  for (const auto& [path, text] : FilesOf(Described(kFormat, *data), *data)) {
    if (!absl::StartsWith(text, "-> ")) continue;
    ++images;
    EXPECT_TRUE(absl::StartsWith(path, "bounding_box_train/")) << path;
    EXPECT_EQ(path.find('/', 19), std::string::npos) << path;
    EXPECT_EQ(path.find('\n'), std::string::npos) << path;
  }
  EXPECT_EQ(images, 2);
}

TEST(CvatMarket1501Test, AnImageThatIsCalledLikeATagsNameKeepsIt) {
  Sample sample;
  sample.Add("0002_c1s1_000000_00.jpg", {});
  sample.Add("a.jpg", {{{"person_id", "0002"}}});
  sample.Add("b.jpg", {{{"person_id", "0003"}}});
  std::unique_ptr<Dataset> data = sample.Finish();
  std::map<std::string, std::string> files = FilesOf(Described(kFormat, *data), *data);
  files.erase("images_train.txt");
  EXPECT_THAT(
      files,
      ElementsAre(
          Pair("bounding_box_train/0002_c1s1_000000_00-00000001.jpg", "-> bucket/a.jpg"),
          Pair("bounding_box_train/0002_c1s1_000000_00.jpg", "-> bucket/0002_c1s1_000000_00.jpg"),
          Pair("bounding_box_train/0003_c1s1_000000_00.jpg", "-> bucket/b.jpg")));
}

TEST(CvatMarket1501Test, ADirectoryThatIsCalledLikeATagsNameKeepsIt) {
  Sample sample;
  sample.Add("a.jpg", {{{"person_id", "2"}}});
  sample.Add("2_c1s1_000000_00.jpg/b.jpg", {});
  std::unique_ptr<Dataset> data = sample.Finish();
  const Layout layout = Described(kFormat, *data);
  std::map<std::string, std::string> files = FilesOf(layout, *data);
  EXPECT_EQ(files["bounding_box_train/2_c1s1_000000_00.jpg/b.jpg"],
            "-> bucket/2_c1s1_000000_00.jpg/b.jpg");
  EXPECT_FALSE(files.contains("bounding_box_train/2_c1s1_000000_00.jpg"));
  EXPECT_EQ(files.size(), 3u);
}

TEST(CvatMarket1501Test, AnEmptyDatasetHasAnEmptyList) {
  DatasetBuilder builder;
  std::unique_ptr<Dataset> data = Finished(builder);
  EXPECT_THAT(FilesOf(Described(kFormat, *data), *data),
              ElementsAre(Pair("images_default.txt", "")));
}

}  // namespace
}  // namespace annofs
