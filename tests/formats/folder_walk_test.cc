// Directories of single frames in a view: Layout::Folders.
#include "formats/folder_walk.h"

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tests/formats/sample_data.h"

namespace annofs::testing {
namespace {

using ::testing::ElementsAre;

NameFrame Always(absl::string_view name) {
  return [name = std::string(name)](const Dataset&, Rank) { return name; };
}
RenderFrame Text(absl::string_view text) {
  return [text = std::string(text)](const Dataset&, Rank rank) { return absl::StrCat(text, rank); };
}
absl::StatusOr<std::string> Stem(const Dataset& data, Rank rank) {
  absl::StatusOr<FrameNames> names = data.Names(rank);
  if (!names.ok()) return names.status();
  return names->stem;
}

// A directory for each of three frames; the first two have a.txt, the last two b.txt.
struct Folders {
  Folders() {
    layout.File("x/list.txt", [](const Dataset&) { return "list"; });
    folder = layout.Folders("x", data->All(), Stem);
    layout.InFolders(folder, RankSet::Range(0, 2), Always("a.txt"), Text("a"));
    layout.InFolders(folder, RankSet::Range(1, 3), Always("b.txt"), Text("b"));
  }
  std::unique_ptr<Dataset> data = FramesNamed({"p.jpg", "q.jpg", "r.jpg"});
  Layout layout;
  uint32_t folder = 0;
};

TEST(Folders, EachFrameHasADirectoryWithItsOwnFiles) {
  Folders view;
  EXPECT_EQ(FilesOf(view.layout, *view.data),
            (std::map<std::string, std::string>{{"x/list.txt", "list"},
                                                {"x/p/a.txt", "a0"},
                                                {"x/q/a.txt", "a1"},
                                                {"x/q/b.txt", "b1"},
                                                {"x/r/b.txt", "b2"}}));
}

TEST(Folders, EntriesAreFoundByTheirNames) {
  Folders view;
  const ViewEntry x = FindEntry(view.layout, *view.data, {}, "x").value();
  const ViewEntry q = FindEntry(view.layout, *view.data, x.directory, "q").value();
  EXPECT_EQ(q.kind, ViewEntry::Kind::kDirectory);
  EXPECT_EQ(q.directory, (ViewDirectory{view.folder, 1}));
  const ViewEntry b = FindEntry(view.layout, *view.data, q.directory, "b.txt").value();
  EXPECT_EQ(b.kind, ViewEntry::Kind::kFrame);
  EXPECT_EQ(b.rank, 1u);
  EXPECT_FALSE(FindEntry(view.layout, *view.data, q.directory, "c.txt").ok());
  EXPECT_FALSE(FindEntry(view.layout, *view.data, x.directory, "s").ok());
}

TEST(Folders, AListingGoesOnBehindAnyEntry) {
  Folders view;
  const ViewDirectory q{view.folder, 1};
  uint64_t behind = 0;
  ASSERT_TRUE(ListEntries(view.layout, *view.data, q, 0, [&](const ViewEntry&, uint64_t next) {
                behind = next;
                return false;
              }).ok());
  std::vector<std::string> names;
  ASSERT_TRUE(
      ListEntries(view.layout, *view.data, q, behind, [&](const ViewEntry& entry, uint64_t) {
        names.push_back(entry.name);
        return true;
      }).ok());
  EXPECT_THAT(names, ElementsAre("b.txt"));
}

TEST(Folders, OtherNumbersAreNoDirectories) {
  Folders view;
  for (uint32_t rank : {3u, 1u << 30}) {
    EXPECT_TRUE(absl::IsNotFound(
        FindEntry(view.layout, *view.data, {view.folder, rank}, "a.txt").status()));
  }
  EXPECT_FALSE(FindEntry(view.layout, *view.data, {}, "x//0").ok());
  EXPECT_EQ(DirectoryPath(view.layout, *view.data, {view.folder, 2}).value(), "x/r");
}

TEST(Folders, OfEqualNamesTheLaterHasAnother) {
  const auto data = FramesNamed({"p.jpg", "q.jpg"});
  Layout layout;
  const uint32_t folder = layout.Folders("x", data->All(), Always("same"));
  layout.InFolders(folder, data->All(), Always("a.txt"), Text("a"));
  const auto files = FilesOf(layout, *data);
  ASSERT_EQ(files.size(), 2u);
  EXPECT_EQ(files.at("x/same/a.txt"), "a0");
  EXPECT_EQ(files.at("x/same-00000001/a.txt"), "a1");
}

TEST(Folders, WithoutFramesThereIsNoDirectory) {
  const auto data = FramesNamed({"p.jpg"});
  Layout layout;
  layout.Folders("x", RankSet(), Always("same"));
  EXPECT_THAT(NamesIn(layout, *data), ElementsAre());
}

}  // namespace
}  // namespace annofs::testing
