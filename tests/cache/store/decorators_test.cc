// What all decorators pass on.
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "cache/store/stores.h"
#include "gtest/gtest.h"
#include "tests/testing/memory_store.h"

namespace annofs::testing {
namespace {

// A store whose listed digests are none.
class NoDigestStore : public MemoryStore {
 public:
  Digest DigestToCheck(const ObjectVersion&) const override { return {}; }
};

// Remembers what it was asked, and is identified by more than its name.
class AskedStore : public MemoryStore {
 public:
  explicit AskedStore(ListRequest& asked) : asked_(asked) {}
  absl::StatusOr<ListPage> List(const ListRequest& request, const CallContext&) override {
    asked_ = request;
    return ListPage();
  }
  std::string identity() const override { return name() + " at example.com"; }

 private:
  ListRequest& asked_;
};

using Store = std::unique_ptr<ObjectStore>;

std::vector<std::function<Store(Store)>> Decorators(Counters& counters) {
  return {[](Store store) { return NewRetryingStore(std::move(store)); },
          [](Store store) { return NewLimitedStore(std::move(store), 1); },
          [&](Store store) { return NewTracedStore(std::move(store), counters); }};
}

TEST(DecoratorsTest, EachPassesOnWhatIsListed) {
  Counters counters;
  const absl::Time then = absl::FromUnixSeconds(1'700'000'000);
  for (const auto& decorate : Decorators(counters)) {
    ListRequest asked;
    const Store store = decorate(std::make_unique<AskedStore>(asked));
    ASSERT_TRUE(store
                    ->List({.prefix = "p/",
                            .recursive = true,
                            .after = "p/a",
                            .start = "t",
                            .at = then,
                            .max = 7},
                           {})
                    .ok());
    EXPECT_EQ(asked.prefix, "p/");
    EXPECT_TRUE(asked.recursive);
    EXPECT_EQ(asked.after, "p/a");
    EXPECT_EQ(asked.start, "t");
    EXPECT_EQ(asked.at, then);
    EXPECT_EQ(asked.max, 7u);
  }
}

TEST(DecoratorsTest, EachPassesOnNameAndIdentity) {
  Counters counters;
  for (const auto& decorate : Decorators(counters)) {
    ListRequest asked;
    const Store store = decorate(std::make_unique<AskedStore>(asked));
    EXPECT_EQ(store->name(), "memory://test");
    EXPECT_EQ(store->identity(), "memory://test at example.com");
  }
}

TEST(DecoratorsTest, EachPassesOnWhichDigestCounts) {
  Counters counters;
  const ObjectVersion version{.key = "a", .digest = DigestOf(DigestKind::kMd5, "x")};
  for (const auto& decorate : Decorators(counters)) {
    EXPECT_EQ(decorate(std::make_unique<NoDigestStore>())->DigestToCheck(version), Digest());
    EXPECT_EQ(decorate(std::make_unique<MemoryStore>())->DigestToCheck(version), version.digest);
  }
}

}  // namespace
}  // namespace annofs::testing
