// Signatures do not depend on what was signed before.
#include "cache/store/s3_signer.h"

#include <string>

#include "absl/strings/match.h"
#include "gtest/gtest.h"

namespace annofs::testing {
namespace {

const absl::Time kNoon = absl::FromUnixSeconds(1'800'014'400);

S3Signer NewSigner() {
  return S3Signer({.access_key_id = "AKIDEXAMPLE", .secret_access_key = "a-secret-of-some-length"});
}

std::string Authorization(const S3Signer& signer, const std::string& region, absl::Time time) {
  const S3Endpoint endpoint{
      .origin = "https://example.com", .host = "example.com", .region = region};
  const HttpRequest request =
      signer.Get(endpoint, "/bucket/name", {}, {{"range", "bytes=0-9"}}, time);
  for (const std::string& header : request.headers) {
    if (absl::StartsWith(header, "Authorization: ")) return header;
  }
  return "";
}

TEST(S3SignerTest, TheKeyIsOfTheDay) {
  const S3Signer signer = NewSigner();
  for (const absl::Duration later : {absl::ZeroDuration(), absl::Hours(24), absl::Hours(12)}) {
    const std::string fresh = Authorization(NewSigner(), "us-east-1", kNoon + later);
    ASSERT_NE(fresh, "");
    EXPECT_EQ(Authorization(signer, "us-east-1", kNoon + later), fresh);
  }
}

TEST(S3SignerTest, TheKeyIsOfTheRegion) {
  const S3Signer signer = NewSigner();
  for (const char* region : {"us-east-1", "eu-west-1", "us-east-1"}) {
    EXPECT_EQ(Authorization(signer, region, kNoon), Authorization(NewSigner(), region, kNoon));
  }
}

}  // namespace
}  // namespace annofs::testing
