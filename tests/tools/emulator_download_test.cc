// Downloads of the emulator: ranges, headers, versions, and what may not be reached.
#include <filesystem>

#include "absl/strings/match.h"
#include "tests/tools/emulator_client.h"

namespace annofs::testing {
namespace {

namespace fs = std::filesystem;

class EmulatorDownloadTest : public EmulatorTest {
 protected:
  HttpAnswer Range(absl::string_view name, absl::string_view range) {
    return Get(absl::StrCat("/file/photos/", name), {absl::StrCat("Range: ", range)});
  }
  HttpAnswer ById(absl::string_view id) {
    return Get(absl::StrCat("/b2api/v2/b2_download_file_by_id?fileId=", id));
  }
};

TEST_F(EmulatorDownloadTest, RangesAreClampedAndCounted) {
  Write("ten", "0123456789");
  struct Case {
    const char* range;
    const char* body;
    const char* content_range;
  };
  for (const Case& c :
       {Case{"bytes=5-8", "5678", "bytes 5-8/10"}, Case{"bytes=0-0", "0", "bytes 0-0/10"},
        Case{"bytes=0-10", "0123456789", "bytes 0-9/10"}, Case{"bytes=7-", "789", "bytes 7-9/10"},
        Case{"bytes=9-99999999999999999", "9", "bytes 9-9/10"},
        Case{"bytes=-3", "789", "bytes 7-9/10"}, Case{"bytes=-99", "0123456789", "bytes 0-9/10"}}) {
    HttpAnswer answer = Range("ten", c.range);
    EXPECT_EQ(answer.status, 206) << c.range;
    EXPECT_EQ(answer.body, c.body) << c.range;
    EXPECT_EQ(answer.headers["content-range"], c.content_range);
    EXPECT_EQ(answer.headers["content-length"], absl::StrCat(answer.body.size()));
  }
}

TEST_F(EmulatorDownloadTest, RangesWithoutAByteAre416) {
  Write("ten", "0123456789");
  Write("empty", "");
  for (absl::string_view range : {"bytes=10-", "bytes=10-20", "bytes=-0"}) {
    HttpAnswer answer = Range("ten", range);
    EXPECT_EQ(answer.Error(), "416 range_not_satisfiable") << range;
    EXPECT_EQ(answer.headers["content-range"], "bytes */10");
  }
  EXPECT_EQ(Range("empty", "bytes=0-0").Error(), "416 range_not_satisfiable");
  EXPECT_EQ(Range("empty", "bytes=-5").Error(), "416 range_not_satisfiable");
}

TEST_F(EmulatorDownloadTest, OtherTextsInRangeAreRefused) {
  Write("ten", "0123456789");
  for (absl::string_view range : {"bytes=5-2", "bytes=0-1,3-4", "bytes=", "bytes=-", "bytes=a-b",
                                  "lines=1-2", "bytes=+1-2", "bytes=99999999999999999999999-"}) {
    EXPECT_EQ(Range("ten", range).Error(), "400 bad_request") << range;
  }
}

TEST_F(EmulatorDownloadTest, ADownloadHasTheHeadersOfTheService) {
  Write("d/ü +.jpg", "12345");
  HttpAnswer answer = Get("/file/photos/d/%C3%BC+%2B.jpg");  // '+' is a space
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "12345");
  EXPECT_EQ(answer.headers["accept-ranges"], "bytes");
  EXPECT_EQ(answer.headers["content-type"], "image/jpeg");
  EXPECT_EQ(answer.headers["x-bz-content-sha1"], "8cb2237d0679ca88db6464eac60da96345513964");
  EXPECT_EQ(answer.headers["x-bz-file-id"], FileIdOf("d/ü +.jpg"));
  EXPECT_EQ(answer.headers["x-bz-file-name"], "d/%C3%BC%20%2B.jpg");
  EXPECT_EQ(answer.headers["x-bz-upload-timestamp"],
            answer.headers["x-bz-info-src_last_modified_millis"]);
  EXPECT_EQ(answer.headers["content-length"], "5");
}

TEST_F(EmulatorDownloadTest, HeadHasTheHeadersAndNoBody) {
  Write("a", "12345");
  HttpAnswer head =
      Ask({.url = Url("/file/photos/a"), .method = "HEAD", .headers = {TokenHeader()}});
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.headers["content-length"], "5");
  EXPECT_EQ(head.headers["x-bz-file-id"], FileIdOf("a"));
  EXPECT_EQ(head.body, "");
  HttpAnswer none =
      Ask({.url = Url("/file/photos/b"), .method = "HEAD", .headers = {TokenHeader()}});
  EXPECT_EQ(none.status, 404);
  EXPECT_EQ(none.body, "");
}

TEST_F(EmulatorDownloadTest, ByIdWorksWithGetPostAndHead) {
  Write("a", "12345");
  std::string id = FileIdOf("a");
  EXPECT_EQ(ById(id).body, "12345");
  HttpAnswer post =
      Post("/b2api/v3/b2_download_file_by_id", absl::StrCat("{\"fileId\":\"", id, "\"}"));
  EXPECT_EQ(post.body, "12345");
  EXPECT_EQ(post.headers["x-bz-file-name"], "a");
  HttpAnswer head = Ask({.url = Url(absl::StrCat("/b2api/v2/b2_download_file_by_id?fileId=", id)),
                         .method = "HEAD",
                         .headers = {TokenHeader()}});
  EXPECT_EQ(head.headers["content-length"], "5");
}

