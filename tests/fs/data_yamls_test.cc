// .annofs/data/: twins of data.yaml that say where the tree is.
#include "fs/data_yamls.h"

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tests/fs/fs_testing.h"

namespace annofs::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;

class DataYamlsTest : public ::testing::Test {
 protected:
  DataYamlsTest() { store_.Put("a.xml", ImagesXml("night street", {"a.jpg", "b.jpg"})); }

  absl::Status Open(const std::string& mountpoint, const std::string& views_name = "views") {
    return mount_.Again({.views_name = views_name, .mountpoint = mountpoint});
  }

  MemoryStore store_;
  Mounted mount_{store_};
};

TEST_F(DataYamlsTest, EachSaysWhatTheViewsOwnFileSaysAndItsAbsolutePath) {
  ASSERT_TRUE(Open("/mnt/big data").ok());
  EXPECT_THAT(mount_.Names(".annofs/data").value(), ElementsAre("night street"));
  const std::vector<std::string> names = mount_.Names(".annofs/data/night street").value();
  // No skeletons, no key points.
  EXPECT_THAT(names,
              ElementsAre("roboflow-yolo.yaml", "yolo.yaml", "yolo-obb.yaml", "yolo-seg.yaml"));
  for (const std::string& name : names) {
    const std::string view = name.substr(0, name.size() - 5);
    EXPECT_EQ(mount_.Text(".annofs/data/night street/" + name),
              absl::StrCat("path: \"/mnt/big data/views/night street/", view, "\"\n",
                           mount_.Text("views/night street/" + view + "/data.yaml")));
  }
}

TEST_F(DataYamlsTest, EveryViewWithADataYamlHasOne) {
  ASSERT_TRUE(Open("/mnt/data").ok());
  std::vector<std::string> expected;
  const std::vector<std::string> views = mount_.Names("views/night street").value();
  for (const std::string& view : views) {
    if (mount_.At(absl::StrCat("views/night street/", view, "/data.yaml")).ok()) {
      expected.push_back(view + ".yaml");
    }
  }
  EXPECT_GE(expected.size(), 4u);
  EXPECT_THAT(mount_.Names(".annofs/data/night street").value(),
              ::testing::UnorderedElementsAreArray(expected));
}

TEST_F(DataYamlsTest, AnotherNameOfTheViewsIsInThePath) {
  ASSERT_TRUE(Open("/mnt/data", "labels").ok());
  EXPECT_THAT(mount_.Text(".annofs/data/night street/yolo.yaml"),
              ::testing::StartsWith("path: \"/mnt/data/labels/night street/yolo\"\n"));
}

TEST_F(DataYamlsTest, APathIsQuotedForYaml) {
  ASSERT_TRUE(Open("/mnt/a \"b\" \\ # ü").ok());
  EXPECT_THAT(
      mount_.Text(".annofs/data/night street/yolo.yaml"),
      ::testing::StartsWith("path: \"/mnt/a \\\"b\\\" \\\\ # ü/views/night street/yolo\"\n"));
}

TEST_F(DataYamlsTest, WhatIsNoTwinIsNotThere) {
  ASSERT_TRUE(Open("/mnt/data").ok());
  for (const char* path : {"other", "README.txt", "night street/yolo", "night street/coco.yaml",
                           "night street/yolo.yaml.yaml", "night street/.yaml"}) {
    EXPECT_TRUE(absl::IsNotFound(mount_.At(absl::StrCat(".annofs/data/", path)).status())) << path;
  }
}

TEST_F(DataYamlsTest, WithoutAPlaceThatYamlCanNameThereAreNone) {
  for (const char* mountpoint : {"", "/mnt/\xff"}) {
    ASSERT_TRUE(Open(mountpoint).ok());
    EXPECT_TRUE(absl::IsNotFound(mount_.At(".annofs/data").status()));
  }
}

TEST_F(DataYamlsTest, TheDirectoryIsFoundAndNotListed) {
  ASSERT_TRUE(Open("/mnt/data").ok());
  EXPECT_THAT(mount_.Names(".annofs").value(), Not(Contains("data")));
  EXPECT_TRUE(mount_.At(".annofs/data").value().is_directory);
}

}  // namespace
}  // namespace annofs::testing
