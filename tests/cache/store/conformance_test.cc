// What every store promises, asked of each of them: memory, a directory, B2 and S3 (the emulator),
// and the whole stack over services that fail by chance.
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "cache/store/object_store.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/cache/store/conformance_fixture.h"

namespace annofs::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Values;

// The listing of `keys` by its definition.
ListPage Expected(const std::set<std::string>& keys, const ListRequest& request) {
  ListPage page;
  std::set<std::string> directories;
  for (const std::string& key : keys) {
    if (key.rfind(request.prefix, 0) != 0) continue;
    const size_t slash = key.find('/', request.prefix.size());
    if (request.recursive || slash == key.npos) {
      page.objects.push_back({.key = key});
    } else {
      directories.insert(key.substr(0, slash + 1));
    }
  }
  page.directories.assign(directories.begin(), directories.end());
  return page;
}

TEST_P(ConformanceTest, ConnectsToABucketThatIsThere) {
  EXPECT_EQ(Insist([&] { return store().Connect(context_); }), absl::OkStatus());
}

TEST_P(ConformanceTest, AnEmptyBucketListsAsOneEmptyPage) {
  int pages = 0;
  const ListPage all = ListAll({.recursive = true}, &pages);
  EXPECT_THAT(all.objects, IsEmpty());
  EXPECT_EQ(pages, 1);
}

TEST_P(ConformanceTest, AMissingPrefixListsAsEmpty) {
  bucket_->Put("a/b", "x");
  EXPECT_THAT(ListAll({.prefix = "c/"}).objects, IsEmpty());
  EXPECT_THAT(ListAll({.prefix = "a/b/"}).objects, IsEmpty());
}

TEST_P(ConformanceTest, ListsEqualBruteForceForEveryPrefixAndPageSize) {
  const std::set<std::string> keys = {
      "a.txt",
      "a/1",
      "a/2",
      "a/b/c/d",
      "a/b/e",
      "a0",
      "a-/x",
      "A/upper",
      "b",
      "c/c/c",
      "c/c/c.d",
      "c/c-/e",
      "c/c0/f",
      "z/only",
      "z.jpg",
      "~tilde",
      "!bang",
      "é/ü",
      "\xf0\x90\x90\x80",
      "\xef\xbf\xbd",
  };
  for (const std::string& key : keys) bucket_->Put(key, key);
  for (const bool recursive : {false, true}) {
    for (const char* prefix : {"", "a/", "a/b/", "c/", "c/c/", "z/", "é/", "A/", "nothing/"}) {
      for (const uint32_t max : {1u, 2u, 3u, 7u, 1000u}) {
        SCOPED_TRACE(absl::StrCat(prefix, " recursive=", recursive, " max=", max));
        const ListRequest request{.prefix = prefix, .recursive = recursive, .max = max};
        const ListPage expected = Expected(keys, request);
        const ListPage all = ListAll(request);
        std::vector<std::string> names;
        std::vector<std::string> expected_names;
        for (const ObjectVersion& object : all.objects) names.push_back(object.key);
        for (const ObjectVersion& object : expected.objects) expected_names.push_back(object.key);
        EXPECT_EQ(names, expected_names);
        EXPECT_EQ(all.directories, expected.directories);
      }
    }
  }
}

TEST_P(ConformanceTest, NastyNamesListAndReadBack) {
  const std::vector<std::string> names = {
      "with space", "per%41cent",  "plus+plus",     "a&b=c;d",       "#hash?query",
      "quote'\"",   "back\\slash", "-dash",         ".hidden",       "..double",
      "tilde~",     "[brackets]",  "{braces}|pipe", "日本/図 1.jpg", "comma,colon:at@",
      "trailing ",  "$(shell)`x`", "e\xcc\x81",     "\xc3\xa9",      std::string(240, 'n'),
  };
  for (const std::string& name : names) bucket_->Put(name, absl::StrCat("content of ", name));
  EXPECT_THAT(Keys({.recursive = true}), ::testing::UnorderedElementsAreArray(names));
  for (const std::string& name : names) {
    const ObjectVersion version = Find(name);
    const absl::StatusOr<std::string> bytes = Read(version, {.offset = 0, .length = version.size});
    ASSERT_TRUE(bytes.ok()) << name << ": " << bytes.status();
    EXPECT_EQ(*bytes, absl::StrCat("content of ", name));
  }
}

