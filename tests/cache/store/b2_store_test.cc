// Listings and downloads of B2 whose answers are wrong, cut, late or hostile.
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "cache/store/b2_listing.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/cache/store/b2_server.h"
#include "tests/testing/fake_clock.h"

namespace annofs::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class B2StoreTest : public ::testing::Test {
 protected:
  B2StoreTest() { context_.deadline = absl::Now() + absl::Seconds(30); }

  absl::Status Get(ObjectStore& store, ByteRange range) {
    return store.Get(
        server_.file(), range,
        [this](absl::string_view data) {
          absl::StrAppend(&got_, data);
          return absl::OkStatus();
        },
        context_);
  }
  // The error of a download whose honest answer is changed by `spoil`.
  absl::Status GetSpoiled(ByteRange range, std::function<void(ScriptedReply&)> spoil) {
    server_.download = [=, this](const ScriptedRequest& request) {
      ScriptedReply reply = server_.HonestDownload(request);
      spoil(reply);
      return reply;
    };
    return Get(*server_.NewStore(), range);
  }

  B2Server server_;
  CallContext context_;
  std::string got_;
};

TEST_F(B2StoreTest, ADownloadAsksTheExactRangeById) {
  ASSERT_EQ(Get(*server_.NewStore(), {10, 5}), absl::OkStatus());
  EXPECT_EQ(got_, "abcde");
  const ScriptedRequest request = server_.server().requests().back();
  EXPECT_EQ(request.method, "GET");
  EXPECT_EQ(request.target, "/b2api/v4/b2_download_file_by_id?fileId=4_zfile");
  EXPECT_EQ(request.headers.at("range"), "bytes=10-14");
}

TEST_F(B2StoreTest, AWrongContentRangeIsDataLossAndGivesNoByte) {
  for (const char* value : {"bytes 0-4/36", "bytes 10-14/37", "bytes 10-15/36", "", "bytes */36",
                            "bytes 10-14/*", "items 10-14/36"}) {
    EXPECT_TRUE(absl::IsDataLoss(GetSpoiled({10, 5}, [=](ScriptedReply& reply) {
      reply.headers[0].second = value;
    }))) << value;
  }
  EXPECT_EQ(got_, "");
}

TEST_F(B2StoreTest, AnIgnoredRangeIsDataLossUnlessTheWholeWasAsked) {
  const auto whole = [this](ScriptedReply& reply) {
    reply = {.status = 200, .headers = {{"x-bz-file-id", "4_zfile"}}, .body = server_.content};
  };
  EXPECT_TRUE(absl::IsDataLoss(GetSpoiled({0, 5}, whole)));
  EXPECT_TRUE(absl::IsDataLoss(GetSpoiled({1, 35}, whole)));
  EXPECT_EQ(got_, "");
  EXPECT_EQ(GetSpoiled({0, 36}, whole), absl::OkStatus());
  EXPECT_EQ(got_, server_.content);
}

TEST_F(B2StoreTest, AWrongLengthIsDataLoss) {
  EXPECT_TRUE(
      absl::IsDataLoss(GetSpoiled({0, 5}, [](ScriptedReply& reply) { reply.body += "x"; })));
  EXPECT_TRUE(
      absl::IsDataLoss(GetSpoiled({0, 5}, [](ScriptedReply& reply) { reply.body.pop_back(); })));
}

TEST_F(B2StoreTest, ABodyWithoutLengthIsCountedByteByByte) {
  const auto raw = [](std::string body) {
    return [body](ScriptedReply& reply) {
      reply.raw = absl::StrCat("HTTP/1.1 206 X\r\nContent-Range: bytes 0-4/36\r\n",
                               "X-Bz-File-Id: 4_zfile\r\n\r\n", body);
    };
  };
  EXPECT_EQ(GetSpoiled({0, 5}, raw("01234")), absl::OkStatus());
  EXPECT_TRUE(absl::IsUnavailable(GetSpoiled({0, 5}, raw("012"))));
  got_.clear();
  EXPECT_TRUE(absl::IsDataLoss(GetSpoiled({0, 5}, raw("012345"))));
  EXPECT_LE(got_.size(), 5u);
}

TEST_F(B2StoreTest, AnAnswerOfAnotherVersionIsDataLoss) {
  EXPECT_TRUE(absl::IsDataLoss(
      GetSpoiled({0, 5}, [](ScriptedReply& reply) { reply.headers[1].second = "4_zother"; })));
}

