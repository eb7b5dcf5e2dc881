// What a mount says of its cost is what the store was asked.
#include "absl/strings/str_cat.h"
#include "cache/base/json.h"
#include "gmock/gmock.h"
#include "tests/mount/mount_test_base.h"

namespace annofs::testing {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

class CostTest : public MountTest {
 protected:
  JsonDocument Json(const std::string& text) {
    absl::StatusOr<JsonDocument> json = JsonDocument::Parse(text);
    EXPECT_TRUE(json.ok()) << json.status() << text;
    return *std::move(json);
  }
};

TEST_F(CostTest, TransactionsAndBytesAreThoseOfTheServer) {
  for (int i = 0; i < 5; ++i) Write(absl::StrCat("bucket/", i), std::string(1000, 'x'));
  Serve("bucket");
  std::string mnt = MountBucket({"--no-views"});
  Sh("cat " + mnt + "/[0-4] >/dev/null");
  JsonDocument json = Json(Read(mnt + "/.annofs/stats.json"));
  JsonValue stats = json.root();
  EXPECT_EQ(stats["transactions"].IntOr("b", -1), 5);
  EXPECT_EQ(stats["transactions"].IntOr("c", -1), Requests("total") - 5);
  EXPECT_EQ(stats["requests"].IntOr("get", -1), 5);
  EXPECT_EQ(stats.IntOr("bytes", -1), 5000);
  EXPECT_EQ(stats["estimate"].StringOr("currency", ""), "USD");
}

TEST_F(CostTest, StatusSaysItInWordsAndInJson) {
  Write("bucket/a", "content");
  Serve("bucket");
  std::string mnt = MountBucket({"--no-views"});
  Read(mnt + "/a");
  EXPECT_THAT(Annofs({"status", mnt}).out,
              ContainsRegex("cost +A 0, B 1, C [0-9]+; 7 B; about \\$0.00 \\(prices of 20"));
  JsonDocument json = Json(Annofs({"status", "--json", mnt}).out);
  JsonValue estimate = json.root()["estimate"];
  EXPECT_NE(estimate.StringOr("table_date", ""), "");
  EXPECT_GT(estimate.DoubleOr("amount", 0), 0) << "bytes that leave B2 have a price";
}

TEST_F(CostTest, ALocalDirectoryHasNone) {
  Write("bucket/a", "content");
  std::string mnt = Mount(Path("bucket"));
  Read(mnt + "/a");
  EXPECT_THAT(Annofs({"status", mnt}).out, Not(HasSubstr("cost")));
  JsonDocument json = Json(Read(mnt + "/.annofs/stats.json"));
  EXPECT_TRUE(json.root()["estimate"].is_null());
}

}  // namespace
}  // namespace annofs::testing
