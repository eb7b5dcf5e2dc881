// Keys and buckets as the emulator has them: each finding, and a narrow key of a plain bucket.
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "tests/cache/store/b2_server.h"
#include "tests/tools/doctor/doctor_testing.h"
#include "tests/tools/doctor/emulated_account.h"
#include "tools/doctor/bucket_checks.h"
#include "tools/doctor/key_checks.h"

namespace annofs::testing {
namespace {

using doctor::AreaReport;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

using Words = std::vector<std::string>;
const Words kNarrow = {"listBuckets", "readBuckets", "listFiles", "readFiles"};

struct Reports {
  AreaReport key, bucket;
};

class AccountTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto emulator =
        EmulatorProcess::Start({{"bucket-a", directory_.path()}, {"bucket-b", directory_.path()}});
    ASSERT_TRUE(emulator.ok()) << emulator.status();
    emulator_ = *std::move(emulator);
    account_.emplace(*emulator_);
  }

  Reports CheckB2(const B2Credentials& key, const std::string& bucket = "bucket-a",
                  const std::string& prefix = "", absl::Time now = absl::Now()) {
    const SourceUrl url{.kind = SourceUrl::Kind::kB2, .bucket = bucket, .prefix = prefix};
    const Examination seen = ExamineB2(url, {.endpoint = emulator_->url(), .b2 = key}, counters_,
                                       {.deadline = absl::Now() + absl::Seconds(20)});
    return {doctor::CheckKey(seen, url, absl::OkStatus(), now), doctor::CheckBucket(seen, url)};
  }
  Reports CheckS3(const B2Credentials& key, const std::string& bucket = "bucket-a",
                  const std::string& prefix = "") {
    const SourceUrl url{.kind = SourceUrl::Kind::kS3, .bucket = bucket, .prefix = prefix};
    const StoreOptions options{.endpoint = emulator_->url(),
                               .region = "us-west-002",
                               .addressing = S3Addressing::kPath,
                               .s3 = {.access_key_id = key.key_id, .secret_access_key = key.key}};
    const Examination seen =
        ExamineS3(url, options, counters_, {.deadline = absl::Now() + absl::Seconds(20)});
    return {doctor::CheckKey(seen, url, absl::OkStatus(), absl::Now()),
            doctor::CheckBucket(seen, url)};
  }
  B2Credentials Narrow(const std::string& more = "") {
    return account_->CreateKeyOf("bucket-a", kNarrow, more);
  }

  TempDir directory_;
  Counters counters_;
  std::unique_ptr<EmulatorProcess> emulator_;
  std::optional<EmulatedAccount> account_;
};

TEST_F(AccountTest, NothingIsFoundOfANarrowKeyAndAPlainBucket) {
  const Reports b2 = CheckB2(Narrow());
  EXPECT_THAT(Ids(b2.key), IsEmpty());
  EXPECT_THAT(Ids(b2.bucket), IsEmpty());
  EXPECT_THAT(b2.key.unchecked, IsEmpty());
  EXPECT_THAT(b2.bucket.unchecked, IsEmpty());
  const Reports s3 = CheckS3(Narrow());
  EXPECT_THAT(Ids(s3.key), IsEmpty());
  EXPECT_THAT(Ids(s3.bucket), IsEmpty());
  EXPECT_THAT(s3.bucket.unchecked, IsEmpty());
}

TEST_F(AccountTest, AKeyThatCanDoMoreIsToldWithTheCommandThatMakesANarrowOne) {
  const Reports reports =
      CheckB2(account_->CreateKeyOf("bucket-a", {"listBuckets", "listFiles", "readFiles",
                                                 "writeFiles", "deleteFiles", "shareFiles"}),
              "bucket-a", "photos/");
  EXPECT_EQ(SeverityOf(reports.key, "key-can-do-more"), "warning");
  EXPECT_THAT(EvidenceOf(reports.key, "key-can-do-more"),
              HasSubstr("writeFiles, deleteFiles, shareFiles"));
  EXPECT_EQ(RemedyOf(reports.key, "key-can-do-more"),
            "b2 key create --bucket bucket-a --name-prefix photos/ annofs-read "
            "listBuckets,readBuckets,listFiles,readFiles");
}

