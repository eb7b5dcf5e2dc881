// The b2 tool's account database. The schemas are those of b2sdk's SqliteAccountInfo: the first
// one, and with all updates of version 2.13.
#include "tools/b2_account_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include "absl/strings/str_cat.h"
#include "tests/testing/files.h"
#include "tests/testing/temp_dir.h"
#include "tools/credentials.h"

namespace annofs {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kFirstSchema[] =
    "CREATE TABLE account (account_id TEXT NOT NULL, application_key TEXT NOT NULL, "
    "account_auth_token TEXT NOT NULL, api_url TEXT NOT NULL, download_url TEXT NOT NULL, "
    "minimum_part_size INT NOT NULL, realm TEXT NOT NULL);";
constexpr char kSchema[] =
    "CREATE TABLE update_done (update_number INT NOT NULL);"
    "CREATE TABLE account (account_id TEXT NOT NULL, application_key TEXT NOT NULL, "
    "account_auth_token TEXT NOT NULL, api_url TEXT NOT NULL, download_url TEXT NOT NULL, "
    "absolute_minimum_part_size INT NOT NULL, recommended_part_size INT NOT NULL, "
    "realm TEXT NOT NULL, allowed TEXT, account_id_or_app_key_id TEXT, s3_api_url TEXT);";
constexpr char kRow[] =
    "INSERT INTO account VALUES ('acc', 'K004secret', 'token', 'https://api004.backblazeb2.com', "
    "'https://f004.backblazeb2.com', 5000000, 100000000, 'https://api.backblazeb2.com', '{}', "
    "'004keyid', 'https://s3.us-west-004.backblazeb2.com');";

class B2AccountFileTest : public ::testing::Test {
 protected:
  // The bytes of a database made by these statements.
  std::string Made(const std::string& statements) {
    sqlite3* database = nullptr;
    EXPECT_EQ(sqlite3_open(Path().c_str(), &database), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(database, statements.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
        << sqlite3_errmsg(database);
    sqlite3_close(database);
    return *testing::ReadFile(Path());
  }
  std::string Path() const { return dir_ / "account_info"; }

  testing::TempDir dir_;
};

TEST_F(B2AccountFileTest, GivesKeyRealmAndS3Address) {
  absl::StatusOr<B2AccountFile> account = ParseB2AccountFile(Made(absl::StrCat(kSchema, kRow)));
  ASSERT_TRUE(account.ok()) << account.status();
  EXPECT_EQ(account->key_id, "004keyid");
  EXPECT_EQ(account->key, "K004secret");
  EXPECT_EQ(account->realm, "https://api.backblazeb2.com");
  EXPECT_EQ(account->s3_url, "https://s3.us-west-004.backblazeb2.com");
}

TEST_F(B2AccountFileTest, TheFirstSchemaHoldsAMasterKey) {
  absl::StatusOr<B2AccountFile> account = ParseB2AccountFile(
      Made(absl::StrCat(kFirstSchema,
                        "INSERT INTO account VALUES ('acc', 'K0', 't', 'a', 'd', 5, "
                        "'production');")));
  ASSERT_TRUE(account.ok()) << account.status();
  EXPECT_EQ(account->key_id, "acc");
  EXPECT_EQ(account->realm, "");
}

TEST_F(B2AccountFileTest, NobodyLoggedInIsSaid) {
  absl::Status status = ParseB2AccountFile(Made(kSchema)).status();
  EXPECT_TRUE(absl::IsUnauthenticated(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr("b2 account authorize"));
}

TEST_F(B2AccountFileTest, ADatabaseWithAWriteAheadLogIsRead) {
  std::string content = Made(absl::StrCat("PRAGMA journal_mode=WAL;", kSchema, kRow));
  ASSERT_EQ(content[18], 2);
  EXPECT_TRUE(ParseB2AccountFile(content).ok());
}

TEST_F(B2AccountFileTest, OtherAndDamagedDatabasesAreRefusedWithoutTheirContent) {
  std::string good = Made(absl::StrCat(kSchema, kRow));
  std::string other = absl::StrCat(good.substr(0, 100), std::string(4096, '\xff'));
  std::vector<std::string> wrong = {"", good.substr(0, 16), good.substr(0, 99),
                                    good.substr(0, 4000), other};
  for (const std::string& content : wrong) {
    absl::Status status = ParseB2AccountFile(content).status();
    EXPECT_FALSE(status.ok()) << content.size();
    EXPECT_THAT(std::string(status.message()), Not(HasSubstr("K004")));
  }
  for (size_t i = 0; i < good.size(); ++i) {
    std::string damaged = good;
    damaged[i] = char(damaged[i] ^ 0x55);
    (void)ParseB2AccountFile(damaged);  // must come back, whatever it says
  }
}

TEST_F(B2AccountFileTest, ServesBothServicesAsAFileOfKeys) {
  Made(absl::StrCat(kSchema, kRow));
  ASSERT_EQ(chmod(Path().c_str(), 0600), 0);
  FoundAccess b2 = FindAccess(SourceUrl::Kind::kB2, {}, Path(), {});
  ASSERT_TRUE(b2.keys.ok()) << b2.keys;
  EXPECT_EQ(b2.access.b2.key, "K004secret");
  EXPECT_EQ(b2.access.b2_endpoint, "https://api.backblazeb2.com");
  FoundAccess s3 = FindAccess(SourceUrl::Kind::kS3, {}, Path(), {});
  ASSERT_TRUE(s3.keys.ok()) << s3.keys;
  EXPECT_EQ(s3.access.s3.access_key_id, "004keyid");
  EXPECT_EQ(s3.access.s3.secret_access_key, "K004secret");
  EXPECT_EQ(s3.access.s3_endpoint, "https://s3.us-west-004.backblazeb2.com");
  ASSERT_EQ(chmod(Path().c_str(), 0644), 0);
  EXPECT_TRUE(absl::IsPermissionDenied(FindAccess(SourceUrl::Kind::kB2, {}, Path(), {}).keys));
}

}  // namespace
}  // namespace annofs
