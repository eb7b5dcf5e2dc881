// Names and file infos of uploads: encoding, rules, limits (reference/b2.md §1.15).
#include "tests/tools/native_client.h"

namespace annofs::testing {
namespace {

struct Vector {
  absl::string_view encoded;  // every byte that may be
  absl::string_view minimal;  // no byte that need not be
  absl::string_view plain;
};
constexpr Vector kVectors[] = {
    {"%20", "+", " "},
    {"%21", "!", "!"},
    {"%22", "%22", "\""},
    {"%23", "%23", "#"},
    {"%24", "$", "$"},
    {"%25", "%25", "%"},
    {"%26", "%26", "&"},
    {"%27", "'", "'"},
    {"%28", "(", "("},
    {"%29", ")", ")"},
    {"%2A", "*", "*"},
    {"%2B", "%2B", "+"},
    {"%2C", "%2C", ","},
    {"%2D", "-", "-"},
    {"%2E", ".", "."},
    {"%2F", "/", "/"},
    {"%30", "0", "0"},
    {"%39", "9", "9"},
    {"%3A", ":", ":"},
    {"%3B", ";", ";"},
    {"%3C", "%3C", "<"},
    {"%3D", "=", "="},
    {"%3E", "%3E", ">"},
    {"%3F", "%3F", "?"},
    {"%40", "@", "@"},
    {"%41", "A", "A"},
    {"%5A", "Z", "Z"},
    {"%5B", "%5B", "["},
    {"%5C", "%5C", "\\"},
    {"%5D", "%5D", "]"},
    {"%5E", "%5E", "^"},
    {"%5F", "_", "_"},
    {"%60", "%60", "`"},
    {"%61", "a", "a"},
    {"%7A", "z", "z"},
    {"%7B", "%7B", "{"},
    {"%7C", "%7C", "|"},
    {"%7D", "%7D", "}"},
    {"%7E", "~", "~"},
    {"%E8%87%AA%E7%94%B1", "%E8%87%AA%E7%94%B1", "自由"},
    {"%F0%90%90%80", "%F0%90%90%80", "𐐀"},
};
// A file name may not have it, an info may.
constexpr Vector kDelete = {"%7F", "%7F", "\x7f"};

class NativeNameTest : public NativeTest {
 protected:
  // The upload of "x" under a name that is encoded already.
  HttpAnswer UploadAs(absl::string_view encoded, std::vector<std::string> more = {}) {
    more.push_back(absl::StrCat("X-Bz-File-Name: ", encoded));
    return Upload(bucket_, "", "x", std::move(more));
  }
  HttpAnswer UploadInfo(absl::string_view key, absl::string_view encoded) {
    return Upload(bucket_, "a", "x", {absl::StrCat("X-Bz-Info-", key, ": ", encoded)});
  }
  HttpAnswer UploadName(absl::string_view name) { return Upload(bucket_, name, "x"); }
  HttpAnswer UploadInfos(int count, size_t value_size, std::vector<std::string> more = {}) {
    for (int i = 0; i < count; ++i) {
      more.push_back(absl::StrCat("X-Bz-Info-k", i, ": ", std::string(value_size, 'v')));
    }
    return Upload(bucket_, "a", "x", std::move(more));
  }
};

TEST_F(NativeNameTest, NamesDecodeFromBothColumnsOfTheVectors) {
  for (const Vector& vector : kVectors) {
    std::string name = absl::StrCat("n", vector.plain, "n");
    for (absl::string_view form : {vector.encoded, vector.minimal}) {
      HttpAnswer answer = UploadAs(absl::StrCat("n", form, "n"));
      ASSERT_EQ(answer.status, 200) << form << answer.body;
      EXPECT_EQ(TextIn(answer, "fileName"), name) << form;
      HttpAnswer download = Get(absl::StrCat("/file/memory/n", form, "n"));
      EXPECT_EQ(download.status, 200) << form;
      EXPECT_EQ(PercentDecode(download.headers["x-bz-file-name"]).value_or(""), name);
    }
  }
}

TEST_F(NativeNameTest, InfosDecodeFromBothColumnsAndComeBackEncoded) {
  std::vector<Vector> vectors(std::begin(kVectors), std::end(kVectors));
  vectors.push_back(kDelete);
  for (const Vector& vector : vectors) {
    std::string value = absl::StrCat("n", vector.plain, "n");
    for (absl::string_view form : {vector.encoded, vector.minimal}) {
      HttpAnswer answer = UploadInfo("key", absl::StrCat("n", form, "n"));
      ASSERT_EQ(answer.status, 200) << form << answer.body;
      EXPECT_EQ(answer.Json().root()["fileInfo"].StringOr("key", ""), value) << form;
      std::string header = Get("/file/memory/a").headers["x-bz-info-key"];
      EXPECT_EQ(PercentDecode(header).value_or(""), value);
    }
  }
}

TEST_F(NativeNameTest, NamesThatTheServiceRefuses) {
  for (absl::string_view name : {"/a", "a/", "a//b", "a\x01", "a\nb", "a\x1f", "a\x7f", ".", "..",
                                 "broken\xff", "broken\xc3", "/"}) {
    EXPECT_EQ(UploadName(name).Error(), "400 bad_request") << PercentEncode(name);
    EXPECT_EQ(UploadAs("x%2").Error(), "400 bad_request");
  }
  EXPECT_TRUE(Versions().empty());
}

TEST_F(NativeNameTest, StrangeNamesThatTheServiceTakes) {
  for (absl::string_view name : {" ", "a/../b", "./a", "a/.", "a\\b", "...", "\xc2\x80", "C:\\x"}) {
    HttpAnswer answer = UploadName(name);
    EXPECT_EQ(answer.status, 200) << name << answer.body;
    EXPECT_EQ(TextIn(answer, "fileName"), name);
    EXPECT_EQ(Get(absl::StrCat("/file/memory/", PercentEncode(name))).body, "x") << name;
  }
}

TEST_F(NativeNameTest, NamesHaveALimitAndSoHaveTheirSegments) {
  std::string segment(250, 's');
  std::string longest =
      absl::StrCat(segment, "/", segment, "/", segment, "/", segment, "/", std::string(20, 's'));
  ASSERT_EQ(longest.size(), 1024u);
  EXPECT_EQ(UploadName(longest).status, 200);
  EXPECT_EQ(UploadName(longest + "s").Error(), "400 bad_request");
  EXPECT_EQ(UploadName(segment + "s").Error(), "400 bad_request");
}

TEST_F(NativeNameTest, TheRulesOfNamesHoldForLargeFilesAndCopiesToo) {
  std::string id = Put("a");
  for (absl::string_view name : {"/a", "a/", "a//b", "", "."}) {
    EXPECT_EQ(StartLarge(name).Error(), "400 bad_request") << name;
    EXPECT_EQ(Call("b2_copy_file", {{"sourceFileId", id}, {"fileName", name}}).Error(),
              "400 bad_request")
        << name;
  }
}

TEST_F(NativeNameTest, InfoKeysAreLowerCaseHoweverTheyWereSent) {
  HttpAnswer answer = UploadInfo("Some-KEY", "Value");
  EXPECT_EQ(answer.Json().root()["fileInfo"].StringOr("some-key", ""), "Value");
  EXPECT_EQ(Get("/file/memory/a").headers["x-bz-info-some-key"], "Value");
  HttpAnswer large = StartLarge("b", {{"fileInfo", Object({{"Some-KEY", "Value"}})}});
  EXPECT_EQ(large.Json().root()["fileInfo"].StringOr("some-key", ""), "Value");
}

TEST_F(NativeNameTest, InfoKeysHaveAFormAndALength) {
  EXPECT_EQ(UploadInfo("aZ09-_.`~!#$%^&*'|+", "v").status, 200);
  EXPECT_EQ(UploadInfo(std::string(50, 'k'), "v").status, 200);
  EXPECT_EQ(UploadInfo(std::string(51, 'k'), "v").Error(), "400 bad_request");
  EXPECT_EQ(UploadInfo("a(b", "v").Error(), "400 bad_request");
  EXPECT_EQ(StartLarge("b", {{"fileInfo", Object({{"a b", "v"}})}}).Error(), "400 bad_request");
  EXPECT_EQ(StartLarge("b", {{"fileInfo", Object({{"", "v"}})}}).Error(), "400 bad_request");
  EXPECT_EQ(StartLarge("b", {{"fileInfo", Object({{"k", 1}})}}).Error(), "400 bad_request");
}

TEST_F(NativeNameTest, KeysThatTheServiceReservesAreItsOwn) {
  for (absl::string_view key : {"b2-content-disposition", "b2-content-language", "b2-expires",
                                "b2-cache-control", "b2-content-encoding"}) {
    EXPECT_EQ(UploadInfo(key, "v").status, 200) << key;
  }
  EXPECT_EQ(UploadInfo("b2-anything-else", "v").Error(), "400 bad_request");
}

TEST_F(NativeNameTest, InfosHaveANumberAndATotalLength) {
  EXPECT_EQ(UploadInfos(10, 10).status, 200);
  EXPECT_EQ(UploadInfos(11, 10).Error(), "400 bad_request");
  // One byte of name, and two of each key.
  EXPECT_EQ(UploadInfos(7, (7000 - 1) / 7 - 2).status, 200);
  EXPECT_EQ(UploadInfos(7, (7000 - 1) / 7 + 1 - 2).Error(), "400 bad_request");
}

TEST_F(NativeNameTest, EncryptionLeavesLessRoomForInfos) {
  EXPECT_EQ(UploadInfos(1, 2048 - 3, {"X-Bz-Server-Side-Encryption: AES256"}).status, 200);
  EXPECT_EQ(UploadInfos(1, 2048 - 2, {"X-Bz-Server-Side-Encryption: AES256"}).Error(),
            "400 bad_request");
  EXPECT_EQ(UploadInfos(1, 2048 - 2).status, 200);
}

TEST_F(NativeNameTest, ALockLeavesLessRoomForInfos) {
  std::string locked = CreateBucket("locked-bucket", {{"fileLockEnabled", true}});
  auto upload = [&](size_t size) {
    return Upload(
        locked, "a", "x",
        {"X-Bz-File-Legal-Hold: on", absl::StrCat("X-Bz-Info-k0: ", std::string(size, 'v'))});
  };
  EXPECT_EQ(upload(2048 - 3).status, 200);
  EXPECT_EQ(upload(2048 - 2).Error(), "400 bad_request");
}

}  // namespace
}  // namespace annofs::testing
