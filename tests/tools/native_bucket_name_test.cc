// Which names a bucket may have (reference/b2.md §1.12).
#include "absl/strings/str_cat.h"
#include "tests/tools/emulator_client.h"

namespace annofs::testing {
namespace {

class NativeBucketNameTest : public EmulatorTest {
 protected:
  HttpAnswer Create(absl::string_view name) {
    return Post("/b2api/v2/b2_create_bucket",
                absl::StrCat(R"({"accountId":")", kAccountId, R"(","bucketName":")", name,
                             R"(","bucketType":"allPrivate"})"));
  }
};

TEST_F(NativeBucketNameTest, LettersDigitsAndHyphensMakeAName) {
  for (absl::string_view name : {"bucket", "Bucket-7", "7bucket", "bucket-", "a.bucket"}) {
    EXPECT_EQ(Create(name).status, 200) << name;
  }
}

TEST_F(NativeBucketNameTest, OtherNamesAreRefused) {
  for (absl::string_view name : {"short", "b2-bucket", "-bucket", ".bucket", "bucket.", "buc ket",
                                 "buc_ket", "b\u00fccket"}) {
    EXPECT_EQ(Create(name).Error(), "400 bad_request") << name;
  }
}

}  // namespace
}  // namespace annofs::testing
