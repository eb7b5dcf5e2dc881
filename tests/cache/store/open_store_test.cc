#include <string>

#include "absl/strings/match.h"
#include "cache/base/status.h"
#include "cache/store/stores.h"
#include "gtest/gtest.h"
#include "tests/testing/files.h"
#include "tests/testing/temp_dir.h"

namespace annofs::testing {
namespace {

const SourceUrl kBucket{.kind = SourceUrl::Kind::kB2, .bucket = "photos"};
const B2Credentials kCredentials{.key_id = "0012", .key = "K001secretsecretsecret"};

TEST(OpenStore, ADirectoryComesWithTheWholeStack) {
  TempDir directory;
  ASSERT_TRUE(WriteFile(directory / "file", "12345").ok());
  Counters counters;
  const auto store =
      OpenStore({.kind = SourceUrl::Kind::kDirectory, .path = directory.path()}, {}, counters);
  ASSERT_TRUE(store.ok()) << store.status();
  ASSERT_TRUE((*store)->Connect({}).ok());
  const absl::StatusOr<ListPage> page = (*store)->List({}, {});
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_EQ(page->objects.size(), 1u);
  EXPECT_EQ(counters.Get("store.requests.list").value(), 1u);
  EXPECT_EQ((*store)->name(), "file://" + directory.path());
}

TEST(OpenStore, ABucketWithoutAKeyNamesTheVariables) {
  Counters counters;
  // Opening makes no contact and needs no key: an offline mount has none.
  absl::StatusOr<std::unique_ptr<ObjectStore>> store = OpenStore(kBucket, {}, counters);
  ASSERT_TRUE(store.ok()) << store.status();
  const absl::Status status = (*store)->Connect({});
  EXPECT_TRUE(absl::IsUnauthenticated(status)) << status;
  EXPECT_TRUE(absl::StrContains(status.message(), "B2_APPLICATION_KEY_ID")) << status;
  EXPECT_TRUE(absl::StrContains(status.message(), "B2_APPLICATION_KEY ") ||
              absl::EndsWith(status.message(), "B2_APPLICATION_KEY"))
      << status;
}

TEST(OpenStore, PlainHttpGoesElsewhereWhereTheUserSaysSo) {
  Counters counters;
  EXPECT_TRUE(OpenStore(kBucket,
                        {.endpoint = "http://10.0.0.1:8080",
                         .b2 = kCredentials,
                         .plain_http = StoreOptions::PlainHttp::kAnywhere},
                        counters)
                  .ok());
}

TEST(OpenStore, PlainHttpIsForThisMachineOnly) {
  Counters counters;
  for (const std::string endpoint :
       {"http://api.backblazeb2.com", "http://10.0.0.1:8080", "http://127.0.0.1.example.com",
        "ftp://localhost", "nonsense"}) {
    const absl::Status status =
        OpenStore(kBucket, {.endpoint = endpoint, .b2 = kCredentials}, counters).status();
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << endpoint << ": " << status;
    EXPECT_FALSE(absl::StrContains(status.message(), kCredentials.key));
  }
  for (const std::string endpoint :
       {"http://127.0.0.1:1", "http://localhost:1", "http://[::1]:1", "https://b2.example.com"}) {
    EXPECT_TRUE(OpenStore(kBucket, {.endpoint = endpoint, .b2 = kCredentials}, counters).ok())
        << endpoint;
  }
}

TEST(OpenStore, AnS3BucketWithoutAKeyNamesTheVariables) {
  Counters counters;
  absl::StatusOr<std::unique_ptr<ObjectStore>> store =
      OpenStore({.kind = SourceUrl::Kind::kS3, .bucket = "photos"}, {}, counters);
  ASSERT_TRUE(store.ok()) << store.status();
  EXPECT_EQ((*store)->name(), "s3://photos");
  const absl::Status status = (*store)->Connect({});
  EXPECT_TRUE(absl::IsUnauthenticated(status)) << status;
  EXPECT_TRUE(absl::StrContains(status.message(), "AWS_ACCESS_KEY_ID")) << status;
}

TEST(OpenStore, AnS3EndpointThatIsRefusedIsSaidAtOnce) {
  Counters counters;
  const absl::Status status = OpenStore({.kind = SourceUrl::Kind::kS3, .bucket = "photos"},
                                        {.endpoint = "http://minio.lan:9000"}, counters)
                                  .status();
  EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
}

std::string IdentityOf(const SourceUrl& url, const StoreOptions& options) {
  Counters counters;
  const absl::StatusOr<std::unique_ptr<ObjectStore>> store = OpenStore(url, options, counters);
  return store.ok() ? (*store)->identity() : store.status().ToString();
}

TEST(OpenStore, ABucketOfTheServiceThatItsNameMeansIsIdentifiedByItsName) {
  for (const char* realm :
       {"", "https://api.backblazeb2.com", "https://API.backblazeb2.com:443/"}) {
    EXPECT_EQ(IdentityOf(kBucket, {.endpoint = realm}), "b2://photos") << realm;
  }
  const SourceUrl s3{.kind = SourceUrl::Kind::kS3, .bucket = "photos", .prefix = "a/"};
  EXPECT_EQ(IdentityOf(s3, {}), "s3://photos/a");
  EXPECT_EQ(IdentityOf(s3, {.region = "eu-west-1"}), "s3://photos/a");
  EXPECT_EQ(IdentityOf(s3, {.endpoint = "https://s3.eu-west-1.amazonaws.com"}), "s3://photos/a");
  EXPECT_EQ(IdentityOf({.kind = SourceUrl::Kind::kDirectory, .path = "/data"}, {}), "file:///data");
}

TEST(OpenStore, ABucketOfAnotherServiceIsIdentifiedByItsEndpointToo) {
  EXPECT_EQ(IdentityOf(kBucket, {.endpoint = "http://127.0.0.1:8000"}),
            "b2://photos at 127.0.0.1:8000");
  const SourceUrl s3{.kind = SourceUrl::Kind::kS3, .bucket = "photos"};
  EXPECT_EQ(IdentityOf(s3, {.endpoint = "http://[::1]:9000/"}), "s3://photos at [::1]:9000");
  EXPECT_EQ(IdentityOf(s3, {.endpoint = "https://Minio.example.com:443/s3/"}),
            "s3://photos at minio.example.com/s3");
  EXPECT_EQ(IdentityOf(s3, {.endpoint = "https://s3.us-west-004.backblazeb2.com"}),
            "s3://photos at s3.us-west-004.backblazeb2.com");
  // Names of buckets are unique among the regions of one country only.
  EXPECT_EQ(IdentityOf(s3, {.region = "cn-north-1"}),
            "s3://photos at s3.cn-north-1.amazonaws.com.cn");
  EXPECT_EQ(IdentityOf(s3, {.region = "us-gov-west-1"}),
            "s3://photos at s3.us-gov-west-1.amazonaws.com");
}

TEST(OpenStore, NothingIsSentBeforeTheFirstCall) {
  Counters counters;
  // Nobody listens there: opening must not notice.
  const auto store =
      OpenStore(kBucket, {.endpoint = "http://127.0.0.1:1", .b2 = kCredentials}, counters);
  ASSERT_TRUE(store.ok()) << store.status();
  const absl::Status status =
      (*store)->Connect({.deadline = absl::Now() + absl::Milliseconds(300)});
  EXPECT_EQ(ToErrno(status), EIO) << status;
  EXPECT_FALSE(absl::StrContains(status.message(), kCredentials.key));
}

}  // namespace
}  // namespace annofs::testing
