// Versions: what uploads, hiding and deleting leave to be seen (reference/b2.md §1.5 to §1.7,
// §1.11).
#include "tests/tools/native_client.h"

namespace annofs::testing {
namespace {

using Strings = std::vector<std::string>;

class NativeVersionTest : public NativeTest {
 protected:
  std::string Content(absl::string_view name) {
    HttpAnswer answer = Get(absl::StrCat("/file/memory/", PercentEncode(name)));
    return answer.status == 200 ? answer.body : absl::StrCat(answer.status);
  }
  // The ids that a walk over b2_list_file_versions in pages of this size gives.
  Strings IdsInPages(int page) {
    Strings ids;
    Fields fields = {{"bucketId", bucket_}, {"maxFileCount", page}};
    for (int calls = 0; calls < 1000; ++calls) {
      JsonDocument json = Call("b2_list_file_versions", fields).Json();
      for (size_t i = 0; i < json.root()["files"].size(); ++i) {
        ids.emplace_back(json.root()["files"][i].StringOr("fileId", ""));
      }
      if (json.root()["nextFileName"].is_null()) break;
      fields.insert_or_assign("startFileName", json.root().StringOr("nextFileName", ""));
      fields.insert_or_assign("startFileId", json.root().StringOr("nextFileId", ""));
    }
    return ids;
  }
};

TEST_F(NativeVersionTest, AnUploadOverANameAddsAVersion) {
  std::string first = Put("a", "one");
  std::string second = Put("a", "two");
  EXPECT_NE(first, second);
  EXPECT_EQ(Content("a"), "two");
  EXPECT_EQ(Names(), Strings({"upload a"}));
  EXPECT_EQ(IdsInPages(1000), Strings({second, first}));
  EXPECT_EQ(Get(absl::StrCat("/b2api/v2/b2_download_file_by_id?fileId=", first)).body, "one");
}

TEST_F(NativeVersionTest, AHiddenNameIsGoneFromNamesAndDownloads) {
  std::string id = Put("a", "one");
  HttpAnswer hidden = Hide("a");
  ASSERT_EQ(hidden.status, 200) << hidden.body;
  EXPECT_EQ(TextIn(hidden, "action"), "hide");
  EXPECT_TRUE(Names().empty());
  EXPECT_EQ(Versions(), Strings({"hide a", "upload a"}));
  EXPECT_EQ(Get("/file/memory/a").Error(), "404 not_found");
  EXPECT_EQ(Get(absl::StrCat("/b2api/v2/b2_download_file_by_id?fileId=", id)).body, "one");
}

TEST_F(NativeVersionTest, AHideMarkerHasTheFieldsOfTheService) {
  Put("a");
  std::string id = TextIn(Hide("a"), "fileId");
  JsonDocument json = Call("b2_get_file_info", {{"fileId", id}}).Json();
  JsonValue marker = json.root();
  EXPECT_EQ(marker.StringOr("action", ""), "hide");
  EXPECT_EQ(marker.IntOr("contentLength", -1), 0);
  EXPECT_EQ(marker.StringOr("contentMd5", ""), "d41d8cd98f00b204e9800998ecf8427e");
  EXPECT_EQ(marker.StringOr("contentSha1", ""), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
  EXPECT_EQ(marker.StringOr("contentType", ""), "application/x-bz-hide-marker");
  EXPECT_TRUE(marker["fileInfo"].is_object());
  EXPECT_EQ(marker["fileInfo"].size(), 0u);
  for (absl::string_view member : {"fileRetention", "legalHold", "serverSideEncryption"}) {
    EXPECT_TRUE(marker[member].is_null()) << member;
  }
  EXPECT_EQ(Get(absl::StrCat("/b2api/v2/b2_download_file_by_id?fileId=", id)).Error(),
            "404 not_found");
}

TEST_F(NativeVersionTest, HidingNeedsAFileThatIsNotHidden) {
  HttpAnswer absent = Hide("a");
  EXPECT_EQ(absent.Error(), "400 no_such_file");
  EXPECT_EQ(TextIn(absent, "message"), "File not present: a");
  StartedLarge("a");
  EXPECT_EQ(Hide("a").Error(), "400 no_such_file");
  Put("a");
  EXPECT_EQ(Hide("a").status, 200);
  EXPECT_EQ(Hide("a").Error(), "400 already_hidden");
}

TEST_F(NativeVersionTest, DeletingTheMarkerUnhides) {
  Put("a", "one");
  std::string marker = TextIn(Hide("a"), "fileId");
  EXPECT_EQ(Delete("a", marker).status, 200);
  EXPECT_EQ(Content("a"), "one");
  EXPECT_EQ(Names(), Strings({"upload a"}));
}

TEST_F(NativeVersionTest, AnUploadOverAHiddenNameShowsItAgain) {
  Put("a", "one");
  Hide("a");
  Put("a", "two");
  EXPECT_EQ(Content("a"), "two");
  EXPECT_EQ(Versions(), Strings({"upload a", "hide a", "upload a"}));
  EXPECT_EQ(Hide("a").status, 200);
}

TEST_F(NativeVersionTest, DeletingTheNewestExposesTheOlder) {
  std::string first = Put("a", "one");
  std::string second = Put("a", "two");
  HttpAnswer deleted = Delete("a", second);
  ASSERT_EQ(deleted.status, 200);
  EXPECT_EQ(TextIn(deleted, "fileId"), second);
  EXPECT_EQ(TextIn(deleted, "fileName"), "a");
  EXPECT_EQ(deleted.Json().root().size(), 2u);
  EXPECT_EQ(Content("a"), "one");
  EXPECT_EQ(Delete("a", first).status, 200);
  EXPECT_EQ(Content("a"), "404");
  EXPECT_TRUE(Versions().empty());
}

TEST_F(NativeVersionTest, DeletingNeedsTheNameAndTheIdOfOneVersion) {
  std::string a = Put("a");
  std::string b = Put("b");
  HttpAnswer mixed = Delete("a", b);
  EXPECT_EQ(mixed.Error(), "400 file_not_present");
  EXPECT_EQ(TextIn(mixed, "message"), absl::StrCat("File not present: a ", b));
  EXPECT_EQ(Delete("a", "bad-id").Error(), "400 bad_request");
  EXPECT_EQ(Call("b2_delete_file_version", {{"fileId", a}}).Error(), "400 bad_request");
  EXPECT_EQ(Delete("a", a).status, 200);
  EXPECT_EQ(Delete("a", a).Error(), "400 file_not_present");
  EXPECT_EQ(Names(), Strings({"upload b"}));
}

TEST_F(NativeVersionTest, AFolderOfHiddenNamesVanishes) {
  Put("dir/a");
  Put("dir/b");
  Put("keep/a");
  Fields folders = {{"delimiter", "/"}};
  EXPECT_EQ(Names(folders), Strings({"folder dir/", "folder keep/"}));
  Hide("dir/a");
  EXPECT_EQ(Names(folders), Strings({"folder dir/", "folder keep/"}));
  Hide("dir/b");
  EXPECT_EQ(Names(folders), Strings({"folder keep/"}));
  EXPECT_EQ(Versions(folders), Strings({"folder dir/", "folder keep/"}));
}

TEST_F(NativeVersionTest, AnUnfinishedLargeFileNeitherHidesNorShowsAName) {
  StartedLarge("only-started");
  Put("a", "old");
  StartedLarge("a");
  EXPECT_EQ(Names(), Strings({"upload a"}));
  EXPECT_EQ(Content("a"), "old");
  EXPECT_EQ(Content("only-started"), "404");
  EXPECT_EQ(Versions(), Strings({"start a", "upload a", "start only-started"}));
}

TEST_F(NativeVersionTest, VersionsInPagesAreEachListedOnce) {
  Strings newest_first;
  for (int i = 0; i < 7; ++i) newest_first.insert(newest_first.begin(), Put("a"));
  newest_first.push_back(Put("b"));
  for (int page : {1, 2, 3, 8, 100}) EXPECT_EQ(IdsInPages(page), newest_first) << page;
}

TEST_F(NativeVersionTest, TheStartIsInclusiveByNameAndByVersion) {
  std::string oldest = Put("a");
  Put("a");
  Put("b");
  EXPECT_EQ(Versions({{"startFileName", "a"}, {"startFileId", oldest}}),
            Strings({"upload a", "upload b"}));
  EXPECT_EQ(Versions({{"startFileName", "a"}}).size(), 3u);
  EXPECT_EQ(Versions({{"startFileName", "a/"}}), Strings({"upload b"}));
  EXPECT_EQ(Names({{"startFileName", "b"}}), Strings({"upload b"}));
}

TEST_F(NativeVersionTest, TheNextPageIsNamedByItsFirstVersion) {
  std::string older = Put("a");
  Put("a");
  JsonDocument json =
      Call("b2_list_file_versions", {{"bucketId", bucket_}, {"maxFileCount", 1}}).Json();
  EXPECT_EQ(json.root().StringOr("nextFileName", ""), "a");
  EXPECT_EQ(json.root().StringOr("nextFileId", ""), older);
}

TEST_F(NativeVersionTest, InfoOfAFileIsItsEntry) {
  std::string id = Put("a.txt", "hello", {"X-Bz-Info-k: v"});
  JsonDocument json = Call("b2_get_file_info", {{"fileId", id}}).Json();
  EXPECT_EQ(json.root().StringOr("fileName", ""), "a.txt");
  EXPECT_EQ(json.root().IntOr("contentLength", 0), 5);
  EXPECT_EQ(json.root()["fileInfo"].StringOr("k", ""), "v");
  Delete("a.txt", id);
  EXPECT_EQ(Call("b2_get_file_info", {{"fileId", id}}).Error(), "404 not_found");
}

TEST_F(NativeVersionTest, Version1EntriesCarrySizeEverywhere) {
  std::string id = Put("a", "12345");
  Hide("a");
  EXPECT_EQ(CallOf(1, "b2_get_file_info", {{"fileId", id}}).Json().root().IntOr("size", 0), 5);
  JsonDocument versions = CallOf(1, "b2_list_file_versions", {{"bucketId", bucket_}}).Json();
  EXPECT_EQ(versions.root()["files"][0].IntOr("size", -1), 0);
  EXPECT_EQ(versions.root()["files"][1].IntOr("size", -1), 5);
  for (int version : {2, 3, 4}) {
    JsonDocument info = CallOf(version, "b2_get_file_info", {{"fileId", id}}).Json();
    EXPECT_TRUE(info.root()["size"].is_null());
    EXPECT_EQ(info.root().IntOr("contentLength", 0), 5);
  }
}

}  // namespace
}  // namespace annofs::testing
