// Supervisely and KITTI raw beyond what the golden case shows: keys, several tasks, tasks of images
// beside, names, empty datasets.
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cache/base/json.h"
#include "formats/uuid.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/formats/sample_data.h"

namespace annofs::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kSly[] = "cvat/Sly Point Cloud Format 1.0";
constexpr char kKitti[] = "cvat/Kitti Raw Format 1.0";

std::map<std::string, std::string> Files(absl::string_view format, const Dataset& data) {
  return FilesOf(Described(format, data), data);
}

std::vector<double> Cuboid(double x) { return {x, 2, 3, 0.1, 0, 0, 4, 5, 6, 0, 0, 0, 0, 0, 0, 0}; }

// A task of images, then two of clouds.
struct CloudBuilder {
  CloudBuilder() {
    label = builder.AddLabel(
        {.name = "car",
         .attributes = {{.name = "speed", .input_type = "number", .default_value = "1"}}});
    const uint32_t images = builder.AddTask({.id = 1, .name = "images"});
    Frame("a.jpg", 0, images);
    first = builder.AddTask({.id = 2, .name = "clouds", .is_3d = true});
    second = builder.AddTask({.id = 3, .name = "more", .is_3d = true});
  }
  uint32_t Frame(absl::string_view name, uint32_t number, uint32_t task) {
    return builder.AddFrame({.name = std::string(name), .number = number, .task = task}).value();
  }
  void Add(uint32_t frame, int32_t track, double x) {
    EXPECT_TRUE(builder
                    .AddShape(frame, {.type = ShapeType::kCuboid,
                                      .label = label,
                                      .track = track,
                                      .keyframe = track >= 0,
                                      .points = Cuboid(x)})
                    .ok());
  }

  DatasetBuilder builder;
  uint32_t label = 0, first = 0, second = 0;
};

std::vector<std::string> TextsIn(const std::string& xml, absl::string_view element) {
  std::vector<std::string> texts;
  const std::string begin = absl::StrCat("<", element, ">");
  for (size_t at = xml.find(begin); at != xml.npos; at = xml.find(begin, at + 1)) {
    const size_t text = at + begin.size();
    texts.push_back(xml.substr(text, xml.find('<', text) - text));
  }
  return texts;
}

// RFC 9562, A.4: version 5 of "www.example.com" in the namespace of DNS.
TEST(Uuid, IsThatOfTheSpecification) {
  constexpr absl::string_view kDns(
      "\x6b\xa7\xb8\x10\x9d\xad\x11\xd1\x80\xb4\x00\xc0\x4f\xd4\x30\xc8", 16);
  EXPECT_EQ(UuidOf(kDns, "www.example.com"), "2ed6657d-e927-568b-95e1-2665a8aea6a2");
}

TEST(KittiRaw, FramesAreNumberedOverAllTasksOfClouds) {
  CloudBuilder clouds;
  const uint32_t one = clouds.Frame("x/1.pcd", 5, clouds.first);
  const uint32_t two = clouds.Frame("x/2.pcd", 6, clouds.first);
  const uint32_t three = clouds.Frame("x/3.pcd", 5, clouds.second);
  clouds.Add(one, -1, 10);
  clouds.Add(one, 0, 20);
  clouds.Add(two, 0, 30);
  clouds.Add(three, -1, 40);
  const std::map<std::string, std::string> files = Files(kKitti, *Finished(clouds.builder));
  EXPECT_EQ(files.at("frame_list.txt"), "0 1\n1 2\n2 3\n");
  const std::string& xml = files.at("tracklet_labels.xml");
  EXPECT_THAT(TextsIn(xml, "tx"), ElementsAre("40.0", "30.0", "20.0", "10.0"));
  EXPECT_THAT(TextsIn(xml, "first_frame"), ElementsAre("2", "1", "0", "0"));
  EXPECT_THAT(TextsIn(xml, "count"), ElementsAre("4", "1", "1", "1", "1"));
  EXPECT_THAT(xml, HasSubstr("<h>5.0</h>\n    <w>4.0</w>\n    <l>6.0</l>"));
  EXPECT_EQ(TextsIn(xml, "item version=\"1\" tracking_level=\"0\" class_id=\"1\"").size(), 1u);
  EXPECT_EQ(files.at("velodyne_points/data/2.pcd"), "-> bucket/x/2.pcd");
  EXPECT_FALSE(files.contains("velodyne_points/data/a.pcd"));
}

TEST(KittiRaw, LabelsAreEscaped) {
  DatasetBuilder builder;
  const uint32_t label = builder.AddLabel({.name = "<car> & \"x\""});
  builder.AddTask({.name = "t", .is_3d = true});
  const uint32_t frame = builder.AddFrame({.name = "1.pcd"}).value();
  ASSERT_TRUE(
      builder.AddShape(frame, {.type = ShapeType::kCuboid, .label = label, .points = Cuboid(1)})
          .ok());
  EXPECT_THAT(Files(kKitti, *Finished(builder)).at("tracklet_labels.xml"),
              HasSubstr("<objectType>&lt;car&gt; &amp; \"x\"</objectType>"));
}

TEST(PointCloudWriters, ADatasetWithoutFramesIsWellFormed) {
  DatasetBuilder builder;
  builder.AddTask({.name = "t", .is_3d = true});
  const std::unique_ptr<Dataset> data = Finished(builder);
  EXPECT_THAT(Files(kKitti, *data).at("tracklet_labels.xml"), HasSubstr("<count>0</count>"));
  const std::map<std::string, std::string> files = Files(kSly, *data);
  for (const auto& [name, text] : files) {
    EXPECT_TRUE(JsonDocument::Parse(text).ok()) << name << ": " << text;
  }
  EXPECT_EQ(files.size(), 2u);
}