TEST_F(B2StoreTest, AnAnswerThatDoesNotSayItsVersionIsDataLoss) {
  EXPECT_TRUE(
      absl::IsDataLoss(GetSpoiled({0, 5}, [](ScriptedReply& reply) { reply.headers.pop_back(); })));
}

TEST_F(B2StoreTest, ARedirectIsNotFollowed) {
  EXPECT_TRUE(absl::IsDataLoss(GetSpoiled({0, 5}, [this](ScriptedReply& reply) {
    reply = {.status = 302, .headers = {{"Location", server_.server().url() + "/elsewhere"}}};
  })));
  EXPECT_EQ(server_.Count("elsewhere"), 0);
}

TEST_F(B2StoreTest, ACutBodyIsResumedFromTheFirstMissingByte) {
  std::atomic<int> calls{0};
  server_.download = [&](const ScriptedRequest& request) {
    ScriptedReply reply = server_.HonestDownload(request);
    if (++calls <= 2) reply.cut_after = 7;
    return reply;
  };
  FakeClock clock;
  context_ = {.clock = &clock};
  const auto store = NewRetryingStore(server_.NewStore());
  ASSERT_EQ(Get(*store, {2, 30}), absl::OkStatus());
  EXPECT_EQ(got_, server_.content.substr(2, 30));
  std::vector<std::string> ranges;
  for (const ScriptedRequest& request : server_.server().requests()) {
    if (request.headers.contains("range")) ranges.push_back(request.headers.at("range"));
  }
  EXPECT_THAT(ranges, ElementsAre("bytes=2-31", "bytes=9-31", "bytes=16-31"));
}

TEST_F(B2StoreTest, ABusyServerIsTriedAgainAfterItsRetryAfter) {
  std::atomic<int> calls{0};
  server_.list_files = [&](const ScriptedRequest&) {
    if (++calls > 1) return JsonReply(200, R"({"files":[]})");
    ScriptedReply reply = ErrorReply(503, "service_unavailable", "busy");
    reply.headers.push_back({"Retry-After", "17"});
    return reply;
  };
  FakeClock clock;
  const auto store = NewRetryingStore(server_.NewStore());
  EXPECT_TRUE(store->List({}, {.clock = &clock}).ok());
  EXPECT_GE(clock.slept(), absl::Seconds(17));
  EXPECT_LE(clock.slept(), absl::Seconds(18));
}

TEST_F(B2StoreTest, AStalledCallEndsByItsDeadline) {
  for (const size_t after : {size_t{0}, size_t{3}}) {
    context_.deadline = absl::Now() + absl::Milliseconds(400);
    const absl::Time start = absl::Now();
    const absl::Status status = GetSpoiled({0, 10}, [=](ScriptedReply& reply) {
      reply.cut_after = after;
      reply.stall = true;
    });
    EXPECT_TRUE(absl::IsDeadlineExceeded(status)) << status;
    EXPECT_LT(absl::Now() - start, absl::Milliseconds(1400));
  }
}

TEST_F(B2StoreTest, AStalledCallEndsByItsCancellation) {
  Cancellation cancellation;
  context_.cancellation = &cancellation;
  std::thread canceller([&] {
    absl::SleepFor(absl::Milliseconds(300));
    cancellation.Cancel();
  });
  const absl::Time start = absl::Now();
  const absl::Status status = GetSpoiled({0, 10}, [](ScriptedReply& reply) {
    reply.stall = true;
    reply.cut_after = 0;
  });
  canceller.join();
  EXPECT_TRUE(absl::IsCancelled(status)) << status;
  EXPECT_LT(absl::Now() - start, absl::Milliseconds(1300));
}

TEST_F(B2StoreTest, OneStalledCallDoesNotHoldTheOthers) {
  server_.download = [this](const ScriptedRequest& request) {
    ScriptedReply reply = server_.HonestDownload(request);
    reply.stall = request.headers.at("range") == "bytes=0-0";
    if (reply.stall) reply.cut_after = 0;
    return reply;
  };
  const auto store = server_.NewStore();
  Cancellation cancellation;
  std::thread stalled([&] {
    const CallContext context{.cancellation = &cancellation};
    const auto sink = [](absl::string_view) { return absl::OkStatus(); };
    EXPECT_TRUE(absl::IsCancelled(store->Get(server_.file(), {0, 1}, sink, context)));
  });
  while (server_.Count("b2_download") == 0) absl::SleepFor(absl::Milliseconds(1));
  EXPECT_EQ(Get(*store, {1, 5}), absl::OkStatus());
  cancellation.Cancel();
  stalled.join();
}

