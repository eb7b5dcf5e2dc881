// A bucket that changes by chance under a service that fails by chance, against a model of it:
// listings are those of the moment, and a version that was listed once reads as its own bytes or as
// gone, never as another's.
#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "cache/object_fetch.h"
#include "cache/store/stores.h"
#include "gtest/gtest.h"
#include "tests/cache/store/emulated_service.h"
#include "tests/testing/emulator_bucket.h"
#include "tests/testing/emulator_process.h"

namespace annofs::testing {
namespace {

constexpr int kSteps = 400;
constexpr int kPatience = 10;  // tries of an answer that failed its checks
constexpr size_t kLargest = 3000;
constexpr const char* kNames[] = {"a",     "a.txt",   "a/1",   "a/2",   "a/b/3", "a/b/c/4",
                                  "b/5",   "b/6 six", "b-/7",  "c",     "é/ü",   "z/é/~!8",
                                  "z/é/9", "zz%41",   "zz+zz", "zz#?10"};
constexpr const char* kPrefixes[] = {"", "a/", "a/b/", "b/", "z/", "z/é/", "é/", "nothing/"};

// A whole object that comes corrupted is found out, a part is not: what is corrupted is always read
// whole.
constexpr char kReadWhole[] = "zz";
constexpr char kRandomFaults[] = R"([
  {"op":"$LIST","status":500,"probability":0.02,"count":-1,"seed":1},
  {"op":"$GET","status":503,"code":"$SLOW","probability":0.01,"count":-1,"seed":2},
  {"op":"$GET","reset":true,"probability":0.03,"count":-1,"seed":3},
  {"op":"$LIST","reset":true,"probability":0.02,"count":-1,"seed":4},
  {"op":"$GET","cutAfterBytes":700,"probability":0.1,"count":-1,"seed":5},
  {"op":"$LIST","cutAfterBytes":200,"probability":0.02,"count":-1,"seed":6},
  {"op":"$GET","wrongContentRange":true,"probability":0.05,"count":-1,"seed":7},
  {"op":"$GET","ignoreRange":true,"probability":0.1,"count":-1,"seed":8},
  {"op":"$GET","lengthDelta":1,"probability":0.05,"count":-1,"seed":9},
  {"op":"$LIST","corrupt":true,"probability":0.05,"count":-1,"seed":10},
  {"op":"$GET","corrupt":true,"match":"zz","probability":0.1,"count":-1,"seed":11},
  {"op":"$LIST","body":"<html/>","probability":0.03,"count":-1,"seed":12},
  {"op":"$GET","body":"<Error/>","probability":0.05,"count":-1,"seed":13}
])";

// One version of a name; nothing: a hide marker.
struct Made {
  std::string file_id;
  std::optional<std::string> content;
};

struct Listed {
  ObjectVersion version;
  std::string content;
};

class ModelTest : public ::testing::TestWithParam<EmulatedService> {
 protected:
  void SetUp() override {
    auto emulator = EmulatorProcess::Start({}, {"--memory-bucket", "bucket"});
    ASSERT_TRUE(emulator.ok()) << emulator.status();
    emulator_ = *std::move(emulator);
    auto bucket = EmulatorBucket::Open(*emulator_, "bucket");
    ASSERT_TRUE(bucket.ok()) << bucket.status();
    bucket_ = *std::move(bucket);
    auto store =
        OpenStore(SourceOf(GetParam(), "bucket"), OptionsOf(GetParam(), *emulator_), counters_);
    ASSERT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
    ASSERT_EQ(emulator_->AddFault(FaultOf(GetParam(), kRandomFaults)), absl::OkStatus());
    ASSERT_EQ(emulator_->Set(R"({"shortPages":true})"), absl::OkStatus());
    context_.deadline = absl::Now() + absl::Seconds(100);
  }

  size_t Draw(size_t below) { return random_() % below; }

  void Step() {
    const std::string name = kNames[Draw(std::size(kNames))];
    const size_t what = Draw(100);
    if (what < 30) return Put(name);
    if (what < 38) return Hide(name);
    if (what < 46) return DeleteNewest(name);
    if (what < 70) return CheckListing();
    CheckOneRead();
  }

  void Put(const std::string& name) {
    std::string content(Draw(kLargest), '\0');
    for (char& c : content) c = static_cast<char>(random_());
    const absl::StatusOr<std::string> id = bucket_->Put(name, content);
    ASSERT_TRUE(id.ok()) << id.status();
    model_[name].push_back({*id, content});
  }
  void Hide(const std::string& name) {
    if (ContentOf(name) == nullptr) return;
    const absl::StatusOr<std::string> id = bucket_->Hide(name);
    ASSERT_TRUE(id.ok()) << id.status();
    model_[name].push_back({*id, std::nullopt});
  }
  // What was below appears again.
  void DeleteNewest(const std::string& name) {
    std::vector<Made>& versions = model_[name];
    if (versions.empty()) return;
    ASSERT_EQ(bucket_->DeleteVersion(name, versions.back().file_id), absl::OkStatus());
    versions.pop_back();
  }

