#include "cache/store/url.h"

#include "absl/strings/match.h"
#include "gtest/gtest.h"

namespace annofs {
namespace {

constexpr char kRealm[] = "https://api.backblazeb2.com";

TEST(UrlTest, HostsAreReadAsCurlReadsThem) {
  EXPECT_EQ(ParseUrl("HTTPS://Api.Example.COM:444/x")->host, "api.example.com");
  EXPECT_EQ(ParseUrl("https://0x7f.1/")->host, "127.0.0.1");
  EXPECT_EQ(ParseUrl("https://[::1]:5/")->host, "::1");
}

TEST(UrlTest, PortAndPathStandAsTheyWereWritten) {
  const UrlParts parts = ParseUrl("https://h:8443/a/../%7e//b").value();
  EXPECT_EQ(parts.port, "8443");
  EXPECT_EQ(parts.path, "/a/../%7e//b");
  EXPECT_EQ(ParseUrl("https://h")->port, "");
  EXPECT_EQ(ParseUrl("https://h")->path, "/");
}

TEST(UrlTest, UrlsWithMoreThanHostAndPathAreInvalid) {
  for (const char* url : {"", "api.example.com", "ftp://example.com", "https://",
                          "https://a:b@c.de", "https://user@c.de", "https://c.de/?x=1",
                          "https://c.de/#x", "https://c.de?", "https://c.de/#"}) {
    EXPECT_EQ(ParseUrl(url).status().code(), absl::StatusCode::kInvalidArgument) << url;
  }
}

TEST(UrlTest, ThisMachineIsLoopbackOnly) {
  for (const char* host : {"127.0.0.1", "127.9.9.9", "::1", "localhost"}) {
    EXPECT_TRUE(IsLoopback(host)) << host;
  }
  for (const char* host : {"128.0.0.1", "127.evil.com", "localhost.evil.com", "::2", "0.0.0.0"}) {
    EXPECT_FALSE(IsLoopback(host)) << host;
  }
}

TEST(UrlTest, AnEndpointIsHttpsOrOnThisMachine) {
  EXPECT_TRUE(CheckEndpoint("https://b2.example.com").ok());
  EXPECT_TRUE(CheckEndpoint("http://127.0.0.1:8080").ok());
  EXPECT_TRUE(CheckEndpoint("http://localhost").ok());
  const absl::Status status = CheckEndpoint("http://b2.example.com");
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(absl::StrContains(status.message(), "b2.example.com"));
}

TEST(UrlTest, PlainHttpGoesElsewhereOnlyWhereThatIsAllowed) {
  EXPECT_TRUE(CheckEndpoint("http://b2.example.com", PlainHttp::kAnywhere).ok());
  EXPECT_FALSE(CheckEndpoint("ftp://b2.example.com", PlainHttp::kAnywhere).ok());
  EXPECT_FALSE(CheckEndpoint("http://key@b2.example.com", PlainHttp::kAnywhere).ok());
}

TEST(UrlTest, AnHttpEndpointMayReturnHttpUrlsOfItsOwnDomainOnly) {
  const auto check = [](const char* url, const char* endpoint) {
    return CheckReturnedUrl(url, endpoint, PlainHttp::kAnywhere).ok();
  };
  EXPECT_TRUE(check("http://f1.example.com", "http://b2.example.com"));
  EXPECT_TRUE(check("https://f1.example.com", "http://b2.example.com"));
  EXPECT_TRUE(check("http://10.1.2.3:9", "http://10.1.2.3"));
  EXPECT_FALSE(check("http://10.1.2.4", "http://10.1.2.3"));
  EXPECT_FALSE(check("http://evil.com", "http://b2.example.com"));
  EXPECT_FALSE(check("http://api.backblazeb2.com", "http://b2.example.com"));
  EXPECT_FALSE(check("http://127.0.0.1", "http://b2.example.com"));
  EXPECT_FALSE(check("http://f1.example.com", "https://b2.example.com"));  // no step down
  EXPECT_FALSE(CheckReturnedUrl("http://f1.example.com", "http://b2.example.com").ok());
}

TEST(UrlTest, ReturnedHostsOfBackblazeAreTrusted) {
  for (const char* url :
       {"https://api002.backblazeb2.com", "https://f002.backblazeb2.com",
        "https://pod-000-1129-06.backblaze.com", "https://API.BackblazeB2.com/"}) {
    EXPECT_TRUE(CheckReturnedUrl(url, kRealm).ok()) << url;
  }
}

TEST(UrlTest, ForeignReturnedHostsAreRefusedByName) {
  for (const char* url :
       {"https://evil.com", "https://evilbackblaze.com", "https://backblaze.com.evil.com",
        "http://api002.backblazeb2.com", "https://10.0.0.1", "https://[::1]", "https://127.0.0.1",
        "https://169.254.169.254", "https://localhost", "https://x@api.backblazeb2.com"}) {
    EXPECT_EQ(CheckReturnedUrl(url, kRealm).code(), absl::StatusCode::kPermissionDenied) << url;
  }
  EXPECT_TRUE(
      absl::StrContains(CheckReturnedUrl("https://evil.com", kRealm).message(), "evil.com"));
}

TEST(UrlTest, ACustomEndpointTrustsItsOwnDomain) {
  EXPECT_TRUE(CheckReturnedUrl("https://f1.example.com", "https://b2.example.com").ok());
  EXPECT_TRUE(CheckReturnedUrl("https://f1.example.co.uk", "https://b2.example.co.uk").ok());
  EXPECT_TRUE(CheckReturnedUrl("https://10.1.2.3:9", "https://10.1.2.3").ok());
  EXPECT_FALSE(CheckReturnedUrl("https://evil.co.uk", "https://example.co.uk").ok());
  EXPECT_FALSE(CheckReturnedUrl("https://evil.com", "https://example.com").ok());
  EXPECT_FALSE(CheckReturnedUrl("https://10.1.2.4", "https://10.1.2.3").ok());
}

TEST(UrlTest, AnEndpointOnThisMachineTrustsThisMachineOnly) {
  EXPECT_TRUE(CheckReturnedUrl("http://127.0.0.1:9", "http://localhost:8").ok());
  EXPECT_FALSE(CheckReturnedUrl("http://127.0.0.1", "https://localhost").ok());
  EXPECT_FALSE(CheckReturnedUrl("https://api.backblazeb2.com", "http://127.0.0.1").ok());
}

}  // namespace
}  // namespace annofs
