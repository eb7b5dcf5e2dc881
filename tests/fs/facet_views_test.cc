// Views with facets over the index: the tree of one, and one with very many directories.

#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "fs/facet_leaves.h"
#include "fs/facet_listing.h"
#include "fs/index_builder.h"
#include "fs/slots.h"
#include "fs/view_files.h"
#include "fs/views.h"
#include "gmock/gmock.h"
#include "tests/fs/fs_testing.h"
#include "tests/testing/memory_growth.h"

namespace annofs::testing {
namespace {

using ::testing::ElementsAre;

constexpr char kPeople[] = "views/film/";

// Two tracks, of which one has an attribute that changes; the second frame has an image.
std::string VideoXml() {
  auto box = [](int frame, absl::string_view color) {
    return absl::StrCat(
        "<box frame=\"", frame,
        "\" keyframe=\"1\" outside=\"0\" occluded=\"0\" xtl=\"1.00\" ytl=\"1.00\" xbr=\"9.00\" "
        "ybr=\"9.00\" z_order=\"0\"><attribute name=\"co/lor\">",
        color, "</attribute></box>");
  };
  return absl::StrCat(
      "<annotations><version>1.1</version><meta><task><name>film</name><size>3</size>"
      "<mode>interpolation</mode><start_frame>0</start_frame><stop_frame>2</stop_frame>"
      "<labels><label><name>car</name><attributes><attribute><name>co/lor</name>"
      "<mutable>True</mutable><input_type>text</input_type><values></values></attribute>"
      "</attributes></label></labels></task></meta>\n",
      "<track id=\"0\" label=\"car\" source=\"manual\">", box(0, "red"), box(1, "Red"),
      box(2, ".."), "</track>\n<track id=\"1\" label=\"car\" source=\"auto\">", box(1, "red"),
      "</track></annotations>\n");
}

class FacetViewsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    store_.Put("annotations.xml", VideoXml());
    store_.Put("frame_000001.png", "image");
    ASSERT_TRUE(mount_.Open().ok());
  }
  std::vector<std::string> Names(absl::string_view path) {
    absl::StatusOr<std::vector<std::string>> names = mount_.Names(path);
    EXPECT_TRUE(names.ok()) << path << ": " << names.status();
    return names.value_or(std::vector<std::string>());
  }
  Paths PeoplesTree() {
    Paths paths;
    for (const char* view : {"by-attribute", "by-track", "by-source", "by-job", "by-subset"}) {
      const std::string path = absl::StrCat(kPeople, view);
      Walk(mount_.fs(), mount_.At(path).value().id, path, paths);
    }
    return paths;
  }

  MemoryStore store_;
  Mounted mount_{store_};
};

TEST_F(FacetViewsTest, DirectoriesAreMadeOfTerms) {
  const std::string views(kPeople);
  EXPECT_THAT(Names(views + "by-track/car"), ElementsAre("0", "1"));
  EXPECT_THAT(Names(views + "by-track/car/1"),
              ElementsAre("frame_000001.png", "frame_000001.json", "frame_000001.tsv"));
  EXPECT_THAT(Names(views + "by-source"), ElementsAre("auto", "manual"));
  EXPECT_THAT(Names(views + "by-subset"), ElementsAre("default"));
  const std::vector<std::string> colors = Names(views + "by-attribute/car");
  ASSERT_EQ(colors.size(), 1u);
  EXPECT_TRUE(absl::StartsWith(colors[0], "co_lor-"));
  const std::vector<std::string> values = Names(views + "by-attribute/car/" + colors[0]);
  ASSERT_EQ(values.size(), 3u);
  EXPECT_TRUE(absl::StartsWith(values[0], "_-")) << values[0];  // ".."
  EXPECT_EQ(values[1], "Red");
  EXPECT_TRUE(absl::StartsWith(values[2], "red-")) << values[2];
  const std::string red = views + "by-attribute/car/" + colors[0] + "/" + values[2];
  EXPECT_THAT(Names(red), ElementsAre("frame_000000.json", "frame_000000.tsv", "frame_000001.png",
                                      "frame_000001.json", "frame_000001.tsv"));
}

TEST_F(FacetViewsTest, NamesThatAreNotTheirTextsAreInTheReports) {
  const std::string names = mount_.Text("views/film/reports/names.tsv");
  for (const char* line :
       {"directory of by-attribute\tco/lor\tco_lor-", "directory of by-attribute\t..\t_-",
        "directory of by-attribute\tred\tred-"}) {
    EXPECT_TRUE(absl::StrContains(names, line)) << line << "\n" << names;
  }
}

TEST_F(FacetViewsTest, AnImageIsTheBucketsOwnNode) {
  EXPECT_TRUE(SameAttr(mount_.At("views/film/by-track/car/1/frame_000001.png").value(),
                       mount_.At("frame_000001.png").value()));
}

