// What a directory can do that a bucket cannot: links, pipes, changes under way, no permission.

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "cache/store/stores.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/files.h"
#include "tests/testing/temp_dir.h"

namespace annofs::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class DirStoreTest : public ::testing::Test {
 protected:
  DirStoreTest() {
    std::filesystem::create_directory(directory_);
    store_ = NewDirStore(directory_);
  }

  void Put(const std::string& key, absl::string_view content) {
    const absl::Status status = WriteFile(absl::StrCat(directory_, "/", key), content);
    ASSERT_TRUE(status.ok()) << status;
  }
  void Link(const std::string& target, const std::string& key) {
    std::filesystem::create_symlink(target, absl::StrCat(directory_, "/", key));
  }

  ListPage List(const ListRequest& request = {.recursive = true}) {
    const absl::StatusOr<ListPage> page = store_->List(request, {});
    EXPECT_TRUE(page.ok()) << page.status();
    return page.value_or(ListPage());
  }
  std::vector<std::string> Keys(const ListRequest& request = {.recursive = true}) {
    std::vector<std::string> keys;
    for (const ObjectVersion& object : List(request).objects) keys.push_back(object.key);
    return keys;
  }
  ObjectVersion Find(const std::string& key) {
    for (const ObjectVersion& object : List().objects) {
      if (object.key == key) return object;
    }
    ADD_FAILURE() << key << " is not listed";
    return {};
  }
  absl::StatusOr<std::string> Read(const ObjectVersion& version) {
    std::string bytes;
    const auto collect = [&](absl::string_view piece) {
      absl::StrAppend(&bytes, piece);
      return absl::OkStatus();
    };
    const absl::Status status = store_->Get(version, {0, version.size}, collect, {});
    if (!status.ok()) return status;
    return bytes;
  }

  TempDir outer_;
  const std::string directory_ = outer_ / "source";
  std::unique_ptr<ObjectStore> store_;
};

TEST_F(DirStoreTest, ItsNameIsAFileUrl) { EXPECT_EQ(store_->name(), "file://" + directory_); }

