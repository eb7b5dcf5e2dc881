// ImageNet, VGGFace2, WiderFace and LFW: the exports of CVAT that put images into folders of
// labels.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/formats/sample_data.h"

namespace annofs {
namespace {

using ::annofs::testing::Described;
using ::annofs::testing::FilesOf;
using ::annofs::testing::Finished;
using ::annofs::testing::WriterNamed;
using ::testing::ElementsAre;
using ::testing::Pair;

using Files = std::map<std::string, std::string>;

absl::StatusOr<std::optional<Media>> NoImage(const Frame&) { return std::nullopt; }

// A dataset that is put together frame by frame.
class Sample {
 public:
  explicit Sample(const std::vector<std::string>& labels) {
    for (const std::string& label : labels) builder_.AddLabel({.name = label});
  }
  DatasetBuilder& builder() { return builder_; }
  // A frame of a subset, which is a task of its own, with tags of these labels.
  uint32_t Add(const std::string& name, const std::vector<uint32_t>& tags,
               const std::string& subset = "") {
    const auto [task, is_new] = tasks_.try_emplace(subset, 0);
    if (is_new) task->second = builder_.AddTask({.name = subset, .subset = subset});
    uint32_t frame = builder_
                         .AddFrame({.name = name,
                                    .number = next_++,
                                    .task = task->second,
                                    .width = 100,
                                    .height = 50,
                                    .subset = subset})
                         .value();
    for (uint32_t label : tags) AddShape(frame, {.type = ShapeType::kTag, .label = label});
    return frame;
  }
  void AddShape(uint32_t frame, Shape shape) {
    EXPECT_TRUE(builder_.AddShape(frame, std::move(shape)).ok());
  }

