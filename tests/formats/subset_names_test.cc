// Frames with equal names in the trees of CVAT's exports (reference/cvat.md §9.2, projects).
#include "formats/subset_names.h"

#include <map>
#include <set>

#include "absl/strings/match.h"
#include "formats/frame_names.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/formats/reading.h"
#include "tests/formats/sample_data.h"

namespace annofs::testing {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
using ::testing::Key;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

struct Named {
  std::string subset, name;
};

// Each frame with a box and an image "<task>/<name>", where a frame's task is its place in the
// list: CVAT's order is that of the list.
std::unique_ptr<Dataset> Project(const std::vector<Named>& frames, bool is_video = false) {
  DatasetBuilder builder;
  const uint32_t label = builder.AddLabel({.name = "car"});
  for (const Named& named : frames) {
    const uint32_t task =
        builder.AddTask({.name = "task", .subset = named.subset, .is_video = is_video});
    const uint32_t frame = builder
                               .AddFrame({.name = named.name,
                                          .task = task,
                                          .width = 100,
                                          .height = 50,
                                          .subset = named.subset})
                               .value();
    EXPECT_TRUE(builder.AddShape(frame, {.label = label, .points = {10, 10, 20, 20}}).ok());
  }
  return Finished(builder, [](const Frame& frame) -> absl::StatusOr<std::optional<Media>> {
    return Media{.key = absl::StrCat(frame.task, "/", frame.name), .size = 7};
  });
}

// Paths in subsets, in CVAT's order.
std::vector<std::string> Paths(const Dataset& data) {
  std::vector<std::string> paths;
  for (uint32_t position = 0; position < data.frame_count(); ++position) {
    const Rank rank = data.InOrder(position).value();
    paths.push_back(NamesInSubset(data, rank, data.Names(rank).value()).value().path);
  }
  return paths;
}

// What FrameNames calls them.
std::vector<std::string> UniquePaths(const Dataset& data) {
  std::vector<std::string> paths;
  for (uint32_t position = 0; position < data.frame_count(); ++position) {
    paths.push_back(data.Names(data.InOrder(position).value()).value().path);
  }
  return paths;
}

TEST(SubsetNamesTest, NamesOfDifferentSubsetsStay) {
  const auto data = Project({{"Train", "d/a.jpg"}, {"Test", "d/a.jpg"}, {"", "d/a.jpg"}});
  EXPECT_THAT(Paths(*data), Each("d/a.jpg"));
  EXPECT_THAT(UniquePaths(*data), Each(Not("d/a.jpg")));
}

TEST(SubsetNamesTest, OfEqualNamesInOneSubsetTheFirstStaysAndTheOthersHaveANumber) {
  const auto data = Project(
      {{"Train", "a.jpg"}, {"Test", "a.jpg"}, {"Train", "a.jpg"}, {"Train", "a.jpg"}, {"", "b"}});
  EXPECT_THAT(Paths(*data), ElementsAre("a.jpg", "a.jpg", "a_1.jpg", "a_2.jpg", "b"));
}

TEST(SubsetNamesTest, NoSubsetAndDefaultAreOne) {
  EXPECT_THAT(Paths(*Project({{"", "a.jpg"}, {"default", "a.jpg"}})),
              ElementsAre("a.jpg", "a_1.jpg"));
}

// A number that is another's name, alone or equal to others.
TEST(SubsetNamesTest, ANameThatIsTakenIsNotGivenTwice) {
  for (const std::vector<Named>& frames : std::vector<std::vector<Named>>{
           {{"", "a.jpg"}, {"", "a.jpg"}, {"", "a_1.jpg"}},
           {{"", "a.jpg"}, {"", "a.jpg"}, {"", "a_1.png"}},
           {{"", "a.jpg"}, {"", "a.jpg"}, {"", "a_1.jpg/b.jpg"}},
           {{"", "a.jpg"}, {"", "a.jpg"}, {"", "a_1.png"}, {"x", "a_1.png"}}}) {
    const auto data = Project(frames);
    const auto paths = Paths(*data), unique = UniquePaths(*data);
    EXPECT_EQ(paths[0], "a.jpg");
    EXPECT_EQ(paths[1], unique[1]);
    EXPECT_EQ(paths[2], frames[2].name);
  }
}

TEST(SubsetNamesTest, NamesThatWouldShareASidecarStayUnique) {
  for (const std::vector<Named>& frames : std::vector<std::vector<Named>>{
           {{"x", "a.jpg"}, {"y", "a.jpg"}, {"x", "a.png"}},
           {{"x", "a.jpg"}, {"y", "a.jpg"}, {"x", "a.png"}, {"y", "a.png"}},
           {{"x", "a.jpg"}, {"x", "a.jpg"}, {"x", "a.png"}, {"x", "a.png"}},
           {{"x", "a"}, {"y", "a"}, {"x", "a.PNG"}, {"y", "a.PNG"}}}) {
    const auto data = Project(frames);
    EXPECT_EQ(Paths(*data), UniquePaths(*data));
  }
}

TEST(SubsetNamesTest, HostileNamesAndRareExtensionsStayUnique) {
  for (const char* name : {"../a.jpg", "a\n.jpg", "a.json", "a.tsv", "/a.jpg", "a.xyz", ""}) {
    const auto data = Project({{"x", name}, {"y", name}});
    EXPECT_EQ(Paths(*data), UniquePaths(*data)) << name;
  }
  const std::string wide(228, 'w');
  const auto data = Project({{"x", wide + ".jpg"}, {"y", wide + ".jpg"}});
  EXPECT_EQ(Paths(*data), UniquePaths(*data));
}

TEST(SubsetNamesTest, ADirectoryIsNoName) {
  const auto data = Project({{"x", "a"}, {"y", "a"}, {"x", "a/b.jpg"}});
  EXPECT_EQ(Paths(*data), UniquePaths(*data));
}

TEST(SubsetNamesTest, AFrameThatIsCalledLikeAHashKeepsItsName) {
  const std::string hashed = PathOfEqual("a.jpg", 0).value();
  const auto alone = Project({{"x", hashed}});
  EXPECT_THAT(Paths(*alone), ElementsAre(hashed));
  const auto beside = Project({{"x", "a.jpg"}, {"y", "a.jpg"}, {"x", hashed}});
  EXPECT_EQ(Paths(*beside).back(), hashed);
  std::set<std::string> in_x = {Paths(*beside)[0], Paths(*beside)[2]};
  EXPECT_EQ(in_x.size(), 2u);
}

TEST(SubsetNamesTest, TooManyEqualNamesStayUnique) {
  std::vector<Named> frames(kMaxEqualNames, {"x", "a.jpg"});
  EXPECT_EQ(Paths(*Project(frames)).back(), absl::StrCat("a_", kMaxEqualNames - 1, ".jpg"));
  frames.push_back({"x", "a.jpg"});
  const auto data = Project(frames);
  EXPECT_EQ(Paths(*data), UniquePaths(*data));
}

// Whatever a view lists it finds.
void ExpectFound(const Layout& layout, const Dataset& data, const OwnNames& names,
                 ViewDirectory directory) {
  std::set<std::string> seen;
  for (const ViewEntry& entry : Listed(layout, data, names, directory)) {
    EXPECT_TRUE(seen.insert(entry.name).second) << entry.name;
    const absl::StatusOr<ViewEntry> found = FindEntry(layout, data, names, directory, entry.name);
    ASSERT_TRUE(found.ok()) << entry.name << ": " << found.status();
    EXPECT_EQ(found->unit, entry.unit) << entry.name;
    EXPECT_EQ(found->rank, entry.rank) << entry.name;
    if (entry.kind == ViewEntry::Kind::kDirectory)
      ExpectFound(layout, data, names, entry.directory);
  }
}

std::map<std::string, std::string> FilesOfWriter(absl::string_view writer, const Dataset& data) {
  const Layout layout = Described(writer, data);
  ExpectFound(layout, data, *NewMemoryOwnNames(layout, data), {});
  return FilesOf(layout, data);
}

std::unique_ptr<Dataset> TrainAndTest() {
  return Project({{"Train", "d/a.jpg"},
                  {"Test", "d/a.jpg"},
                  {"Train", "d/a.jpg"},
                  {"Test", "b.png"},
                  {"Train", "b.png"}});
}

TEST(SubsetNamesTest, TreesAndTextsHaveThem) {
  const auto data = TrainAndTest();
  const auto coco = FilesOfWriter("cvat/COCO 1.0", *data);
  EXPECT_EQ(coco.at("images/Train/d/a.jpg"), "-> 0/d/a.jpg");
  EXPECT_EQ(coco.at("images/Test/d/a.jpg"), "-> 1/d/a.jpg");
  EXPECT_EQ(coco.at("images/Train/d/a_1.jpg"), "-> 2/d/a.jpg");
  EXPECT_EQ(coco.at("images/Train/b.png"), "-> 4/b.png");
  EXPECT_EQ(coco.size(), 7u);
  EXPECT_THAT(coco.at("annotations/instances_Train.json"), HasSubstr("\"d/a_1.jpg\""));
  EXPECT_THAT(coco.at("annotations/instances_Test.json"), HasSubstr("\"d/a.jpg\""));
  const auto yolo = FilesOfWriter("cvat/YOLO 1.1", *data);
  EXPECT_EQ(yolo.at("Train.txt"),
            "data/obj_Train_data/d/a.jpg\ndata/obj_Train_data/d/a_1.jpg\n"
            "data/obj_Train_data/b.png\n");
  EXPECT_THAT(yolo, IsSupersetOf({Key("obj_Train_data/d/a_1.txt"), Key("obj_Train_data/d/a.txt"),
                                  Key("obj_Test_data/d/a.txt"), Key("obj_Test_data/b.txt")}));
  const auto xml = FilesOfWriter("cvat/CVAT for images 1.1", *data);
  EXPECT_EQ(xml.at("images/Train/d/a_1.jpg"), "-> 2/d/a.jpg");
  EXPECT_THAT(xml.at("annotations.xml"), HasSubstr("name=\"d/a_1.jpg\""));
}

// Every tree of CVAT's formats has the name of each image of each subset, or where all subsets are
// in one directory, a name of its own.
TEST(SubsetNamesTest, NoTreeOfCvatsLosesAnImage) {
  const auto data = TrainAndTest();
  for (const std::unique_ptr<Writer>& writer : NewWriters()) {
    if (!absl::StartsWith(writer->Info().name, "cvat/")) continue;
    SCOPED_TRACE(writer->Info().name);
    std::set<std::string> media;
    for (const auto& [path, text] : FilesOfWriter(writer->Info().name, *data)) {
      if (absl::StartsWith(text, "-> ")) media.insert(text);
    }
    // None, or all: point clouds have trees of their own.
    EXPECT_THAT(media.size(), ::testing::AnyOf(0u, 5u));
  }
}

TEST(SubsetNamesTest, FramesOfTwoVideosOfOneSubsetAreNumberedLikeImages) {
  const auto data = Project({{"", "frame_000000"}, {"", "frame_000000"}}, true);
  const auto files = FilesOfWriter("cvat/KITTI 1.0", *data);
  EXPECT_THAT(files, IsSupersetOf({Key("default/label_2/frame_000000.txt"),
                                   Key("default/label_2/frame_000000_1.txt")}));
}

TEST(SubsetNamesTest, AMergedSubsetOfYoloKeepsUniqueNames) {
  const auto data = Project({{"train", "a.jpg"}, {"", "a.jpg"}});
  const auto files = FilesOfWriter("cvat/YOLO 1.1", *data);
  for (const std::string& path : UniquePaths(*data)) {
    EXPECT_THAT(files, Contains(Key("obj_train_data/" + path)));
    EXPECT_THAT(files.at("train.txt"), HasSubstr(path));
  }
}

TEST(SubsetNamesTest, AProjectOfDatumarosIsAsCvatExportedIt) {
  const ReadResult read = ReadFixtureWith(
      "cvat_images_xml",
      "datumaro/open-edge-platform_1.13.3/cvat_dataset/for_images/export_project/annotations.xml");
  const auto yolo = FilesOfWriter("cvat/YOLO 1.1", *read.dataset);
  for (const char* subset : {"Train", "Test", "Validation"}) {
    const std::string directory = absl::StrCat("obj_", subset, "_data/img");
    EXPECT_THAT(yolo, IsSupersetOf({Key(directory + "0.txt"), Key(directory + "1.txt")}));
    EXPECT_EQ(yolo.at(absl::StrCat(subset, ".txt")),
              absl::StrCat("data/", directory, "0.jpg\ndata/", directory, "1.jpg\n"));
  }
  EXPECT_EQ(yolo.size(), 11u);
}

TEST(SubsetNamesTest, OtherViewsHaveNamesThatAreUniqueInTheDataset) {
  const auto data = TrainAndTest();
  const auto files = FilesOf(Described("by-frame", *data), *data);
  for (const std::string& path : UniquePaths(*data)) EXPECT_THAT(files, Contains(Key(path)));
}

}  // namespace
}  // namespace annofs::testing
