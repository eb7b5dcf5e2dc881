// Servers that lie, or that are not the service at all: whatever they answer, no call crashes,
// takes longer than it may, gives a wrong byte for right, or goes to another host.
#include <algorithm>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "cache/object_fetch.h"
#include "cache/store/stores.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/cache/store/b2_server.h"
#include "tests/cache/store/hostile_answers.h"
#include "tests/testing/files.h"
#include "tests/testing/scripted_server.h"

namespace annofs::testing {
namespace {

constexpr uint64_t kSeed = 20240502;
constexpr int kCasesOfEachCall = 800;
constexpr int kCasesOfOneServer = 40;
constexpr absl::Duration kDeadline = absl::Milliseconds(300);
constexpr absl::Duration kGrace = absl::Seconds(1);
constexpr char kContent[] = "0123456789abcdefghijklmnopqrstuvwxyz";
constexpr char kSeedUrl[] = "https://api002.backblazeb2.com";  // of the service, in the corpus

constexpr char kAccount[] =
    R"({"accountId":"acc","authorizationToken":"4_token_of_a_test","apiInfo":{"storageApi":{)"
    R"("apiUrl":"https://api002.backblazeb2.com","downloadUrl":"https://api002.backblazeb2.com",)"
    R"("allowed":{"buckets":[{"id":"bid","name":"bucket"}],)"
    R"("capabilities":["listFiles","readFiles"],"namePrefix":null}}}})";

// The answers of the corpus that begin with `parser` (tests/fuzz/README.md), without that byte.
std::vector<std::string> Corpus(char parser) {
  std::vector<std::string> texts;
  for (const auto& entry :
       std::filesystem::directory_iterator(SourcePath("tests/fuzz/corpus/response"))) {
    const std::string text = ReadFile(entry.path().string()).value();
    if (text[0] == parser) texts.push_back(text.substr(1));
  }
  std::sort(texts.begin(), texts.end());
  return texts;
}

// A kind of call, and what an honest server would answer.
struct Attack {
  const char* name;
  SourceUrl::Kind service;
  const char* target;       // in the targets of the requests that the hostile answer is for
  bool is_download;         // else a listing
  bool is_at_time = false;  // of versions
  std::vector<HonestAnswer> honest;
};

void PrintTo(const Attack& attack, std::ostream* out) { *out << attack.name; }

std::vector<HonestAnswer> Bodies(char parser) {
  std::vector<HonestAnswer> answers;
  for (const std::string& body : Corpus(parser)) answers.push_back({.body = body});
  return answers;
}

Digest ContentDigest(SourceUrl::Kind service) {
  return DigestOf(service == SourceUrl::Kind::kB2 ? DigestKind::kSha1 : DigestKind::kMd5, kContent);
}

ObjectVersion File(SourceUrl::Kind service) {
  const Digest digest = ContentDigest(service);
  return {.key = "file",
          .version = service == SourceUrl::Kind::kB2 ? "4_zfile" : digest.Hex(),
          .size = sizeof(kContent) - 1,
          .digest = digest};
}

std::vector<HonestAnswer> Downloads() {
  const std::string etag = absl::StrCat("\"", ContentDigest(SourceUrl::Kind::kS3).Hex(), "\"");
  return {
      {.status = 206,
       .headers = {{"Content-Range", "bytes 0-35/36"}, {"x-bz-file-id", "4_zfile"}, {"ETag", etag}},
       .body = kContent},
      {.status = 200, .headers = {{"x-bz-file-id", "4_zfile"}, {"ETag", etag}}, .body = kContent}};
}

std::vector<Attack> Attacks() {
  const auto b2 = SourceUrl::Kind::kB2;
  const auto s3 = SourceUrl::Kind::kS3;
  return {{"authorisation", b2, "b2_authorize_account", false, false, Bodies('a')},
          {"bucket",
           b2,
           "b2_list_buckets",
           false,
           false,
           {{.body = R"({"buckets":[{"bucketId":"bid","bucketName":"bucket"}]})"}}},
          {"listing of B2", b2, "b2_list_file_names", false, false, Bodies('c')},
          {"versions of B2", b2, "b2_list_file_versions", false, true, Bodies('d')},
          {"download of B2", b2, "b2_download_file_by_id", true, false, Downloads()},
          {"listing of S3", s3, "list-type=2", false, false, Bodies('f')},
          {"versions of S3", s3, "versions", false, true, Bodies('g')},
          {"download of S3", s3, "/bucket/file", true, false, Downloads()}};
}

// Answers requests of one kind with the bytes that it is told, all others honestly.
class HostileServer {
 public:
  explicit HostileServer(const Attack& attack)
      : attack_(attack),
        server_([this](const ScriptedRequest& request) { return Answer(request); }) {}