 private:
  DatasetBuilder builder_;
  std::map<std::string, uint32_t> tasks_;
  uint32_t next_ = 0;
};

std::vector<absl::string_view> WhyDropped(absl::string_view format, const Dataset& data,
                                          Rank rank) {
  return WriterNamed(format)->WhyDropped(data, data.GetFrame(rank).value(),
                                         data.Shapes(rank).value());
}

TEST(CvatImageNetTest, ImagesAreInAFolderForEachTag) {
  Sample sample({"car", "a/b", "no_label", "bus"});
  sample.Add("1.jpg", {0, 3}, "train");
  sample.Add("d/2.JPG", {1}, "val");
  sample.Add("car/3.jpg", {0, 3}, "val");  // not car/car/3.jpg
  sample.Add("4.jpg", {}, "val");
  sample.Add("5.jpg", {2}, "val");  // into the folder of those without a label, as CVAT does
  std::unique_ptr<Dataset> data = Finished(sample.builder());
  EXPECT_THAT(
      FilesOf(Described("cvat/ImageNet 1.0", *data), *data),
      ElementsAre(Pair("a/b/d/2.JPG", "-> bucket/d/2.JPG"), Pair("bus/1.jpg", "-> bucket/1.jpg"),
                  Pair("bus/car/3.jpg", "-> bucket/car/3.jpg"),
                  Pair("car/1.jpg", "-> bucket/1.jpg"), Pair("car/3.jpg", "-> bucket/car/3.jpg"),
                  Pair("no_label/4.jpg", "-> bucket/4.jpg"),
                  Pair("no_label/5.jpg", "-> bucket/5.jpg")));
}

TEST(CvatImageNetTest, WithoutAnyImageThereAreLists) {
  Sample sample({"a", "b\"\n", "c", "d", "e", "f", "g", "h", "i"});
  sample.Add("z z/\"q\" u.jpg", {8, 0}, "train");  // Python's set {8, 0}
  sample.Add("b.jpg", {0, 8, 0}, "train");
  sample.Add("a.jpg", {}, "synsets");  // overwritten by the labels
  std::unique_ptr<Dataset> data = Finished(sample.builder(), NoImage);
  EXPECT_THAT(FilesOf(Described("cvat/ImageNet 1.0", *data), *data),
              ElementsAre(Pair("synsets.txt", "a\nb\"\n\nc\nd\ne\nf\ng\nh\ni\n"),
                          Pair("train.txt", "\"z z/\"q\" u\".jpg 8 0\nb.jpg 0 8\n")));
}

TEST(CvatImageNetTest, FoldersOfNamesThatAreNoPathAreSafe) {
  Sample sample({"..", "Car", "car", "x\ty"});
  sample.Add("1.jpg", {0, 1, 2, 3});
  std::unique_ptr<Dataset> data = Finished(sample.builder());
  Files files = FilesOf(Described("cvat/ImageNet 1.0", *data), *data);
  EXPECT_EQ(files.size(), 4);
  EXPECT_TRUE(files.contains("Car/1.jpg"));
  for (const auto& [path, text] : files) {
    EXPECT_EQ(text, "-> bucket/1.jpg");
    EXPECT_EQ(path.find('\t'), std::string::npos);
    EXPECT_NE(path.substr(0, 3), "../");
  }
}

TEST(CvatImageNetTest, AnEmptyDatasetHasTheListsOfNothing) {
  Sample sample({});
  std::unique_ptr<Dataset> data = Finished(sample.builder());
  EXPECT_THAT(FilesOf(Described("cvat/ImageNet 1.0", *data), *data),
              ElementsAre(Pair("default.txt", ""), Pair("synsets.txt", "")));
}

TEST(CvatVggFace2Test, RowsAreCsvAndImagesLieUnderEveryLabelOnThem) {
  Sample sample({"a,\"b\"", "nose"});
  uint32_t one = sample.Add("x.jpg", {}, "train");
  sample.AddShape(one, {.label = 0, .points = {1, 2, 3.5, 4}});
  sample.AddShape(
      one, {.type = ShapeType::kPoints, .label = 1, .points = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10.25}});
  sample.AddShape(one, {.type = ShapeType::kPolygon, .label = 1, .points = {1, 2, 3, 4, 5, 6}});
  sample.Add("nose/y.jpg", {1, 0}, "val");
  std::unique_ptr<Dataset> data = Finished(sample.builder());
  Files files = FilesOf(Described("cvat/VGGFace2 1.0", *data), *data);
  EXPECT_EQ(files["bb_landmark/loose_bb_train.csv"],
            "NAME_ID,X,Y,W,H\r\n\"a,\"\"b\"\"/x\",1.0,2.0,2.5,2.0\r\n");
  EXPECT_EQ(files["bb_landmark/loose_landmark_train.csv"],
            "NAME_ID,P1X,P1Y,P2X,P2Y,P3X,P3Y,P4X,P4Y,P5X,P5Y\r\n"
            "nose/x,1.0,2.0,3.0,4.0,5.0,6.0,7.0,8.0,9.0,10.25\r\n");
  // A row for each tag, all of the first one's label; the directory is not repeated.
  EXPECT_EQ(files["bb_landmark/loose_landmark_val.csv"],
            "NAME_ID,P1X,P1Y,P2X,P2Y,P3X,P3Y,P4X,P4Y,P5X,P5Y\r\n"
            "nose/y,,,,,,,,,,\r\nnose/y,,,,,,,,,,\r\n");
  EXPECT_FALSE(files.contains("bb_landmark/loose_bb_val.csv"));
  EXPECT_EQ(files["train/a,\"b\"/x.jpg"], "-> bucket/x.jpg");
  EXPECT_EQ(files["train/nose/x.jpg"], "-> bucket/x.jpg");
  EXPECT_EQ(files["val/nose/y.jpg"], "-> bucket/nose/y.jpg");
  EXPECT_EQ(files["val/a,\"b\"/nose/y.jpg"], "-> bucket/nose/y.jpg");
  EXPECT_EQ(files["labels.txt"], "a,\"b\"\nnose\n");
  EXPECT_EQ(files.size(), 8);
}

TEST(CvatVggFace2Test, AnImageWithTwoBoxesHasNoRowsAndTheOthersHave) {
  Sample sample({"face"});
  uint32_t two = sample.Add("2.jpg", {0});
  sample.AddShape(two, {.points = {1, 2, 3, 4}});
  sample.AddShape(two, {.points = {5, 6, 7, 8}});
  uint32_t one = sample.Add("1.jpg", {});
  sample.AddShape(one, {.points = {1, 2, 3, 4}});
  sample.AddShape(one, {.type = ShapeType::kPoints, .points = {1, 2}});
  std::unique_ptr<Dataset> data = Finished(sample.builder());
  Files files = FilesOf(Described("cvat/VGGFace2 1.0", *data), *data);
  EXPECT_EQ(files["bb_landmark/loose_bb_default.csv"],
            "NAME_ID,X,Y,W,H\r\nface/1,1.0,2.0,2.0,2.0\r\n");
  EXPECT_EQ(files["bb_landmark/loose_landmark_default.csv"],
            "NAME_ID,P1X,P1Y,P2X,P2Y,P3X,P3Y,P4X,P4Y,P5X,P5Y\r\nface/1,,,,,,,,,,\r\n");
  constexpr char kSeveral[] = "the image has more than one box or set of points";
  EXPECT_THAT(WhyDropped("cvat/VGGFace2 1.0", *data, 1), ElementsAre(kSeveral, kSeveral, kSeveral));
  EXPECT_THAT(WhyDropped("cvat/VGGFace2 1.0", *data, 0),
              ElementsAre("", "the format has five points"));
}

TEST(CvatVggFace2Test, ACuboidPutsNoImageIntoAFolder) {
  Sample sample({"face"});
  uint32_t frame = sample.Add("1.jpg", {});
  sample.AddShape(frame,
                  {.type = ShapeType::kCuboid,
                   .points = {10, 10, 10, 20, 20, 10, 20, 20, 25, 8, 25, 18, 15, 8, 15, 18}});
  std::unique_ptr<Dataset> data = Finished(sample.builder());
  Files files = FilesOf(Described("cvat/VGGFace2 1.0", *data), *data);
  EXPECT_EQ(files["default/no_label/1.jpg"], "-> bucket/1.jpg");
  EXPECT_FALSE(files.contains("default/face/1.jpg"));
}

TEST(CvatWiderFaceTest, TheFirstTagIsTheFolderAndAttributesAreColumns) {
  Sample sample({"car", "face"});
  sample.builder().AddLabel({.name = "x\ny",
                             .attributes = {{.name = "blur", .input_type = "number"},
                                            {.name = "pose", .input_type = "text"},
                                            {.name = "invalid", .input_type = "checkbox"}}});
  uint32_t one = sample.Add("images/1.jpg", {1, 0}, "b");
  sample.AddShape(one, {.label = 1, .points = {0, 0, 1, 1}});
  sample.AddShape(one, {.label = 2,
                        .occluded = true,
                        .points = {1, 2, 3, 4},
                        .attributes = {{"blur", "2"}, {"pose", "a b"}, {"invalid", "TRUE"}}});
  sample.Add("2.jpg", {}, "a");
  std::unique_ptr<Dataset> data = Finished(sample.builder());
  EXPECT_THAT(FilesOf(Described("cvat/WiderFace 1.0", *data), *data),
              ElementsAre(Pair("WIDER_a/images/no_label/2.jpg", "-> bucket/2.jpg"),
                          Pair("WIDER_b/images/1--face/images/1.jpg", "-> bucket/images/1.jpg"),
                          Pair("labels.txt", "car\nface\nx\ny"),
                          Pair("wider_face_split/wider_face_a_bbx_gt.txt", "no_label/2.jpg\n"),
                          Pair("wider_face_split/wider_face_b_bbx_gt.txt",
                               "1--face/images/1.jpg\n2\n"
                               "0.0 0.0 1.0 1.0 - - - False - - \n"
                               "1.0 2.0 2.0 2.0 2.0 - - True a b True x\ny\n")));
  EXPECT_THAT(WhyDropped("cvat/WiderFace 1.0", *data, 1),
              ElementsAre("", "only the first tag of an image is its folder", "", ""));
}

TEST(CvatLfwTest, PeopleAreCountedAndImagesLieUnderTheFirstTag) {
  Sample sample({"bob", "eve"});
  uint32_t one = sample.Add("d/1.png", {1, 0}, "b");
  sample.AddShape(one, {.type = ShapeType::kPoints, .points = {1, 2, 3.5, 4}});
  sample.Add("bob/2.jpg", {}, "b");
  sample.Add("3.jpg", {0}, "a");
  std::unique_ptr<Dataset> data = Finished(sample.builder());
  EXPECT_THAT(FilesOf(Described("cvat/LFW 1.0", *data), *data),
              ElementsAre(Pair("a/annotations/pairs.txt", "bob/3\n"),
                          Pair("a/annotations/people.txt", "bob\t1\neve\t0\n"),
                          Pair("a/images/bob/3.jpg", "-> bucket/3.jpg"),
                          Pair("b/annotations/landmarks.txt", "d/1.jpg\t1.0\t2.0\t3.5\t4.0\n"),
                          Pair("b/annotations/pairs.txt", "eve/d/1\nbob/2\n"),
                          Pair("b/annotations/people.txt", "bob\t0\neve\t1\n"),
                          Pair("b/images/bob/2.jpg", "-> bucket/bob/2.jpg"),
                          Pair("b/images/eve/d/1.png", "-> bucket/d/1.png")));
  EXPECT_THAT(WhyDropped("cvat/LFW 1.0", *data, 2),
              ElementsAre("", "only the first tag of an image is its person", ""));
}

TEST(CvatLfwTest, AnImageThatWasNamedBeforeIsNotListedAgain) {
  Sample sample({"bob", "eve"});
  sample.Add("bob_0001.jpg", {0});  // is bob's number 1
  sample.Add("bob_1.jpg", {0});     // again
  sample.Add("1.jpg", {0});         // again
  sample.Add("bob/1.jpg", {});      // is called like it
  sample.Add("eve/7.jpg", {});
  sample.Add("7.jpg", {1});      // is called like that
  sample.Add("bobby.jpg", {0});  // has no number: CVAT's export fails
  std::unique_ptr<Dataset> data = Finished(sample.builder());
  EXPECT_EQ(FilesOf(Described("cvat/LFW 1.0", *data), *data)["default/annotations/pairs.txt"],
            "bob/bob_0001\neve/7\nbob/bobby\n");
}

TEST(CvatLfwTest, EveryCharacterOfTheAttributeIsAPair) {
  Sample sample({"eve"});
  sample.builder().AddLabel({.name = "bob",
                             .attributes = {{.name = "positive_pairs", .input_type = "text"},
                                            {.name = "negative_pairs", .input_type = "text"}}});
  sample.Add("bob_0001.jpg", {1});
  uint32_t two = sample.Add("x.jpg", {});
  sample.AddShape(two, {.type = ShapeType::kTag,
                        .label = 1,
                        .attributes = {{"positive_pairs", "7ü"}, {"negative_pairs", "q"}}});
  sample.Add("q.jpg", {});  // named by the negative pair
  sample.Add("7.jpg", {0});
  std::unique_ptr<Dataset> data = Finished(sample.builder());
  EXPECT_EQ(FilesOf(Described("cvat/LFW 1.0", *data), *data)["default/annotations/pairs.txt"],
            "bob\tx\t7\nbob\tx\tü\nbob\tx\t-\tq\neve/7\n");
  // Of the two tags of bob the first has both attributes and no pairs.
  EXPECT_THAT(
      WhyDropped("cvat/LFW 1.0", *data, *data->FindPath("bob_0001.jpg").value()),
      ElementsAre("it has an attribute for pairs and no pairs: such an image is not listed"));
}

TEST(CvatLabelFoldersTest, WithoutFramesThereAreTheListsOfNothing) {
  Sample sample({});
  std::unique_ptr<Dataset> data = Finished(sample.builder());
  EXPECT_THAT(FilesOf(Described("cvat/LFW 1.0", *data), *data),
              ElementsAre(Pair("default/annotations/pairs.txt", "")));
  EXPECT_THAT(FilesOf(Described("cvat/WiderFace 1.0", *data), *data),
              ElementsAre(Pair("labels.txt", ""),
                          Pair("wider_face_split/wider_face_default_bbx_gt.txt", "")));
  EXPECT_THAT(FilesOf(Described("cvat/VGGFace2 1.0", *data), *data),
              ElementsAre(Pair("bb_landmark/loose_landmark_default.csv",
                               "NAME_ID,P1X,P1Y,P2X,P2Y,P3X,P3Y,P4X,P4Y,P5X,P5Y\r\n"),
                          Pair("labels.txt", "")));
}

}  // namespace
}  // namespace annofs
