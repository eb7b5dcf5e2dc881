// Expected counts were taken from the files' own JSON with a few lines of Python.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/formats/reading.h"
#include "tests/formats/zip_maker.h"

namespace annofs::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using Counts = std::map<std::string, int>;

constexpr absl::string_view kReader = "cvat_backup";

ReadResult ReadFixture(absl::string_view name) {
  MemorySource source = FixtureSource(name);
  ReadResult result = ReadWith(kReader, source);
  EXPECT_TRUE(result.status.ok()) << name << ": " << result.status;
  return result;
}

std::string RandomCase(absl::string_view name) {
  return absl::StrCat("golden/", name, "/INPUT/backup.zip");
}

TEST(CvatBackup, CountsOfRandImages00) {
  ReadResult result = ReadFixture(RandomCase("rand_images_00"));
  EXPECT_EQ(result.Counts(), (Counts{{"bike tag", 1},
                                     {"cat & dog polygon", 1},
                                     {"cat & dog rectangle", 2},
                                     {"truck cuboid", 1},
                                     {"truck points", 1},
                                     {"truck rectangle", 1},
                                     {"truck tag", 1},
                                     {"狗 ellipse", 1},
                                     {"狗 polygon", 1},
                                     {"狗 tag", 1}}));
  EXPECT_THAT(result.Problems(), IsEmpty());
}

TEST(CvatBackup, CountsOfRandImages01) {
  EXPECT_EQ(ReadFixture(RandomCase("rand_images_01")).Counts(), (Counts{{"Dose ellipse", 1},
                                                                        {"Dose mask", 2},
                                                                        {"Dose polygon", 1},
                                                                        {"Dose rectangle", 3},
                                                                        {"zebra ellipse", 2},
                                                                        {"zebra mask", 1},
                                                                        {"zebra polygon", 1},
                                                                        {"zebra rectangle", 3},
                                                                        {"дерево cuboid", 2},
                                                                        {"дерево ellipse", 1},
                                                                        {"дерево mask", 1},
                                                                        {"дерево polygon", 2},
                                                                        {"дерево polyline", 1},
                                                                        {"дерево rectangle", 6}}));
}

TEST(CvatBackup, TotalsOfTheOtherRandImages) {
  EXPECT_EQ(ReadFixture(RandomCase("rand_images_02")).Total(), 22);
  EXPECT_EQ(ReadFixture(RandomCase("rand_images_03")).Total(), 37);
  EXPECT_EQ(ReadFixture(RandomCase("rand_images_04")).Total(), 37);
}

TEST(CvatBackup, DeletedFramesAreLeftOutWithTheirShapes) {
  ReadResult result = ReadFixture(RandomCase("rand_images_05"));
  EXPECT_THAT(result.Names(), ElementsAre("IMG_000.jpeg", "a/b/img005.jpg", "cam 1/фото001.JPG",
                                          "img006.jpeg", "съёмка/img002.jpeg", "фото004.jpg"));
  EXPECT_EQ(result.Counts(), (Counts{{"Dose polygon", 3},
                                     {"Dose polyline", 1},
                                     {"Dose rectangle", 2},
                                     {"building mask", 2},
                                     {"building polyline", 1},
                                     {"building rectangle", 1},
                                     {"skel0 skeleton", 2},
                                     {"sky rectangle", 1},
                                     {"zebra polygon", 1},
                                     {"zebra rectangle", 3},
                                     {"狗 rectangle", 2}}));
}

TEST(CvatBackup, FullAndLightweightBackupsOfATaskAreTheSameDataset) {
  ReadResult light = ReadFixture("backups_derived/task_images_lightweight.zip");
  ReadResult full = ReadFixture("backups_derived/task_images_full.zip");
  EXPECT_THAT(light.Names(),
              ElementsAre("a.jpg", "sub dir/b ü.png", "sub dir/c.JPG", "フォルダ/写真.jpeg"));
  EXPECT_EQ(light.Names(), full.Names());
  EXPECT_EQ(light.Counts(), full.Counts());
  EXPECT_EQ(light.Counts(), (Counts{{"car cuboid", 1},
                                    {"car mask", 1},
                                    {"car rectangle", 3},
                                    {"car tag", 1},
                                    {"pose skeleton", 1},
                                    {"traffic light ellipse", 1},
                                    {"traffic light mask", 2},
                                    {"traffic light tag", 1},
                                    {"автомобиль 🚗 polygon", 3},
                                    {"自転車 points", 1},
                                    {"自転車 polyline", 1}}));
}

TEST(CvatBackup, FramesHaveTheirNumbersAndSizes) {
  ReadResult result = ReadFixture(RandomCase("rand_images_04"));
  EXPECT_EQ(result.info().tasks[0].name, "rand images 4");
  EXPECT_EQ(result.info().tasks[0].subset, "Train");
  Frame last = result.FrameAt(result.ByNumber().back());
  EXPECT_EQ(last.name, "фото000.png");
  EXPECT_EQ(last.number, 3u);
  EXPECT_EQ(last.width, 640u);
  EXPECT_EQ(last.height, 360u);
  EXPECT_EQ(last.subset, "Train");
}

TEST(CvatBackup, OfATaskWithHoneypotsOnlyThePoolAndTheOtherFramesAreShown) {
  ReadResult result = ReadFixture("cvat/backups/task_30_backup_pre_consensus_replica_removal.zip");
  EXPECT_THAT(result.Names(),
              ElementsAre("30.png", "31.png", "34.png", "33.png", "32.png", "35.png"));
  // All shapes of its annotation jobs are on placeholders.
  EXPECT_EQ(result.Total(), 3);
  EXPECT_THAT(result.Problems(), IsEmpty());
}

}  // namespace
}  // namespace annofs::testing
