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

TEST(OpenStore, ATimeIsRefusedWhereItWouldBeIgnored) {
  Counters counters;
  const StoreOptions then{.at = absl::FromUnixSeconds(1'700'000'000)};
  const auto open = [&](SourceUrl::Kind kind) {
    return OpenStore({.kind = kind, .bucket = "photos", .path = "/tmp"}, then, counters).status();
  };
  EXPECT_EQ(open(SourceUrl::Kind::kB2), absl::OkStatus());
  EXPECT_TRUE(absl::IsInvalidArgument(open(SourceUrl::Kind::kDirectory)));
  EXPECT_EQ(open(SourceUrl::Kind::kS3), absl::OkStatus());
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