TEST(PointCloudWriters, OnlyCuboidsOfCloudsAreKept) {
  CloudBuilder clouds;
  const uint32_t cloud = clouds.Frame("1.pcd", 0, clouds.first);
  clouds.Add(cloud, -1, 1);
  ASSERT_TRUE(
      clouds.builder.AddShape(cloud, {.type = ShapeType::kTag, .label = clouds.label}).ok());
  clouds.Add(0, -1, 1);  // of a.jpg: a cuboid in an image
  const std::unique_ptr<Dataset> data = Finished(clouds.builder);
  for (absl::string_view format : {kSly, kKitti}) {
    size_t kept = 0, dropped = 0;
    for (Rank rank = 0; rank < data->frame_count(); ++rank) {
      for (absl::string_view why : WriterNamed(format)->WhyDropped(
               *data, data->GetFrame(rank).value(), data->Shapes(rank).value())) {
        ++(why.empty() ? kept : dropped);
      }
    }
    EXPECT_EQ(kept, 1u) << format;
    EXPECT_EQ(dropped, 2u) << format;
  }
}

// Values of a member by its name, wherever it stands.
std::vector<std::string> ValuesOf(const std::string& json, absl::string_view member) {
  std::vector<std::string> values;
  const std::string begin = absl::StrCat("\"", member, "\": \"");
  for (size_t at = json.find(begin); at != json.npos; at = json.find(begin, at + 1)) {
    const size_t text = at + begin.size();
    values.push_back(json.substr(text, json.find('"', text) - text));
  }
  return values;
}

TEST(SlyPointCloud, ATrackIsOneObjectOnAllItsFrames) {
  CloudBuilder clouds;
  const uint32_t one = clouds.Frame("1.pcd", 0, clouds.first);
  const uint32_t two = clouds.Frame("2.pcd", 1, clouds.first);
  clouds.Add(one, 0, 1);
  clouds.Add(two, 0, 2);
  clouds.Add(two, -1, 3);
  const std::map<std::string, std::string> files = Files(kSly, *Finished(clouds.builder));
  const std::vector<std::string> a = ValuesOf(files.at("ds0/ann/1.pcd.json"), "objectKey");
  const std::vector<std::string> b = ValuesOf(files.at("ds0/ann/2.pcd.json"), "objectKey");
  ASSERT_EQ(a.size(), 1u);
  ASSERT_EQ(b.size(), 2u);
  EXPECT_EQ(a[0], b[1]);  // static ones come first
  EXPECT_NE(b[0], b[1]);
  const std::string& map = files.at("key_id_map.json");
  EXPECT_THAT(map, HasSubstr(absl::StrCat("\"", a[0], "\": 0")));
  EXPECT_THAT(map, HasSubstr(absl::StrCat("\"", b[0], "\": 1")));
}

TEST(SlyPointCloud, EveryOtherKeyIsThereOnce) {
  CloudBuilder clouds;
  // The same number, the same base name, in two tasks.
  for (uint32_t task : {clouds.first, clouds.second}) {
    for (uint32_t i = 0; i < 3; ++i) {
      const uint32_t frame = clouds.Frame(absl::StrCat("t", task, "/", i, ".pcd"), i, task);
      clouds.Add(frame, 0, 1);
      clouds.Add(frame, -1, 2);
    }
  }
  const std::map<std::string, std::string> files = Files(kSly, *Finished(clouds.builder));
  std::set<std::string> keys, objects;
  size_t count = 0;
  for (const auto& [name, text] : files) {
    if (!absl::StartsWith(name, "ds0/ann/")) continue;
    for (const std::string& key : ValuesOf(text, "objectKey")) objects.insert(key);
    for (const std::string& key : ValuesOf(text, "key")) {
      keys.insert(key);
      ++count;
    }
  }
  EXPECT_EQ(objects.size(), 2u);
  // Each object's key stands once on each of the 6 frames.
  EXPECT_EQ(count - 2 * 6, keys.size() - 2);
  // Of each frame: a key of its own, two tags, two figures; of its two objects: three tags, and
  // one more where it is tracked.
  EXPECT_EQ(keys.size() - 2, 6u * (1 + 2 + 2 + 2 + 3));
  const JsonDocument map = JsonDocument::Parse(files.at("key_id_map.json")).value();
  EXPECT_EQ(map.root()["tags"].size(), 12u);
  EXPECT_EQ(map.root()["figures"].size(), 12u);
  EXPECT_EQ(map.root()["videos"].size(), 6u);
  EXPECT_EQ(map.root()["objects"].size(), 2u);
}

TEST(SlyPointCloud, NumbersStayNumbers) {
  CloudBuilder clouds;
  clouds.Add(clouds.Frame("1.pcd", 0, clouds.first), -1, 1);
  const std::map<std::string, std::string> files = Files(kSly, *Finished(clouds.builder));
  EXPECT_THAT(files.at("ds0/ann/1.pcd.json"), HasSubstr("\"value\": 1.0"));
  EXPECT_THAT(ValuesOf(files.at("meta.json"), "value_type"),
              ElementsAre("any_string", "any_number", "any_string", "any_string"));
}

}  // namespace
}  // namespace annofs::testing
