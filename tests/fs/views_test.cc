// A view of one dataset: its slots and its time belong to its recipe. And where images are found.
#include "fs/views.h"

#include <set>

#include "cache/base/status.h"
#include "gmock/gmock.h"
#include "tests/formats/sample_data.h"
#include "tests/fs/fs_testing.h"
#include "tests/fs/written_index.h"

namespace annofs::testing {
namespace {

using ::testing::ElementsAre;

// A view of one file.
class OneFile : public Writer {
 public:
  explicit OneFile(int revision) : revision_(revision) {}
  WriterInfo Info() const override { return {.name = "one", .revision = revision_}; }
  absl::Status Describe(const Dataset&, Layout& tree) const override {
    tree.File("sub/file.txt", [](const Dataset&) { return std::string("text"); });
    return absl::OkStatus();
  }
  std::vector<absl::string_view> WhyDropped(const Dataset&, const Frame&,
                                            const FrameShapes&) const override {
    return {};
  }

 private:
  const int revision_;
};

class ViewsTest : public ::testing::Test {
 protected:
  std::shared_ptr<const View> Make(absl::string_view name, int revision,
                                   absl::string_view version = "vvvvvvvvvvvvvvvv") {
    IndexVersion annotations(version);
    EXPECT_TRUE(WriteAnnotationIndex(*cache_.catalog, annotations, *data_).ok());
    auto none = [](const Frame&) -> absl::StatusOr<std::optional<MatchedMedia>> {
      return std::optional<MatchedMedia>();
    };
    std::vector<std::unique_ptr<Writer>> writers;
    writers.push_back(std::make_unique<OneFile>(revision));
    return MakeView(*cache_.catalog, writers,
                    OpenDataset(*cache_.catalog, annotations, none).value(), name,
                    absl::FromUnixNanos(1600000000123456789))
        .value();
  }
  TempDir directory_;
  CacheDir cache_ =
      OpenCacheDir({.path = directory_ / "c", .block_bytes = uint64_t{16} << 20}).value();
  std::unique_ptr<Dataset> data_ = FramesNamed({"a.jpg"});
};

TEST_F(ViewsTest, TheSameRecipeHasTheSameSlotsAndTime) {
  for (absl::string_view name : {"one", "reports"}) {
    std::shared_ptr<const View> a = Make(name, 1), b = Make(name, 1);
    EXPECT_EQ(a->place_slots, b->place_slots) << name;
    EXPECT_EQ(a->modified, b->modified) << name;
    EXPECT_EQ(absl::ToUnixSeconds(a->modified), 1600000000) << name;
  }
}

// The reports too: they say what each view drops.
TEST_F(ViewsTest, AnotherRevisionOfAViewIsAnotherRecipeOfItAndOfTheReports) {
  for (absl::string_view name : {"one", "reports"}) {
    std::shared_ptr<const View> a = Make(name, 1), b = Make(name, 2);
    EXPECT_NE(a->place_slots, b->place_slots) << name;
    EXPECT_NE(a->modified, b->modified) << name;
  }
}

TEST_F(ViewsTest, AnotherDatasetIsAnotherRecipe) {
  std::shared_ptr<const View> a = Make("one", 1), b = Make("one", 1, "wwwwwwwwwwwwwwww");
  EXPECT_NE(a->place_slots, b->place_slots);
  EXPECT_NE(a->modified, b->modified);
}

TEST_F(ViewsTest, SlotsOfAViewAreDistinct) {
  std::shared_ptr<const View> view = Make("reports", 1);
  std::set<uint32_t> slots(view->place_slots.begin(), view->place_slots.end());
  slots.insert(view->family_slots.begin(), view->family_slots.end());
  EXPECT_EQ(slots.size(), view->place_slots.size() + view->family_slots.size());
}

TEST(Media, AreLookedForBesideTheAnnotationsThenInTheRootEachAlsoBelowImages) {
  MemoryStore store;
  store.Put("cvat/x.xml", ImagesXml("x", {"a.jpg", "b.jpg", "c.jpg", "d.jpg", "dir"}));
  store.Put("cvat/a.jpg", "beside");
  store.Put("cvat/images/a.jpg", "no");
  store.Put("a.jpg", "no");
  store.Put("cvat/images/b.jpg", "images beside");
  store.Put("b.jpg", "no");
  store.Put("c.jpg", "root");
  store.Put("images/c.jpg", "no");
  store.Put("images/d.jpg", "images of the root");
  store.Put("dir/other.txt", "a directory is no image");
  Mounted mount(store);
  ASSERT_TRUE(mount.Open().ok());
  EXPECT_EQ(mount.Text("views/x/by-frame/a.jpg"), "beside");
  EXPECT_EQ(mount.Text("views/x/by-frame/b.jpg"), "images beside");
  EXPECT_EQ(mount.Text("views/x/by-frame/c.jpg"), "root");
  EXPECT_EQ(mount.Text("views/x/by-frame/d.jpg"), "images of the root");
  EXPECT_TRUE(absl::IsNotFound(mount.At("views/x/by-frame/dir").status()));
}

}  // namespace
}  // namespace annofs::testing
