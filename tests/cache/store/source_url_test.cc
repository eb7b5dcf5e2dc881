#include <filesystem>
#include <string>

#include "absl/strings/match.h"
#include "cache/store/stores.h"
#include "gtest/gtest.h"

namespace annofs {
namespace {

SourceUrl Parse(absl::string_view source) {
  const absl::StatusOr<SourceUrl> url = ParseSourceUrl(source);
  EXPECT_TRUE(url.ok()) << source << ": " << url.status();
  return url.value_or(SourceUrl());
}

TEST(SourceUrlTest, AB2UrlNamesABucketAndAPrefixThatEndsWithASlash) {
  for (const char* source : {"b2://my-bucket", "b2://my-bucket/"}) {
    EXPECT_EQ(Parse(source).kind, SourceUrl::Kind::kB2);
    EXPECT_EQ(Parse(source).bucket, "my-bucket");
    EXPECT_EQ(Parse(source).prefix, "");
  }
  EXPECT_EQ(Parse("b2://my-bucket/a/b c").prefix, "a/b c/");
  EXPECT_EQ(Parse("b2://my-bucket/a/ü%20/").prefix, "a/ü%20/");
}

TEST(SourceUrlTest, PathsAndFileUrlsNameAbsoluteDirectories) {
  EXPECT_EQ(Parse("/data/set").kind, SourceUrl::Kind::kDirectory);
  EXPECT_EQ(Parse("/data/set").path, "/data/set");
  EXPECT_EQ(Parse("/data/./x/../set//").path, "/data/set");
  EXPECT_EQ(Parse("/").path, "/");
  EXPECT_EQ(Parse("file:///data/set").path, "/data/set");
  EXPECT_EQ(Parse("file://localhost/data").path, "/data");
  EXPECT_EQ(Parse("file:///data/100%/a+b").path, "/data/100%/a+b");
}

TEST(SourceUrlTest, ARelativePathIsBelowTheWorkingDirectory) {
  const std::string here = std::filesystem::current_path().string();
  EXPECT_EQ(Parse("set/images").path, here + "/set/images");
  EXPECT_EQ(Parse(".").path, here);
}

TEST(SourceUrlTest, AnS3UrlKeepsItsPrefixByteForByte) {
  EXPECT_EQ(Parse("s3://my.bucket").kind, SourceUrl::Kind::kS3);
  EXPECT_EQ(Parse("s3://my.bucket").bucket, "my.bucket");
  EXPECT_EQ(Parse("s3://b").prefix, "");
  EXPECT_EQ(Parse("s3://b/").prefix, "");
  EXPECT_EQ(Parse("s3://b/a").prefix, "a/");
  EXPECT_EQ(Parse("s3://b/a/").prefix, "a/");
  EXPECT_EQ(Parse("s3://b//").prefix, "/");
  EXPECT_EQ(Parse("s3://b/a//b").prefix, "a//b/");
  EXPECT_EQ(Parse("s3://b/%41+ü\xff").prefix, "%41+ü\xff/");
  EXPECT_EQ(Parse("s3://b/" + std::string(1023, 'x')).prefix.size(), 1024u);
}

TEST(SourceUrlTest, AnUnknownSchemeIsRefusedWithTheFormsThatAreAllowed) {
  const absl::Status status = ParseSourceUrl("gs://bucket/prefix").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(absl::StrContains(status.message(), "gs:// is not known"));
  EXPECT_TRUE(absl::StrContains(status.message(), "b2://BUCKET/PREFIX"));
  EXPECT_TRUE(absl::StrContains(status.message(), "s3://BUCKET/PREFIX"));
  EXPECT_TRUE(absl::StrContains(status.message(), "file:///DIRECTORY"));
}

TEST(SourceUrlTest, EverythingElseIsInvalid) {
  for (const absl::string_view source :
       {absl::string_view(""), absl::string_view("b2://"), absl::string_view("b2:///prefix"),
        absl::string_view("b2://user@bucket"), absl::string_view("b2://bu cket"),
        absl::string_view("b2://bucket//x"), absl::string_view("b2://bucket/a//b"),
        absl::string_view("b2://bucket/a\nb"), absl::string_view("b2://bucket/\xff"),
        absl::string_view("s3://"), absl::string_view("s3:///prefix"),
        absl::string_view("s3://key:secret@bucket"), absl::string_view("s3://bucket/a\nb"),
        absl::string_view("b2://bucket?x"), absl::string_view("gs://bucket"),
        absl::string_view("https://host/x"), absl::string_view("file://host/x"),
        absl::string_view("file://x"), absl::string_view("/a\0b", 4)}) {
    EXPECT_EQ(ParseSourceUrl(source).status().code(), absl::StatusCode::kInvalidArgument) << source;
  }
}

}  // namespace
}  // namespace annofs
