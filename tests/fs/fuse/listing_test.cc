#include <dirent.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <cerrno>
#include <optional>

#include "tests/fs/fuse/mounted.h"

namespace annofs {
namespace {

using testing::FakeTree;
using testing::Mounted;
class ListingTest : public testing::MountTest {};

std::vector<std::string> NamesOf(DIR* directory) {
  std::vector<std::string> names;
  while (dirent* entry = readdir(directory)) names.push_back(entry->d_name);
  return names;
}

void Fill(FakeTree& tree, int count) {
  for (int i = 0; i < count; ++i)
    tree.AddFile(absl::StrCat("name-of-a-file-", i), {.text = std::string(i % 100, 'x')});
}

TEST_F(ListingTest, TwentyThousandEntriesComeWholeAndInOrder) {
  FakeTree tree;
  Fill(tree, 20000);
  Mounted mount(tree);
  DIR* directory = opendir(mount.path().c_str());
  ASSERT_NE(directory, nullptr);
  std::vector<std::string> names = NamesOf(directory);
  closedir(directory);
  ASSERT_EQ(names.size(), 20002u);
  EXPECT_EQ(names[0], ".");
  EXPECT_EQ(names[1], "..");
  for (int i = 0; i < 20000; ++i) ASSERT_EQ(names[i + 2], absl::StrCat("name-of-a-file-", i));
}

TEST_F(ListingTest, GoesOnFromATellPosition) {
  FakeTree tree;
  Fill(tree, 5000);
  Mounted mount(tree);
  DIR* directory = opendir(mount.path().c_str());
  ASSERT_NE(directory, nullptr);
  for (int i = 0; i < 1777; ++i) ASSERT_NE(readdir(directory), nullptr);
  long position = telldir(directory);
  std::vector<std::string> rest = NamesOf(directory);
  EXPECT_EQ(rest.size(), 5002u - 1777u);
  seekdir(directory, position);
  EXPECT_EQ(NamesOf(directory), rest);
  rewinddir(directory);
  EXPECT_EQ(NamesOf(directory).size(), 5002u);
  closedir(directory);
}

TEST_F(ListingTest, CarriesAttributesSoThatStatAsksNothing) {
  FakeTree tree;
  Fill(tree, 1000);
  Mounted mount(tree);
  DIR* directory = opendir(mount.path().c_str());
  ASSERT_NE(directory, nullptr);
  std::vector<std::string> names = NamesOf(directory);
  for (size_t i = 2; i < names.size(); ++i) {
    struct stat info;
    ASSERT_EQ(fstatat(dirfd(directory), names[i].c_str(), &info, 0), 0);
    EXPECT_EQ(info.st_size, off_t((i - 2) % 100));
  }
  closedir(directory);
  EXPECT_EQ(mount.Count("lookup"), 0u);
  EXPECT_EQ(mount.Count("readdir"), 0u);
  EXPECT_GT(mount.Count("readdirplus"), 0u);
}

TEST_F(ListingTest, TellsTypesAndInodes) {
  FakeTree tree;
  NodeId file = tree.AddFile("file", {});
  tree.AddDirectory(kRootNode, "sub");
  Mounted mount(tree);
  DIR* directory = opendir(mount.path().c_str());
  ASSERT_NE(directory, nullptr);
  readdir(directory);
  readdir(directory);
  dirent* entry = readdir(directory);
  ASSERT_NE(entry, nullptr);
  EXPECT_EQ(entry->d_type, DT_REG);
  EXPECT_EQ(entry->d_ino, file.value);
  entry = readdir(directory);
  ASSERT_NE(entry, nullptr);
  EXPECT_EQ(entry->d_type, DT_DIR);
  closedir(directory);
}

TEST_F(ListingTest, StatfsNamesTheLongestNameAndReadOnly) {
  FakeTree tree;
  Mounted mount(tree);
  struct statvfs info;
  ASSERT_EQ(statvfs(mount.path().c_str(), &info), 0);
  EXPECT_EQ(info.f_namemax, 255u);
  EXPECT_TRUE(info.f_flag & ST_RDONLY);
  struct stat ignored;
  EXPECT_EQ(stat((mount / std::string(256, 'n')).c_str(), &ignored), -1);
  EXPECT_EQ(errno, ENAMETOOLONG);
}

}  // namespace
}  // namespace annofs
