#include "tests/cache/store/conformance_buckets.h"

#include <filesystem>
#include <map>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "cache/store/stores.h"
#include "gtest/gtest.h"
#include "tests/cache/store/emulated_service.h"
#include "tests/testing/emulator_bucket.h"
#include "tests/testing/emulator_process.h"
#include "tests/testing/files.h"
#include "tests/testing/memory_store.h"
#include "tests/testing/temp_dir.h"

namespace annofs::testing {
namespace {

constexpr char kPrefix[] = "deep/down/";

// What fails by chance, each with a seed of its own. Bytes of a range that come corrupted are not
// among it: nothing could tell. A page that comes corrupted is no JSON or XML any more.
constexpr char kRandomFaults[] = R"([
  {"op":"$LIST","status":503,"code":"$SLOW","probability":0.005,"count":-1,"seed":1},
  {"op":"$GET","status":503,"code":"$SLOW","probability":0.01,"count":-1,"seed":2},
  {"op":"$GET","status":429,"retryAfter":1,"probability":0.005,"count":-1,"seed":3},
  {"op":"$LIST","status":500,"probability":0.01,"count":-1,"seed":4},
  {"op":"$GET","status":408,"probability":0.01,"count":-1,"seed":5},
  {"op":"$LIST","reset":true,"probability":0.01,"count":-1,"seed":6},
  {"op":"$GET","reset":true,"probability":0.03,"count":-1,"seed":7},
  {"op":"$LIST","cutAfterBytes":40,"probability":0.01,"count":-1,"seed":8},
  {"op":"$GET","cutAfterBytes":3,"probability":0.05,"count":-1,"seed":9},
  {"op":"$GET","wrongContentRange":true,"probability":0.05,"count":-1,"seed":10},
  {"op":"$GET","lengthDelta":1,"probability":0.03,"count":-1,"seed":11},
  {"op":"$GET","lengthDelta":-1,"probability":0.03,"count":-1,"seed":12},
  {"op":"$GET","ignoreRange":true,"probability":0.05,"count":-1,"seed":13},
  {"op":"$LIST","corrupt":true,"probability":0.03,"count":-1,"seed":14},
  {"op":"$LIST","body":"<html>busy</html>","contentType":"text/html","probability":0.03,
   "count":-1,"seed":15},
  {"op":"$GET","body":"{\"code\":\"internal_error\",\"status\":500}",
   "contentType":"application/json","probability":0.03,"count":-1,"seed":16},
  {"op":"$GET","delayMs":5,"jitterMs":5,"probability":0.1,"count":-1,"seed":17},
  {"op":"$LIST","closeConnection":true,"probability":0.1,"count":-1,"seed":18},
  {"op":"$VERSIONS","status":503,"code":"$SLOW","probability":0.005,"count":-1,"seed":19},
  {"op":"$VERSIONS","reset":true,"probability":0.01,"count":-1,"seed":20},
  {"op":"$VERSIONS","cutAfterBytes":40,"probability":0.02,"count":-1,"seed":21},
  {"op":"$VERSIONS","corrupt":true,"probability":0.03,"count":-1,"seed":22}
])";

class MemoryBucket : public VersionedBucket {
 public:
  MemoryBucket() { store_.SetTime(time_); }
  void Put(const std::string& key, const std::string& content) override {
    made_[key].push_back(store_.Put(key, content).version);
  }
  void Remove(const std::string& key) override { store_.Remove(key); }
  void Hide(const std::string& key) override { made_[key].push_back(store_.Hide(key)); }
  void RemoveNewest(const std::string& key) override {
    store_.RemoveVersion(key, made_[key].back());
    made_[key].pop_back();
  }
  absl::Time Moment() override {
    const absl::Time moment = time_;
    store_.SetTime(time_ += absl::Milliseconds(1));
    return moment;
  }
  Entries entries() const override { return Entries::kNames; }
  ObjectStore& store() override { return store_; }
  std::optional<int64_t> list_requests() const override { return store_.lists(); }
  Names names() const override { return Names::kAny; }

 private:
  MemoryStore store_;
  absl::Time time_ = absl::FromUnixSeconds(1'700'000'000);
  std::map<std::string, std::vector<std::string>> made_;  // versions by key
};

class DirectoryBucket : public ConformanceBucket {
 public:
  DirectoryBucket() : store_(NewDirStore(directory_.path())) {}
  void Put(const std::string& key, const std::string& content) override {
    ASSERT_TRUE(WriteFile(directory_ / key, content).ok());
  }
  void Remove(const std::string& key) override { std::filesystem::remove(directory_ / key); }
  ObjectStore& store() override { return *store_; }
  Names names() const override { return Names::kFiles; }

 private:
  TempDir directory_;
  std::unique_ptr<ObjectStore> store_;
};

// The directory of a B2 bucket. `prefix`: what all names in the bucket begin with.
class ServedDirectoryBucket : public ConformanceBucket {
 public:
  explicit ServedDirectoryBucket(std::string prefix) : prefix_(std::move(prefix)) {
    Write(prefix_ + "zz", "");  // the directory exists
    Remove("zz");
    if (!prefix_.empty()) Write("outside.txt", "not below the prefix");
    auto emulator = EmulatorProcess::Start({{.name = "bucket", .directory = directory_.path()}});
    if (!emulator.ok()) {
      ADD_FAILURE() << emulator.status();
      return;
    }
    emulator_ = *std::move(emulator);
    store_ = NewB2Store(SourceOf(kEmulatedB2, "bucket", prefix_),
                        OptionsOf(kEmulatedB2, *emulator_), counters_);
  }
  void Put(const std::string& key, const std::string& content) override {
    Write(prefix_ + key, content);
  }
  void Remove(const std::string& key) override {
    std::filesystem::remove(directory_ / (prefix_ + key));
  }
  ObjectStore& store() override { return *store_; }
  std::optional<int64_t> list_requests() const override {
    return emulator_->Requests(kEmulatedB2.list);
  }
  Names names() const override { return Names::kFiles; }