TEST_F(B2StoreTest, GoneVersionsAreAborted) {
  for (const ScriptedReply& reply :
       {ErrorReply(404, "not_found"), ErrorReply(404, ""), ErrorReply(400, "no_such_file"),
        ErrorReply(400, "file_not_present"), ErrorReply(416, "range_not_satisfiable")}) {
    server_.download = [&](const ScriptedRequest&) { return reply; };
    EXPECT_TRUE(absl::IsAborted(Get(*server_.NewStore(), {0, 5}))) << reply.body;
  }
}

TEST_F(B2StoreTest, ManyCallsAtOnceShareKeptConnections) {
  const auto store = server_.NewStore();
  std::atomic<int> good{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 32; ++i) {
    threads.emplace_back([&] {
      for (uint64_t at = 0; at < 20; ++at) {
        std::string bytes;
        const auto append = [&](absl::string_view data) {
          absl::StrAppend(&bytes, data);
          return absl::OkStatus();
        };
        const absl::Status status = store->Get(server_.file(), {at, 3}, append, context_);
        good += status.ok() && bytes == server_.content.substr(at, 3) ? 1 : 0;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, 640);
  EXPECT_LE(server_.server().connections_accepted(), 64);
}

TEST_F(B2StoreTest, AListingSendsPrefixDelimiterAndTokenAsTheyAre) {
  const auto store = server_.NewStore("pre/");
  ASSERT_TRUE(
      store->List({.prefix = "a\"b/", .start = "pre/zz \xc3\xa9", .max = 77}, context_).ok());
  EXPECT_EQ(server_.server().requests().back().body,
            "{\"bucketId\":\"bid\",\"prefix\":\"pre/a\\\"b/\",\"maxFileCount\":77,"
            "\"delimiter\":\"/\",\"startFileName\":\"pre/zz \xc3\xa9\"}");
}

TEST_F(B2StoreTest, GarbageListingsAreDataLoss) {
  for (const std::string& body :
       {std::string("garbage"), std::string(""), std::string("{}"), std::string("[]"),
        std::string(R"({"files":{}})"), std::string(R"({"files":[{}]})"),
        std::string(R"({"files":[{"action":"upload","fileName":"a","fileId":"i"}]})"),
        std::string(R"({"files":[{"action":"upload","fileName":"a","contentLength":1}]})"),
        std::string(
            R"({"files":[{"action":"upload","fileName":"a","contentLength":-1,"fileId":"i"}]})"),
        std::string(R"({"files":[{"action":"folder","fileName":"a"}]})"),
        std::string(1000000, '{')}) {
    server_.list_files = [&](const ScriptedRequest&) { return JsonReply(200, body); };
    EXPECT_TRUE(absl::IsDataLoss(server_.NewStore()->List({}, context_).status()))
        << body.substr(0, 80);
  }
}

TEST_F(B2StoreTest, NamesNeverHoldSecrets) {
  EXPECT_EQ(server_.NewStore()->name(), "b2://bucket");
  EXPECT_EQ(server_.NewStore("a/b/")->name(), "b2://bucket/a/b");
}

// The entries of a listing.

absl::StatusOr<ListPage> Parse(absl::string_view body, const ListRequest& request = {},
                               std::string root = "") {
  absl::StatusOr<B2ListAnswer> answer =
      ParseB2Listing(body, {.request = request, .prefix = root, .root = root});
  if (!answer.ok()) return answer.status();
  return std::move(answer->page);
}

ObjectVersion Entry(absl::string_view members) {
  const std::string body =
      absl::StrCat(R"({"files":[{"fileName":"a","fileId":"i","action":"upload",)", members, "}]}");
  absl::StatusOr<ListPage> page = Parse(body);
  EXPECT_TRUE(page.ok()) << page.status();
  return page.ok() && page->objects.size() == 1 ? page->objects[0] : ObjectVersion();
}

constexpr char kSha1[] = "81fe8bfe87576c3ecb22426f8e57847382917acf";
constexpr char kMd5[] = "e2fc714c4727ee9395f324cd2e7f331f";

TEST(B2ListingTest, TheSizeIsContentLengthOrTheSizeOfV1) {
  EXPECT_EQ(Entry(R"("contentLength":7,"size":8)").size, 7u);
  EXPECT_EQ(Entry(R"("size":8)").size, 8u);
  EXPECT_EQ(Entry(R"("contentLength":10000000000000)").size, 10'000'000'000'000u);
}

TEST(B2ListingTest, TheDigestIsTheBestThatIsThere) {
  const auto digest = [](absl::string_view members) {
    return Entry(absl::StrCat(R"("size":1,)", members)).digest;
  };
  const Digest sha1 = DigestFromHex(DigestKind::kSha1, kSha1);
  const Digest md5 = DigestFromHex(DigestKind::kMd5, kMd5);
  EXPECT_EQ(digest(absl::StrCat(R"("contentSha1":")", kSha1, R"(","contentMd5":")", kMd5, "\"")),
            sha1);
  EXPECT_EQ(digest(absl::StrCat(R"("contentSha1":"unverified:)", kSha1, "\"")), sha1);
  EXPECT_EQ(
      digest(absl::StrCat(R"("contentSha1":"none","fileInfo":{"large_file_sha1":")", kSha1, "\"}")),
      sha1);
  EXPECT_EQ(digest(absl::StrCat(R"("contentSha1":"none","contentMd5":")", kMd5, "\"")), md5);
  EXPECT_EQ(digest(R"("contentSha1":"none","contentMd5":null)").kind, DigestKind::kNone);
}

