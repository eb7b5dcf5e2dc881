// Large files: parts, finish, cancel, and what is unfinished (reference/b2.md §1.10).
#include "tests/tools/native_client.h"

namespace annofs::testing {
namespace {

constexpr size_t kSmallestPart = 5'000'000;

std::string Bytes(size_t size, char first) {
  std::string bytes(size, first);
  for (size_t i = 0; i < size; i += 1000) bytes[i] = static_cast<char>(i / 1000);
  return bytes;
}

class NativeLargeTest : public NativeTest {
 protected:
  std::string large_ = StartedLarge("large");
  const std::string first_ = Bytes(kSmallestPart, 'a');
  const std::string last_ = "the end";

  HttpAnswer Finish(const std::vector<std::string>& sha1s) {
    return Call("b2_finish_large_file", {{"fileId", large_}, {"partSha1Array", Texts(sha1s)}});
  }
  HttpAnswer Cancel() { return Call("b2_cancel_large_file", {{"fileId", large_}}); }
  void SendBoth() {
    ASSERT_EQ(SendPart(large_, 1, first_).status, 200);
    ASSERT_EQ(SendPart(large_, 2, last_).status, 200);
  }
  HttpAnswer FinishBoth() { return Finish({Sha1(first_), Sha1(last_)}); }
  // The numbers of the parts of one page.
  std::vector<int64_t> PartNumbers(Fields fields = {}) {
    fields.insert({"fileId", large_});
    JsonDocument json = Call("b2_list_parts", fields).Json();
    std::vector<int64_t> numbers;
    for (size_t i = 0; i < json.root()["parts"].size(); ++i) {
      numbers.push_back(json.root()["parts"][i].IntOr("partNumber", 0));
    }
    numbers.push_back(json.root().IntOr("nextPartNumber", -1));
    return numbers;
  }
};

TEST_F(NativeLargeTest, AStartedFileIsAnEntryWithoutContent) {
  JsonDocument json = Call("b2_get_file_info", {{"fileId", large_}}).Json();
  EXPECT_EQ(json.root().StringOr("action", ""), "start");
  EXPECT_EQ(json.root().IntOr("contentLength", -1), 0);
  EXPECT_EQ(json.root().StringOr("contentSha1", ""), "none");
  EXPECT_TRUE(json.root()["contentMd5"].is_null());
  EXPECT_TRUE(absl::StrContains(large_, "_f2"));
}

TEST_F(NativeLargeTest, PartsBecomeOneFile) {
  large_ = TextIn(StartLarge("video.mp4", {{"contentType", "b2/x-auto"},
                                           {"fileInfo", Object({{"large_file_sha1", "1234"}})}}),
                  "fileId");
  int64_t started =
      Call("b2_get_file_info", {{"fileId", large_}}).Json().root().IntOr("uploadTimestamp", 0);
  SendBoth();
  HttpAnswer finished = FinishBoth();
  ASSERT_EQ(finished.status, 200) << finished.body;
  JsonDocument json = finished.Json();
  EXPECT_EQ(json.root().StringOr("action", ""), "upload");
  EXPECT_EQ(json.root().StringOr("fileId", ""), large_);
  EXPECT_EQ(json.root().StringOr("contentType", ""), "video/mp4");
  EXPECT_EQ(json.root().StringOr("contentSha1", ""), "none");
  EXPECT_TRUE(json.root()["contentMd5"].is_null());
  EXPECT_EQ(json.root().IntOr("contentLength", 0), int64_t{5'000'007});
  EXPECT_EQ(json.root().IntOr("uploadTimestamp", 0), started);
  EXPECT_EQ(json.root()["fileInfo"].StringOr("large_file_sha1", ""), "1234");
  HttpAnswer download = Get("/file/memory/video.mp4");
  EXPECT_TRUE(download.body == absl::StrCat(first_, last_));
  EXPECT_EQ(download.headers["x-bz-content-sha1"], "none");
  EXPECT_EQ(Get("/file/memory/video.mp4", {"Range: bytes=4999999-5000001"}).body,
            absl::StrCat(first_.substr(4'999'999), "th"));
}

TEST_F(NativeLargeTest, APartIsAnsweredWithItsDigests) {
  JsonDocument json = SendPart(large_, 7, "part").Json();
  EXPECT_EQ(json.root().StringOr("fileId", ""), large_);
  EXPECT_EQ(json.root().IntOr("partNumber", 0), 7);
  EXPECT_EQ(json.root().IntOr("contentLength", 0), 4);
  EXPECT_EQ(json.root().StringOr("contentSha1", ""), Sha1("part"));
  EXPECT_EQ(json.root().StringOr("contentMd5", ""), DigestOf(DigestKind::kMd5, "part").Hex());
  EXPECT_GT(json.root().IntOr("uploadTimestamp", 0), 0);
}

TEST_F(NativeLargeTest, PartsTakeTheThreeFormsOfSha1) {
  UploadUrl to = GetPartUrl(large_);
  auto send = [&](absl::string_view form, std::string body) {
    return Send(to, {"X-Bz-Part-Number: 1", absl::StrCat("X-Bz-Content-Sha1: ", form)}, body);
  };
  EXPECT_EQ(send(Sha1("part"), "part").status, 200);
  EXPECT_EQ(send("hex_digits_at_end", absl::StrCat("part", Sha1("part"))).status, 200);
  EXPECT_EQ(send("do_not_verify", "part").status, 200);
  EXPECT_EQ(TextIn(send(Sha1("other"), "part"), "message"), "Sha1 did not match data received");
}

TEST_F(NativeLargeTest, PartNumbersAreFromOneToTenThousand) {
  EXPECT_EQ(SendPart(large_, 1, "x").status, 200);
  EXPECT_EQ(SendPart(large_, 10'000, "x").status, 200);
  EXPECT_EQ(SendPart(large_, 0, "x").Error(), "400 bad_request");
  EXPECT_EQ(SendPart(large_, 10'001, "x").Error(), "400 bad_request");
  EXPECT_EQ(Send(GetPartUrl(large_), {absl::StrCat("X-Bz-Content-Sha1: ", Sha1("x"))}, "x").Error(),
            "400 bad_request");
}

TEST_F(NativeLargeTest, OnePartIsNotEnough) {
  SendPart(large_, 1, first_);
  HttpAnswer answer = Finish({Sha1(first_)});
  EXPECT_EQ(answer.Error(), "400 bad_request");
  EXPECT_TRUE(
      absl::StrContains(TextIn(answer, "message"), "large files must have at least 2 parts"));
}

TEST_F(NativeLargeTest, APartThatIsNotTheLastHasALeastSize) {
  std::string small = first_.substr(1);
  SendPart(large_, 1, small);
  SendPart(large_, 2, last_);
  EXPECT_EQ(Finish({Sha1(small), Sha1(last_)}).Error(), "400 bad_request");
  SendPart(large_, 1, first_);
  EXPECT_EQ(FinishBoth().status, 200);
}

TEST_F(NativeLargeTest, PartsAreContiguousFromOne) {
  SendPart(large_, 2, first_);
  SendPart(large_, 3, last_);
  EXPECT_EQ(FinishBoth().Error(), "400 missing_part");
  EXPECT_EQ(Finish({Sha1(first_), Sha1(first_), Sha1(last_)}).Error(), "400 missing_part");
  SendPart(large_, 1, first_);
  EXPECT_EQ(Finish({Sha1(first_), Sha1(first_), Sha1(last_)}).status, 200);
}

TEST_F(NativeLargeTest, TheDigestsNameAllPartsInOrder) {
  SendBoth();
  EXPECT_EQ(Finish({Sha1(last_), Sha1(first_)}).Error(), "400 bad_request");
  EXPECT_EQ(Finish({Sha1(first_), Sha1("other")}).Error(), "400 bad_request");
  EXPECT_EQ(Finish({Sha1(first_), Sha1(last_), Sha1("more")}).Error(), "400 missing_part");
  SendPart(large_, 3, "more");
  EXPECT_EQ(FinishBoth().Error(), "400 bad_request");
  EXPECT_EQ(Versions(), std::vector<std::string>({"start large"}));
}

TEST_F(NativeLargeTest, APartThatIsSentAgainReplacesTheFirst) {
  SendBoth();
  SendPart(large_, 2, "another end");
  EXPECT_EQ(PartNumbers(), std::vector<int64_t>({1, 2, -1}));
  EXPECT_EQ(FinishBoth().Error(), "400 bad_request");
  EXPECT_EQ(Finish({Sha1(first_), Sha1("another end")}).status, 200);
  EXPECT_TRUE(Get("/file/memory/large").body == absl::StrCat(first_, "another end"));
}

TEST_F(NativeLargeTest, PartsAreListedInPages) {
  for (int number : {3, 1, 7, 5}) SendPart(large_, number, "x");
  EXPECT_EQ(PartNumbers(), std::vector<int64_t>({1, 3, 5, 7, -1}));
  EXPECT_EQ(PartNumbers({{"maxPartCount", 2}}), std::vector<int64_t>({1, 3, 5}));
  EXPECT_EQ(PartNumbers({{"maxPartCount", 2}, {"startPartNumber", 5}}),
            std::vector<int64_t>({5, 7, -1}));
  EXPECT_EQ(PartNumbers({{"startPartNumber", 4}}), std::vector<int64_t>({5, 7, -1}));
  EXPECT_EQ(Call("b2_list_parts", {{"fileId", large_}, {"maxPartCount", 1001}}).Error(),
            "400 out_of_range");
  EXPECT_EQ(Call("b2_list_parts", {{"fileId", large_}, {"maxPartCount", -1}}).Error(),
            "400 out_of_range");
}

TEST_F(NativeLargeTest, AFileIsFinishedOnce) {
  SendBoth();
  UploadUrl to = GetPartUrl(large_);
  ASSERT_EQ(FinishBoth().status, 200);
  EXPECT_EQ(FinishBoth().Error(), "400 bad_request");
  EXPECT_EQ(Cancel().Error(), "400 bad_request");
  EXPECT_EQ(Call("b2_list_parts", {{"fileId", large_}}).Error(), "400 bad_request");
  EXPECT_EQ(Call("b2_get_upload_part_url", {{"fileId", large_}}).Error(), "400 bad_request");
  EXPECT_EQ(Send(to, {"X-Bz-Part-Number: 1", absl::StrCat("X-Bz-Content-Sha1: ", Sha1("x"))}, "x")
                .Error(),
            "400 bad_request");
  EXPECT_EQ(Names(), std::vector<std::string>({"upload large"}));
}

TEST_F(NativeLargeTest, UnknownAndSmallFilesAreNotLargeFiles) {
  std::string small = Put("small");
  for (const std::string& id : {small, std::string("bad-id")}) {
    for (absl::string_view call :
         {"b2_get_upload_part_url", "b2_list_parts", "b2_cancel_large_file"}) {
      HttpAnswer answer = Call(call, {{"fileId", id}});
      EXPECT_EQ(answer.Error(), "400 bad_request") << call << id;
      EXPECT_EQ(TextIn(answer, "message"), absl::StrCat("Invalid fileId: ", id));
    }
  }
}

TEST_F(NativeLargeTest, CancellingRemovesTheFileAndItsParts) {
  SendBoth();
  HttpAnswer answer = Cancel();
  ASSERT_EQ(answer.status, 200);
  JsonDocument json = answer.Json();
  EXPECT_EQ(json.root().StringOr("accountId", ""), kAccountId);
  EXPECT_EQ(json.root().StringOr("bucketId", ""), bucket_);
  EXPECT_EQ(json.root().StringOr("fileId", ""), large_);
  EXPECT_EQ(json.root().StringOr("fileName", ""), "large");
  EXPECT_TRUE(Versions().empty());
  EXPECT_EQ(FinishBoth().Error(), "400 bad_request");
}

TEST_F(NativeLargeTest, DeletingTheVersionCancels) {
  SendBoth();
  EXPECT_EQ(Delete("large", large_).status, 200);
  EXPECT_TRUE(Entries("b2_list_unfinished_large_files", {{"maxFileCount", 100}}).empty());
  EXPECT_EQ(FinishBoth().Error(), "400 bad_request");
}

TEST_F(NativeLargeTest, UnfinishedFilesAreListedByPrefix) {
  StartedLarge("dir/b");
  StartedLarge("dir/a");
  Fields all = {{"maxFileCount", 100}};
  EXPECT_EQ(Entries("b2_list_unfinished_large_files", all),
            std::vector<std::string>({"start dir/a", "start dir/b", "start large"}));
  all.insert({"namePrefix", "dir/"});
  EXPECT_EQ(Entries("b2_list_unfinished_large_files", all),
            std::vector<std::string>({"start dir/a", "start dir/b"}));
  EXPECT_EQ(Call("b2_list_unfinished_large_files", {{"bucketId", bucket_}, {"maxFileCount", 101}})
                .Error(),
            "400 out_of_range");
}

TEST_F(NativeLargeTest, AnUploadAfterTheStartStaysTheNewest) {
  Put("large", "newer");
  SendBoth();
  ASSERT_EQ(FinishBoth().status, 200);
  EXPECT_EQ(Get("/file/memory/large").body, "newer");
}

TEST_F(NativeLargeTest, PartsAreCopiedFromFilesWholeOrByRange) {
  std::string source = Put("source", absl::StrCat(first_, "tail"));
  Fields part = {{"sourceFileId", source}, {"largeFileId", large_}};
  part.insert_or_assign("partNumber", 1);
  part.insert_or_assign("range", "bytes=0-4999999");
  HttpAnswer copied = Call("b2_copy_part", part);
  ASSERT_EQ(copied.status, 200) << copied.body;
  EXPECT_EQ(TextIn(copied, "contentSha1"), Sha1(first_));
  EXPECT_EQ(copied.Json().root().IntOr("partNumber", 0), 1);
  part.insert_or_assign("partNumber", 2);
  part.erase("range");
  std::string whole = TextIn(Call("b2_copy_part", part), "contentSha1");
  EXPECT_EQ(whole, Sha1(absl::StrCat(first_, "tail")));
  ASSERT_EQ(Finish({Sha1(first_), whole}).status, 200);
  EXPECT_TRUE(Get("/file/memory/large").body == absl::StrCat(first_, first_, "tail"));
}

TEST_F(NativeLargeTest, CopiedPartsHaveTheRulesOfParts) {
  std::string source = Put("source", "0123456789");
  auto copy = [&](Fields fields) {
    fields.insert({{"sourceFileId", source}, {"largeFileId", large_}});
    fields.insert({"partNumber", 1});
    return Call("b2_copy_part", fields);
  };
  EXPECT_EQ(TextIn(copy({{"range", "bytes=0-5"}}), "contentSha1"), Sha1("012345"));
  EXPECT_EQ(copy({{"partNumber", 0}}).Error(), "400 bad_request");
  EXPECT_EQ(copy({{"largeFileId", source}}).Error(), "400 bad_request");
  EXPECT_EQ(copy({{"sourceFileId", large_}}).Error(), "400 bad_request");
  EXPECT_EQ(copy({{"range", "bytes=10-12"}}).Error(), "416 range_not_satisfiable");
}

}  // namespace
}  // namespace annofs::testing