 private:
  void Write(const std::string& name, const std::string& content) {
    ASSERT_TRUE(WriteFile(directory_ / name, content).ok());
  }

  const std::string prefix_;
  TempDir directory_;
  std::unique_ptr<EmulatorProcess> emulator_;
  Counters counters_;
  std::unique_ptr<ObjectStore> store_;
};

// A bucket in the emulator's memory, written by the native API.
class ServedMemoryBucket : public VersionedBucket {
 public:
  ServedMemoryBucket(const EmulatedService& service, std::string prefix, bool is_faulty)
      : service_(service), prefix_(std::move(prefix)), is_faulty_(is_faulty) {
    const absl::Status begun = Begin();
    if (!begun.ok()) ADD_FAILURE() << begun;
  }
  void Put(const std::string& key, const std::string& content) override {
    Made(key, bucket_->Put(prefix_ + key, content));
  }
  void Hide(const std::string& key) override { Made(key, bucket_->Hide(prefix_ + key)); }
  void RemoveNewest(const std::string& key) override {
    const absl::Status removed = bucket_->DeleteVersion(prefix_ + key, made_[key].back());
    ASSERT_TRUE(removed.ok()) << removed;
    made_[key].pop_back();
  }
  // The emulator's clock is that of the machine, but for what it was put forward.
  absl::Time Moment() override {
    const absl::Time moment = absl::Now() + forward_;
    const absl::Status advanced = emulator_->Advance(absl::Seconds(1));
    EXPECT_TRUE(advanced.ok()) << advanced;
    forward_ += absl::Seconds(1);
    return moment;
  }
  void Remove(const std::string& key) override {
    const absl::Status removed = bucket_->Remove(prefix_ + key);
    ASSERT_TRUE(removed.ok()) << removed;
  }
  ObjectStore& store() override { return *store_; }
  bool is_faulty() const override { return is_faulty_; }
  std::optional<int64_t> list_requests() const override {
    if (is_faulty_) return std::nullopt;
    return emulator_->Requests(service_.list) + emulator_->Requests(service_.versions);
  }
  Names names() const override { return Names::kB2; }

 private:
  void Made(const std::string& key, const absl::StatusOr<std::string>& version) {
    ASSERT_TRUE(version.ok()) << version.status();
    made_[key].push_back(*version);
  }

  absl::Status Begin() {
    ASSIGN_OR_RETURN(emulator_, EmulatorProcess::Start({}, {"--memory-bucket", "bucket"}));
    ASSIGN_OR_RETURN(bucket_, EmulatorBucket::Open(*emulator_, "bucket"));
    if (!prefix_.empty()) {
      RETURN_IF_ERROR(bucket_->Put("outside.txt", "not below the prefix").status());
    }
    const SourceUrl source = SourceOf(service_, "bucket", prefix_);
    const StoreOptions options = OptionsOf(service_, *emulator_);
    if (!is_faulty_) {
      store_ = service_.kind == SourceUrl::Kind::kB2 ? NewB2Store(source, options, counters_)
                                                     : NewS3Store(source, options, counters_);
      return absl::OkStatus();
    }
    RETURN_IF_ERROR(emulator_->AddFault(FaultOf(service_, kRandomFaults)));
    RETURN_IF_ERROR(emulator_->Set(R"({"opaqueNext":true})"));
    ASSIGN_OR_RETURN(store_, OpenStore(source, options, counters_));
    return absl::OkStatus();
  }

  const EmulatedService service_;
  const std::string prefix_;
  const bool is_faulty_;
  absl::Duration forward_;
  std::map<std::string, std::vector<std::string>> made_;  // file ids by key
  std::unique_ptr<EmulatorProcess> emulator_;
  std::unique_ptr<EmulatorBucket> bucket_;
  Counters counters_;
  std::unique_ptr<ObjectStore> store_;
};

}  // namespace

std::unique_ptr<ConformanceBucket> NewConformanceBucket(const std::string& kind) {
  if (kind == "directory") return std::make_unique<DirectoryBucket>();
  if (kind == "b2") return std::make_unique<ServedDirectoryBucket>("");
  if (kind == "b2prefix") return std::make_unique<ServedDirectoryBucket>(kPrefix);
  return NewVersionedBucket(kind);
}

std::unique_ptr<VersionedBucket> NewVersionedBucket(const std::string& kind) {
  if (kind == "memory") return std::make_unique<MemoryBucket>();
  const std::string prefix = absl::EndsWith(kind, "prefix") ? kPrefix : "";
  const EmulatedService& service = absl::StrContains(kind, "b2") ? kEmulatedB2 : kEmulatedS3;
  return std::make_unique<ServedMemoryBucket>(service, prefix, absl::StartsWith(kind, "faulty"));
}

}  // namespace annofs::testing
