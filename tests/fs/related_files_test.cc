// Context images of point clouds as files of the tree: objects of a bucket (in memory, and a local
// directory), and entries of a backup's zip.
#include <filesystem>
#include <fstream>

#include "absl/strings/match.h"
#include "cache/store/stores.h"
#include "gmock/gmock.h"
#include "tests/formats/backup_maker.h"
#include "tests/fs/fs_testing.h"

namespace annofs::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kManifest[] =
    "{\"version\":\"1.1\"}\n{\"type\":\"images\"}\n"
    "{\"name\":\"pointcloud/000001\",\"extension\":\".pcd\",\"width\":1,\"height\":1,"
    "\"meta\":{\"related_images\":[\"related_images/000001_pcd/right.png\","
    "\"related_images/000001_pcd/left.png\"]}}\n"
    "{\"name\":\"pointcloud/000002\",\"extension\":\".pcd\",\"width\":1,\"height\":1,"
    "\"meta\":{\"related_images\":[\"related_images/000002_pcd/gone.png\"]}}\n";

constexpr char kSly[] = "cvat/Sly Point Cloud Format 1.0/ds0/related_images/000001_pcd/left.png";
constexpr char kKitti[] = "cvat/Kitti Raw Format 1.0/image_00/data/000001.png";
constexpr char kDatumaro[] = "cvat/Datumaro 3D 1.0/related_images/default/000001/image_0.png";

class RelatedFilesTest : public ::testing::Test {
 protected:
  std::string Dataset() {
    const std::vector<std::string> names = mount_.Names("views").value();
    EXPECT_EQ(names.size(), 2u);  // and the README
    return "views/" + names[0] + "/";
  }
  void ExpectShown(absl::string_view bytes) {
    const std::string dataset = Dataset();
    const NodeAttr one = mount_.At(dataset + kSly).value();
    EXPECT_EQ(one.size, bytes.size());
    EXPECT_EQ(one.links, 2u);
    for (const char* path : {kSly, kKitti, kDatumaro}) {
      EXPECT_EQ(mount_.Text(dataset + path), bytes) << path;
      EXPECT_EQ(mount_.At(dataset + path)->id, one.id) << path;
    }
  }

  MemoryStore store_;
  Mounted mount_{store_};
};

TEST_F(RelatedFilesTest, AnObjectOfTheBucketIsTheBucketsOwnFile) {
  store_.Put("manifest.jsonl", kManifest);
  store_.Put("pointcloud/000001.pcd", "cloud");
  store_.Put("related_images/000001_pcd/left.png", "left image");
  store_.Put("related_images/000001_pcd/right.png", "right");
  ASSERT_TRUE(mount_.Open().ok());
  ExpectShown("left image");
  EXPECT_EQ(mount_.At(Dataset() + kSly)->id, mount_.At("related_images/000001_pcd/left.png")->id);
  EXPECT_EQ(mount_.Text(Dataset() + "cvat/Kitti Raw Format 1.0/image_01/data/000001.png"), "right");
}

TEST_F(RelatedFilesTest, OneThatIsMissingIsReportedAndNotListed) {
  store_.Put("manifest.jsonl", kManifest);
  store_.Put("pointcloud/000001.pcd", "cloud");
  store_.Put("related_images/000001_pcd/left.png", "left image");
  ASSERT_TRUE(mount_.Open().ok());
  const std::string dataset = Dataset();
  const std::string problems = mount_.Text(dataset + "reports/problems.tsv");
  EXPECT_THAT(problems, HasSubstr("'related_images/000001_pcd/right.png'"));
  EXPECT_THAT(problems, HasSubstr("'related_images/000002_pcd/gone.png'"));
  EXPECT_THAT(problems, Not(HasSubstr("left.png")));
  EXPECT_THAT(mount_.Names(dataset + "cvat/Sly Point Cloud Format 1.0/ds0/related_images").value(),
              ElementsAre("000001_pcd"));
  EXPECT_THAT(
      mount_.Names(dataset + "cvat/Sly Point Cloud Format 1.0/ds0/related_images/000001_pcd")
          .value(),
      ElementsAre("left.png", "left.png.json"));
  EXPECT_THAT(mount_.Names(dataset + "cvat/Kitti Raw Format 1.0").value(),
              Not(Contains("image_01")));
}