TEST_P(ConformanceTest, ListsSizeTimeAndTheRightDigest) {
  bucket_->Put("file", "hello");
  const ObjectVersion version = Find("file");
  EXPECT_EQ(version.size, 5u);
  EXPECT_FALSE(version.version.empty());
  EXPECT_GT(version.modified, absl::FromUnixSeconds(1'000'000'000));
  EXPECT_LT(version.modified, absl::Now() + absl::Hours(1));
  if (version.digest.kind != DigestKind::kNone) {
    EXPECT_EQ(version.digest, DigestOf(version.digest.kind, "hello"));
  }
}

TEST_P(ConformanceTest, EveryRangeOfASmallObjectIsExact) {
  const std::string content = "0123456789";
  bucket_->Put("file", content);
  const ObjectVersion version = Find("file");
  for (uint64_t offset = 0; offset < content.size(); ++offset) {
    for (uint64_t length = 1; length <= content.size() - offset; ++length) {
      const absl::StatusOr<std::string> bytes = Read(version, {offset, length});
      ASSERT_TRUE(bytes.ok()) << bytes.status();
      EXPECT_EQ(*bytes, content.substr(offset, length));
    }
  }
}

TEST_P(ConformanceTest, ALargeRangeIsExact) {
  std::string content(3'000'001, '\0');
  for (size_t i = 0; i < content.size(); ++i) content[i] = static_cast<char>(i * 2654435761u >> 13);
  bucket_->Put("dir/large.bin", content);
  const ObjectVersion version = Find("dir/large.bin");
  const absl::StatusOr<std::string> bytes = Read(version, {1, content.size() - 2});
  ASSERT_TRUE(bytes.ok()) << bytes.status();
  EXPECT_TRUE(*bytes == content.substr(1, content.size() - 2));
}

TEST_P(ConformanceTest, ARangeThatIsEmptyOrTooLongIsRefused) {
  bucket_->Put("file", "0123456789");
  const ObjectVersion version = Find("file");
  for (const ByteRange range : {ByteRange{0, 0}, ByteRange{10, 1}, ByteRange{5, 6},
                                ByteRange{1, UINT64_MAX}, ByteRange{UINT64_MAX, 1}}) {
    EXPECT_EQ(Read(version, range).status().code(), absl::StatusCode::kInvalidArgument);
  }
}

TEST_P(ConformanceTest, AVersionThatIsGoneIsAborted) {
  bucket_->Put("file", "content");
  bucket_->Put("other", "content");
  const ObjectVersion version = Find("file");
  bucket_->Remove("file");
  EXPECT_EQ(Read(version, {0, 7}).status().code(), absl::StatusCode::kAborted);
  EXPECT_THAT(Keys({.recursive = true}), ElementsAre("other"));
}

TEST_P(ConformanceTest, BytesOfANewerVersionAreNeverGiven) {
  bucket_->Put("file", "old content");
  const ObjectVersion old = Find("file");
  bucket_->Put("file", "new content, longer");
  const ObjectVersion fresh = Find("file");
  EXPECT_NE(old.version, fresh.version);
  EXPECT_EQ(Read(fresh, {0, fresh.size}).value_or("?"), "new content, longer");
  const absl::StatusOr<std::string> read = Read(old, {0, old.size});
  EXPECT_TRUE(absl::IsAborted(read.status()) || read.value_or("?") == "old content")
      << read.status();
}

TEST_P(ConformanceTest, ManyThreadsListAndReadAtOnce) {
  std::vector<ObjectVersion> versions;
  for (int i = 0; i < 8; ++i) {
    const std::string key = absl::StrCat("file", i);
    bucket_->Put(key, std::string(10000 + i, static_cast<char>('a' + i)));
    versions.push_back(Find(key));
  }
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 8; ++i) {
        const int n = (t + i) % 8;
        const absl::StatusOr<std::string> bytes = Read(versions[n], {0, versions[n].size});
        EXPECT_EQ(bytes.value_or("?"), std::string(10000 + n, static_cast<char>('a' + n)));
        EXPECT_EQ(Keys({.recursive = true}).size(), 8u);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_P(ConformanceTest, AnErrorOfTheSinkEndsTheGetAndIsReturned) {
  bucket_->Put("file", std::string(2'000'000, 'x'));
  const ObjectVersion version = Find("file");
  int calls = 0;
  const auto refuse = [&](absl::string_view) {
    ++calls;
    return absl::OutOfRangeError("no more room");
  };
  const absl::Status status = Insist([&] {
    return store().Get(version, {0, version.size}, refuse, context_);
  });
  EXPECT_EQ(status, absl::OutOfRangeError("no more room"));
  EXPECT_EQ(calls, 1);
}

TEST_P(ConformanceTest, TheFastLaneNeverWaits) {
  bucket_->Put("file", "content");
  const ObjectVersion version = Find("file");
  CallContext fast = context_;
  fast.lane = Lane::kFast;
  const auto sink = [](absl::string_view) { return absl::OkStatus(); };
  EXPECT_TRUE(IsWouldBlock(store().List({}, fast).status()));
  EXPECT_TRUE(IsWouldBlock(store().Get(version, {0, 1}, sink, fast)));
  EXPECT_TRUE(IsWouldBlock(store().Connect(fast)));
}

TEST_P(ConformanceTest, ACancelledOrExpiredCallDoesNothing) {
  bucket_->Put("file", "content");
  Cancellation cancellation;
  cancellation.Cancel();
  CallContext cancelled = context_;
  cancelled.cancellation = &cancellation;
  CallContext expired = context_;
  expired.deadline = absl::Now() - absl::Seconds(1);
  EXPECT_TRUE(absl::IsCancelled(store().List({}, cancelled).status()));
  EXPECT_TRUE(absl::IsDeadlineExceeded(store().List({}, expired).status()));
}

INSTANTIATE_TEST_SUITE_P(Stores, ConformanceTest,
                         Values("memory", "directory", "b2", "b2prefix", "s3", "s3prefix",
                                "faultyb2", "faultys3"),
                         [](const auto& test) { return std::string(test.param); });

}  // namespace
}  // namespace annofs::testing
