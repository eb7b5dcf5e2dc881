// What the tests of the conformance suite are made of: a bucket of the kind that the parameter
// names (conformance_buckets.h), and its store asked page by page.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cache/store/object_store.h"
#include "gtest/gtest.h"
#include "tests/cache/store/conformance_buckets.h"

namespace annofs::testing {

// How often an answer that fails its checks is asked for again.
inline constexpr int kPatience = 10;

class ConformanceTest : public ::testing::TestWithParam<const char*> {
 protected:
  ConformanceTest() : ConformanceTest(NewConformanceBucket(GetParam())) {}
  explicit ConformanceTest(std::unique_ptr<ConformanceBucket> bucket) : bucket_(std::move(bucket)) {
    context_.deadline = absl::Now() + absl::Seconds(60);
  }

  ObjectStore& store() { return bucket_->store(); }

  // The outcome of `call`. Over a faulty service an answer that fails its checks is asked for
  // again: what comes in the end must be right.
  template <typename Call>
  auto Insist(Call call) {
    auto outcome = call();
    for (int i = 0; i < kPatience && bucket_->is_faulty() && IsDataLoss(outcome); ++i) {
      outcome = call();
    }
    return outcome;
  }
  static bool IsDataLoss(const absl::Status& status) { return absl::IsDataLoss(status); }
  template <typename T>
  static bool IsDataLoss(const absl::StatusOr<T>& result) {
    return absl::IsDataLoss(result.status());
  }

  absl::StatusOr<ListPage> List(const ListRequest& request) {
    return Insist([&] { return store().List(request, context_); });
  }

  // All pages of a listing; how many there were in `pages`.
  ListPage ListAll(ListRequest request, int* pages = nullptr) {
    ListPage all;
    do {
      absl::StatusOr<ListPage> page = List(request);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) break;
      EXPECT_LE(page->objects.size() + page->directories.size(), request.max);
      for (ObjectVersion& object : page->objects) all.objects.push_back(std::move(object));
      for (std::string& name : page->directories) all.directories.push_back(std::move(name));
      request.start = page->next;
      if (pages != nullptr) ++*pages;
    } while (!request.start.empty());
    return all;
  }

  std::vector<std::string> Keys(const ListRequest& request) {
    std::vector<std::string> keys;
    for (const ObjectVersion& object : ListAll(request).objects) keys.push_back(object.key);
    return keys;
  }

  ObjectVersion Find(const std::string& key) {
    for (const ObjectVersion& object : ListAll({.recursive = true}).objects) {
      if (object.key == key) return object;
    }
    ADD_FAILURE() << key << " is not listed";
    return {};
  }

  absl::StatusOr<std::string> Read(const ObjectVersion& version, ByteRange range) {
    return Insist([&] { return ReadOnce(version, range); });
  }

  absl::StatusOr<std::string> ReadOnce(const ObjectVersion& version, ByteRange range) {
    std::string bytes;
    const auto append = [&](absl::string_view data) {
      absl::StrAppend(&bytes, data);
      return absl::OkStatus();
    };
    const absl::Status status = store().Get(version, range, append, context_);
    if (!status.ok()) return status;
    return bytes;
  }

  std::unique_ptr<ConformanceBucket> bucket_;
  CallContext context_;
};

}  // namespace annofs::testing