TEST_F(AccountTest, AKeyOfTheWholeAccountIsTold) {
  const Reports reports = CheckB2(account_->CreateKey(kNarrow));
  EXPECT_THAT(Ids(reports.key), ElementsAre("key-for-all-buckets"));
  const Reports master = CheckB2({emulator_->key_id(), emulator_->key()});
  EXPECT_THAT(Ids(master.key), ElementsAre("key-can-do-more", "key-for-all-buckets"));
}

TEST_F(AccountTest, ACapabilityThatIsMissingIsNamed) {
  for (const char* missing : {"listFiles", "readFiles"}) {
    Words capabilities;
    for (const std::string& one : kNarrow) {
      if (one != missing) capabilities.push_back(one);
    }
    const Reports reports = CheckB2(account_->CreateKeyOf("bucket-a", capabilities));
    EXPECT_THAT(Ids(reports.key), ElementsAre("key-lacks-capability")) << missing;
    EXPECT_THAT(EvidenceOf(reports.key, "key-lacks-capability"), HasSubstr(missing));
  }
}

TEST_F(AccountTest, ABucketIsLookedUpOnlyByAKeyThatDoesNotNameIt) {
  const Words reads = {"listFiles", "readFiles"};
  const Reports all = CheckB2(account_->CreateKey(reads));
  EXPECT_THAT(EvidenceOf(all.key, "key-lacks-capability"), HasSubstr("listBuckets"));
  const Reports one = CheckB2(account_->CreateKeyOf("bucket-a", reads));
  EXPECT_THAT(Ids(one.key), IsEmpty());
  EXPECT_THAT(Ids(one.bucket), IsEmpty());
  EXPECT_THAT(one.bucket.unchecked,
              ElementsAre(HasSubstr("readBuckets"), HasSubstr("lifecycle rules: the key lacks")));
}

TEST_F(AccountTest, AKeyThatIsRefusedIsAnError) {
  EXPECT_EQ(
      SeverityOf(CheckB2({"002nobody0000000000000001", "K002wrongwrongwrong"}).key, "key-refused"),
      "error");
  EXPECT_EQ(
      SeverityOf(CheckS3({"002nobody0000000000000001", "K002wrongwrongwrong"}).key, "key-refused"),
      "error");
}

TEST_F(AccountTest, AKeyThatIsMissingIsToldAsSuch) {
  const AreaReport report =
      doctor::CheckKey({}, {.kind = SourceUrl::Kind::kB2, .bucket = "b"},
                       absl::UnauthenticatedError("no application key: set"), absl::Now());
  EXPECT_THAT(Ids(report), ElementsAre("key-missing"));
  EXPECT_THAT(EvidenceOf(report, "key-missing"), HasSubstr("no application key"));
}

TEST_F(AccountTest, TheEndOfAKeyIsToldAWeekBefore) {
  const B2Credentials key = Narrow("\"validDurationInSeconds\":864000");
  EXPECT_THAT(Ids(CheckB2(key).key), IsEmpty());
  const absl::Time soon = absl::Now() + absl::Hours(4 * 24);
  EXPECT_EQ(SeverityOf(CheckB2(key, "bucket-a", "", soon).key, "key-expires-soon"), "warning");
  EXPECT_THAT(EvidenceOf(CheckB2(key, "bucket-a", "", soon).key, "key-expires-soon"),
              HasSubstr("expires in 5 days"));
  const absl::Time late = absl::Now() + absl::Hours(11 * 24);
  EXPECT_EQ(SeverityOf(CheckB2(key, "bucket-a", "", late).key, "key-expired"), "error");
  ASSERT_TRUE(emulator_->Advance(absl::Hours(11 * 24)).ok());
  EXPECT_THAT(Ids(CheckB2(key).key), ElementsAre("key-refused")) << "by the service's own clock";
}

