// Which size of an image views have: that of the annotations, whatever the image's header says
// (reference/training-tools.md §1.2), so that bytes are the same whether the image is cached or
// not.
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "gmock/gmock.h"
#include "tests/fs/fs_testing.h"
#include "tests/testing/files.h"

namespace annofs::testing {
namespace {

using ::testing::HasSubstr;

// 640 x 480 pixels of orientation 6: shown as 480 x 640, which is what CVAT says.
constexpr char kTurned[] = "cvat/images/images/exif_rotated/left.jpg";

class ImageSizesTest : public ::testing::Test {
 protected:
  // One frame of that size, with a box from (10, 10) to (20, 30).
  void Open(absl::string_view size) {
    store_.Put("left.jpg", Read(Fixture(kTurned)));
    store_.Put("annotations.xml",
               absl::StrCat("<annotations><version>1.1</version><meta><task><name>street</name>"
                            "<labels><label><name>car</name></label></labels></task></meta>"
                            "<image id=\"0\" name=\"left.jpg\" ",
                            size,
                            "><box label=\"car\" occluded=\"0\" xtl=\"10\" ytl=\"10\" xbr=\"20\" "
                            "ybr=\"30\" z_order=\"0\"></box></image></annotations>"));
    ASSERT_TRUE(mount_.Open().ok());
  }
  static std::string Read(const std::string& path) { return ReadFile(path).value(); }
  std::string Text(absl::string_view path) {
    return mount_.Text(absl::StrCat("views/street/", path));
  }
  // All that says a size, or something relative to one.
  std::string Sizes() {
    return absl::StrCat(Text("yolo/labels/train/left.txt"), Text("reports/frames.tsv"),
                        Text("coco/annotations/instances_train.json"),
                        Text("hf/train/metadata.jsonl"), Text("by-frame/left.json"));
  }

  MemoryStore store_;
  Mounted mount_{store_};
};

TEST_F(ImageSizesTest, AreThoseOfTheAnnotationsAndTheImageIsNotFetchedForThem) {
  Open("width=\"480\" height=\"640\"");
  EXPECT_THAT(Text("reports/frames.tsv"), HasSubstr("\t480\t640\t"));
  const int gets = store_.gets();
  EXPECT_EQ(Text("yolo/labels/train/left.txt"),
            absl::StrFormat("0 %.6f %.6f %.6f %.6f\n", 15. / 480, 20. / 640, 10. / 480, 20. / 640));
  EXPECT_THAT(Text("coco/annotations/instances_train.json"),
              HasSubstr("\"width\":480,\"height\":640"));
  EXPECT_EQ(store_.gets(), gets);
}

TEST_F(ImageSizesTest, AreTheSameAfterTheImageWasReadAndOnTheNextMount) {
  Open("width=\"641\" height=\"480\"");  // of another image
  const std::string before = Sizes();
  EXPECT_THAT(before, HasSubstr("641"));
  EXPECT_EQ(mount_.Text("views/street/by-frame/left.jpg"), Read(Fixture(kTurned)));
  EXPECT_EQ(Sizes(), before);
  ASSERT_TRUE(mount_.Again().ok());
  EXPECT_EQ(Sizes(), before);
}

TEST_F(ImageSizesTest, AFrameWithoutOneKeepsNoneAndSaysSo) {
  Open("");
  EXPECT_THAT(Text("reports/frames.tsv"), HasSubstr("\t0\t0\t"));
  EXPECT_THAT(Text("reports/problems.tsv"), HasSubstr("the size of the image is not given"));
  EXPECT_THAT(Text("reports/dropped/yolo.tsv"), HasSubstr("the size of the image is not known"));
  EXPECT_EQ(Text("yolo/labels/train/left.txt"), "");
  EXPECT_THAT(Text("by-frame/left.tsv"), HasSubstr("car\trectangle\t10\t10\t10\t20"));
  EXPECT_EQ(mount_.Text("views/street/yolo/images/train/left.jpg"), Read(Fixture(kTurned)));
}

}  // namespace
}  // namespace annofs::testing
