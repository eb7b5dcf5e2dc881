// What the slots of a view tree stand for, when versions of datasets come and go.
#include "fs/view_targets.h"

#include "gtest/gtest.h"
#include "tests/formats/sample_data.h"

namespace annofs::testing {
namespace {

std::shared_ptr<const DatasetNode> Node(uint32_t slot, uint32_t view_slot) {
  return std::make_shared<DatasetNode>(DatasetNode{.slot = slot, .view_slots = {view_slot}});
}

std::shared_ptr<const View> MakeViewOf(std::vector<uint32_t> places,
                                       std::vector<uint32_t> families) {
  auto view = std::make_shared<View>();
  view->place_slots = std::move(places);
  view->family_slots = std::move(families);
  return view;
}

class ViewTargetsTest : public ::testing::Test {
 protected:
  bool Has(uint32_t slot) { return targets_.Find(slot).ok(); }
  ViewTargets targets_;
};

TEST_F(ViewTargetsTest, ADroppedDatasetIsGoneWithItsViews) {
  auto node = Node(1, 2);
  targets_.AddDataset(node);
  ASSERT_TRUE(targets_.AddView(*node, 0, MakeViewOf({3}, {4})).ok());
  for (uint32_t slot : {1, 2, 3, 4}) EXPECT_TRUE(Has(slot)) << slot;
  targets_.DropDataset(*node);
  for (uint32_t slot : {1, 2, 3, 4}) EXPECT_TRUE(absl::IsAborted(targets_.Find(slot).status()));
  EXPECT_EQ(targets_.FindView(*node, 0), nullptr);
}

TEST_F(ViewTargetsTest, FilesThatTwoVersionsShareStayWhileOneOfThemDoes) {
  auto older = Node(1, 2), newer = Node(11, 12);
  targets_.AddDataset(older);
  targets_.AddDataset(newer);
  ASSERT_TRUE(targets_.AddView(*older, 0, MakeViewOf({3}, {4})).ok());
  ASSERT_TRUE(targets_.AddView(*newer, 0, MakeViewOf({3}, {4, 14})).ok());
  targets_.DropDataset(*older);
  for (uint32_t slot : {3, 4, 14}) EXPECT_TRUE(Has(slot)) << slot;
  targets_.DropDataset(*newer);
  for (uint32_t slot : {3, 4, 14}) EXPECT_FALSE(Has(slot)) << slot;
}

TEST_F(ViewTargetsTest, AViewThatIsReadyAfterItsDatasetWasDroppedIsNotAdded) {
  auto node = Node(1, 2);
  targets_.AddDataset(node);
  targets_.DropDataset(*node);
  EXPECT_TRUE(absl::IsAborted(targets_.AddView(*node, 0, MakeViewOf({3}, {4})).status()));
  EXPECT_FALSE(Has(3));
}

TEST_F(ViewTargetsTest, OfTwoDescriptionsOfOneViewTheFirstStays) {
  auto node = Node(1, 2);
  targets_.AddDataset(node);
  auto first = targets_.AddView(*node, 0, MakeViewOf({3}, {4}));
  auto second = targets_.AddView(*node, 0, MakeViewOf({3}, {4}));
  EXPECT_EQ(*first, *second);
  targets_.DropDataset(*node);
  EXPECT_FALSE(Has(3));
}

std::shared_ptr<const View> MakeFacetedView(uint32_t first_slot) {
  DatasetBuilder builder;
  builder.AddTask({.subset = "s"});
  builder.AddFrame({.name = "a.jpg"}).value();
  const std::unique_ptr<Dataset> data = Finished(builder);
  auto view = std::make_shared<View>();
  view->layout = Described("by-subset", *data);
  view->facet_slot = first_slot;
  view->facet_nodes = FacetNodes::For(*view->layout.facet(), 1, 1).value();
  EXPECT_EQ(view->facet_nodes.slot_count(), 2u);  // directories, files
  return view;
}

TEST_F(ViewTargetsTest, ARangeOfSlotsIsOneViewsUntilItsDatasetIsDropped) {
  auto node = Node(1, 2);
  targets_.AddDataset(node);
  auto view = MakeFacetedView(10);
  ASSERT_TRUE(targets_.AddView(*node, 0, view).ok());
  for (uint32_t slot : {10, 11}) {
    const Target target = targets_.Find(slot).value();
    EXPECT_EQ(target.kind, Target::Kind::kFacet);
    EXPECT_EQ(target.view, view);
    EXPECT_EQ(target.number, slot - 10);
  }
  EXPECT_FALSE(Has(9));
  EXPECT_FALSE(Has(12));
  targets_.DropDataset(*node);
  EXPECT_FALSE(Has(10));
}

TEST_F(ViewTargetsTest, ARangeThatTwoVersionsShareStaysWhileOneOfThemDoes) {
  auto older = Node(1, 2), newer = Node(11, 12);
  targets_.AddDataset(older);
  targets_.AddDataset(newer);
  ASSERT_TRUE(targets_.AddView(*older, 0, MakeFacetedView(20)).ok());
  ASSERT_TRUE(targets_.AddView(*newer, 0, MakeFacetedView(20)).ok());
  targets_.DropDataset(*older);
  EXPECT_TRUE(Has(21));
  targets_.DropDataset(*newer);
  EXPECT_FALSE(Has(21));
}

}  // namespace
}  // namespace annofs::testing
