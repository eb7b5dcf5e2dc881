#include "tests/cache/store/conformance_buckets.h"

#include <filesystem>
#include <utility>

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
  {"op":"$LIST","closeConnection":true,"probability":0.1,"count":-1,"seed":18}
])";

class MemoryBucket : public ConformanceBucket {
 public:
  void Put(const std::string& key, const std::string& content) override {
    store_.Put(key, content);
  }
  void Remove(const std::string& key) override { store_.Remove(key); }
  ObjectStore& store() override { return store_; }

 private:
  MemoryStore store_;
};

class DirectoryBucket : public ConformanceBucket {
 public:
  DirectoryBucket() : store_(NewDirStore(directory_.path())) {}
  void Put(const std::string& key, const std::string& content) override {
    ASSERT_TRUE(WriteFile(directory_ / key, content).ok());
  }
  void Remove(const std::string& key) override { std::filesystem::remove(directory_ / key); }
  ObjectStore& store() override { return *store_; }

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
class ServedMemoryBucket : public ConformanceBucket {
 public:
  ServedMemoryBucket(const EmulatedService& service, std::string prefix, bool is_faulty)
      : prefix_(std::move(prefix)), is_faulty_(is_faulty) {
    const absl::Status begun = Begin(service);
    if (!begun.ok()) ADD_FAILURE() << begun;
  }
  void Put(const std::string& key, const std::string& content) override {
    const absl::Status put = bucket_->Put(prefix_ + key, content).status();
    ASSERT_TRUE(put.ok()) << put;
  }
  void Remove(const std::string& key) override {
    const absl::Status removed = bucket_->Remove(prefix_ + key);
    ASSERT_TRUE(removed.ok()) << removed;
  }
  ObjectStore& store() override { return *store_; }
  bool is_faulty() const override { return is_faulty_; }

 private:
  absl::Status Begin(const EmulatedService& service) {
    ASSIGN_OR_RETURN(emulator_, EmulatorProcess::Start({}, {"--memory-bucket", "bucket"}));
    ASSIGN_OR_RETURN(bucket_, EmulatorBucket::Open(*emulator_, "bucket"));
    if (!prefix_.empty()) {
      RETURN_IF_ERROR(bucket_->Put("outside.txt", "not below the prefix").status());
    }
    const SourceUrl source = SourceOf(service, "bucket", prefix_);
    const StoreOptions options = OptionsOf(service, *emulator_);
    if (!is_faulty_) {
      store_ = service.kind == SourceUrl::Kind::kB2 ? NewB2Store(source, options, counters_)
                                                    : NewS3Store(source, options, counters_);
      return absl::OkStatus();
    }
    RETURN_IF_ERROR(emulator_->AddFault(FaultOf(service, kRandomFaults)));
    RETURN_IF_ERROR(emulator_->Set(R"({"opaqueNext":true})"));
    ASSIGN_OR_RETURN(store_, OpenStore(source, options, counters_));
    return absl::OkStatus();
  }

  const std::string prefix_;
  const bool is_faulty_;
  std::unique_ptr<EmulatorProcess> emulator_;
  std::unique_ptr<EmulatorBucket> bucket_;
  Counters counters_;
  std::unique_ptr<ObjectStore> store_;
};

}  // namespace

std::unique_ptr<ConformanceBucket> NewConformanceBucket(const std::string& kind) {
  if (kind == "memory") return std::make_unique<MemoryBucket>();
  if (kind == "directory") return std::make_unique<DirectoryBucket>();
  const std::string prefix = absl::EndsWith(kind, "prefix") ? kPrefix : "";
  if (absl::StartsWith(kind, "b2")) return std::make_unique<ServedDirectoryBucket>(prefix);
  const EmulatedService& service = absl::StrContains(kind, "b2") ? kEmulatedB2 : kEmulatedS3;
  return std::make_unique<ServedMemoryBucket>(service, prefix, absl::StartsWith(kind, "faulty"));
}

}  // namespace annofs::testing