TEST_F(FacetViewsTest, NodesAreTheSameOnTheNextMountInWhateverOrderTheyAreAskedFor) {
  const Paths first = PeoplesTree();
  EXPECT_GT(first.size(), 20u);
  ASSERT_TRUE(mount_.Again().ok());
  for (auto it = first.rbegin(); it != first.rend(); ++it) {
    absl::StatusOr<NodeAttr> attr = mount_.At(it->first);
    ASSERT_TRUE(attr.ok()) << it->first << ": " << attr.status();
    EXPECT_TRUE(SameAttr(*attr, it->second)) << it->first;
  }
}

TEST_F(FacetViewsTest, ANodeThatTheViewDoesNotHaveIsGone) {
  const NodeAttr directory = mount_.At("views/film/by-track/car/1").value();
  const NodeAttr file = mount_.At("views/film/by-track/car/1/frame_000001.tsv").value();
  // The track is on the second frame alone.
  const NodeId other{file.id.value - 1};
  EXPECT_TRUE(absl::IsAborted(mount_.fs().Stat(other, Soon()).status()));
  const NodeId beyond = NodeId::Make(TreeNumber::kView, directory.id.slot(), 0xbfffffff);
  EXPECT_TRUE(absl::IsAborted(mount_.fs().Stat(beyond, Soon()).status()));
}

TEST_F(FacetViewsTest, OnTheFastLaneWhatHasToBeLookedAtWouldBlockAndThenNotAgain) {
  const NodeId sources = mount_.At("views/film/by-source").value().id;
  auto fast = [&] {
    return mount_.fs().List(
        sources, 0, [](const DirEntry&) { return true; }, Soon(Lane::kFast));
  };
  EXPECT_TRUE(IsWouldBlock(fast())) << fast();
  EXPECT_THAT(Names("views/film/by-source"), ElementsAre("auto", "manual"));
  EXPECT_TRUE(fast().ok()) << fast();
  const NodeId file = mount_.At("views/film/by-source/auto/frame_000001.tsv").value().id;
  EXPECT_TRUE(mount_.fs().Stat(file, Soon(Lane::kFast)).ok());
}

// A leaf with every second of many frames, whose texts are of different sizes.
TEST(FacetSizesTest, ThoseOfALargeLeafAreRememberedByItsMembers) {
  TempDir directory;
  CacheDir cache =
      OpenCacheDir({.path = directory / "c", .block_bytes = uint64_t{16} << 20}).value();
  const IndexVersion version(16, 's');
  IndexBuilder builder(*cache.catalog, nullptr);
  builder.AddTask({});
  builder.AddLabel({.name = "car"});
  for (uint32_t i = 0; i < 5000; ++i) {
    const uint32_t frame = builder.AddFrame({.name = absl::StrCat(10000 + i, ".jpg")}).value();
    for (uint32_t n = 0; n <= i % 5; ++n) {
      Shape shape{.source = i % 2 == 0 ? "manual" : "auto", .points = {1, 1, 5, 5}};
      ASSERT_TRUE(builder.AddShape(frame, std::move(shape)).ok());
    }
  }
  ASSERT_TRUE(builder.Finish(version, {.name = "sizes"}).ok());
  auto none = [](const Frame&) -> absl::StatusOr<std::optional<MatchedMedia>> {
    return std::optional<MatchedMedia>();
  };
  auto data = OpenDataset(*cache.catalog, version, none).value();
  auto view = MakeView(*cache.catalog, NewWriters(), data, "by-source", absl::UnixEpoch()).value();
  const FacetChild child = view->layout.facet()->Find(*data, {}, "manual").value();
  const std::shared_ptr<const View> leaf = MakeLeaf(*view, child.number).value();
  for (Lane lane : {Lane::kSlow, Lane::kFast}) {
    ViewFiles files(*cache.catalog, nullptr);  // as that of another mount
    for (uint32_t family = 1; family <= 2; ++family) {
      const Family& of = leaf->layout.families()[family];
      ASSERT_EQ(of.frames.size(), 2500u);
      for (size_t i = 0; i < of.frames.size(); i += 7) {
        const Rank rank = of.frames[i];
        const absl::StatusOr<uint64_t> size = files.FrameSize(*leaf, family, rank, Soon(lane));
        ASSERT_TRUE(size.ok()) << size.status();
        EXPECT_EQ(*size, of.render(*data, rank)->size()) << rank;
      }
    }
  }
}

constexpr uint32_t kFrames = 1000, kTracks = 200000;

// An index with very many tracks, 200 on each frame, of two labels and two tasks.
class ManyTracks {
 public:
  ManyTracks() {
    const IndexVersion version(16, 't');
    const absl::Status written = Write(version);
    EXPECT_TRUE(written.ok()) << written;
    auto none = [](const Frame&) -> absl::StatusOr<std::optional<MatchedMedia>> {
      return std::optional<MatchedMedia>();
    };
    data_ = OpenDataset(lmdb(), version, none).value();
  }
  Lmdb& lmdb() { return *cache_.catalog; }
  const std::shared_ptr<const IndexedDataset>& data() const { return data_; }

