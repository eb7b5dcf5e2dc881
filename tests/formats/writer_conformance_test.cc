// What every view promises, whatever the dataset: each writer of the table and the reports.
#include <gtest/gtest.h>

#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cache/base/names.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "tests/formats/dataset_cases.h"

namespace annofs {
namespace {

using ::annofs::testing::FilesOf;
using ::annofs::testing::ForEachLeaf;
using ::annofs::testing::LeafOf;
using ::annofs::testing::Listed;
using ::annofs::testing::TextOf;

// A view of every kind of file, whatever the writers of the table use: names that the content makes
// and that repeat, pixels, sections and runs.
class EveryKind : public Writer {
 public:
  WriterInfo Info() const override { return {.name = "cvat/Every kind 1.0"}; }
  absl::Status Describe(const Dataset& data, Layout& tree) const override {
    auto render = [](const Dataset& data, Rank rank) -> absl::StatusOr<std::string> {
      ASSIGN_OR_RETURN(Frame frame, data.GetFrame(rank));
      return frame.name;
    };
    auto name = [](absl::string_view extension) {
      return [extension](const Dataset& data, Rank rank) -> absl::StatusOr<std::string> {
        ASSIGN_OR_RETURN(FrameNames names, data.Names(rank));
        return absl::StrCat(names.stem.substr(0, 3), extension);
      };
    };
    tree.Named("named", data.All(), FamilyKind::kText, name(".txt"), render);
    tree.Named("named", data.All(), FamilyKind::kPixels, name(".png"), render);
    tree.File("named/fra.txt", [](const Dataset&) { return std::string("taken"); });
    tree.Pixels("pixels/{sidecar}.png", data.All(), render);
    Section frames{.before = "[", .frames = data.All()};
    frames.segment = [](const Dataset& data, const SegmentAt& at, Running& running,
                        std::string& out) -> absl::Status {
      ASSIGN_OR_RETURN(FrameShapes all, data.Shapes(at.rank));
      absl::StrAppend(&out, running.n[0] == 0 ? "" : ",", at.position, ":", running.n[0]);
      running.n[0] += 1 + all.shapes.size();
      return absl::OkStatus();
    };
    Section runs{.before = "]["};
    runs.runs = [](const Dataset& data, uint32_t run) -> absl::StatusOr<std::optional<RankSet>> {
      if (run >= data.info().labels.size()) return std::nullopt;
      ASSIGN_OR_RETURN(RankSet ranks, data.WithLabel(run));
      return std::optional(ranks);
    };
    runs.segment = [](const Dataset&, const SegmentAt& at, Running& running, std::string& out) {
      absl::StrAppend(&out, at.begins_run ? "<" : " ", at.run, "/", at.rank, "#", running.n[3]++,
                      at.ends_run ? ">" : "");
      return absl::OkStatus();
    };
    tree.Segmented("sections.json", {.sections = {frames, runs}, .tail = "]"});
    return absl::OkStatus();
  }
  std::vector<absl::string_view> WhyDropped(const Dataset&, const Frame&,
                                            const FrameShapes&) const override {
    return {};
  }
};

std::vector<std::unique_ptr<Writer>> Writers() {
  std::vector<std::unique_ptr<Writer>> writers = NewWriters();
  writers.push_back(std::make_unique<EveryKind>());
  return writers;
}

// One view of the case's dataset.
struct View {
  std::string name;
  std::unique_ptr<Layout> layout_there = std::make_unique<Layout>();
  Layout& layout = *layout_there;
  std::unique_ptr<OwnNames> names;
};

// The view, or where it has a facet each of its leaves.
void AddViews(View view, const Dataset& data, std::vector<View>& views) {
  if (view.layout.facet() == nullptr) {
    views.push_back(std::move(view));
    return;
  }
  ForEachLeaf(*view.layout.facet(), data, {}, view.name,
              [&](const std::string& path, uint32_t number) {
                views.push_back({path});
                views.back().layout = LeafOf(*view.layout.facet(), data, number);
              });
}

class WriterConformanceTest : public ::testing::TestWithParam<testing::DatasetCase> {
 protected:
  std::vector<View> Views() const {
    std::vector<View> views;
    for (const std::unique_ptr<Writer>& writer : writers_) {
      View view{std::string(writer->Info().name)};
      EXPECT_TRUE(writer->Describe(*data_, view.layout).ok());
      AddViews(std::move(view), *data_, views);
    }
    views.push_back({"reports"});
    EXPECT_TRUE(DescribeReports(*data_, writers_, views.back().layout).ok());
    for (View& view : views) view.names = NewMemoryOwnNames(view.layout, *data_);
    return views;
  }

