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
#include "tests/formats/reading.h"
#include "tests/formats/sample_data.h"

namespace annofs {
namespace {

using ::annofs::testing::ChildrenOf;
using ::annofs::testing::EveryShape;
using ::annofs::testing::FilesOf;
using ::annofs::testing::Finished;
using ::annofs::testing::ForEachLeaf;
using ::annofs::testing::LeafOf;
using ::annofs::testing::Listed;
using ::annofs::testing::TextOf;

std::unique_ptr<Dataset> NoFrames() {
  DatasetBuilder builder;
  return Finished(builder);
}

std::unique_ptr<Dataset> HostileNames() {
  DatasetBuilder builder;
  builder.AddTask({.name = "../../task"});
  std::vector<std::string> labels = {"../../x",
                                     "_none",
                                     "_NONE",
                                     "car",
                                     "Car",
                                     "car",
                                     "\xf0\x9f\x98\x80",
                                     "",
                                     ".",
                                     "..",
                                     "a\tb",
                                     "data.yaml",
                                     std::string(300, 'l'),
                                     std::string("nul\0", 4),
                                     "$(rm -r x)",
                                     "bad\xff"
                                     "utf8"};
  for (const std::string& label : labels) builder.AddLabel({.name = label});
  std::vector<std::string> names = {
      "../../etc/passwd",
      "/absolute.jpg",
      "a//b.jpg",
      "a/b.jpg",
      "a/B.jpg",
      "a/b.png",
      "a/b.json",
      "a.json/x.jpg",
      "a.jpg",
      "a.tsv/y.jpg",
      "a.jpg",
      "a.jpg",
      "",
      ".",
      "..",
      "a",
      "a/b",
      "\xf0\x9f\x98\x80/\xf0\x9f\x98\x80.jpg",
      "sp ace/d.o.t.s.jpg",
      "sp_ace/d_o_t_s.jpg",
      std::string(255, 'n'),
      std::string(251, 'n') + ".jpg",
      std::string(251, 'n') + ".png",
      std::string(400, 'm') + "/" + std::string(400, 'm') + ".jpg",
      "x." + std::string(250, 'e'),
      "dir/" + std::string(240, 'd') + "/" + std::string(20, 'f') + "." + std::string(200, 'e'),
      "c\x01trl.jpg",
      "bad\xff.jpg",
      std::string("nul\0.jpg", 8),
      "semi;colon&.jpg",
      "\xd1\x84\xd0\xb0\xd0\xb9\xd0\xbb.jpg",
      "b.jpg.json",
      "b.jpg",
      "b.png",
      "b.jpg.tsv"};
  std::string wide;
  for (int i = 0; i < 126; ++i) wide += "ü";
  names.push_back(wide + ".jpg");
  names.push_back(wide + ".png");
  for (size_t i = 0; i < names.size(); ++i) {
    uint32_t frame = builder.AddFrame({.name = names[i], .width = 10, .height = 10}).value();
    Shape shape{.label = uint32_t(i % labels.size()),
                .source = labels[(i + 3) % labels.size()],
                .points = {1, 1, 5, 5},
                .attributes = {{labels[i % 7], labels[(i * i) % labels.size()]}}};
    EXPECT_TRUE(builder.AddShape(frame, shape).ok());
    // Many values of one attribute, one that is called as another one is made to be.
    Shape other{.track = int32_t(i), .points = {1, 1, 5, 5}};
    other.attributes = {{"", labels[i % labels.size()]}, {"", SafeName(labels[i % 5])}};
    EXPECT_TRUE(builder.AddShape(frame, other).ok());
  }
  return Finished(builder);
}

// 350 frames in nested directories; every third has no image, every fifth no annotations, some no
// extension. More of them would show nothing else.
std::unique_ptr<Dataset> ManyFrames() {
  DatasetBuilder builder;
  for (int i = 0; i < 7; ++i)
    builder.AddTask({.name = absl::StrCat("task", i), .is_video = i % 2 == 0});
  for (int i = 0; i < 12; ++i) builder.AddLabel({.name = absl::StrCat("label", i)});
  for (int i = 0; i < 350; ++i) {
    std::string name =
        absl::StrCat("d", i % 13, "/e", i % 3, i % 2 == 0 ? "/f" : "", "/frame_", i, ".jpg");
    if (i % 50 == 0) name = absl::StrCat("frame_", i, ".jpg");
    if (i % 40 == 1) name = absl::StrCat("d", i % 13, "/frame_", i);
    uint32_t frame = builder
                         .AddFrame({.name = name,
                                    .number = uint32_t(i),
                                    .task = uint32_t(i % 7),
                                    .width = 100,
                                    .height = 50})
                         .value();
    if (i % 5 == 0) continue;
    for (uint32_t k = 0; k < 3; ++k) {
      double x = i % 70 + k;
      Shape shape{.label = uint32_t(i + int(k)) % 12, .points = {x, 5, x + 10, 20}};
      EXPECT_TRUE(builder.AddShape(frame, shape).ok());
    }
  }
  return Finished(builder, [](const Frame& frame) -> absl::StatusOr<std::optional<Media>> {
    if (frame.number % 3 == 0) return std::nullopt;
    return Media{.key = Extension(frame.name).empty() ? frame.name + ".jpg" : frame.name,
                 .size = frame.number,
                 .digest = "sha1:00"};
  });
}

std::unique_ptr<Dataset> OddSubsets() {
  DatasetBuilder builder;
  builder.AddLabel({.name = "car"});
  int task = 0;
  for (const char* subset : {"", "Train", "images", "labels", "a b", "a.b", "A_B", "..", "names"}) {
    builder.AddTask({.name = subset, .subset = subset});
    for (int i = 0; i < 3; ++i) {
      builder
          .AddFrame({.name = absl::StrCat(task, "_", i, ".jpg"),
                     .task = uint32_t(task),
                     .subset = subset})
          .value();
    }
    ++task;
  }
  return Finished(builder);
}

// Names that repeat in and among subsets, numbers that others have, sidecars that they would share.
std::unique_ptr<Dataset> EqualNames() {
  DatasetBuilder builder;
  builder.AddLabel({.name = "car"});
  uint32_t task = 0;
  for (const char* subset : {"Train", "Test", "Train", "", "default", "train"}) {
    builder.AddTask({.name = subset, .subset = subset, .is_video = task == 2});
    for (const char* name : {"a.jpg", "d/a.jpg", "d/a_1.png", "b.jpg", "b.png", "c", "c.PNG",
                             "frame_000000", "d", "../x.jpg", "x.xyz"}) {
      const uint32_t frame =
          builder
              .AddFrame({.name = name, .task = task, .width = 10, .height = 10, .subset = subset})
              .value();
      EXPECT_TRUE(builder.AddShape(frame, {.points = {1, 1, 5, 5}}).ok());
    }
    ++task;
  }
  builder.AddFrame({.name = "d/a_1.jpg", .subset = "Train"}).value();
  builder.AddFrame({.name = "frame_000000_1.webp", .subset = "Test"}).value();
  return Finished(builder);
}

std::unique_ptr<Dataset> PointClouds() {
  DatasetBuilder builder;
  builder.AddTask({.name = "lidar", .is_3d = true});
  builder.AddLabel({.name = "car"});
  for (int i = 0; i < 3; ++i) {
    uint32_t frame = builder.AddFrame({.name = absl::StrCat(i, ".pcd")}).value();
    Shape shape{.type = ShapeType::kCuboid,
                .points = {1, 2, 3, 0, 0, 0.5, 4, 2, 1, 0, 0, 0, 0, 0, 0, 0}};
    EXPECT_TRUE(builder.AddShape(frame, shape).ok());
  }
  return Finished(builder);
}

template <const char* kFile>
std::unique_ptr<Dataset> Backup() {
  testing::MemorySource source = testing::FixtureSource(kFile);
  testing::ReadResult result = testing::ReadWith("cvat_backup", source);
  EXPECT_TRUE(result.status.ok()) << result.status;
  EXPECT_GT(result.dataset->frame_count(), 0u);
  return std::move(result.dataset);
}
constexpr char kImages[] = "backups_derived/task_images_lightweight.zip";
constexpr char kVideo[] = "backups_derived/task_video_2jobs_overlap2.zip";

struct Case {
  const char* name;
  std::unique_ptr<Dataset> (*make)();
};
void PrintTo(const Case& one, std::ostream* out) { *out << one.name; }

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

class WriterConformanceTest : public ::testing::TestWithParam<Case> {
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

