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

TEST(DecoratorsTest, EachPassesOnWhichDigestCounts) {
  using Store = std::unique_ptr<ObjectStore>;
  Counters counters;
  const std::vector<std::function<Store(Store)>> decorators = {
      [](Store store) { return NewRetryingStore(std::move(store)); },
      [](Store store) { return NewLimitedStore(std::move(store), 1); },
      [&](Store store) { return NewTracedStore(std::move(store), counters); }};
  const ObjectVersion version{.key = "a", .digest = DigestOf(DigestKind::kMd5, "x")};
  for (const auto& decorate : decorators) {
    EXPECT_EQ(decorate(std::make_unique<NoDigestStore>())->DigestToCheck(version), Digest());
    EXPECT_EQ(decorate(std::make_unique<MemoryStore>())->DigestToCheck(version), version.digest);
  }
}

}  // namespace
}  // namespace annofs::testing
