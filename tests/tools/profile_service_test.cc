// `profile` as a mount serves it, over a pair of sockets; and the stream of requests behind it.
#include "tools/profile_service.h"

#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "absl/strings/match.h"
#include "gmock/gmock.h"
#include "tests/fs/fs_testing.h"
#include "tools/profile_protocol.h"

namespace annofs::testing {
namespace {

using ::testing::HasSubstr;

EndedOp ReadOf(NodeId node, uint64_t offset = 0, uint64_t length = 131072) {
  return {.name = "read",
          .node = node,
          .range = {offset, length},
          .begun = absl::FromUnixMicros(1'700'000'000'123'456),
          .took = absl::Microseconds(50)};
}

TEST(OpStreamTest, WhoListensGetsWhatEndsMeanwhileInOrder) {
  OpStream stream;
  stream.Ended(ReadOf(NodeId{1}));
  OpStream::Listener listener(stream);
  EXPECT_TRUE(listener.Take().ops.empty());
  for (uint64_t i = 2; i < 5; ++i) stream.Ended(ReadOf(NodeId{i}));
  const OpStream::Batch batch = listener.Take();
  ASSERT_EQ(batch.ops.size(), 3u);
  for (uint64_t i = 0; i < 3; ++i) EXPECT_EQ(batch.ops[i].node.value, i + 2);
  EXPECT_EQ(batch.lost, 0u);
  EXPECT_TRUE(listener.Take().ops.empty());
}

TEST(OpStreamTest, WhatIsNotTakenIsBoundedAndCounted) {
  OpStream stream;
  OpStream::Listener slow(stream, 3);
  OpStream::Listener other(stream);
  for (uint64_t i = 0; i < 10; ++i) stream.Ended(ReadOf(NodeId{i}));
  OpStream::Batch batch = slow.Take();
  EXPECT_EQ(batch.ops.size(), 3u);
  EXPECT_EQ(batch.lost, 7u);
  EXPECT_EQ(other.Take().ops.size(), 10u);
  stream.Ended(ReadOf(NodeId{1}));
  batch = slow.Take();
  EXPECT_EQ(batch.ops.size(), 1u);
  EXPECT_EQ(batch.lost, 0u);
}

TEST(OpStreamTest, ListenersComeAndGoWhileRequestsEnd) {
  OpStream stream;
  std::atomic<bool> done{false};
  std::thread requests([&] {
    while (!done) stream.Ended(ReadOf(NodeId{1}));
  });
  for (int i = 0; i < 200; ++i) {
    OpStream::Listener listener(stream, 10);
    EXPECT_LE(listener.Take().ops.size(), 10u);
  }
  done = true;
  requests.join();
}

class ProfileServiceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    store_.Put("d/a\tb.jpg", "content");
    ASSERT_TRUE(mounted_.Open({.views = FilesystemOptions::Views::kLeftOut}).ok());
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends_), 0);
    lines_ = std::make_unique<LineReader>(ends_[0], nullptr);
  }
  void TearDown() override {
    End();
    close(ends_[0]);
  }
  void Start(const std::string& first_line, ProfileServiceOptions options = {}) {
    options.period = absl::Milliseconds(5);
    service_ = std::make_unique<ProfileService>(mounted_.fs(), stream_, options);
    server_ = std::thread([this, first_line] {
      ControlClient client(ends_[1], stopped_);
      service_->Serve(first_line, client);
      close(ends_[1]);
    });
  }
  void End() {
    shutdown(ends_[0], SHUT_WR);
    if (server_.joinable()) server_.join();
  }
  std::string Next() {
    absl::StatusOr<std::optional<std::string>> line = lines_->Next(absl::Seconds(10));
    EXPECT_TRUE(line.ok() && *line) << line.status();
    return line.ok() && *line ? **line : "";
  }
  // Makes requests until the first is heard of: nobody knows when it listens.
  void AwaitListener() {
    const NodeId root = kRootNode;
    std::thread requests([&] {
      while (!heard_) {
        stream_.Ended({.name = "statfs", .node = root});
        absl::SleepFor(absl::Milliseconds(2));
      }
    });
    EXPECT_THAT(Next(), HasSubstr("file 1 - ."));
    heard_ = true;
    requests.join();
    stream_.Ended({.name = "open", .node = root});
    while (!absl::StartsWith(Next(), "op open ")) continue;
  }

  MemoryStore store_;
  Mounted mounted_{store_};
  OpStream stream_;
  Cancellation stopped_;
  int ends_[2] = {-1, -1};
  std::unique_ptr<LineReader> lines_;
  std::atomic<bool> heard_{false};
  std::unique_ptr<ProfileService> service_;
  std::thread server_;
};

TEST_F(ProfileServiceTest, RequestsAreToldWithThePathAndSizeOfTheirFileOnce) {
  Start("profile");
  AwaitListener();
  const NodeAttr file = mounted_.At("d/a\tb.jpg").value();
  stream_.Ended(ReadOf(file.id, 4096));
  EndedOp failed = ReadOf(file.id);
  failed.error = 5;
  failed.waited = true;
  stream_.Ended(failed);
  const std::string node = absl::StrCat(absl::Hex(file.id.value));
  EXPECT_EQ(Next(), absl::StrCat("file ", node, " 7 d/a\\tb.jpg"));
  EXPECT_EQ(Next(),
            absl::StrCat("op read ", node, " 4096 131072 1700000000123456000 50000 0 fast"));
  EXPECT_EQ(Next(), absl::StrCat("op read ", node, " 0 131072 1700000000123456000 50000 5 slow"));
}

TEST_F(ProfileServiceTest, WhatCameTooFastIsCounted) {
  Start("profile", {.most_kept = 100});
  AwaitListener();
  constexpr uint64_t kMany = 200'000;
  for (uint64_t i = 0; i < kMany; ++i) stream_.Ended(ReadOf(kRootNode, i));
  stream_.Ended({.name = "statfs", .node = kRootNode});
  uint64_t told = 0, lost = 0;
  while (told + lost < kMany) {
    const absl::StatusOr<ProfileLine> line = ParseProfileLine(Next());
    ASSERT_TRUE(line.ok());
    told += std::holds_alternative<ProfiledOp>(*line);
    if (const auto* some = std::get_if<ProfileLost>(&*line)) lost += some->count;
  }
  EXPECT_GT(lost, 0u);
}

TEST_F(ProfileServiceTest, TheRootOfAMountThatShowsAPartIsADot) {
  Start("profile", {.root = "views/street/yolo"});
  AwaitListener();
}

TEST_F(ProfileServiceTest, AStopEndsIt) {
  Start("profile");
  stopped_.Cancel();
  server_.join();
}

TEST_F(ProfileServiceTest, AnotherLineIsRefused) {
  Start("profile everything");
  EXPECT_EQ(Next(), "error say `profile` alone");
}

TEST_F(ProfileServiceTest, NoMoreThanItsClientsAreServed) {
  Start("profile", {.clients = 0});
  EXPECT_THAT(Next(), HasSubstr("error 0 clients are listening already"));
}

}  // namespace
}  // namespace annofs::testing
