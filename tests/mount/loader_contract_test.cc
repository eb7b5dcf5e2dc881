// What loaders do with a tree for trainers, call by call (reference/training-tools.md §1.1, §1.2,
// §8), on real mounts: they find everything, and asking again costs no request.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "cache/base/json.h"
#include "cache/base/text.h"
#include "tests/mount/loader_io.h"
#include "tests/mount/mount_test_base.h"

namespace annofs::testing {
namespace {

constexpr char kDataset[] = "synth images ünï";  // 4 images, of two parts

// The value of a key of data.yaml, which is plain there.
std::string YamlValue(const std::string& path, absl::string_view key) {
  for (absl::string_view line : LinesOf(path)) {
    if (absl::ConsumePrefix(&line, absl::StrCat(key, ": "))) return std::string(line);
  }
  ADD_FAILURE() << key << " is not in " << path;
  return "";
}

// Ultralytics' img2label_paths: by the text of the path alone.
std::string LabelOf(absl::string_view image) {
  const size_t at = image.rfind("/images/");
  EXPECT_NE(at, absl::string_view::npos) << image;
  const std::string labels =
      absl::StrCat(image.substr(0, at), "/labels/", image.substr(at + strlen("/images/")));
  return absl::StrCat(labels.substr(0, labels.rfind('.')), ".txt");
}

void ExpectStaysBelow(const std::string& tree, const std::string& path) {
  char resolved[PATH_MAX];
  ASSERT_NE(realpath(path.c_str(), resolved), nullptr) << path << ": " << strerror(errno);
  EXPECT_EQ(std::string(resolved), path);
  EXPECT_TRUE(absl::StartsWith(resolved, tree + "/")) << resolved;
}

// Images that were opened; each loader answers how many times it did.
using Images = std::set<std::string>;

void LoadImage(const std::string& tree, const std::string& path, Images* images) {
  ExpectStaysBelow(tree, path);
  EXPECT_GT(SizeOf(path), 0);
  VerifyImage(path);
  images->insert(path);
}

// Ultralytics: data.yaml, lists of images, the same by a recursive glob, the sizes of images and
// labels for the key of its cache, the scan, then each image as training asks for it.
void LoadYolo(const std::string& tree, Images* images) {
  for (const char* part : {"train", "val"}) {
    const std::string list = tree + "/" + YamlValue(tree + "/data.yaml", part);
    std::vector<std::string> paths;
    for (absl::string_view line : LinesOf(list)) {
      EXPECT_TRUE(absl::ConsumePrefix(&line, "./")) << line;
      paths.push_back(absl::StrCat(tree, "/", line));
    }
    std::sort(paths.begin(), paths.end());
    EXPECT_FALSE(paths.empty());
    EXPECT_EQ(paths, GlobFiles(absl::StrCat(tree, "/images/", part)));
    int64_t bytes = 0;
    for (const std::string& image : paths) bytes += SizeOf(image) + SizeOf(LabelOf(image));
    EXPECT_GT(bytes, 0);
    for (const std::string& image : paths) {
      EXPECT_EQ(image.find("/images/"), image.rfind("/images/"));
      LoadImage(tree, image, images);
      for (const std::string& line : LinesOf(LabelOf(image))) {
        EXPECT_EQ(std::count(line.begin(), line.end(), ' '), 4) << line;
      }
      EXPECT_FALSE(Exists(tree + "/images/" + part + "/" + Stem(image) + ".npy"));
      Slurp(image);
    }
  }
}

// pycocotools and torchvision's CocoDetection.
void LoadCoco(const std::string& tree, Images* images) {
  for (const char* part : {"train", "val"}) {
    const std::string text = Slurp(absl::StrCat(tree, "/annotations/instances_", part, ".json"));
    const absl::StatusOr<JsonDocument> json = JsonDocument::Parse(text);
    ASSERT_TRUE(json.ok()) << json.status();
    const JsonValue all = json->root()["images"];
    EXPECT_GT(all.size(), 0u);
    for (size_t i = 0; i < all.size(); ++i) {
      LoadImage(tree, absl::StrCat(tree, "/", part, "/", all[i].StringOr("file_name", "")), images);
    }
  }
}

// torchvision's VOCDetection and VOCSegmentation, which write ".jpg" themselves.
void LoadVoc(const std::string& tree, Images* images) {
  const std::string root = tree + "/VOCdevkit/VOC2012/";
  for (const char* part : {"train", "val", "trainval"}) {
    for (const std::string& stem : LinesOf(absl::StrCat(root, "ImageSets/Main/", part, ".txt"))) {
      LoadImage(tree, absl::StrCat(root, "JPEGImages/", stem, ".jpg"), images);
      EXPECT_TRUE(absl::StrContains(Slurp(absl::StrCat(root, "Annotations/", stem, ".xml")),
                                    "</annotation>"));
    }
    for (const std::string& stem :
         LinesOf(absl::StrCat(root, "ImageSets/Segmentation/", part, ".txt"))) {
      VerifyImage(absl::StrCat(root, "JPEGImages/", stem, ".jpg"));
      VerifyImage(absl::StrCat(root, "SegmentationClass/", stem, ".png"));
      VerifyImage(absl::StrCat(root, "SegmentationObject/", stem, ".png"));
    }
  }
}

// torchvision's Kitti: the name up to the first dot.
void LoadKitti(const std::string& tree, Images* images) {
  const std::string root = tree + "/Kitti/raw/training/";
  for (const std::string& name : Files(root + "image_2")) {
    LoadImage(tree, absl::StrCat(root, "image_2/", name), images);
    const std::string stem = name.substr(0, name.find('.'));
    for (const std::string& line : LinesOf(absl::StrCat(root, "label_2/", stem, ".txt"))) {
      EXPECT_EQ(std::count(line.begin(), line.end(), ' '), 14) << line;
    }
  }
}

// torchvision's ImageFolder, for each part: directories are classes, and each has an image.
void LoadImageFolder(const std::string& tree, Images* images) {
  EXPECT_EQ(Directories(tree + "/train"), Directories(tree + "/val"));
  for (const char* part : {"train", "val"}) {
    for (const std::string& label : Directories(absl::StrCat(tree, "/", part))) {
      const std::vector<std::string> paths = GlobFiles(absl::StrCat(tree, "/", part, "/", label));
      EXPECT_FALSE(paths.empty()) << label;
      for (const std::string& path : paths) LoadImage(tree, path, images);
    }
  }
}

// Hugging Face's imagefolder: the tree again for each pattern of a split's name, with the size and
// time of each file, then the lists.
void LoadHf(const std::string& tree, Images* images) {
  constexpr int kPatterns = 40;
  for (int i = 0; i < kPatterns; ++i) {
    for (const std::string& path : GlobFiles(tree)) SizeOf(path);
  }
  for (const char* part : {"train", "val"}) {
    const std::string directory = absl::StrCat(tree, "/", part, "/");
    for (const std::string& line : LinesOf(directory + "metadata.jsonl")) {
      const absl::StatusOr<JsonDocument> json = JsonDocument::Parse(line);
      ASSERT_TRUE(json.ok()) << json.status();
      LoadImage(tree, absl::StrCat(directory, json->root().StringOr("file_name", "")), images);
    }
  }
}

// Loaders of pairs: both directories are listed, and what has one stem belongs together.
void LoadMasks(const std::string& tree, Images* images) {
  for (const char* part : {"train", "val"}) {
    for (const std::string& image : GlobFiles(absl::StrCat(tree, "/images/", part))) {
      LoadImage(tree, image, images);
      for (const char* kind : {"semantic", "instances"}) {
        const std::string mask = absl::StrCat(tree, "/", kind, "/", part, "/", Stem(image), ".png");
        EXPECT_TRUE(absl::StartsWith(Slurp(mask), "\x89PNG")) << mask;
      }
    }
    EXPECT_EQ(Files(absl::StrCat(tree, "/images/", part)).size(),
              Files(absl::StrCat(tree, "/semantic/", part)).size());
  }
}

struct Loader {
  const char* view;
  void (*load)(const std::string& tree, Images* images);
  size_t paths;    // of images, in the tree
  int64_t images;  // of the bucket, which these are
};

// imagefolder has the images with a tag only, and shows a class without an image in a part there
// too.
constexpr Loader kLoaders[] = {{"yolo", LoadYolo, 4, 4},
                               {"coco", LoadCoco, 4, 4},
                               {"voc", LoadVoc, 4, 4},
                               {"kitti", LoadKitti, 4, 4},
                               {"imagefolder", LoadImageFolder, 4, 2},
                               {"hf", LoadHf, 4, 4},
                               {"masks", LoadMasks, 4, 4}};

class LoaderContractTest : public MountTest {
 protected:
  void SetUp() override {
    MountTest::SetUp();
    if (IsSkipped()) return;
    MakeLightweightBucket();
    Serve("bucket");
  }
  std::string Dataset() const { return absl::StrCat(Path("mnt"), "/views/", kDataset); }
  std::string View(absl::string_view view) const { return absl::StrCat(Dataset(), "/", view); }
  void ExpectLoads(const Loader& loader) {
    Images images;
    loader.load(View(loader.view), &images);
    EXPECT_EQ(images.size(), loader.paths);
  }
};

class EachLoaderTest : public LoaderContractTest, public ::testing::WithParamInterface<Loader> {};

TEST_P(EachLoaderTest, FetchesEachImageOnceAndNothingAgainAlsoAfterARemount) {
  EXPECT_EQ(Annofs({"index", "b2://b", "--endpoint", emulator_->url()}).exit_code, 0);
  const std::string mnt = MountBucket();
  ResetCounters();
  ExpectLoads(GetParam());
  EXPECT_EQ(Requests("b2_download_file_by_id"), GetParam().images);
  EXPECT_EQ(Requests("total"), GetParam().images);
  ResetCounters();
  ExpectLoads(GetParam());
  EXPECT_EQ(Requests("total"), 0);
  Unmount(mnt);
  MountBucket();
  ResetCounters();
  ExpectLoads(GetParam());
  EXPECT_EQ(Requests("total"), 0);
}

// Then each directory of the bucket is listed when it is first touched.
TEST_P(EachLoaderTest, AsksNothingAgainInABucketWithoutAnIndex) {
  MountBucket();
  ExpectLoads(GetParam());
  ResetCounters();
  ExpectLoads(GetParam());
  EXPECT_EQ(Requests("total"), 0);
}

INSTANTIATE_TEST_SUITE_P(Views, EachLoaderTest, ::testing::ValuesIn(kLoaders),
                         [](const auto& info) { return std::string(info.param.view); });

// Also to root, who may write anywhere else.
TEST_F(LoaderContractTest, AReadOnlyTreeSaysSoBeforeACacheIsWritten) {
  MountBucket();
  for (const std::string& directory : {View("yolo/labels"), View("yolo/images/train")}) {
    EXPECT_EQ(access(directory.c_str(), W_OK), -1);
    EXPECT_EQ(errno, EROFS);
    const std::string made = directory + "/train.cache.npy";
    EXPECT_EQ(open(made.c_str(), O_WRONLY | O_CREAT, 0644), -1);
    EXPECT_EQ(errno, EROFS);
    EXPECT_FALSE(Exists(made));
  }
  const std::string label = View("yolo/labels/train/a.txt");
  EXPECT_EQ(rename(label.c_str(), View("yolo/labels/train.cache").c_str()), -1);
  EXPECT_EQ(errno, EROFS);
  EXPECT_EQ(unlink(label.c_str()), -1);
  EXPECT_EQ(errno, EROFS);
  EXPECT_EQ(truncate(label.c_str(), 0), -1);
  EXPECT_EQ(errno, EROFS);
}

TEST_F(LoaderContractTest, EveryFileCanBeMappedAndReadFromItsEnd) {
  MountBucket();
  size_t files = 0;
  for (const char* view : {"by-frame", "coco", "hf", "kitti", "labelme", "masks", "reports", "voc",
                           "yolo", "yolo-seg"}) {
    for (const std::string& path : GlobFiles(View(view))) {
      const std::string bytes = Slurp(path);
      EXPECT_EQ(Mapped(path, Mapping::kShared), bytes) << path;
      EXPECT_EQ(Mapped(path, Mapping::kPrivate), bytes) << path;
      if (bytes.size() < 2) continue;
      EXPECT_EQ(LastBytes(path, 2), bytes.substr(bytes.size() - 2)) << path;
      ++files;
    }
  }
  EXPECT_GT(files, 100u);
}

// Before anything was read, so that nobody knows the size of a file by having made it.
TEST_F(LoaderContractTest, ToolsThatCopyAndCountAgreeAboutSizes) {
  MountBucket();
  Sh("mkdir tar copy");
  for (const char* view : {"by-class", "coco", "kitti", "masks", "reports", "voc", "yolo"}) {
    const std::string in = absl::StrCat("cd '", Dataset(), "' && ");
    const std::string counted = Sh(absl::StrCat(in, "du -l --apparent-size -sB1 ", view));
    EXPECT_EQ(counted, Sh(absl::StrCat(in, "find ", view,
                                       " -type f -printf '%s\\n' | awk '{s += "
                                       "$1} END {print s \"\\t",
                                       view, "\"}'")));
    Sh(absl::StrCat(in, "tar cf - ", view, " | tar xf - -C '", Path("tar"), "' && diff -r ", view,
                    " '", Path("tar"), "/", view, "'"));
    Sh(absl::StrCat(in, "cp -a ", view, " '", Path("copy"), "/' && diff -r ", view, " '",
                    Path("copy"), "/", view, "'"));
    const std::string list =
        absl::StrCat("find ", view, " -type f -printf '%P %s %T@ %m\\n' | sort");
    EXPECT_EQ(Sh(in + list), Sh("cd copy && " + list));
  }
}

// An image is one file under several names: counted once by who knows links, stored once by tar.
TEST_F(LoaderContractTest, AnImageUnderSeveralNamesIsCountedAndPackedOnce) {
  MountBucket();
  const std::string in = absl::StrCat("cd '", Dataset(), "' && ");
  EXPECT_EQ(Sh(in + "du --apparent-size -sB1 kitti | cut -f1"),
            Sh(in + "find kitti -type f -printf '%i %s\\n' | sort -u | awk '{s += $2} END {print "
                    "s}'"));
  EXPECT_EQ(Sh(in + "tar cf - kitti | tar tvf - | grep -c 'link to kitti/'"), "4\n");
}

// The twin of data.yaml for trainers that want an absolute root.
TEST_F(LoaderContractTest, TheControlDirectoryHasADataYamlWithAnAbsolutePath) {
  const std::string mnt = MountBucket();
  const std::string twins = absl::StrCat(mnt, "/.annofs/data/", kDataset);
  for (const char* view : {"yolo", "yolo-seg", "yolo-obb", "yolo-pose", "roboflow-yolo"}) {
    const std::string twin = absl::StrCat(twins, "/", view, ".yaml");
    EXPECT_EQ(Slurp(twin), absl::StrCat("path: \"", View(view), "\"\n",
                                        Slurp(absl::StrCat(View(view), "/data.yaml"))));
  }
  EXPECT_EQ(Sh(absl::StrCat("ls '", twins, "' | wc -l")), "5\n");
  Sh(absl::StrCat("cp -r '", twins, "' twins && diff -r twins '", twins, "'"));
  EXPECT_EQ(Sh("ls -A mnt mnt/.annofs | grep -c -x -e data -e .annofs || true"), "0\n");
}

// Ultralytics' cache of labels and of images, with the changes kept in a directory.
class LoaderScratchTest : public LoaderContractTest {
 protected:
  void SetUp() override {
    LoaderContractTest::SetUp();
    if (IsSkipped()) return;
    if (!OverlayIsPermitted())
      GTEST_SKIP() << "the kernel's overlayfs is not permitted here (it needs root)";
  }
  void MountScratch() { MountBucket({"--scratch", Path("scratch")}); }
  // As its save_dataset_cache_file(): what is there is deleted, then written and renamed.
  void SaveCache(const std::string& text) {
    const std::string labels = View("yolo/labels");
    ASSERT_EQ(access(labels.c_str(), W_OK), 0);
    const std::string cache = labels + "/train.cache";
    if (Exists(cache)) EXPECT_EQ(unlink(cache.c_str()), 0);
    ASSERT_TRUE(WriteFile(cache + ".npy", text).ok());
    EXPECT_EQ(rename((cache + ".npy").c_str(), cache.c_str()), 0) << strerror(errno);
    EXPECT_EQ(Slurp(cache), text);
  }
};

TEST_F(LoaderScratchTest, ACacheOfLabelsIsSavedReplacedAndThereAtTheNextMount) {
  MountScratch();
  ExpectLoads(kLoaders[0]);
  SaveCache("first");
  SaveCache("second");
  ResetCounters();
  ExpectLoads(kLoaders[0]);
  EXPECT_EQ(Requests("total"), 0);
  Unmount(Path("mnt"));
  MountScratch();
  EXPECT_EQ(Slurp(View("yolo/labels/train.cache")), "second");
  ExpectLoads(kLoaders[0]);
  Unmount(Path("mnt"));
}

TEST_F(LoaderScratchTest, ArraysBesideImagesAreFoundByTheNextProbe) {
  MountScratch();
  const std::string array = View("yolo/images/train/a.npy");
  EXPECT_FALSE(Exists(array));
  ASSERT_TRUE(WriteFile(array, "pixels").ok());
  EXPECT_TRUE(Exists(array));
  EXPECT_EQ(Slurp(array), "pixels");
  Unmount(Path("mnt"));
}

// Trainers use the writable tree, and the control directory is below the read-only one.
TEST_F(LoaderScratchTest, TheAbsolutePathIsThatOfTheWritableTree) {
  MountScratch();
  const std::string status = Annofs({"status", Path("mnt")}).out;
  const size_t at = status.find("read-only ");
  ASSERT_NE(at, std::string::npos) << status;
  const std::string below = status.substr(at + 10, status.find('\n', at) - at - 10);
  const std::string twin = Slurp(absl::StrCat(below, "/.annofs/data/", kDataset, "/yolo.yaml"));
  EXPECT_TRUE(absl::StartsWith(twin, absl::StrCat("path: \"", View("yolo"), "\"\n"))) << twin;
  Unmount(Path("mnt"));
}

}  // namespace
}  // namespace annofs::testing
