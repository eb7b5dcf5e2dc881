#include "cache/base/sigv4.h"

#include "absl/strings/str_cat.h"
#include "cache/base/digest.h"
#include "gtest/gtest.h"

namespace annofs {
namespace {

// The examples that AWS publishes ("Authenticating Requests (AWS Signature Version 4)" in the API
// reference of Amazon S3): one key, one moment, one bucket.
constexpr char kSecret[] = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
constexpr char kTime[] = "20130524T000000Z";
constexpr char kHost[] = "examplebucket.s3.amazonaws.com";

SigV4Scope Scope() { return {.date = "20130524", .region = "us-east-1"}; }

std::string Sign(const std::string& string_to_sign) {
  return SigV4Sign(SigV4Key(kSecret, Scope()), string_to_sign);
}

std::string Signature(const SigV4Request& request) {
  return Sign(SigV4StringToSign(kTime, Scope(), CanonicalRequest(request)));
}

SigV4Request Get(std::string path, NamesAndValues query = {}) {
  return {
      .method = "GET",
      .path = std::move(path),
      .query = std::move(query),
      .headers = {{"host", kHost}, {"x-amz-content-sha256", kEmptyPayload}, {"x-amz-date", kTime}},
      .payload_hash = kEmptyPayload};
}

TEST(SigV4Test, SignsAwsExampleOfARangedGet) {
  SigV4Request request = Get("/test.txt");
  request.headers.emplace_back("range", "bytes=0-9");
  EXPECT_EQ(CanonicalRequest(request),
            absl::StrCat("GET\n/test.txt\n\nhost:", kHost, "\nrange:bytes=0-9\n",
                         "x-amz-content-sha256:", kEmptyPayload, "\nx-amz-date:", kTime,
                         "\n\nhost;range;x-amz-content-sha256;x-amz-date\n", kEmptyPayload));
  EXPECT_EQ(SigV4StringToSign(kTime, Scope(), CanonicalRequest(request)),
            "AWS4-HMAC-SHA256\n20130524T000000Z\n20130524/us-east-1/s3/aws4_request\n"
            "7344ae5b7ee6c3e7e6b0fe0640412a37625d1fbfff95c48bbb2dc43964946972");
  EXPECT_EQ(Signature(request), "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
}

TEST(SigV4Test, SignsAwsExampleOfAPut) {
  const std::string hash = Sha256Hex("Welcome to Amazon S3.");
  const SigV4Request request = {.method = "PUT",
                                .path = SigV4Path("/test$file.text"),
                                .headers = {{"date", "Fri, 24 May 2013 00:00:00 GMT"},
                                            {"host", kHost},
                                            {"x-amz-content-sha256", hash},
                                            {"x-amz-date", kTime},
                                            {"x-amz-storage-class", "REDUCED_REDUNDANCY"}},
                                .payload_hash = hash};
  EXPECT_EQ(Signature(request), "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
}

TEST(SigV4Test, SignsAwsExampleOfAQueryWithoutValue) {
  EXPECT_EQ(Signature(Get("/", {{"lifecycle", ""}})),
            "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
}

TEST(SigV4Test, SignsAwsExampleOfAListingInAnyOrderOfItsQuery) {
  constexpr char kSignature[] = "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7";
  EXPECT_EQ(Signature(Get("/", {{"max-keys", "2"}, {"prefix", "J"}})), kSignature);
  EXPECT_EQ(Signature(Get("/", {{"prefix", "J"}, {"max-keys", "2"}})), kSignature);
}

TEST(SigV4Test, SignsAwsExampleOfAPresignedGet) {
  const SigV4Request request = {
      .method = "GET",
      .path = "/test.txt",
      .query = {{"X-Amz-Algorithm", "AWS4-HMAC-SHA256"},
                {"X-Amz-Credential", "AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request"},
                {"X-Amz-Date", kTime},
                {"X-Amz-Expires", "86400"},
                {"X-Amz-SignedHeaders", "host"}},
      .headers = {{"host", kHost}},
      .payload_hash = kUnsignedPayload};
  EXPECT_EQ(Signature(request), "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
}

TEST(SigV4Test, SignsAwsExampleOfAnUploadChunkByChunk) {
  const SigV4Request request = {.method = "PUT",
                                .path = "/examplebucket/chunkObject.txt",
                                .headers = {{"content-encoding", "aws-chunked"},
                                            {"content-length", "66824"},
                                            {"host", "s3.amazonaws.com"},
                                            {"x-amz-content-sha256", kStreamingPayload},
                                            {"x-amz-date", kTime},
                                            {"x-amz-decoded-content-length", "66560"},
                                            {"x-amz-storage-class", "REDUCED_REDUNDANCY"}},
                                .payload_hash = kStreamingPayload};
  const std::string seed = Signature(request);
  EXPECT_EQ(seed, "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9");
  const auto chunk = [](absl::string_view previous, size_t size) {
    return Sign(SigV4ChunkStringToSign(kTime, Scope(), previous, std::string(size, 'a')));
  };
  const std::string first = chunk(seed, 65536);
  EXPECT_EQ(first, "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648");
  const std::string second = chunk(first, 1024);
  EXPECT_EQ(second, "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497");
  EXPECT_EQ(chunk(second, 0), "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9");
}

TEST(SigV4Test, EscapesEveryByteThatIsNotUnreserved) {
  EXPECT_EQ(SigV4Escape("aZ09-._~"), "aZ09-._~");
  EXPECT_EQ(SigV4Escape("a b/+&=%\xc3\xa9\x01"), "a%20b%2F%2B%26%3D%25%C3%A9%01");
  EXPECT_EQ(SigV4Escape(absl::string_view("\0", 1)), "%00");
  EXPECT_EQ(SigV4Escape("!$'()*;:@,"), "%21%24%27%28%29%2A%3B%3A%40%2C");
}

TEST(SigV4Test, APathKeepsItsSlashesAndDots) {
  EXPECT_EQ(SigV4Path("/b//a/../c d"), "/b//a/../c%20d");
}

// "a" < "a-b" by name, though "a=" > "a-b" as text; ' ' < '!' as bytes and as %20 < %21.
TEST(SigV4Test, AQueryIsSortedByNameAndThenByValue) {
  EXPECT_EQ(SigV4Query({{"a-b", "1"}, {"a", "2"}, {"a", "!"}, {"B", ""}}), "B=&a=%21&a=2&a-b=1");
  EXPECT_EQ(SigV4Query({}), "");
}

TEST(SigV4Test, HeadersAreSortedJoinedAndTrimmed) {
  const SigV4Request request = {.method = "GET",
                                .path = "/",
                                .headers = {{"x-amz-meta-b", "  two   words\t"},
                                            {"host", "h"},
                                            {"x-amz-meta-a", "1"},
                                            {"x-amz-meta-a", " 2"}},
                                .payload_hash = kUnsignedPayload};
  EXPECT_EQ(SignedHeaders(request.headers), "host;x-amz-meta-a;x-amz-meta-b");
  EXPECT_EQ(CanonicalRequest(request),
            "GET\n/\n\nhost:h\nx-amz-meta-a:1,2\nx-amz-meta-b:two words\n\n"
            "host;x-amz-meta-a;x-amz-meta-b\nUNSIGNED-PAYLOAD");
}

TEST(SigV4Test, TimesAreInUtc) {
  const absl::Time time = absl::FromUnixSeconds(1369353600);
  EXPECT_EQ(SigV4Time(time), kTime);
  EXPECT_EQ(SigV4Date(time), "20130524");
}

TEST(SigV4Test, TheEmptyPayloadIsTheHashOfNothing) { EXPECT_EQ(kEmptyPayload, Sha256Hex("")); }

}  // namespace
}  // namespace annofs