  // Calls `fn(view, directory, its entries)` for each directory of each view.
  template <typename Fn>
  void ForEachDirectory(Fn fn) const {
    for (const View& view : Views()) {
      SCOPED_TRACE(view.name);
      std::vector<ViewDirectory> open = {{}};
      while (!open.empty()) {
        ViewDirectory directory = open.back();
        open.pop_back();
        SCOPED_TRACE(DirectoryPath(view.layout, *data_, directory).value());
        std::vector<ViewEntry> entries = Listed(view.layout, *data_, *view.names, directory);
        fn(view, directory, entries);
        for (const ViewEntry& entry : entries) {
          if (entry.kind == ViewEntry::Kind::kDirectory) open.push_back(entry.directory);
        }
      }
    }
  }

  std::vector<std::unique_ptr<Writer>> writers_ = Writers();
  std::unique_ptr<Dataset> data_ = GetParam().make();
};

void ExpectSame(const ViewEntry& a, const ViewEntry& b) {
  EXPECT_EQ(a.name, b.name);
  EXPECT_EQ(a.kind, b.kind) << a.name;
  EXPECT_EQ(a.directory, b.directory) << a.name;
  EXPECT_EQ(a.unit, b.unit) << a.name;
  EXPECT_EQ(a.rank, b.rank) << a.name;
}

TEST_P(WriterConformanceTest, NamesAreSafeAndUniqueInTheirDirectory) {
  ForEachDirectory([](const View&, ViewDirectory, const std::vector<ViewEntry>& entries) {
    std::set<std::string> seen;
    for (const ViewEntry& entry : entries) {
      EXPECT_TRUE(IsEntryName(entry.name)) << entry.name;
      EXPECT_TRUE(IsValidUtf8(entry.name)) << entry.name;
      EXPECT_TRUE(seen.insert(entry.name).second) << entry.name;
    }
  });
}

TEST_P(WriterConformanceTest, EveryListedEntryIsFoundAndIsTheSame) {
  ForEachDirectory([this](const View& view, ViewDirectory at,
                          const std::vector<ViewEntry>& entries) {
    for (const ViewEntry& entry : entries) {
      absl::StatusOr<ViewEntry> found = FindEntry(view.layout, *data_, *view.names, at, entry.name);
      ASSERT_TRUE(found.ok()) << entry.name << ": " << found.status();
      ExpectSame(*found, entry);
    }
  });
}

TEST_P(WriterConformanceTest, NamesThatAreNotListedAreNotFound) {
  ForEachDirectory(
      [this](const View& view, ViewDirectory at, const std::vector<ViewEntry>& entries) {
        std::set<std::string> listed;
        for (const ViewEntry& entry : entries) listed.insert(entry.name);
        std::set<std::string> wanted = {"", ".", "..", "/", "absent", "a", "a/b.jpg", "x.txt"};
        for (const ViewEntry& entry : entries) {
          wanted.insert(entry.name + "x");
          wanted.insert(entry.name + "/");
          wanted.insert(std::string(entry.name.substr(0, entry.name.size() - 1)));
          wanted.insert(absl::StrCat(entry.name, ".txt"));
        }
        for (const std::string& name : wanted) {
          if (listed.contains(name)) continue;
          EXPECT_EQ(FindEntry(view.layout, *data_, *view.names, at, name).status().code(),
                    absl::StatusCode::kNotFound)
              << name;
        }
      });
}

TEST_P(WriterConformanceTest, AListingGoesOnFromEachPosition) {
  ForEachDirectory(
      [this](const View& view, ViewDirectory at, const std::vector<ViewEntry>& entries) {
        uint64_t position = 0;
        for (const ViewEntry& entry : entries) {
          std::vector<ViewEntry> one;
          ASSERT_TRUE(ListEntries(view.layout, *data_, *view.names, at, position,
                                  [&](const ViewEntry& e, uint64_t next) {
                                    one.push_back(e);
                                    EXPECT_NE(next, 0);
                                    EXPECT_LT(next, uint64_t{1} << 62);
                                    position = next;
                                    return false;
                                  })
                          .ok());
          ASSERT_EQ(one.size(), 1) << entry.name;
          ExpectSame(one[0], entry);
        }
        EXPECT_TRUE(ListEntries(view.layout, *data_, *view.names, at, position,
                                [](const ViewEntry& e, uint64_t) {
                                  ADD_FAILURE() << "behind the end: " << e.name;
                                  return true;
                                })
                        .ok());
      });
}

TEST_P(WriterConformanceTest, OrderIsDirectoriesFilesThenRanksThenFamilies) {
  ForEachDirectory([](const View&, ViewDirectory, const std::vector<ViewEntry>& entries) {
    auto key = [](const ViewEntry& entry) {
      bool is_frame = entry.kind == ViewEntry::Kind::kFrame;
      return std::make_tuple(int(entry.kind), is_frame ? entry.rank : 0, is_frame ? entry.unit : 0);
    };
    for (size_t i = 1; i < entries.size(); ++i) {
      EXPECT_LE(key(entries[i - 1]), key(entries[i])) << entries[i].name;
    }
  });
}

TEST_P(WriterConformanceTest, NoShownDirectoryIsEmpty) {
  ForEachDirectory([](const View&, ViewDirectory at, const std::vector<ViewEntry>& entries) {
    bool is_root = at == ViewDirectory();
    EXPECT_TRUE(is_root || !entries.empty());
  });
}

TEST_P(WriterConformanceTest, DescribedTwiceIsTheSameTreeAndBytes) {
  std::vector<View> first = Views(), second = Views();
  std::unique_ptr<Dataset> again = GetParam().make();
  ASSERT_EQ(first.size(), second.size());
  for (size_t i = 0; i < first.size(); ++i) {
    EXPECT_EQ(first[i].name, second[i].name);
    EXPECT_EQ(FilesOf(first[i].layout, *data_), FilesOf(second[i].layout, *again)) << first[i].name;
  }
}

// What a read in the middle of a file is rendered from.
TEST_P(WriterConformanceTest, FromEveryPieceOfASegmentedFileTheRestIsTheSame) {
  for (const View& view : Views()) {
    for (const SingleFile& file : view.layout.files()) {
      if (!file.is_segmented()) continue;
      SCOPED_TRACE(absl::StrCat(view.name, ": ", file.name));
      std::vector<SegmentCursor> cursors;
      std::vector<size_t> offsets;
      std::string text;
      SegmentReader reader(file.segments, *data_);
      for (bool is_more = true; is_more;) {
        cursors.push_back(reader.cursor());
        offsets.push_back(text.size());
        absl::StatusOr<bool> next = reader.Next(text);
        ASSERT_TRUE(next.ok()) << next.status();
        is_more = *next;
      }
      const size_t step = 1 + cursors.size() / 7;
      for (size_t i = 0; i < cursors.size(); i += step) {
        std::string rest;
        SegmentReader again(file.segments, *data_, cursors[i]);
        while (again.Next(rest).value()) continue;
        ASSERT_EQ(rest, text.substr(offsets[i])) << "from piece " << i;
      }
    }
  }
}

TEST_P(WriterConformanceTest, ByFrameShowsEveryImageOnce) {
  size_t images = data_->WithMedia()->size();
  for (const View& view : Views()) {
    if (view.name != "by-frame") continue;
    size_t shown = 0;
    for (const auto& [path, text] : FilesOf(view.layout, *data_)) {
      shown += absl::StartsWith(text, "-> ");
      for (absl::string_view part : absl::StrSplit(path, '/')) EXPECT_NE(part, "..") << path;
    }
    EXPECT_EQ(shown, images);
  }
}

// Rule 7. That what is not dropped is held: yolo_views_conformance_test.cc, for its trees.
TEST_P(WriterConformanceTest, ShapesAreHeldOrDroppedWithAReason) {
  for (const std::unique_ptr<Writer>& writer : writers_) {
    SCOPED_TRACE(std::string(writer->Info().name));
    Layout layout;
    ASSERT_TRUE(writer->Describe(*data_, layout).ok());
    for (Rank rank = 0; rank < data_->frame_count(); ++rank) {
      FrameShapes all = data_->Shapes(rank).value();
      std::vector<absl::string_view> why =
          writer->WhyDropped(*data_, data_->GetFrame(rank).value(), all);
      size_t count = all.tags.size() + all.shapes.size();
      if (!why.empty()) ASSERT_EQ(why.size(), count);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Datasets, WriterConformanceTest, testing::EveryDataset(),
                         testing::CaseName);

}  // namespace
}  // namespace annofs