TEST_F(AccountTest, AKeyOfAPrefixIsToldWithWhatItReads) {
  const B2Credentials key = Narrow("\"namePrefix\":\"team/photos/\"");
  EXPECT_THAT(Ids(CheckB2(key).key), ElementsAre("key-for-prefix-only"));
  EXPECT_THAT(EvidenceOf(CheckB2(key).key, "key-for-prefix-only"),
              HasSubstr("'team/photos/': that directory is the root of the mount"));
  const Reports other = CheckB2(key, "bucket-a", "elsewhere/");
  EXPECT_EQ(SeverityOf(other.key, "key-not-for-prefix"), "error");
}

TEST_F(AccountTest, AKeyOfAnotherBucketIsAnError) {
  const Reports reports = CheckB2(Narrow(), "bucket-b");
  EXPECT_EQ(SeverityOf(reports.bucket, "key-not-for-bucket"), "error");
  EXPECT_THAT(EvidenceOf(reports.bucket, "key-not-for-bucket"), HasSubstr("'bucket-a'"));
}

TEST_F(AccountTest, ABucketThatIsNotThereIsAnError) {
  EXPECT_EQ(SeverityOf(CheckB2(account_->CreateKey(kNarrow), "bucket-c").bucket, "bucket-missing"),
            "error");
  EXPECT_EQ(SeverityOf(CheckS3(account_->CreateKey(kNarrow), "bucket-c").bucket, "bucket-missing"),
            "error");
}

TEST_F(AccountTest, RulesThatRemoveOldVersionsAreTold) {
  account_->Update("bucket-a",
                   R"("lifecycleRules":[{"fileNamePrefix":"","daysFromHidingToDeleting")"
                   R"(:1,"daysFromUploadingToHiding":null}])");
  for (const Reports& reports : {CheckB2(Narrow()), CheckS3(Narrow())}) {
    EXPECT_THAT(Ids(reports.bucket), ElementsAre("lifecycle-removes-versions"));
    EXPECT_THAT(EvidenceOf(reports.bucket, "lifecycle-removes-versions"),
                HasSubstr("all names after 1 day:"));
  }
}

TEST_F(AccountTest, RulesMatterWhereTheyTouchTheSource) {
  account_->Update("bucket-a", R"("lifecycleRules":[{"fileNamePrefix":"tmp/","daysFromHidingTo)"
                               R"(Deleting":null,"daysFromUploadingToHiding":3}])");
  for (const Reports& reports : {CheckB2(Narrow()), CheckS3(Narrow())}) {
    EXPECT_THAT(Ids(reports.bucket), ElementsAre("lifecycle-hides-files"));
    EXPECT_THAT(EvidenceOf(reports.bucket, "lifecycle-hides-files"),
                HasSubstr("names that begin with 'tmp/' 3 days after"));
  }
  EXPECT_THAT(Ids(CheckB2(Narrow(), "bucket-a", "photos/").bucket), IsEmpty());
  EXPECT_THAT(Ids(CheckB2(Narrow(), "bucket-a", "tmp/x/").bucket),
              ElementsAre("lifecycle-hides-files"));
}

TEST_F(AccountTest, APublicBucketIsTold) {
  account_->Update("bucket-a", R"("bucketType":"allPublic")");
  EXPECT_THAT(Ids(CheckB2(Narrow()).bucket), ElementsAre("bucket-public"));
  EXPECT_THAT(Ids(CheckS3(Narrow()).bucket), ElementsAre("bucket-public"));
}

TEST_F(AccountTest, WhatS3DoesNotPermitIsNotCalledFine) {
  const Reports reports = CheckS3(account_->CreateKeyOf("bucket-a", {"listFiles", "readFiles"}));
  EXPECT_THAT(Ids(reports.key), IsEmpty());
  EXPECT_THAT(Ids(reports.bucket), IsEmpty());
  EXPECT_EQ(reports.bucket.unchecked.size(), 3u);
}

TEST_F(AccountTest, AnS3KeyThatMayNotListIsAnError) {
  EXPECT_EQ(
      SeverityOf(CheckS3(account_->CreateKeyOf("bucket-a", {"readFiles"})).key, "key-may-not-list"),
      "error");
}