TEST_F(RelatedFilesTest, AnImageInTheBackupIsARangeOfTheZip) {
  store_.Put(
      "backup.zip",
      MakeBackup(
          {.task = R"({"name":"t","subset":"","version":"1.0","labels":[{"name":"car"}],
                              "dimension":"3d","data":{"start_frame":0,"stop_frame":1},
                              "jobs":[{"start_frame":0,"stop_frame":1}]})",
           .manifest = kManifest,
           .more = {{.name = "data/pointcloud/000001.pcd", .content = "cloud 1"},
                    {.name = "data/pointcloud/000002.pcd", .content = "cloud 2"},
                    {.name = "data/related_images/000001_pcd/left.png", .content = "left image"},
                    {.name = "data/related_images/000001_pcd/right.png",
                     .content = "deflated",
                     .deflated = true}}}));
  ASSERT_TRUE(mount_.Open().ok());
  const std::string dataset = Dataset();
  ExpectShown("left image");
  // Two frames, each with images: none is another's.
  EXPECT_EQ(mount_.Text(dataset + "cvat/Kitti Raw Format 1.0/velodyne_points/data/000002.pcd"),
            "cloud 2");
  EXPECT_THAT(mount_.Names(dataset + "cvat/Kitti Raw Format 1.0").value(),
              Not(Contains("image_01")));
  EXPECT_THAT(mount_.Text(dataset + "reports/problems.tsv"),
              HasSubstr("'related_images/000001_pcd/right.png' is not in the bucket, nor "
                        "uncompressed in the zip"));
  const NodeAttr image = mount_.At(dataset + kSly).value();
  ASSERT_TRUE(mount_.Again().ok());
  EXPECT_EQ(mount_.At(dataset + kSly)->id, image.id);
}

TEST_F(RelatedFilesTest, SizesToldAreBytesReadInEveryDirectoryOfAFrame) {
  store_.Put("manifest.jsonl", kManifest);
  store_.Put("related_images/000001_pcd/left.png", "left image");
  store_.Put("related_images/000001_pcd/right.png", "right");
  ASSERT_TRUE(mount_.Open().ok());
  const std::string folder =
      Dataset() + "cvat/Sly Point Cloud Format 1.0/ds0/related_images/000001_pcd";
  const std::vector<std::string> names = mount_.Names(folder).value();
  EXPECT_THAT(names, ElementsAre("left.png", "left.png.json", "right.png", "right.png.json"));
  for (const std::string& name : names) {
    const std::string path = folder + "/" + name;
    EXPECT_EQ(mount_.Text(path).size(), mount_.At(path)->size) << name;
  }
  EXPECT_TRUE(absl::IsNotFound(mount_.At(folder + "/other.png").status()));
}

void Write(const std::filesystem::path& path, absl::string_view bytes) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path) << bytes;
}

TEST(RelatedFilesInADirectory, AreItsFiles) {
  TempDir directory;
  const std::filesystem::path bucket = directory / "bucket";
  Write(bucket / "manifest.jsonl", kManifest);
  Write(bucket / "pointcloud/000001.pcd", "cloud");
  Write(bucket / "related_images/000001_pcd/left.png", "left image");
  const std::unique_ptr<ObjectStore> store = NewDirStore(bucket.string());
  CacheDir cache =
      OpenCacheDir({.path = directory / "cache", .block_bytes = uint64_t{16} << 20}).value();
  Counters counters;
  const std::unique_ptr<Filesystem> fs =
      OpenFilesystem(*store, cache, counters, {}, Soon()).value();
  std::string dataset;
  ASSERT_TRUE(fs->List(
                    Resolve(*fs, "views", Soon())->id, 0,
                    [&](const DirEntry& entry) {
                      dataset = std::string(entry.name);
                      return false;
                    },
                    Soon())
                  .ok());
  const NodeAttr own = Resolve(*fs, "related_images/000001_pcd/left.png", Soon()).value();
  for (const char* path : {kSly, kKitti, kDatumaro}) {
    const absl::StatusOr<NodeAttr> shown =
        Resolve(*fs, absl::StrCat("views/", dataset, "/", path), Soon());
    ASSERT_TRUE(shown.ok()) << path << shown.status();
    EXPECT_EQ(shown->id, own.id) << path;
    EXPECT_EQ(shown->size, 10u) << path;
  }
}

}  // namespace
}  // namespace annofs::testing
