#include "cache/store/s3_endpoint.h"

#include "absl/strings/match.h"
#include "gtest/gtest.h"

namespace annofs {
namespace {

S3Endpoint Resolve(const std::string& bucket, const StoreOptions& options) {
  const absl::StatusOr<S3Endpoint> endpoint = ResolveS3Endpoint(bucket, options);
  EXPECT_TRUE(endpoint.ok()) << endpoint.status();
  return endpoint.value_or(S3Endpoint());
}

TEST(S3EndpointTest, AwsIsWhereABucketIsUnlessSaidOtherwise) {
  EXPECT_EQ(Resolve("photos", {}).origin, "https://photos.s3.us-east-1.amazonaws.com");
  EXPECT_EQ(Resolve("photos", {}).region, "us-east-1");
  const S3Endpoint there = Resolve("photos", {.region = "eu-west-3"});
  EXPECT_EQ(there.origin, "https://photos.s3.eu-west-3.amazonaws.com");
  EXPECT_EQ(there.host, "photos.s3.eu-west-3.amazonaws.com");
  EXPECT_EQ(there.path, "");
  EXPECT_EQ(there.region, "eu-west-3");
  EXPECT_EQ(Resolve("photos", {.region = "cn-north-1"}).host,
            "photos.s3.cn-north-1.amazonaws.com.cn");
}

TEST(S3EndpointTest, TheHostTellsTheRegion) {
  EXPECT_EQ(S3RegionOfHost("s3.us-west-004.backblazeb2.com"), "us-west-004");
  EXPECT_EQ(S3RegionOfHost("s3.eu-central-1.amazonaws.com"), "eu-central-1");
  EXPECT_EQ(S3RegionOfHost("s3-eu-west-1.amazonaws.com"), "eu-west-1");
  EXPECT_EQ(S3RegionOfHost("s3.dualstack.ap-south-1.amazonaws.com"), "ap-south-1");
  EXPECT_EQ(S3RegionOfHost("s3-fips.us-gov-west-1.amazonaws.com"), "us-gov-west-1");
  EXPECT_EQ(S3RegionOfHost("bucket.vpce-1a2b.s3.us-east-2.vpce.amazonaws.com"), "us-east-2");
  EXPECT_EQ(S3RegionOfHost("s3.cn-north-1.amazonaws.com.cn"), "cn-north-1");
  EXPECT_EQ(S3RegionOfHost("0123abcd.r2.cloudflarestorage.com"), "auto");
  EXPECT_EQ(S3RegionOfHost("0123abcd.eu.r2.cloudflarestorage.com"), "auto");
}

TEST(S3EndpointTest, HostsThatTellNoRegionAreInUsEast1) {
  for (const char* host :
       {"s3.amazonaws.com", "s3-external-1.amazonaws.com", "127.0.0.1", "minio.example.com",
        "s3.eu-west-1.example.com", "amazonaws.com", "evilbackblazeb2.com", "backblazeb2.com"}) {
    EXPECT_EQ(S3RegionOfHost(host), "us-east-1") << host;
  }
}

TEST(S3EndpointTest, TheRegionThatIsSaidCounts) {
  EXPECT_EQ(
      Resolve("b", {.endpoint = "https://s3.us-west-004.backblazeb2.com", .region = "x-1"}).region,
      "x-1");
}

TEST(S3EndpointTest, KnownServicesHaveTheBucketInTheHost) {
  EXPECT_EQ(Resolve("my-bucket", {.endpoint = "https://s3.us-west-004.backblazeb2.com/"}).origin,
            "https://my-bucket.s3.us-west-004.backblazeb2.com");
  EXPECT_EQ(Resolve("my-bucket", {.endpoint = "https://s3.eu-west-1.amazonaws.com"}).path, "");
}

TEST(S3EndpointTest, ABucketThatIsNoLabelGoesIntoThePath) {
  for (const char* bucket : {"my.bucket", "MyBucket", "my_bucket", "-bucket"}) {
    const S3Endpoint endpoint =
        Resolve(bucket, {.endpoint = "https://s3.us-west-004.backblazeb2.com"});
    EXPECT_EQ(endpoint.origin, "https://s3.us-west-004.backblazeb2.com") << bucket;
    EXPECT_EQ(endpoint.path, "/" + std::string(bucket));
  }
}

TEST(S3EndpointTest, OtherServicesHaveTheBucketInThePath) {
  const S3Endpoint endpoint = Resolve("photos", {.endpoint = "HTTPS://Minio.Example.com:9000"});
  EXPECT_EQ(endpoint.origin, "https://minio.example.com:9000");
  EXPECT_EQ(endpoint.host, "minio.example.com:9000");
  EXPECT_EQ(endpoint.path, "/photos");
}

TEST(S3EndpointTest, AddressingCanBeSaid) {
  EXPECT_EQ(Resolve("photos", {.addressing = S3Addressing::kPath}).path, "/photos");
  const S3Endpoint endpoint = Resolve(
      "photos.eu", {.endpoint = "https://rgw.lan:8443", .addressing = S3Addressing::kVirtualHost});
  EXPECT_EQ(endpoint.origin, "https://photos.eu.rgw.lan:8443");
  EXPECT_EQ(endpoint.path, "");
}

TEST(S3EndpointTest, ABucketOfThisMachineIsOnThisMachine) {
  const S3Endpoint endpoint = Resolve(
      "photos", {.endpoint = "http://localhost:9000", .addressing = S3Addressing::kVirtualHost});
  EXPECT_EQ(endpoint.origin, "http://photos.localhost:9000");
}

TEST(S3EndpointTest, ABucketThatCannotBeInTheHostIsRefusedThere) {
  for (const auto& [bucket, endpoint] :
       std::vector<std::pair<std::string, std::string>>{{"My_Bucket", "https://rgw.lan"},
                                                        {"a..b", "https://rgw.lan"},
                                                        {"photos", "https://10.0.0.1"},
                                                        {"photos", "http://[::1]:9000"}}) {
    const absl::Status status =
        ResolveS3Endpoint(bucket, {.endpoint = endpoint, .addressing = S3Addressing::kVirtualHost})
            .status();
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << bucket << " " << endpoint;
    EXPECT_TRUE(absl::StrContains(status.message(), bucket)) << status;
  }
}

TEST(S3EndpointTest, ThePathAndPortOfAnEndpointStay) {
  const S3Endpoint endpoint = Resolve("b", {.endpoint = "https://gate.example.com/storage/v1/s3/"});
  EXPECT_EQ(endpoint.origin, "https://gate.example.com");
  EXPECT_EQ(endpoint.path, "/storage/v1/s3/b");
  EXPECT_EQ(Resolve("b", {.endpoint = "https://h:443"}).host, "h");
  EXPECT_EQ(Resolve("b", {.endpoint = "http://[::1]:9000"}).origin, "http://[::1]:9000");
}

TEST(S3EndpointTest, WhatIsNoEndpointOrRegionIsRefused) {
  for (const char* endpoint :
       {"http://s3.example.com", "ftp://h", "https://a:b@h", "nonsense", "https://h/?x"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(ResolveS3Endpoint("b", {.endpoint = endpoint}).status()))
        << endpoint;
  }
  for (const char* region : {"eu west", "a/b", "a\r\nX: y", "a,b"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(ResolveS3Endpoint("b", {.region = region}).status()))
        << region;
  }
}

TEST(S3EndpointTest, PlainHttpGoesAnywhereIfThatIsSaid) {
  EXPECT_EQ(Resolve("b", {.endpoint = "http://minio.lan:9000",
                          .plain_http = StoreOptions::PlainHttp::kAnywhere})
                .origin,
            "http://minio.lan:9000");
}

}  // namespace
}  // namespace annofs