TEST_F(EmulatorDownloadTest, BodiesOfAllSizesArriveWhole) {
  for (size_t size : {size_t{0}, size_t{1}, size_t{65536}, size_t{65537}, size_t{3'000'000}}) {
    std::string content(size, 'x');
    for (size_t i = 0; i < size; ++i) content[i] = static_cast<char>(i * 131 >> 3);
    Write("file", content);
    EXPECT_EQ(Get("/file/photos/file").body, content) << size;
    if (size < 2) continue;
    EXPECT_EQ(Range("file", absl::StrCat("bytes=1-", size - 2)).body, content.substr(1, size - 2));
  }
}

TEST_F(EmulatorDownloadTest, TheTokenMayBeInTheQueryOfADownload) {
  Write("a", "12345");
  EXPECT_EQ(Ask({.url = Url(absl::StrCat("/file/photos/a?Authorization=", Token()))}).body,
            "12345");
  EXPECT_EQ(Ask({.url = Url("/file/photos/a?Authorization=x")}).Error(), "401 bad_auth_token");
  EXPECT_EQ(Ask({.url = Url("/file/photos/a")}).Error(), "401 unauthorized");
  EXPECT_EQ(Ask({.url = Url(absl::StrCat("/b2api/v2/b2_list_buckets?accountId=", kAccountId,
                                         "&Authorization=", Token()))})
                .Error(),
            "401 bad_auth_token");
}

TEST_F(EmulatorDownloadTest, QueryParametersOverrideHeaders) {
  Write("a.jpg", "1");
  HttpAnswer answer =
      Get("/file/photos/a.jpg?b2ContentType=text/x&b2ContentDisposition=attachment");
  EXPECT_EQ(answer.headers["content-type"], "text/x");
  EXPECT_EQ(answer.headers["content-disposition"], "attachment");
}

TEST_F(EmulatorDownloadTest, AChangedFileIsANewVersionAndTheOldOneIsGone) {
  Write("a", "old");
  std::string old = FileIdOf("a");
  Write("a", "new!");
  std::string fresh = FileIdOf("a");
  EXPECT_NE(old, fresh);
  EXPECT_EQ(ById(old).Error(), "404 not_found");
  EXPECT_EQ(Get(absl::StrCat("/b2api/v2/b2_get_file_info?fileId=", old)).Error(), "404 not_found");
  EXPECT_EQ(ById(fresh).body, "new!");
  fs::remove(directory_ / "a");
  EXPECT_EQ(ById(fresh).Error(), "404 not_found");
}

TEST_F(EmulatorDownloadTest, ARenamedFileHasAnotherId) {
  Write("a", "same");
  std::string old = FileIdOf("a");
  fs::rename(directory_ / "a", directory_ / "b");
  EXPECT_NE(FileIdOf("b"), old);
  EXPECT_EQ(ById(old).Error(), "404 not_found");
}

TEST_F(EmulatorDownloadTest, IdsSurviveARestart) {
  Write("d/a", "content");
  std::string id = FileIdOf("d/a");
  Restart({});
  EXPECT_EQ(ById(id).body, "content");
}

TEST_F(EmulatorDownloadTest, FileInfoIsTheEntryOfTheListing) {
  Write("d/a", "content");
  std::string id = FileIdOf("d/a");
  JsonDocument info = Get(absl::StrCat("/b2api/v2/b2_get_file_info?fileId=", id)).Json();
  EXPECT_EQ(info.root().StringOr("fileName", ""), "d/a");
  EXPECT_EQ(info.root().StringOr("fileId", ""), id);
  EXPECT_EQ(info.root().IntOr("contentLength", 0), 7);
}

TEST_F(EmulatorDownloadTest, NothingOutsideTheDirectoryCanBeReached) {
  TempDir outside;
  ASSERT_TRUE(WriteFile(outside / "secret", "secret").ok());
  std::string secret = outside / "secret";
  fs::create_symlink(secret, directory_ / "leak");
  fs::create_symlink(outside.path(), directory_ / "leaks");
  fs::create_directory(directory_ / "d");
  std::string up;
  for (int i = 0; i < 12; ++i) up += "../";
  for (const std::string& name :
       {absl::StrCat(up, secret.substr(1)), absl::StrCat("d/", up, secret.substr(1)), secret,
        absl::StrCat("/", secret), std::string("leak"), std::string("leaks/secret"),
        std::string("d/../leak"), std::string("."), std::string(""), std::string("d"),
        std::string("d/")}) {
    for (const std::string& encoded : {name, PercentEncode(name)}) {
      HttpAnswer answer = Get(absl::StrCat("/file/photos/", encoded));
      EXPECT_EQ(answer.status, 404) << encoded;
      EXPECT_FALSE(absl::StrContains(answer.body, "\"secret\""));
    }
  }
  EXPECT_EQ(Get("/file/photos/..%2f..%2fetc/passwd").status, 404);
  EXPECT_EQ(Get("/file/photos/d%00").status, 404);
  EXPECT_EQ(Get("/file/../photos/x").status, 404);
}

TEST_F(EmulatorDownloadTest, ALinkThatStaysInsideIsAnObject) {
  Write("d/a", "content");
  fs::create_symlink("d/a", directory_ / "relative");
  fs::create_symlink(directory_ / "d/a", directory_ / "absolute");
  EXPECT_EQ(Get("/file/photos/relative").body, "content");
  EXPECT_EQ(Get("/file/photos/absolute").body, "content");
}

}  // namespace
}  // namespace annofs::testing