TEST(B2ListingTest, TheTimeIsTheSourcesWhereItIsSane) {
  const auto time = [](absl::string_view source) {
    return Entry(absl::StrCat(
                     R"("size":1,"uploadTimestamp":5000,"fileInfo":{"src_last_modified_millis":")",
                     source, "\"}"))
        .modified;
  };
  EXPECT_EQ(time("1637248673875"), absl::FromUnixMillis(1637248673875));
  EXPECT_EQ(time("0"), absl::UnixEpoch());
  for (const char* bad :
       {"", "-1", "1e3", " 1", "abc", "99999999999999", "9999999999999999999999"}) {
    EXPECT_EQ(time(bad), absl::FromUnixMillis(5000)) << bad;
  }
}

TEST(B2ListingTest, HiddenUnfinishedAndRootEntriesAreLeftOut) {
  const absl::StatusOr<ListPage> page = Parse(
      R"({"files":[{"fileName":"p/","fileId":"1","action":"upload","size":0},
                   {"fileName":"p/b/","fileId":"2","action":"upload","size":0},
                   {"fileName":"p/c","fileId":"3","action":"hide","size":0},
                   {"fileName":"p/d","fileId":"4","action":"start","size":0},
                   {"fileName":"p/e/","action":"folder","size":0}],"nextFileName":"p/e0"})",
      {}, "p/");
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_EQ(page->objects.size(), 1u);
  EXPECT_EQ(page->objects[0].key, "b/");  // a directory marker
  EXPECT_THAT(page->directories, ElementsAre("e/"));
  EXPECT_EQ(page->next, "p/e0");
}

TEST(B2ListingTest, APageThatDoesNotAdvanceIsDataLoss) {
  EXPECT_TRUE(
      absl::IsDataLoss(Parse(R"({"files":[],"nextFileName":"x"})", {.start = "x"}).status()));
}

TEST(B2ListingTest, ANameOutsideThePrefixIsDataLoss) {
  const char* body = R"({"files":[{"fileName":"q/a","fileId":"1","action":"upload","size":0}]})";
  EXPECT_TRUE(absl::IsDataLoss(Parse(body, {}, "p/").status()));
}

TEST(B2ListingTest, PagesAreInByteOrderWhateverTheServerDoes) {
  const absl::StatusOr<ListPage> page = Parse(
      R"({"files":[{"fileName":"b","fileId":"1","action":"upload","size":0},
                   {"fileName":"A","fileId":"2","action":"upload","size":0}]})",
      {}, "");
  ASSERT_TRUE(page.ok());
  EXPECT_EQ(page->objects[0].key, "A");
}

}  // namespace
}  // namespace annofs::testing