  // What the name holds now; null: nothing.
  const std::string* ContentOf(const std::string& name) {
    const std::vector<Made>& versions = model_[name];
    if (versions.empty() || !versions.back().content.has_value()) return nullptr;
    return &*versions.back().content;
  }

  void CheckListing() {
    ListRequest request{.prefix = kPrefixes[Draw(std::size(kPrefixes))],
                        .recursive = Draw(2) == 0,
                        .max = static_cast<uint32_t>(1 + Draw(20))};
    SCOPED_TRACE(absl::StrCat("prefix '", request.prefix, "' recursive ", request.recursive));
    std::vector<std::string> names;
    do {
      const absl::StatusOr<ListPage> page = List(request);
      ASSERT_TRUE(page.ok()) << page.status();
      for (const ObjectVersion& object : page->objects) {
        names.push_back(object.key);
        Remember(object);
      }
      names.insert(names.end(), page->directories.begin(), page->directories.end());
      request.start = page->next;
    } while (!request.start.empty());
    std::sort(names.begin(), names.end());
    EXPECT_EQ(names, Expected(request));
  }

  void Remember(const ObjectVersion& object) {
    const std::string* content = ContentOf(object.key);
    ASSERT_NE(content, nullptr) << object.key;
    EXPECT_EQ(object.size, content->size());
    if (object.size > 0) listed_.push_back({object, *content});
  }

  // Objects and directories, sorted.
  std::vector<std::string> Expected(const ListRequest& request) {
    std::vector<std::string> names;
    for (const auto& [name, versions] : model_) {
      if (!absl::StartsWith(name, request.prefix) || ContentOf(name) == nullptr) continue;
      const size_t slash = name.find('/', request.prefix.size());
      names.push_back(request.recursive || slash == name.npos ? name : name.substr(0, slash + 1));
    }
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
  }

  absl::StatusOr<ListPage> List(const ListRequest& request) {
    absl::StatusOr<ListPage> page = store_->List(request, context_);
    for (int i = 0; i < kPatience && absl::IsDataLoss(page.status()); ++i) {
      page = store_->List(request, context_);
    }
    return page;
  }

  void CheckOneRead() {
    if (listed_.empty()) return;
    const Listed& one = listed_[Draw(listed_.size())];
    ByteRange range{0, one.version.size};
    if (Draw(2) == 0 && !absl::StartsWith(one.version.key, kReadWhole)) {
      range.offset = Draw(one.version.size);
      range.length = 1 + Draw(one.version.size - range.offset);
    }
    std::string bytes(range.length, '\0');
    const absl::Status status =
        FetchRange(*store_, one.version, range, bytes.data(), fetched_, context_);
    if (status.ok()) {
      EXPECT_TRUE(bytes == one.content.substr(range.offset, range.length))
          << one.version.key << " " << range.offset << "+" << range.length;
      ++right_;
      return;
    }
    EXPECT_TRUE(absl::IsAborted(status) || absl::IsDataLoss(status)) << status;
    if (absl::IsAborted(status)) ExpectNotNewest(one);
  }

  // A version may only be gone if it is not what the name holds.
  void ExpectNotNewest(const Listed& one) {
    const std::string* now = ContentOf(one.version.key);
    EXPECT_TRUE(now == nullptr || *now != one.content) << one.version.key << " is there";
  }

  static constexpr uint64_t kSeed = 20240501;
  std::mt19937_64 random_{kSeed};
  std::unique_ptr<EmulatorProcess> emulator_;
  std::unique_ptr<EmulatorBucket> bucket_;
  Counters counters_;
  Counter fetched_;
  CallContext context_;
  std::unique_ptr<ObjectStore> store_;
  std::map<std::string, std::vector<Made>> model_;
  std::vector<Listed> listed_;
  int right_ = 0;
};

TEST_P(ModelTest, ListingsAreOfTheMomentAndVersionsOfTheirOwnBytes) {
  for (int step = 0; step < kSteps; ++step) {
    SCOPED_TRACE(absl::StrCat("seed ", kSeed, " step ", step));
    Step();
    if (HasFatalFailure() || HasNonfatalFailure()) return;
  }
  EXPECT_GT(right_, kSteps / 20) << "hardly anything was read";
}

INSTANTIATE_TEST_SUITE_P(Services, ModelTest, ::testing::Values(kEmulatedB2, kEmulatedS3),
                         [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace annofs::testing