  void Say(std::string bytes) {
    absl::MutexLock lock(&mutex_);
    bytes_ = absl::StrReplaceAll(bytes, {{kSeedUrl, server_.url()}});
  }

  std::unique_ptr<ObjectStore> NewStore() {
    StoreOptions options{.endpoint = server_.url(),
                         .b2 = {.key_id = "002keyid", .key = "K002secretsecretsecret"},
                         .s3 = {.access_key_id = "002keyid", .secret_access_key = "K002secrets"}};
    const SourceUrl source{.kind = attack_.service, .bucket = "bucket"};
    return attack_.service == SourceUrl::Kind::kB2 ? NewB2Store(source, options, counters_)
                                                   : NewS3Store(source, options, counters_);
  }

 private:
  ScriptedReply Answer(const ScriptedRequest& request) {
    if (absl::StrContains(request.target, attack_.target)) {
      absl::MutexLock lock(&mutex_);
      return {.raw = bytes_};
    }
    if (absl::StrContains(request.target, "b2_authorize_account")) {
      return JsonReply(200, absl::StrReplaceAll(kAccount, {{kSeedUrl, server_.url()}}));
    }
    if (absl::StrContains(request.target, "b2_list_buckets")) {
      return JsonReply(200, R"({"buckets":[{"bucketId":"bid","bucketName":"bucket"}]})");
    }
    if (absl::StrContains(request.target, "b2_list_file_names")) {
      return JsonReply(200, R"({"files":[],"nextFileName":null})");
    }
    return ErrorReply(404, "not_found");
  }