TEST_F(AccountTest, CapsAreToldApartFromKeys) {
  ASSERT_TRUE(emulator_
                  ->AddFault(R"({"op":"b2_authorize_account","status":403,)"
                             R"("code":"transaction_cap_exceeded","count":-1})")
                  .ok());
  const Reports reports = CheckB2(Narrow());
  EXPECT_EQ(SeverityOf(reports.key, "cap-reached"), "error");
  EXPECT_THAT(reports.bucket.unchecked, ElementsAre(HasSubstr("the key is not let in")));
}

TEST_F(AccountTest, AnAccountThatIsSuspendedAndAServiceThatFailsAreToldApart) {
  const B2Credentials key = Narrow();
  ASSERT_TRUE(emulator_
                  ->AddFault(R"({"op":"b2_authorize_account","status":403,)"
                             R"("code":"access_denied"})")
                  .ok());
  EXPECT_EQ(SeverityOf(CheckB2(key).key, "account-refused"), "error");
  ASSERT_TRUE(emulator_->AddFault(R"({"op":"b2_authorize_account","status":500,"code":"x"})").ok());
  EXPECT_EQ(SeverityOf(CheckB2(key).key, "service-fails"), "error");
}

TEST_F(AccountTest, ExaminingTakesTwoRequestsOfB2) {
  const B2Credentials key = Narrow();
  ASSERT_TRUE(emulator_->ResetCounters().ok());
  CheckB2(key);
  EXPECT_EQ(emulator_->Requests("total"), 2);
}

// A bucket's answer as a key without readBuckets gets it.
TEST(BucketAnswerTest, RulesThatAreNotToldAreNotNone) {
  B2Server server;
  Counters counters;
  const SourceUrl url{.kind = SourceUrl::Kind::kB2, .bucket = "bucket"};
  const Examination seen =
      ExamineB2(url, server.options(), counters, {.deadline = absl::Now() + absl::Seconds(20)});
  EXPECT_TRUE(absl::IsPermissionDenied(seen.rules.status())) << seen.rules.status();
  EXPECT_TRUE(absl::IsPermissionDenied(seen.is_public.status())) << seen.is_public.status();
  EXPECT_EQ(doctor::CheckBucket(seen, url).unchecked.size(), 2u);
}

TEST(BucketAnswerTest, VersioningThatIsOffIsTold) {
  Examination seen;
  seen.keeps_versions = false;
  seen.is_public = false;
  seen.rules = std::vector<LifecycleRule>();
  EXPECT_THAT(Ids(doctor::CheckBucket(seen, {.kind = SourceUrl::Kind::kS3, .bucket = "b"})),
              ElementsAre("versioning-off"));
}

TEST(BucketAnswerTest, MoreRulesThanABucketCanHaveAreNotAllTold) {
  Examination seen;
  seen.keeps_versions = true;
  seen.is_public = false;
  seen.rules =
      std::vector<LifecycleRule>(100000, {.prefix = std::string(5000, 'x'), .days_to_delete = 1});
  const AreaReport report = doctor::CheckBucket(seen, {.bucket = "b"});
  EXPECT_EQ(report.findings.size(), 100u);
  EXPECT_LT(report.findings[0].evidence.size(), 1000u);
  EXPECT_THAT(report.unchecked, ElementsAre(HasSubstr("lifecycle rules")));
}

// As AWS writes them (API reference of GetBucketLifecycleConfiguration).
TEST(BucketAnswerTest, RulesOfS3AreReadWhereverTheirPrefixStands) {
  const auto rules = ParseS3Rules(
      "<LifecycleConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
      "<Rule><ID>1</ID><Prefix>old/</Prefix><Status>Enabled</Status>"
      "<Expiration><Days>30</Days></Expiration></Rule>"
      "<Rule><Filter><And><Prefix>a/</Prefix><Tag><Key>k</Key></Tag></And></Filter>"
      "<Status>Enabled</Status><NoncurrentVersionExpiration><NoncurrentDays>7</NoncurrentDays>"
      "</NoncurrentVersionExpiration></Rule>"
      "<Rule><Filter/><Status>Disabled</Status><Expiration><Days>1</Days></Expiration></Rule>"
      "<Rule><Filter/><Status>Enabled</Status><Expiration><Date>2026-01-01T00:00:00Z</Date>"
      "</Expiration></Rule></LifecycleConfiguration>");
  ASSERT_TRUE(rules.ok()) << rules.status();
  ASSERT_EQ(rules->size(), 3u);
  EXPECT_EQ((*rules)[0].prefix, "old/");
  EXPECT_EQ((*rules)[0].days_to_hide, 30);
  EXPECT_EQ((*rules)[1].prefix, "a/");
  EXPECT_EQ((*rules)[1].days_to_delete, 7);
  EXPECT_FALSE((*rules)[1].days_to_hide.has_value());
  EXPECT_FALSE((*rules)[2].days_to_hide.has_value());
  EXPECT_EQ((*rules)[2].hide_date, "2026-01-01T00:00:00Z");
  EXPECT_FALSE(ParseS3Rules("<LifecycleConfiguration><Rule>").ok());
}