TEST_F(DirStoreTest, AMissingDirectoryIsAnErrorThatNamesIt) {
  const absl::Status status = NewDirStore(outer_ / "nowhere")->Connect({});
  EXPECT_TRUE(absl::IsNotFound(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("nowhere"));
  EXPECT_TRUE(absl::IsNotFound(NewDirStore(outer_ / "nowhere")->List({}, {}).status()));
}

TEST_F(DirStoreTest, AFileIsNoSource) {
  Put("file", "x");
  EXPECT_FALSE(NewDirStore(directory_ + "/file")->Connect({}).ok());
}

TEST_F(DirStoreTest, TheVersionSaysInodeTimeAndSize) {
  Put("file", "12345");
  struct stat stat;
  ASSERT_EQ(::stat((directory_ + "/file").c_str(), &stat), 0);
  const int64_t nanoseconds = stat.st_mtim.tv_sec * int64_t{1000000000} + stat.st_mtim.tv_nsec;
  EXPECT_EQ(Find("file").version, absl::StrCat(stat.st_ino, "-", nanoseconds, "-5"));
  EXPECT_EQ(Find("file").modified, absl::TimeFromTimespec(stat.st_mtim));
}

TEST_F(DirStoreTest, AFileThatWasReplacedIsAborted) {
  Put("file", "old");
  const ObjectVersion old = Find("file");
  Put("next", "new");
  std::filesystem::rename(directory_ + "/next", directory_ + "/file");
  EXPECT_TRUE(absl::IsAborted(Read(old).status()));
}

TEST_F(DirStoreTest, AFileThatWasTouchedIsAborted) {
  Put("file", "content");
  const ObjectVersion old = Find("file");
  std::filesystem::last_write_time(
      directory_ + "/file", std::filesystem::file_time_type::clock::now() - std::chrono::hours(1));
  EXPECT_TRUE(absl::IsAborted(Read(old).status()));
}

TEST_F(DirStoreTest, AFileThatChangesWhileItIsReadIsAborted) {
  Put("file", std::string(4 << 20, 'x'));
  const ObjectVersion version = Find("file");
  bool appended = false;
  const auto meddle = [&](absl::string_view) {
    if (!appended) std::ofstream(directory_ + "/file", std::ios::app) << "more";
    appended = true;
    return absl::OkStatus();
  };
  EXPECT_TRUE(absl::IsAborted(store_->Get(version, {0, version.size}, meddle, {})));
}

TEST_F(DirStoreTest, AFileThatIsCutWhileItIsReadIsAborted) {
  Put("file", std::string(4 << 20, 'x'));
  const ObjectVersion version = Find("file");
  const auto cut = [&](absl::string_view) {
    std::filesystem::resize_file(directory_ + "/file", 10);
    return absl::OkStatus();
  };
  EXPECT_TRUE(absl::IsAborted(store_->Get(version, {0, version.size}, cut, {})));
}

TEST_F(DirStoreTest, OnlyFilesAndDirectoriesAreListed) {
  Put("file", "x");
  ASSERT_EQ(mkfifo((directory_ + "/pipe").c_str(), 0600), 0);
  const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  const std::string path = directory_ + "/socket";
  ASSERT_LT(path.size(), sizeof(address.sun_path));
  path.copy(address.sun_path, path.size());
  ASSERT_EQ(bind(socket, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  EXPECT_THAT(Keys(), ElementsAre("file"));
  close(socket);
}

TEST_F(DirStoreTest, AFileThatBecameAPipeDoesNotHoldTheReader) {
  Put("file", "12345");
  const ObjectVersion version = Find("file");
  std::filesystem::remove(directory_ + "/file");
  ASSERT_EQ(mkfifo((directory_ + "/file").c_str(), 0600), 0);
  EXPECT_TRUE(absl::IsAborted(Read(version).status()));
}

TEST_F(DirStoreTest, ALinkToAFileInsideIsThatFile) {
  Put("a/real.txt", "content");
  Link("a/real.txt", "alias.txt");
  EXPECT_THAT(Keys(), ElementsAre("a/real.txt", "alias.txt"));
  EXPECT_EQ(Read(Find("alias.txt")).value_or("?"), "content");
}

TEST_F(DirStoreTest, ALinkThatLeavesTheDirectoryDoesNotAppear) {
  ASSERT_TRUE(WriteFile(outer_ / "secret", "secret").ok());
  Link("../secret", "relative");
  Link(outer_ / "secret", "absolute");
  Link("/etc/hostname", "elsewhere");
  Link("nowhere", "dangling");
  Link("self", "self");
  EXPECT_THAT(Keys(), IsEmpty());
}

TEST_F(DirStoreTest, ALinkThatLeavesAndComesBackDoesNotLetOneOut) {
  ASSERT_TRUE(WriteFile(outer_ / "secret", "secret").ok());
  Put("d/file", "x");
  Link("../../secret", "d/up");
  EXPECT_THAT(Keys(), ElementsAre("d/file"));
}

TEST_F(DirStoreTest, LinksToDirectoriesAreNotWalked) {
  Put("d/file", "x");
  Link("d", "alias");
  Link("..", "d/loop");
  EXPECT_THAT(Keys(), ElementsAre("d/file"));
  EXPECT_THAT(List({}).directories, ElementsAre("d/"));
}

TEST_F(DirStoreTest, AFileThatBecameALinkOutIsNotRead) {
  ASSERT_TRUE(WriteFile(outer_ / "secret", "12345").ok());
  Put("file", "12345");
  ObjectVersion version = Find("file");
  std::filesystem::remove(directory_ + "/file");
  Link("../secret", "file");
  EXPECT_TRUE(absl::IsAborted(Read(version).status()));
}

TEST_F(DirStoreTest, ADirectoryThatBecameALinkOutIsNotEntered) {
  ASSERT_TRUE(WriteFile(outer_ / "other/file", "12345").ok());
  Put("d/file", "12345");
  const ObjectVersion version = Find("d/file");
  std::filesystem::remove_all(directory_ + "/d");
  Link("../other", "d");
  EXPECT_FALSE(Read(version).ok());
  EXPECT_THAT(List({.prefix = "d/"}).objects, IsEmpty());
}

TEST_F(DirStoreTest, KeysCannotClimbOut) {
  ASSERT_TRUE(WriteFile(outer_ / "secret", "12345").ok());
  struct stat stat;
  ASSERT_EQ(::stat((outer_ / "secret").c_str(), &stat), 0);
  const int64_t nanoseconds = stat.st_mtim.tv_sec * int64_t{1000000000} + stat.st_mtim.tv_nsec;
  const std::string version = absl::StrCat(stat.st_ino, "-", nanoseconds, "-5");
  Put("d/file", "x");
  for (const std::string& key :
       {std::string("../secret"), std::string("d/../../secret"), outer_ / "secret",
        std::string("./../secret"), std::string("../secret\0x", 11)}) {
    EXPECT_FALSE(Read({.key = key, .version = version, .size = 5}).ok()) << key;
  }
  for (const std::string prefix : {"../", "d/../../", "/", "./"}) {
    const absl::StatusOr<ListPage> page = store_->List({.prefix = prefix}, {});
    EXPECT_TRUE(!page.ok() || page->objects.empty()) << prefix;
  }
}

TEST_F(DirStoreTest, NamesThatAreNotUtf8ArePassedOnByteForByte) {
  Put("latin\xE9.txt", "content");
  EXPECT_EQ(Read(Find("latin\xE9.txt")).value_or("?"), "content");
}

TEST_F(DirStoreTest, ADeepTreeIsWalked) {
  std::string key;
  for (int i = 0; i < 100; ++i) absl::StrAppend(&key, "d", i, "/");
  Put(key + "file", "x");
  EXPECT_THAT(Keys(), ElementsAre(key + "file"));
}

TEST_F(DirStoreTest, AListingWhileNamesComeAndGoKeepsEveryNameThatStays) {
  for (int i = 0; i < 50; ++i) Put(absl::StrCat("stay", i), "x");
  std::atomic<bool> done{false};
  std::thread meddler([&] {
    for (int i = 0; !done; ++i) {
      const std::string path = absl::StrCat(directory_, "/come", i % 20);
      std::ofstream(path) << "x";
      std::filesystem::remove(path);
    }
  });
  for (int i = 0; i < 20; ++i) {
    int stayed = 0;
    for (const std::string& key : Keys()) stayed += key.starts_with("stay") ? 1 : 0;
    EXPECT_EQ(stayed, 50);
  }
  done = true;
  meddler.join();
}

TEST_F(DirStoreTest, NoDescriptorIsLeftOpen) {
  const auto count = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
  };
  Put("a/b/file", "12345");
  Link("a/b/file", "alias");
  const ObjectVersion version = Find("a/b/file");
  const auto before = count();
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(Read(version).value_or("?"), "12345");
    EXPECT_EQ(Keys().size(), 2u);
    const auto refuse = [](absl::string_view) { return absl::InternalError("no"); };
    EXPECT_FALSE(store_->Get(version, {0, 5}, refuse, {}).ok());
  }
  EXPECT_EQ(count(), before);
}

}  // namespace
}  // namespace annofs::testing