  const Attack& attack_;
  Counters counters_;
  absl::Mutex mutex_;
  std::string bytes_ ABSL_GUARDED_BY(mutex_) = "x";
  ScriptedServer server_;
};

CallContext InTime() {
  CallContext context;
  context.deadline = absl::Now() + kDeadline;
  return context;
}

// Whether a page came. The seeds of S3 are of the directory photos/.
bool ListOnce(ObjectStore& store, const Attack& attack) {
  const std::string prefix = attack.service == SourceUrl::Kind::kS3 ? "photos/" : "";
  ListRequest request{.prefix = prefix};
  if (attack.is_at_time) request.at = absl::Now();
  const absl::StatusOr<ListPage> page = store.List(request, InTime());
  if (!page.ok()) return false;
  EXPECT_TRUE(std::is_sorted(page->directories.begin(), page->directories.end()));
  for (const ObjectVersion& object : page->objects) {
    EXPECT_FALSE(object.key.empty());
    EXPECT_FALSE(object.version.empty());
  }
  return true;
}

// Whether bytes came that are right.
bool ReadOnce(ObjectStore& store, SourceUrl::Kind service) {
  const ObjectVersion file = File(service);
  std::string bytes(file.size, '\0');
  Counter fetched;
  if (!FetchRange(store, file, {0, file.size}, bytes.data(), fetched, InTime()).ok()) return false;
  EXPECT_EQ(bytes, kContent);
  return true;
}

class HostileTest : public ::testing::TestWithParam<Attack> {};

TEST_P(HostileTest, NoAnswerDoesHarm) {
  const Attack& attack = GetParam();
  const ScriptedServer decoy([](const ScriptedRequest&) { return ScriptedReply(); });
  std::vector<std::string> others = Corpus('e');
  for (const HonestAnswer& honest : attack.honest) others.push_back(honest.body);
  HostileAnswers answers(kSeed, others, absl::StrReplaceAll(decoy.url(), {{"//", "//u:p@"}}));
  std::unique_ptr<HostileServer> server;
  std::unique_ptr<ObjectStore> store;
  const bool is_session =
      absl::StrContains(attack.target, "authorize") || absl::StrContains(attack.target, "buckets");
  int right = 0;
  for (int i = 0; i < kCasesOfEachCall; ++i) {
    SCOPED_TRACE(absl::StrCat(attack.name, ", seed ", kSeed, ", case ", i));
    if (i % kCasesOfOneServer == 0) {
      store.reset();
      server = std::make_unique<HostileServer>(attack);
    }
    if (store == nullptr || is_session) store = server->NewStore();
    server->Say(answers.Spoil(attack.honest[static_cast<size_t>(i) % attack.honest.size()]));
    const absl::Time start = absl::Now();
    const bool worked =
        attack.is_download ? ReadOnce(*store, attack.service) : ListOnce(*store, attack);
    right += worked ? 1 : 0;
    // A digest that does not fit is fetched once more, within the same deadline.
    EXPECT_LE(absl::Now() - start, kDeadline + kGrace);
  }
  EXPECT_GT(right, 0) << "hardly an attack on a working store";
  EXPECT_EQ(decoy.connections_accepted(), 0) << "a call went elsewhere";
}

INSTANTIATE_TEST_SUITE_P(Attacks, HostileTest, ::testing::ValuesIn(Attacks()),
                         [](const auto& test) {
                           return absl::StrReplaceAll(test.param.name, {{" ", "_"}});
                         });

// To wherever the server sends us, the token does not go.
TEST(HostileUrlTest, AnAccountOfAnotherHostIsRefused) {
  const ScriptedServer decoy([](const ScriptedRequest&) { return ScriptedReply(); });
  const std::string port = absl::StrCat(decoy.port());
  for (const std::string& url :
       {std::string("http://192.0.2.1"), std::string("https://192.0.2.1"),
        std::string("http://api.backblazeb2.com"), std::string("https://api.backblazeb2.com"),
        absl::StrCat("https://127.0.0.1:", port), absl::StrCat("http://u@127.0.0.1:", port),
        absl::StrCat("http://127.0.0.1:", port, "?"), absl::StrCat("http://127.0.0.1:", port, "#x"),
        absl::StrCat("http://127.0.0.1@192.0.2.1:", port), std::string("file:///etc/passwd"),
        std::string("http://[::ffff:192.0.2.1]"), std::string("gopher://127.0.0.1"),
        std::string("//127.0.0.1"), std::string("http://127.0.0.1.example.com"),
        std::string("http://0x7f.1.example"), std::string("http://localhost.example")}) {
    SCOPED_TRACE(url);
    B2Server server;
    server.authorize = [&](const ScriptedRequest&) {
      return JsonReply(
          200,
          absl::StrCat(
              R"({"accountId":"acc","authorizationToken":"4_token","apiInfo":{"storageApi":{"apiUrl":")",
              url, R"(","downloadUrl":")", url, R"(","allowed":)", B2Server::kAllAllowed, "}}}"));
    };
    const absl::Time start = absl::Now();
    const absl::Status status = server.NewStore()->Connect(InTime());
    EXPECT_TRUE(absl::IsPermissionDenied(status) || absl::IsDataLoss(status)) << status;
    EXPECT_LE(absl::Now() - start, kDeadline + kGrace);
  }
  EXPECT_EQ(decoy.connections_accepted(), 0);
}

// Bytes behind an answer, on a connection that stays open, are not the answer to what is asked
// next.
TEST(HostileConnectionTest, WhatFollowsAnAnswerIsNoAnswer) {
  B2Server server;
  const std::string listing = R"({"files":[],"nextFileName":null})";
  const std::string smuggled =
      "HTTP/1.1 206 OK\r\nContent-Length: 4\r\nContent-Range: bytes 2-5/36\r\n\r\nEVIL";
  server.list_files = [&](const ScriptedRequest&) {
    return ScriptedReply{.headers = {{"Content-Length", absl::StrCat(listing.size())}},
                         .body = listing + smuggled};
  };
  const std::unique_ptr<ObjectStore> store = server.NewStore();
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(store->List({}, InTime()).ok());
    std::string bytes(4, '\0');
    Counter fetched;
    const absl::Status status =
        FetchRange(*store, server.file(), {2, 4}, bytes.data(), fetched, InTime());
    EXPECT_TRUE(!status.ok() || bytes == server.content.substr(2, 4)) << bytes;
  }
}

}  // namespace
}  // namespace annofs::testing
