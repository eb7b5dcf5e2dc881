// Copies of files (reference/b2.md §1.11).
#include "tests/tools/native_client.h"

namespace annofs::testing {
namespace {

class NativeCopyTest : public NativeTest {
 protected:
  std::string source_ = Put("a.txt", "0123456789", {"X-Bz-Info-k: v", "Content-Type: my/type"});

  HttpAnswer Copy(absl::string_view name, Fields more = {}) {
    more.insert({{"sourceFileId", source_}, {"fileName", name}});
    return Call("b2_copy_file", more);
  }
  std::string Content(absl::string_view name, absl::string_view bucket = "memory") {
    return Get(absl::StrCat("/file/", bucket, "/", name)).body;
  }
};

TEST_F(NativeCopyTest, ACopyHasContentTypeAndInfosOfItsSource) {
  HttpAnswer answer = Copy("b");
  ASSERT_EQ(answer.status, 200) << answer.body;
  JsonDocument json = answer.Json();
  EXPECT_EQ(json.root().StringOr("action", ""), "copy");
  EXPECT_EQ(json.root().StringOr("contentType", ""), "my/type");
  EXPECT_EQ(json.root()["fileInfo"].StringOr("k", ""), "v");
  EXPECT_EQ(json.root().StringOr("contentSha1", ""), Sha1("0123456789"));
  EXPECT_NE(json.root().StringOr("fileId", ""), source_);
  EXPECT_EQ(Content("b"), "0123456789");
  EXPECT_EQ(Names(), std::vector<std::string>({"upload a.txt", "upload b"}));
}

TEST_F(NativeCopyTest, ACopyOntoItselfIsANewVersion) {
  ASSERT_EQ(Copy("a.txt", {{"metadataDirective", "COPY"}}).status, 200);
  EXPECT_EQ(Versions(), std::vector<std::string>({"upload a.txt", "upload a.txt"}));
}

TEST_F(NativeCopyTest, ACopyLivesOnWithoutItsSource) {
  Copy("b");
  Delete("a.txt", source_);
  EXPECT_EQ(Content("b"), "0123456789");
}

TEST_F(NativeCopyTest, CopyTakesNoMetadata) {
  EXPECT_EQ(Copy("b", {{"contentType", "x/y"}}).Error(), "400 bad_request");
  EXPECT_EQ(Copy("b", {{"fileInfo", Object({{"a", "b"}})}}).Error(), "400 bad_request");
  EXPECT_EQ(Copy("b", {{"metadataDirective", "MOVE"}}).Error(), "400 bad_request");
}

TEST_F(NativeCopyTest, ReplaceTakesAllOfItsMetadata) {
  Fields replace = {{"metadataDirective", "REPLACE"}};
  EXPECT_EQ(Copy("b", replace).Error(), "400 bad_request");
  replace.insert({"contentType", "x/y"});
  JsonDocument bare = Copy("b", replace).Json();
  EXPECT_EQ(bare.root().StringOr("contentType", ""), "x/y");
  EXPECT_EQ(bare.root()["fileInfo"].size(), 0u);
  replace.insert({"fileInfo", Object({{"src_last_modified_millis", "1"}})});
  JsonDocument full = Copy("b", replace).Json();
  EXPECT_EQ(full.root()["fileInfo"].StringOr("src_last_modified_millis", ""), "1");
}

TEST_F(NativeCopyTest, ReplaceMayGuessTheType) {
  HttpAnswer answer =
      Copy("b.png", {{"metadataDirective", "REPLACE"}, {"contentType", "b2/x-auto"}});
  EXPECT_EQ(TextIn(answer, "contentType"), "image/png");
}

TEST_F(NativeCopyTest, ARangeOfTheSourceIsCopied) {
  HttpAnswer answer = Copy("b", {{"range", "bytes=2-4"}});
  EXPECT_EQ(answer.Json().root().IntOr("contentLength", 0), 3);
  EXPECT_EQ(TextIn(answer, "contentSha1"), Sha1("234"));
  EXPECT_EQ(Content("b"), "234");
  EXPECT_EQ(Copy("c", {{"range", "bytes=10-"}}).Error(), "416 range_not_satisfiable");
  EXPECT_EQ(Copy("c", {{"range", "2-4"}}).Error(), "400 bad_request");
}

TEST_F(NativeCopyTest, ACopyMayGoIntoAnotherBucket) {
  std::string other = CreateBucket("another");
  HttpAnswer answer = Copy("b", {{"destinationBucketId", other}});
  EXPECT_EQ(TextIn(answer, "bucketId"), other);
  EXPECT_EQ(Content("b", "another"), "0123456789");
  EXPECT_EQ(Names(), std::vector<std::string>({"upload a.txt"}));
  EXPECT_EQ(Copy("b", {{"destinationBucketId", "1234567"}}).Error(), "400 bad_bucket_id");
}

TEST_F(NativeCopyTest, OnlyUploadsAreCopied) {
  std::string marker = TextIn(Hide("a.txt"), "fileId");
  std::string started = StartedLarge("large");
  for (const std::string& id : {marker, started, std::string("bad-id")}) {
    EXPECT_EQ(Copy("b", {{"sourceFileId", id}}).Error(), "400 bad_request") << id;
  }
  EXPECT_EQ(Copy("b").status, 200) << "a hidden version is still a source";
  Delete("a.txt", source_);
  EXPECT_EQ(Copy("b").Error(), "404 not_found");
}

TEST_F(NativeCopyTest, AnEmptyFileIsCopied) {
  source_ = Put("empty", "");
  EXPECT_EQ(Copy("b").Json().root().IntOr("contentLength", -1), 0);
}

TEST_F(NativeCopyTest, ACopyMayBeEncrypted) {
  HttpAnswer answer = Copy("b", {{"destinationServerSideEncryption",
                                  Object({{"mode", "SSE-B2"}, {"algorithm", "AES256"}})}});
  EXPECT_EQ(answer.Json().root()["serverSideEncryption"].StringOr("mode", ""), "SSE-B2");
}

}  // namespace
}  // namespace annofs::testing
