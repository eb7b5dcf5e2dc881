// Addresses of the nodes of views with facets: told from numbers, and back.
#include "fs/facet_nodes.h"

#include <random>
#include <set>
#include <tuple>

#include "gmock/gmock.h"

namespace annofs::testing {
namespace {

class Numbers : public Facet {
 public:
  Numbers(uint32_t levels, uint32_t count) : levels_(levels), count_(count) {}
  uint32_t levels() const override { return levels_; }
  uint32_t count(uint32_t) const override { return count_; }
  bool IsReady(FacetDirectory) const override { return true; }
  absl::StatusOr<FacetChild> Find(const Dataset&, FacetDirectory,
                                  absl::string_view) const override {
    return absl::NotFoundError("");
  }
  absl::Status ForEach(const Dataset&, FacetDirectory, uint32_t,
                       absl::FunctionRef<bool(const FacetChild&)>) const override {
    return absl::OkStatus();
  }
  absl::Status DescribeLeaf(const Dataset&, uint32_t, Layout&) const override {
    return absl::OkStatus();
  }
  absl::Status ForEachRenamed(
      const Dataset&, uint32_t, uint32_t, uint32_t,
      absl::FunctionRef<void(absl::string_view, absl::string_view)>) const override {
    return absl::OkStatus();
  }

 private:
  const uint32_t levels_, count_;
};

TEST(FacetNodesTest, EveryNodeIsFoundAgainAndHasAPlaceOfItsOwn) {
  const FacetNodes nodes = FacetNodes::For(Numbers(3, 4), 5, 3).value();
  EXPECT_EQ(nodes.slot_count(), 4u);  // two levels, directories, files
  std::set<std::tuple<bool, uint32_t, uint32_t>> seen;
  auto expect = [&](NodePlace place, bool is_directory, const FacetNode& node) {
    EXPECT_TRUE(seen.insert({is_directory, place.slot, place.ordinal}).second);
    EXPECT_EQ(nodes.NodeAt(place, is_directory).value(), node);
  };
  for (uint32_t number = 0; number < 4; ++number) {
    for (uint32_t level : {1, 2}) {
      expect(nodes.OfDirectory({level, number}), true, {.directory = {level, number}});
    }
    for (uint32_t inner = 0; inner < 3; ++inner) {
      expect(nodes.OfLeaf(number, inner), true,
             {.kind = FacetNode::Kind::kLeafDirectory,
              .directory = {3, number},
              .frame_directory = inner});
    }
    EXPECT_EQ(nodes.OfDirectory({3, number}), nodes.OfLeaf(number, 0));
    for (uint32_t family = 0; family < kMostLeafFamilies; ++family) {
      for (Rank rank = 0; rank < 5; ++rank) {
        expect(nodes.OfFile(number, family, rank), false,
               {.kind = FacetNode::Kind::kLeafFile,
                .directory = {3, number},
                .family = family,
                .rank = rank});
      }
    }
  }
}

TEST(FacetNodesTest, AMillionLeavesOfAMillionFramesTakeAFewThousandSlots) {
  constexpr uint32_t kLeaves = 1000000, kFrames = 1000000, kDirectories = 1000;
  const FacetNodes nodes = FacetNodes::For(Numbers(2, kLeaves), kFrames, kDirectories).value();
  EXPECT_LT(nodes.slot_count(), 4000u);
  std::mt19937 random(7);
  for (int i = 0; i < 1000; ++i) {
    const uint32_t leaf = random() % kLeaves;
    const FacetNode file{.kind = FacetNode::Kind::kLeafFile,
                         .directory = {2, leaf},
                         .family = uint32_t(random() % kMostLeafFamilies),
                         .rank = Rank(random() % kFrames)};
    const NodePlace place = nodes.OfFile(leaf, file.family, file.rank);
    EXPECT_LT(place.slot, nodes.slot_count());
    EXPECT_LT(place.ordinal, 1u << 30);
    EXPECT_EQ(nodes.NodeAt(place, false).value(), file);
    const FacetNode directory{.kind = FacetNode::Kind::kLeafDirectory,
                              .directory = {2, leaf},
                              .frame_directory = uint32_t(random() % kDirectories)};
    EXPECT_EQ(nodes.NodeAt(nodes.OfLeaf(leaf, directory.frame_directory), true).value(), directory);
  }
}

TEST(FacetNodesTest, PlacesThatNothingHasAreNoNodes) {
  const FacetNodes nodes = FacetNodes::For(Numbers(1, 2), 5, 3).value();
  EXPECT_TRUE(absl::IsAborted(nodes.NodeAt({0, 2 * 3}, true).status()));
  EXPECT_TRUE(absl::IsAborted(nodes.NodeAt({1, 2 * kMostLeafFamilies * 5}, false).status()));
  EXPECT_TRUE(absl::IsAborted(nodes.NodeAt({0, 0}, false).status()));
  EXPECT_TRUE(absl::IsAborted(nodes.NodeAt({1, 0}, true).status()));
  EXPECT_TRUE(absl::IsAborted(nodes.NodeAt({2, 0}, false).status()));
}

TEST(FacetNodesTest, MoreThanInodesCanTellApartIsAnError) {
  EXPECT_EQ(FacetNodes::For(Numbers(1, kMostFacetNumbers), 1u << 30, 1).status().code(),
            absl::StatusCode::kResourceExhausted);
}

}  // namespace
}  // namespace annofs::testing
