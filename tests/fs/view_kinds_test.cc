// The tree of views whose names have a slash, and of files that listings do not make.
#include <atomic>
#include <thread>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "fs/view_tree.h"
#include "gmock/gmock.h"
#include "tests/fs/fs_testing.h"

namespace annofs::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::atomic<int> made{0};  // files of pixels
std::atomic<int> described{0};
std::atomic<int> describe_millis{0};  // how long that takes
std::atomic<int> rendered{0};         // texts
constexpr int kPatience = 20'000;     // milliseconds that nobody waits for

class Masks : public Writer {
 public:
  WriterInfo Info() const override { return {.name = "cvat/Masks 1.0"}; }
  absl::Status Describe(const Dataset& data, Layout& tree) const override {
    ++described;
    const absl::Time end = absl::Now() + absl::Milliseconds(describe_millis.load());
    while (absl::Now() < end) {
      RETURN_IF_ERROR(data.GetFrame(0).status());
      absl::SleepFor(absl::Milliseconds(1));
    }
    tree.Pixels("masks/{stem}.png", data.All(),
                [](const Dataset&, Rank rank) -> absl::StatusOr<std::string> {
                  ++made;
                  return std::string(100 + rank, 'p');
                });
    tree.Named(
        "named", data.All(), FamilyKind::kText,
        [](const Dataset&, Rank) -> absl::StatusOr<std::string> { return "same.txt"; },
        [](const Dataset&, Rank rank) -> absl::StatusOr<std::string> {
          ++rendered;
          return absl::StrCat("rank ", rank);
        });
    return absl::OkStatus();
  }
  std::vector<absl::string_view> WhyDropped(const Dataset&, const Frame&,
                                            const FrameShapes& all) const override {
    return std::vector<absl::string_view>(all.tags.size() + all.shapes.size(), "not a mask");
  }
};

class Clouds : public Masks {
 public:
  WriterInfo Info() const override { return {.name = "cvat/Clouds 1.0", .is_3d = true}; }
};

std::vector<std::unique_ptr<Writer>> TwoWriters() {
  std::vector<std::unique_ptr<Writer>> writers;
  writers.push_back(std::make_unique<Masks>());
  writers.push_back(std::make_unique<Clouds>());
  return writers;
}

class ViewKindsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    store_.Put("cvat/x.xml", ImagesXml("x", {"a.jpg", "b.jpg", "c.jpg"}));
    catalog_ = OpenCatalog(*cache_.catalog, store_, {}).value();
    reader_ = NewObjectReader(store_, *cache_.blocks, counters_, {.source = store_.identity()});
    datasets_ = NewDatasets(*cache_.catalog, *catalog_, *reader_, {.source = store_.identity()});
    OpenTree(ListedSizes::kTold);
    made = described = describe_millis = rendered = 0;
  }

  void OpenTree(ListedSizes sizes) {
    tree_ = NewViewTree(*cache_.catalog, *catalog_, *reader_, *datasets_,
                        {.blocks = cache_.blocks.get(), .sizes = sizes, .writers = TwoWriters});
  }

  absl::StatusOr<NodeAttr> At(absl::string_view path) {
    NodeAttr attr{.id = kViewsRoot};
    for (absl::string_view rest = path; !rest.empty();) {
      const size_t slash = rest.find('/');
      ASSIGN_OR_RETURN(attr, tree_->Lookup(attr.id, rest.substr(0, slash), Soon()));
      rest.remove_prefix(slash == absl::string_view::npos ? rest.size() : slash + 1);
    }
    return attr;
  }
  std::vector<std::string> Names(absl::string_view path) {
    std::vector<std::string> names;
    absl::Status status = tree_->List(
        At(path).value().id, 0,
        [&](const DirEntry& entry) {
          names.push_back(absl::StrCat(entry.name, entry.has_size ? "" : " ?"));
          return true;
        },
        Soon());
    EXPECT_TRUE(status.ok()) << status;
    return names;
  }
  std::string Text(absl::string_view path) {
    NodeAttr attr = At(path).value();
    std::string text;
    absl::Status status = tree_->Read(
        attr.id, {0, attr.size + 10}, [&](Pieces data) { text = Join(data); }, Soon());
    EXPECT_TRUE(status.ok()) << status;
    EXPECT_EQ(text.size(), attr.size) << path;
    return text;
  }

  MemoryStore store_;
  TempDir directory_;
  Counters counters_;
  CacheDir cache_ =
      OpenCacheDir({.path = directory_ / "cache", .block_bytes = uint64_t{16} << 20}).value();
  std::unique_ptr<Catalog> catalog_;
  std::unique_ptr<ObjectReader> reader_;
  std::unique_ptr<Datasets> datasets_;
  std::unique_ptr<ViewTree> tree_;
};

