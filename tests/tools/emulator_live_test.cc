// Files of a directory that are odd: of the future, larger than memory, shorter by the time they
// are sent.
#include <filesystem>

#include "tests/tools/native_client.h"

namespace annofs::testing {
namespace {

namespace fs = std::filesystem;

class EmulatorLiveTest : public NativeTest {
 protected:
  std::string Photos() {
    JsonDocument json =
        Call("b2_list_buckets", {{"accountId", kAccountId}, {"bucketName", "photos"}}).Json();
    return std::string(json.root()["buckets"][0].StringOr("bucketId", ""));
  }
  std::string IdOf(absl::string_view name) {
    JsonDocument json =
        Call("b2_list_file_names", {{"bucketId", Photos()}, {"prefix", name}}).Json();
    return std::string(json.root()["files"][0].StringOr("fileId", ""));
  }
};

TEST_F(EmulatorLiveTest, AFileOfTheFutureIsHiddenAllTheSame) {
  Write("future", "x");
  fs::path path = directory_ / "future";
  fs::last_write_time(path, fs::last_write_time(path) + std::chrono::hours(24 * 365));
  EXPECT_EQ(Call("b2_hide_file", {{"bucketId", Photos()}, {"fileName", "future"}}).status, 200);
  EXPECT_EQ(Get("/file/photos/future").status, 404);
}

TEST_F(EmulatorLiveTest, APartOfAFileThatNoMemoryHoldsIsCopied) {
  Write("huge", "0123456789");
  fs::resize_file(directory_ / "huge", uint64_t{200} << 30);  // a hole
  JsonDocument start =
      Call("b2_start_large_file",
           {{"bucketId", Photos()}, {"fileName", "copy"}, {"contentType", "text/plain"}})
          .Json();
  std::string large(start.root().StringOr("fileId", ""));
  HttpAnswer part = Call("b2_copy_part", {{"sourceFileId", IdOf("huge")},
                                          {"largeFileId", large},
                                          {"partNumber", 1},
                                          {"range", "bytes=0-9"}});
  EXPECT_EQ(part.Json().root().IntOr("contentLength", 0), 10) << part.body;
  HttpAnswer whole = Call("b2_copy_part", {{"sourceFileId", IdOf("huge")},
                                           {"largeFileId", large},
                                           {"partNumber", 2},
                                           {"range", "bytes=0-4500000000"}});
  EXPECT_EQ(whole.Error(), "403 storage_cap_exceeded");
}

TEST_F(EmulatorLiveTest, AFileThatBecomesShorterWhileItIsSentEndsTheConnection) {
  constexpr uint64_t kSize = 64 << 20;
  Write("shrinks", "");
  fs::resize_file(directory_ / "shrinks", kSize);
  ASSERT_EQ(PostAdmin("settings", R"({"bandwidth":20000000})").status, 200);
  HttpAnswer answer;
  std::thread reader([&] { answer = Get("/file/photos/shrinks"); });
  // The answer is counted when its body is about to leave.
  auto sending = [this] {
    return Admin("counters").Json().root()["bytes"].IntOr("b2_download_file_by_name", 0) > 0;
  };
  for (int i = 0; i < 1000 && !sending(); ++i) absl::SleepFor(absl::Milliseconds(10));
  fs::resize_file(directory_ / "shrinks", 0);
  reader.join();
  EXPECT_NE(answer.curl, CURLE_OK);
  EXPECT_NE(answer.curl, CURLE_OPERATION_TIMEDOUT);
  EXPECT_LT(answer.body.size(), kSize);
}

}  // namespace
}  // namespace annofs::testing
