// What a node is called, against the path by which it was found: of the whole tree.
#include "gmock/gmock.h"
#include "tests/formats/zip_maker.h"
#include "tests/fs/fs_testing.h"

namespace annofs::testing {
namespace {

// Frames in directories, tracks with an attribute, a second task.
std::string TwoTasksXml() {
  const auto box = [](int frame, absl::string_view color) {
    return absl::StrCat(
        "<box frame=\"", frame,
        "\" keyframe=\"1\" outside=\"0\" occluded=\"0\" xtl=\"1.00\" ytl=\"1.00\" xbr=\"9.00\" "
        "ybr=\"9.00\" z_order=\"0\"><attribute name=\"color\">",
        color, "</attribute></box>");
  };
  return absl::StrCat(
      "<annotations><version>1.1</version><meta><task><name>film</name><size>3</size>"
      "<mode>interpolation</mode><start_frame>0</start_frame><stop_frame>2</stop_frame>"
      "<labels><label><name>car</name><attributes><attribute><name>color</name>"
      "<mutable>True</mutable><input_type>text</input_type><values></values></attribute>"
      "</attributes></label></labels></task></meta>\n<track id=\"0\" label=\"car\" "
      "source=\"manual\">",
      box(0, "red"), box(1, "blue"), "</track><track id=\"1\" label=\"car\" source=\"auto\">",
      box(1, "red"), "</track></annotations>\n");
}

class PathOfTest : public ::testing::Test {
 protected:
  // Below `path`, each node but the bucket's own is called as it was found.
  void ExpectPathsBelow(const std::string& path) {
    Paths paths;
    const absl::StatusOr<NodeAttr> top = mount_.At(path);
    ASSERT_TRUE(top.ok()) << path << ": " << top.status();
    Walk(mount_.fs(), top->id, path, paths);
    for (const auto& [found, attr] : paths) {
      const std::string name = found.ends_with('/') ? found.substr(0, found.size() - 1) : found;
      if (attr.id.tree() == TreeNumber::kBucket) continue;
      ++seen_;
      EXPECT_EQ(mount_.fs().PathOf(attr.id), name);
    }
  }

  MemoryStore store_;
  Mounted mount_{store_};
  size_t seen_ = 0;
};

TEST_F(PathOfTest, EveryNodeOfEveryViewIsCalledAsItIsFound) {
  store_.Put("a.xml", ImagesXml("street", {"a.jpg", "sub dir/b ü.jpg", "sub dir/deep/c.jpg"}));
  store_.Put("labels/film.xml", TwoTasksXml());
  for (const char* key : {"a.jpg", "sub dir/b ü.jpg", "sub dir/deep/c.jpg"}) store_.Put(key, key);
  store_.Put("labels/frame_000001.png", "image");
  ASSERT_TRUE(mount_.Open().ok());
  ExpectPathsBelow("views");
  EXPECT_GT(seen_, 300u);
}

TEST_F(PathOfTest, TheBucketsFilesAndDirectoriesAreCalledByTheirKeys) {
  store_.Put("d/e/f.txt", "x");
  store_.Put("d.jpg", "x");
  ASSERT_TRUE(mount_.Open().ok());
  for (const char* path : {"", "d", "d/e", "d/e/f.txt", "d.jpg", "views", "views/README.txt"}) {
    EXPECT_EQ(mount_.fs().PathOf(mount_.At(path)->id), path);
  }
  EXPECT_EQ(mount_.fs().PathOf(mount_.At(".annofs/status.json")->id), ".annofs");
}

TEST_F(PathOfTest, AnotherNameOfTheViewsIsInIt) {
  store_.Put("a.xml", ImagesXml("street", {"a.jpg"}));
  ASSERT_TRUE(mount_.Open({.views_name = "labels"}).ok());
  EXPECT_EQ(mount_.fs().PathOf(mount_.At("labels/street/yolo/data.yaml")->id),
            "labels/street/yolo/data.yaml");
}

TEST_F(PathOfTest, APastTimeIsInIt) {
  store_.Put("a.xml", ImagesXml("street", {"a.jpg"}));
  store_.Put("d/b.txt", "x");
  store_.SetTime(absl::Now() - absl::Hours(1));
  ASSERT_TRUE(mount_.Open().ok());
  for (const char* path : {".annofs/at/2024-01-01", ".annofs/at/2024-01-01/d",
                           ".annofs/at/2024-01-01/views/street/yolo/data.yaml"}) {
    const absl::StatusOr<NodeAttr> attr = mount_.At(path);
    ASSERT_TRUE(attr.ok()) << attr.status();
    EXPECT_EQ(mount_.fs().PathOf(attr->id), path);
  }
}

TEST_F(PathOfTest, AnImageInAZipIsNamedInThatZip) {
  store_.Put("export.zip",
             MakeZip({{.name = "annotations.xml", .content = ImagesXml("street", {"a.jpg"})},
                      {.name = "images/a.jpg", .content = "the image"}}));
  ASSERT_TRUE(mount_.Open().ok());
  const absl::StatusOr<NodeAttr> image = mount_.At("views/street/by-frame/a.jpg");
  ASSERT_TRUE(image.ok()) << image.status();
  EXPECT_EQ(mount_.fs().PathOf(image->id), "export.zip!a.jpg");
}

TEST_F(PathOfTest, ANodeOfNothingIsANumber) {
  ASSERT_TRUE(mount_.Open().ok());
  EXPECT_EQ(mount_.fs().PathOf(NodeId::Bucket(12345)), "node 3039");
  EXPECT_EQ(mount_.fs().PathOf(NodeId::Make(TreeNumber::kView, 99, 1)), "node 1000006300000001");
  EXPECT_EQ(mount_.fs().PathOf(NodeId::Make(TreeNumber::kAt, 99, 1)), "node 3000006300000001");
}

}  // namespace
}  // namespace annofs::testing
