// `annofs cache` on a cache directory that a warm has filled.
#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "cache/base/json.h"
#include "gmock/gmock.h"
#include "tests/testing/files.h"
#include "tests/testing/temp_dir.h"
#include "tools/command.h"

namespace annofs {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;

class CacheCommandTest : public ::testing::Test {
 protected:
  static constexpr int kFiles = 20;
  static constexpr int kPinned = 5;

  void SetUp() override {
    for (int i = 0; i < kFiles; ++i) {
      const std::string path = directory_ / absl::StrCat("source/", i < kPinned ? "p" : "e", i);
      ASSERT_TRUE(testing::WriteFile(path, std::string(50'000, char('a' + i))).ok());
    }
    EXPECT_EQ(Run({"warm", directory_ / "source", "p*", "--pin"}), kDone) << err_;
    EXPECT_EQ(Run({"warm", directory_ / "source", "e*"}), kDone) << err_;
  }
  int Run(std::vector<std::string> arguments) {
    if (!absl::c_linear_search(arguments, "--cache")) {
      arguments.insert(arguments.end(), {"--cache", directory_ / "cache"});
    }
    std::ostringstream out, err;
    const int code = RunAnnofs(arguments, {out, err});
    out_ = out.str();
    err_ = err.str();
    return code;
  }
  JsonDocument Json() {
    absl::StatusOr<JsonDocument> json = JsonDocument::Parse(out_);
    EXPECT_TRUE(json.ok()) << json.status() << out_;
    return *std::move(json);
  }
  // Flips a byte of each block's content in the evictable files; answers how many.
  int Damage() {
    int damaged = 0;
    for (const auto& entry : std::filesystem::directory_iterator(directory_ / "cache/blocks")) {
      if (!entry.is_regular_file()) continue;
      std::string bytes = *testing::ReadFile(entry.path().string());
      for (int i = kPinned; i < kFiles; ++i) {
        const size_t at = bytes.find(std::string(20'000, char('a' + i)));
        if (at == bytes.npos) continue;
        bytes[at + 10] ^= 1;
        ++damaged;
      }
      std::fstream(entry.path(), std::ios::in | std::ios::out | std::ios::binary)
          .write(bytes.data(), std::streamsize(bytes.size()));
    }
    return damaged;
  }

  testing::TempDir directory_;
  std::string out_, err_;
};

TEST_F(CacheCommandTest, InfoSaysWhatIsThere) {
  ASSERT_EQ(Run({"cache", "info"}), kDone) << err_;
  for (absl::string_view word : {"format", "blocks", "pinned", "catalog", "free"}) {
    EXPECT_THAT(out_, HasSubstr(word));
  }
  ASSERT_EQ(Run({"cache", "info", "--json"}), kDone) << err_;
  const JsonDocument json = Json();
  EXPECT_EQ(json.root()["pinned"].IntOr("blocks", -1), kPinned);
  EXPECT_EQ(json.root()["evictable"].IntOr("blocks", -1), kFiles - kPinned);
  EXPECT_GE(json.root()["evictable"].IntOr("bytes", -1), (kFiles - kPinned) * 50'000);
  EXPECT_GT(json.root().IntOr("catalog_bytes", 0), 0);
  EXPECT_GT(json.root().IntOr("free_bytes", 0), 0);
}

TEST_F(CacheCommandTest, VerifyReadsAllAndFindsWhatIsDamaged) {
  ASSERT_EQ(Run({"cache", "verify"}), kDone) << err_;
  EXPECT_THAT(out_, ContainsRegex("^20 blocks, .* are sound; 0 blocks are damaged"));
  const int damaged = Damage();
  ASSERT_EQ(damaged, kFiles - kPinned);
  EXPECT_EQ(Run({"cache", "verify", "--json"}), kFailed);
  EXPECT_EQ(Json().root().IntOr("damaged", -1), damaged);
  EXPECT_THAT(err_, HasSubstr("annofs cache clear"));
}

TEST_F(CacheCommandTest, EvictLeavesThePinned) {
  ASSERT_EQ(Run({"cache", "evict", "0"}), kDone) << err_;
  EXPECT_THAT(out_, ContainsRegex("^freed [0-9.]+ [KM]iB\n"));
  ASSERT_EQ(Run({"cache", "info", "--json"}), kDone);
  const JsonDocument json = Json();
  EXPECT_EQ(json.root()["evictable"].IntOr("blocks", -1), 0);
  EXPECT_EQ(json.root()["pinned"].IntOr("blocks", -1), kPinned);
  EXPECT_EQ(Run({"cache", "evict", "100G"}), kDone);
  EXPECT_EQ(out_, "freed 0 B\n");
}

TEST_F(CacheCommandTest, ClearLeavesTheCatalog) {
  ASSERT_EQ(Run({"cache", "clear", "--json"}), kDone) << err_;
  EXPECT_GE(Json().root().IntOr("freed_bytes", -1), kFiles * 50'000);
  ASSERT_EQ(Run({"cache", "info", "--json"}), kDone);
  const JsonDocument json = Json();
  EXPECT_EQ(json.root()["evictable"].IntOr("blocks", -1), 0);
  EXPECT_EQ(json.root()["pinned"].IntOr("blocks", -1), 0);
  EXPECT_GT(json.root().IntOr("catalog_bytes", 0), 0);
  EXPECT_EQ(Run({"warm", directory_ / "source"}), kDone) << err_;
  EXPECT_THAT(out_, HasSubstr("20 objects, "));
}

TEST_F(CacheCommandTest, WrongUsageSaysWhatToDo) {
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"cache"},
                                             {"cache", "shrink"},
                                             {"cache", "evict"},
                                             {"cache", "evict", "much"},
                                             {"cache", "info", "5G"},
                                             {"cache", "evict", "5G", "6G"}}) {
    EXPECT_EQ(Run(words), kWrongUsage) << err_;
    EXPECT_THAT(err_, HasSubstr("annofs help cache"));
  }
}

TEST_F(CacheCommandTest, ADirectoryThatIsNoCacheOfThisFormatIsLeftAlone) {
  EXPECT_EQ(Run({"cache", "clear", "--cache", directory_ / "source"}), kFailed);
  EXPECT_THAT(err_, HasSubstr("there is no cache at"));
  ASSERT_TRUE(testing::WriteFile(directory_ / "cache/VERSION", "1\n").ok());
  EXPECT_EQ(Run({"cache", "clear"}), kFailed);
  EXPECT_THAT(err_, HasSubstr("has format 1"));
}

}  // namespace
}  // namespace annofs
