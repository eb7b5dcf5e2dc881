// A bucket over a directory that is written to: versions lie over its files, which stay as they
// are.
#include <filesystem>

#include "tests/tools/native_client.h"

namespace annofs::testing {
namespace {

namespace fs = std::filesystem;
using Strings = std::vector<std::string>;

// "photos" lies over the directory.
class NativeDirectoryTest : public NativeTest {
 protected:
  NativeDirectoryTest() {
    bucket_ = BucketIdOf("photos");
    WriteOld("a.txt", "from disk");
    WriteOld("dir/b.txt", "b from disk");
    before_ = OnDisk();
  }
  ~NativeDirectoryTest() override { EXPECT_EQ(OnDisk(), before_) << "the directory has changed"; }

  std::string BucketIdOf(absl::string_view name) {
    JsonDocument json =
        Call("b2_list_buckets", {{"accountId", kAccountId}, {"bucketName", name}}).Json();
    return std::string(json.root()["buckets"][0].StringOr("bucketId", ""));
  }
  std::string Content(absl::string_view name) {
    HttpAnswer answer = Get(absl::StrCat("/file/photos/", name));
    return answer.status == 200 ? answer.body : absl::StrCat(answer.status);
  }
  std::string FileId(absl::string_view name) {
    JsonDocument json = Call("b2_list_file_versions",
                             {{"bucketId", bucket_}, {"prefix", name}, {"maxFileCount", 1}})
                            .Json();
    return std::string(json.root()["files"][0].StringOr("fileId", ""));
  }

 private:
  using Listing = std::map<std::string, std::string>;  // by path: content and time
  Listing before_;

  // Older than what a test does next.
  void WriteOld(absl::string_view name, absl::string_view content) {
    Write(name, content);
    fs::path path = directory_ / name;
    fs::last_write_time(path, fs::last_write_time(path) - std::chrono::hours(1));
  }
  Listing OnDisk() const {
    Listing listing;
    for (const auto& entry : fs::recursive_directory_iterator(directory_.path())) {
      std::string& line = listing[entry.path().string()];
      if (!entry.is_regular_file()) continue;
      line = absl::StrCat(ReadFile(entry.path().string()).value_or("unreadable"), " ",
                          entry.last_write_time().time_since_epoch().count());
    }
    return listing;
  }
};

TEST_F(NativeDirectoryTest, AnUploadOverAFileIsItsNewestVersion) {
  std::string old = FileId("a.txt");
  Put("a.txt", "uploaded");
  EXPECT_EQ(Content("a.txt"), "uploaded");
  EXPECT_EQ(Get(absl::StrCat("/b2api/v2/b2_download_file_by_id?fileId=", old)).body, "from disk");
  EXPECT_EQ(Versions(), Strings({"upload a.txt", "upload a.txt", "upload dir/b.txt"}));
  EXPECT_EQ(Names(), Strings({"upload a.txt", "upload dir/b.txt"}));
}

TEST_F(NativeDirectoryTest, AnUploadOfANewNameIsListedAmongTheFiles) {
  Put("b", "new");
  Put("dir/a", "new");
  EXPECT_EQ(Names(), Strings({"upload a.txt", "upload b", "upload dir/a", "upload dir/b.txt"}));
  EXPECT_EQ(Names({{"delimiter", "/"}}), Strings({"upload a.txt", "upload b", "folder dir/"}));
}

TEST_F(NativeDirectoryTest, AFileIsHiddenAndShownAgain) {
  HttpAnswer hidden = Hide("dir/b.txt");
  ASSERT_EQ(hidden.status, 200);
  EXPECT_EQ(Content("dir/b.txt"), "404");
  EXPECT_EQ(Names({{"delimiter", "/"}}), Strings({"upload a.txt"}));
  EXPECT_EQ(Hide("dir/b.txt").Error(), "400 already_hidden");
  EXPECT_EQ(Delete("dir/b.txt", TextIn(hidden, "fileId")).status, 200);
  EXPECT_EQ(Content("dir/b.txt"), "b from disk");
}

TEST_F(NativeDirectoryTest, AFilesVersionIsDeletedFromTheBucketAlone) {
  std::string id = FileId("a.txt");
  EXPECT_EQ(Delete("a.txt", id).status, 200);
  EXPECT_EQ(Content("a.txt"), "404");
  EXPECT_EQ(Versions(), Strings({"upload dir/b.txt"}));
  EXPECT_EQ(Call("b2_get_file_info", {{"fileId", id}}).Error(), "404 not_found");
  EXPECT_EQ(Delete("a.txt", id).Error(), "400 file_not_present");
}

TEST_F(NativeDirectoryTest, DeletingTheUploadExposesTheFile) {
  std::string id = Put("a.txt", "uploaded");
  Delete("a.txt", id);
  EXPECT_EQ(Content("a.txt"), "from disk");
}

TEST_F(NativeDirectoryTest, FilesAreCopiedAndAreSourcesOfParts) {
  std::string id = FileId("a.txt");
  EXPECT_EQ(Call("b2_copy_file", {{"sourceFileId", id}, {"fileName", "c"}}).status, 200);
  EXPECT_EQ(Content("c"), "from disk");
  HttpAnswer part = Call("b2_copy_part", {{"sourceFileId", id},
                                          {"largeFileId", StartedLarge("large")},
                                          {"partNumber", 1},
                                          {"range", "bytes=5-"}});
  EXPECT_EQ(TextIn(part, "contentSha1"), Sha1("disk"));
}

TEST_F(NativeDirectoryTest, NamesThatLeadOutOfTheDirectoryAreNamesInMemory) {
  std::string name = "dir/../../escape";
  Put(name, "x");
  EXPECT_EQ(Content(PercentEncode(name)), "x");
  EXPECT_FALSE(fs::exists(directory_ / name));
}

TEST_F(NativeDirectoryTest, ABucketWithFilesIsNotDeleted) {
  EXPECT_EQ(Call("b2_delete_bucket", {{"accountId", kAccountId}, {"bucketId", bucket_}}).Error(),
            "400 cannot_delete_non_empty_bucket");
}

}  // namespace
}  // namespace annofs::testing