TEST_F(ViewKindsTest, AViewWithASlashStandsInADirectory) {
  EXPECT_THAT(Names("x"), ElementsAre("cvat", "reports"));
  EXPECT_THAT(Names("x/cvat"), ElementsAre("Masks 1.0"));
  EXPECT_THAT(Names("x/cvat/Masks 1.0"), ElementsAre("masks", "named"));
  EXPECT_TRUE(absl::IsNotFound(At("x/cvat/Clouds 1.0").status()));
  EXPECT_TRUE(absl::IsNotFound(At("x/Masks 1.0").status()));
  const NodeAttr cvat = At("x/cvat").value();
  EXPECT_EQ(tree_->Stat(cvat.id, Soon()).value().id, cvat.id);
  EXPECT_TRUE(tree_->Stat(cvat.id, Soon()).value().is_directory);
  EXPECT_THAT(Text("README.txt"), HasSubstr("  cvat/"));
}

TEST_F(ViewKindsTest, TheReportsTellOfTheViewsThatAreShown) {
  EXPECT_THAT(Names("x/reports/dropped"), ElementsAre("cvat"));
  EXPECT_THAT(Names("x/reports/dropped/cvat"), ElementsAre("Masks 1.0.tsv"));
  EXPECT_THAT(Text("x/reports/dropped/cvat/Masks 1.0.tsv"), HasSubstr("not a mask"));
  EXPECT_THAT(Text("x/reports/about.json"), HasSubstr("cvat/Masks 1.0"));
}

TEST_F(ViewKindsTest, AViewIsDescribedOnceHoweverManyAskAndHoweverShortTheyWait) {
  const NodeId view = At("x/cvat/Masks 1.0").value().id;
  describe_millis = 200;
  for (int i = 0; i < 2; ++i) {
    const CallContext late{.deadline = absl::Now() + absl::Milliseconds(20)};
    EXPECT_TRUE(absl::IsDeadlineExceeded(tree_->Lookup(view, "masks", late).status()));
  }
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] { EXPECT_TRUE(tree_->Lookup(view, "masks", Soon()).ok()); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(described, 1);
}

TEST_F(ViewKindsTest, AListingMakesNoPixels) {
  EXPECT_THAT(Names("x/cvat/Masks 1.0/masks"), ElementsAre("a.png ?", "b.png ?", "c.png ?"));
  EXPECT_EQ(made, 0);
  const NodeAttr attr = At("x/cvat/Masks 1.0/masks/b.png").value();
  EXPECT_EQ(attr.size, 101u);
  EXPECT_EQ(made, 1);
  EXPECT_EQ(tree_->Stat(attr.id, Soon()).value().size, 101u);
  EXPECT_EQ(Text("x/cvat/Masks 1.0/masks/b.png"), std::string(101, 'p'));
  EXPECT_EQ(made, 1);
}

TEST_F(ViewKindsTest, ADescriptionThatRunsEndsSoonWithTheTree) {
  const NodeId view = At("x/cvat/Masks 1.0").value().id;
  describe_millis = kPatience;
  const CallContext late{.deadline = absl::Now() + absl::Milliseconds(50)};
  EXPECT_TRUE(absl::IsDeadlineExceeded(tree_->Lookup(view, "masks", late).status()));
  EXPECT_EQ(described, 1);
  const absl::Time begun = absl::Now();
  tree_.reset();
  EXPECT_LT(absl::Now() - begun, absl::Milliseconds(kPatience / 2));
}

TEST_F(ViewKindsTest, AListingWithoutSizesRendersNothingAndNeitherDoesReadingRenderTwice) {
  OpenTree(ListedSizes::kLeftOut);
  EXPECT_THAT(Names("x/cvat/Masks 1.0/named"),
              ElementsAre("same.txt ?", "same-00000001.txt ?", "same-00000002.txt ?"));
  EXPECT_EQ(rendered, 0);
  std::vector<NodeId> ids;
  absl::Status status = tree_->List(
      At("x/cvat/Masks 1.0/named").value().id, 0,
      [&](const DirEntry& entry) {
        ids.push_back(entry.attr.id);
        return true;
      },
      Soon());
  ASSERT_EQ(ids.size(), 3u) << status;
  std::string text;
  status = tree_->Read(
      ids[1], {0, 100}, [&](Pieces data) { text = Join(data); }, Soon());
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(text, "rank 1");
  EXPECT_EQ(rendered, 1);
  EXPECT_EQ(tree_->Stat(ids[1], Soon()).value().size, 6u);
}

TEST_F(ViewKindsTest, EqualNamesOfTheContentAreAllShown) {
  EXPECT_THAT(Names("x/cvat/Masks 1.0/named"),
              ElementsAre("same.txt", "same-00000001.txt", "same-00000002.txt"));
  EXPECT_EQ(Text("x/cvat/Masks 1.0/named/same.txt"), "rank 0");
  EXPECT_EQ(Text("x/cvat/Masks 1.0/named/same-00000002.txt"), "rank 2");
  EXPECT_TRUE(absl::IsNotFound(At("x/cvat/Masks 1.0/named/same-00000003.txt").status()));
}

}  // namespace
}  // namespace annofs::testing