 private:
  absl::Status Write(const IndexVersion& version) {
    IndexBuilder builder(lmdb(), nullptr);
    for (int64_t task : {0, 1}) builder.AddTask({.id = 10 + task});
    for (const char* label : {"car", "bus"}) builder.AddLabel({.name = label});
    for (uint32_t i = 0; i < kFrames; ++i) {
      ASSIGN_OR_RETURN(const uint32_t frame, builder.AddFrame({.name = absl::StrCat(i, ".jpg"),
                                                               .number = i,
                                                               .task = 2 * i / kFrames}));
      for (uint32_t track = i; track < kTracks; track += kFrames) {
        Shape shape{.label = track % 2, .track = int32_t(track), .points = {1, 1, 5, 5}};
        RETURN_IF_ERROR(builder.AddShape(frame, std::move(shape)));
      }
    }
    return builder.Finish(version, {.name = "many"});
  }

  TempDir directory_;
  CacheDir cache_ =
      OpenCacheDir({.path = directory_ / "c", .block_bytes = uint64_t{16} << 20}).value();
  std::shared_ptr<const IndexedDataset> data_;
};

class ManyTracksTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { many_ = std::make_unique<ManyTracks>(); }
  static void TearDownTestSuite() { many_.reset(); }
  void SetUp() override {
    view_ =
        MakeView(many_->lmdb(), NewWriters(), many_->data(), "by-track", absl::UnixEpoch()).value();
  }
  std::vector<TreeEntry> ListLabel(uint32_t label, uint64_t from, size_t most) {
    std::vector<TreeEntry> entries;
    absl::Status status = ListChildren(
        *view_, {1, label}, from,
        [&](const DirEntry& entry) {
          entries.push_back({std::string(entry.name), entry.attr, entry.next});
          return entries.size() < most;
        },
        Soon(Lane::kFast));
    EXPECT_TRUE(status.ok()) << status;
    return entries;
  }

  static std::unique_ptr<ManyTracks> many_;
  std::shared_ptr<const View> view_;
};
std::unique_ptr<ManyTracks> ManyTracksTest::many_;

// On the fast lane: nothing has to be made ready.
TEST_F(ManyTracksTest, AListingBeginsAtOnceAndGoesOnAnywhereInBoundedMemory) {
  const MemoryGrowth growth;
  ASSERT_EQ(ListLabel(0, 0, 100).size(), 100u);
  std::set<std::string> names;
  std::string last;
  uint64_t nodes = 0, from = 0, count = 0;
  while (true) {
    const std::vector<TreeEntry> some = ListLabel(1, from, 1000);
    if (some.empty()) break;
    from = some.back().next;
    count += some.size();
    for (const TreeEntry& entry : some) {
      EXPECT_GT(entry.attr.id.value, nodes);
      nodes = entry.attr.id.value;
    }
    last = some.back().name;
  }
  EXPECT_EQ(count, kTracks / 2);
  EXPECT_EQ(last, "11-199999");
  EXPECT_LT(growth.mib(), 16u);
}

TEST_F(ManyTracksTest, LeavesAreForgottenAndFoundAgain) {
  FacetLeaves leaves;
  const MemoryGrowth growth;
  const std::vector<TreeEntry> tracks = ListLabel(0, 0, 20000);
  for (int round : {0, 1}) {
    for (const TreeEntry& track : tracks) {
      const Target target{.kind = Target::Kind::kFacet,
                          .view = view_,
                          .number = track.attr.id.slot() - view_->facet_slot};
      absl::StatusOr<ViewNode> node = leaves.Find(target, track.attr.id);
      ASSERT_TRUE(node.ok()) << round << " " << track.name << ": " << node.status();
      const Layout& leaf = node->target.view->layout;
      ASSERT_EQ(leaf.families()[1].frames.size(), 1u);
      const std::string rank = many_->data()->GetFrame(leaf.families()[1].frames[0])->name;
      EXPECT_EQ(absl::StrCat(std::stoi(track.name.substr(3)) % kFrames, ".jpg"), rank);
    }
  }
  EXPECT_LE(leaves.count(), 1024u);
  EXPECT_LT(growth.mib(), 24u);
}

TEST_F(ManyTracksTest, ADescriptionTakesOneRangeOfSlots) {
  const uint32_t next = SlotsFor(many_->lmdb(), {"another"}).value()[0];
  const uint64_t files = uint64_t{kTracks} * kMostLeafFamilies * kFrames;
  EXPECT_EQ(view_->facet_nodes.slot_count(), 2 + (files >> 30) + 1);
  EXPECT_LE(next, view_->facet_slot + view_->facet_nodes.slot_count() + 8);
}

}  // namespace
}  // namespace annofs::testing