TEST(BucketAnswerTest, RulesOfS3ThatAreNarrowedByMoreThanAPrefixAreKnown) {
  const std::vector<std::pair<std::string, bool>> filters = {
      {"<Filter/>", false},
      {"<Filter></Filter>", false},
      {"<Filter><Prefix>a/</Prefix></Filter>", false},
      {"<Filter><And><Prefix>a/</Prefix></And></Filter>", false},
      {"<Filter><Tag><Key>k</Key><Value>v</Value></Tag></Filter>", true},
      {"<Filter><And><Prefix>a/</Prefix><Tag><Key>k</Key></Tag></And></Filter>", true},
      {"<Filter><ObjectSizeGreaterThan>500</ObjectSizeGreaterThan></Filter>", true},
      {"<Filter><And><ObjectSizeLessThan>9</ObjectSizeLessThan></And></Filter>", true}};
  for (const auto& [filter, is_narrowed] : filters) {
    const auto rules = ParseS3Rules(
        absl::StrCat("<LifecycleConfiguration><Rule>", filter,
                     "<Status>Enabled</Status><Expiration><Days>1</Days></Expiration></Rule>"
                     "<Rule><Filter/><Status>Enabled</Status></Rule></LifecycleConfiguration>"));
    ASSERT_TRUE(rules.ok()) << rules.status();
    ASSERT_EQ(rules->size(), 2u);
    EXPECT_EQ((*rules)[0].is_narrowed, is_narrowed) << filter;
    EXPECT_FALSE((*rules)[1].is_narrowed) << "that was the rule before";
  }
}

std::string HidingTold(LifecycleRule rule, absl::StatusOr<bool> keeps_versions) {
  Examination seen;
  seen.keeps_versions = std::move(keeps_versions);
  seen.is_public = false;
  seen.rules = std::vector<LifecycleRule>{std::move(rule)};
  return EvidenceOf(doctor::CheckBucket(seen, {.kind = SourceUrl::Kind::kS3, .bucket = "b"}),
                    "lifecycle-hides-files");
}

TEST(BucketAnswerTest, WhatARuleTakesAwayIsToldAsItIs) {
  EXPECT_THAT(HidingTold({.days_to_hide = 30}, true),
              HasSubstr("hides all names 30 days after their upload"));
  EXPECT_THAT(HidingTold({.days_to_hide = 30}, false), HasSubstr("deletes all names 30 days"));
  EXPECT_THAT(HidingTold({.days_to_hide = 30}, absl::PermissionDeniedError("")),
              HasSubstr("hides or deletes all names"));
  EXPECT_THAT(
      HidingTold({.prefix = "a/", .days_to_hide = 1, .is_narrowed = true}, true),
      HasSubstr("hides some of the names that begin with 'a/' (chosen by tags or sizes) 1 day "
                "after"));
  EXPECT_THAT(HidingTold({.days_to_hide = 1, .is_narrowed = true}, true),
              HasSubstr("hides names that their tags or sizes choose 1 day after"));
  EXPECT_THAT(HidingTold({.hide_date = "2026-01-01T00:00:00Z"}, false),
              HasSubstr("deletes all names from 2026-01-01T00:00:00Z on"));
}

}  // namespace
}  // namespace annofs::testing