  // Calls `fn(facet, directory, its children)` for each directory over the leaves of a facet.
  template <typename Fn>
  void ForEachLevelDirectory(Fn fn) const {
    for (const std::unique_ptr<Writer>& writer : writers_) {
      SCOPED_TRACE(std::string(writer->Info().name));
      Layout layout;
      EXPECT_TRUE(writer->Describe(*data_, layout).ok());
      if (layout.facet() == nullptr) continue;
      const Facet& facet = *layout.facet();
      std::vector<FacetDirectory> open = {{}};
      while (!open.empty()) {
        const FacetDirectory at = open.back();
        open.pop_back();
        SCOPED_TRACE(absl::StrCat("level ", at.level, " number ", at.number));
        const std::vector<FacetChild> children = ChildrenOf(facet, *data_, at);
        fn(facet, at, children);
        if (at.level + 1 == facet.levels()) continue;
        for (const FacetChild& child : children) open.push_back({at.level + 1, child.number});
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

TEST_P(WriterConformanceTest, NamesOfTermsAreSafeAndUniqueWithoutRegardToCase) {
  ForEachLevelDirectory(
      [](const Facet& facet, FacetDirectory at, const std::vector<FacetChild>& children) {
        EXPECT_TRUE(at.level == 0 || !children.empty());
        std::set<std::string> seen;
        for (const FacetChild& child : children) {
          EXPECT_TRUE(IsEntryName(child.name)) << child.name;
          EXPECT_TRUE(IsValidUtf8(child.name)) << child.name;
          EXPECT_TRUE(seen.insert(absl::AsciiStrToLower(child.name)).second) << child.name;
          EXPECT_LT(child.number, facet.count(at.level + 1)) << child.name;
          EXPECT_LT(child.number, kMostFacetNumbers);
        }
      });
}

TEST_P(WriterConformanceTest, DirectoriesOfTermsAreFoundByTheirNamesAndByNoOther) {
  ForEachLevelDirectory([this](const Facet& facet, FacetDirectory at,
                               const std::vector<FacetChild>& children) {
    std::set<std::string> listed, wanted = {"", ".", "..", "a/b", "absent", "default", "_none"};
    for (const FacetChild& child : children) {
      const absl::StatusOr<FacetChild> found = facet.Find(*data_, at, child.name);
      ASSERT_TRUE(found.ok()) << child.name << ": " << found.status();
      EXPECT_EQ(found->name, child.name);
      EXPECT_EQ(found->number, child.number) << child.name;
      listed.insert(child.name);
      for (absl::string_view more : {"x", "-0", " ", "/"}) {
        wanted.insert(absl::StrCat(child.name, more));
        wanted.insert(absl::StrCat(more, child.name));
      }
    }
    for (const std::string& name : wanted) {
      if (listed.contains(name)) continue;
      EXPECT_EQ(facet.Find(*data_, at, name).status().code(), absl::StatusCode::kNotFound) << name;
    }
  });
}

TEST_P(WriterConformanceTest, AListingOfTermsGoesOnFromEachNumber) {
  ForEachLevelDirectory(
      [this](const Facet& facet, FacetDirectory at, const std::vector<FacetChild>& children) {
        const uint32_t end = std::min(facet.count(at.level + 1), 300u);
        for (uint32_t from = 0; from <= end; ++from) {
          std::optional<uint32_t> first, expected;
          ASSERT_TRUE(facet
                          .ForEach(*data_, at, from,
                                   [&](const FacetChild& child) {
                                     first = child.number;
                                     return false;
                                   })
                          .ok());
          for (size_t i = children.size(); i-- > 0;) {
            if (children[i].number >= from) expected = children[i].number;
          }
          ASSERT_EQ(first, expected) << from;
        }
      });
}

// What their nodes can be told from (formats/facet.h).
TEST_P(WriterConformanceTest, LeavesAreASmallLayoutOfTextsAndMediaByPath) {
  ForEachLevelDirectory(
      [this](const Facet& facet, FacetDirectory at, const std::vector<FacetChild>& children) {
        if (at.level + 1 < facet.levels()) return;
        for (const FacetChild& child : children) {
          const Layout leaf = LeafOf(facet, *data_, child.number);
          EXPECT_EQ(leaf.places().size(), 1u);
          EXPECT_TRUE(leaf.places()[0].is_shown);
          EXPECT_TRUE(leaf.files().empty());
          EXPECT_LE(leaf.families().size(), kMostLeafFamilies);
          for (const Family& family : leaf.families()) {
            EXPECT_NE(family.kind, FamilyKind::kPixels);
            EXPECT_TRUE(family.style == NameStyle::kPath || family.style == NameStyle::kSidecar);
          }
        }
      });
}

// In parts as at once.
TEST_P(WriterConformanceTest, NamesOfTermsThatAreNotTheirTextsAreTold) {
  for (const std::unique_ptr<Writer>& writer : writers_) {
    SCOPED_TRACE(std::string(writer->Info().name));
    Layout layout;
    ASSERT_TRUE(writer->Describe(*data_, layout).ok());
    if (layout.facet() == nullptr) continue;
    std::multiset<std::string> all, in_parts;
    for (uint32_t level = 1; level <= layout.facet()->levels(); ++level) {
      const uint32_t count = layout.facet()->count(level);
      auto into = [](std::multiset<std::string>& told) {
        return [&told](absl::string_view original, absl::string_view name) {
          EXPECT_NE(original, name);
          told.insert(absl::StrCat(original, "\n", name));
        };
      };
      ASSERT_TRUE(layout.facet()->ForEachRenamed(*data_, level, 0, count, into(all)).ok());
      for (uint32_t begin = 0; begin < count; begin += 3) {
        const uint32_t end = std::min(begin + 3, count);
        ASSERT_TRUE(layout.facet()->ForEachRenamed(*data_, level, begin, end, into(in_parts)).ok());
      }
    }
    EXPECT_EQ(all, in_parts);
  }
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

// Rule 7: what is not dropped is held. Of yolo: as many lines as shapes without a reason.
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
      if (why.empty()) continue;
      ASSERT_EQ(why.size(), count);
      if (writer->Info().name != "yolo") continue;
      auto held = std::count(why.begin(), why.end(), absl::string_view());
      for (const Family& family : layout.families()) {
        if (family.is_media() || !family.frames.Contains(rank)) continue;
        std::string text = family.render(*data_, rank).value();
        EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), held);
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Datasets, WriterConformanceTest,
    ::testing::Values(Case{"NoFrames", NoFrames}, Case{"EveryShape", EveryShape},
                      Case{"HostileNames", HostileNames}, Case{"ManyFrames", ManyFrames},
                      Case{"OddSubsets", OddSubsets}, Case{"EqualNames", EqualNames},
                      Case{"PointClouds", PointClouds}, Case{"ImageBackup", Backup<kImages>},
                      Case{"VideoBackup", Backup<kVideo>}),
    [](const auto& one) { return std::string(one.param.name); });

}  // namespace
}  // namespace annofs
