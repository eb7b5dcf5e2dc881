// Items against CVAT's own Datumaro exports, which write them down whole: order and types of
// attributes, defaults, rounding, boxes, masks, skeletons, tracks, numbers, names.
#include <gtest/gtest.h>

#include "absl/strings/str_join.h"
#include "formats/item.h"
#include "formats/python_text.h"
#include "rapidjson/document.h"
#include "rapidjson/stringbuffer.h"
#include "rapidjson/writer.h"
#include "tests/formats/directory_source.h"

namespace annofs::testing {
namespace {

// Without spaces and escapes; every number as it is, 3 and 3.0 apart.
std::string Normal(const rapidjson::Value& json) {
  rapidjson::StringBuffer text;
  rapidjson::Writer<rapidjson::StringBuffer> writer(text);
  json.Accept(writer);
  return text.GetString();
}

rapidjson::Document Parsed(const std::string& text) {
  rapidjson::Document json;
  json.Parse<rapidjson::kParseFullPrecisionFlag>(text.data(), text.size());
  EXPECT_FALSE(json.HasParseError()) << text;
  return json;
}

std::string Normal(const std::string& text) { return Normal(Parsed(text)); }

std::string Text(absl::string_view text) {
  std::string json;
  AppendJsonText(text, json);
  return json;
}

std::string Numbers(const std::vector<double>& numbers, size_t begin = 0, size_t end = SIZE_MAX) {
  std::string json = "[";
  for (size_t i = begin; i < std::min(numbers.size(), end); ++i) {
    if (i > begin) json += ",";
    AppendJsonNumber(numbers[i], json);
  }
  return json + "]";
}

std::string TypeName(ItemType type) {
  switch (type) {
    case ItemType::kLabel:
      return "label";
    case ItemType::kBbox:
      return "bbox";
    case ItemType::kPolygon:
      return "polygon";
    case ItemType::kPolyline:
      return "polyline";
    case ItemType::kPoints:
      return "points";
    case ItemType::kEllipse:
      return "ellipse";
    case ItemType::kMask:
      return "mask";
    case ItemType::kSkeleton:
      return "skeleton";
    case ItemType::kCuboid3d:
      return "cuboid_3d";
  }
  return "";
}

std::string Attributes(const ItemAnnotation& annotation) {
  std::string json;
  AppendJsonAttributes(annotation.attributes, json);
  return json;
}

std::string Geometry(const ItemAnnotation& annotation) {
  const std::vector<double>& points = annotation.points;
  const std::string z_order = absl::StrCat(",\"z_order\":", annotation.z_order);
  switch (annotation.type) {
    case ItemType::kLabel:
      return "";
    case ItemType::kBbox:
      return absl::StrCat(z_order, ",\"bbox\":", Numbers(points));
    case ItemType::kPolygon:
    case ItemType::kPolyline:
    case ItemType::kEllipse:
      return absl::StrCat(",\"points\":", Numbers(points), z_order);
    case ItemType::kPoints:
      return absl::StrCat(",\"points\":", Numbers(points), z_order, ",\"visibility\":[",
                          absl::StrJoin(std::vector<int>(points.size() / 2, 2), ","), "]");
    case ItemType::kMask:
      return absl::StrCat(",\"rle\":{\"counts\":", Text(FormatCocoCounts(annotation.mask.runs)),
                          ",\"size\":[", annotation.mask.height, ",", annotation.mask.width, "]}",
                          z_order);
    case ItemType::kSkeleton: {
      std::vector<std::string> elements, attributes;
      for (const ItemAnnotation& element : annotation.elements) {
        const std::string place = Numbers(element.points);
        elements.push_back(
            absl::StrCat(place.substr(1, place.size() - 2), ",", int(element.visibility)));
        attributes.push_back(Attributes(element));
      }
      return absl::StrCat(",\"points\":[", absl::StrJoin(elements, ","),
                          "],\"points_attributes\":[", absl::StrJoin(attributes, ","), "]");
    }
    case ItemType::kCuboid3d:
      return absl::StrCat(",\"position\":", Numbers(points, 0, 3),
                          ",\"rotation\":", Numbers(points, 3, 6),
                          ",\"scale\":", Numbers(points, 6, 9));
  }
  return "";
}

std::string AsDatumaro(const ItemAnnotation& annotation) {
  return Normal(absl::StrCat("{\"id\":", annotation.id, ",\"type\":\"", TypeName(annotation.type),
                             "\",\"attributes\":", Attributes(annotation),
                             ",\"group\":", annotation.group, ",\"label_id\":", annotation.label,
                             Geometry(annotation), "}"));
}

class ItemGolden : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    const std::string name = GetParam();
    const bool is_3d = name == "synth_3d";
    DirectorySource source =
        FixtureDirectory(absl::StrCat("golden/", name, "/INPUT"),
                         {name == "synth_video_2jobs_overlap2" ? "annotations.merged.rest.json"
                                                               : "annotations.rest.json",
                          "labels.rest.json", is_3d ? "frames.json" : "data_meta.json"});
    task_ = ReadWith("cvat_rest", source);
    ASSERT_TRUE(task_.status.ok()) << task_.status;
    const std::string tree =
        absl::StrCat("golden/", name, is_3d ? "/Datumaro 3D 1.0" : "/Datumaro 1.0", "/annotations");
    const std::vector<std::string> files = ListTree(Fixture(tree)).value();
    ASSERT_EQ(files.size(), 1u);
    export_ = Parsed(FixtureText(absl::StrCat(tree, "/", files[0])));
    ASSERT_EQ(export_["items"].Size(), task_.dataset->frame_count());
    ASSERT_GT(export_["items"].Size(), 0u);
  }
  const rapidjson::Value& Exported(uint32_t position) const { return export_["items"][position]; }
  Item Ours(uint32_t position) const {
    return ItemOf(*task_.dataset, task_.dataset->InOrder(position).value()).value();
  }

  ReadResult task_;
  rapidjson::Document export_;
};

TEST_P(ItemGolden, AnnotationsAreThoseOfCvat) {
  size_t compared = 0;
  for (uint32_t i = 0; i < task_.dataset->frame_count(); ++i) {
    const rapidjson::Value& golden = Exported(i)["annotations"];
    const Item item = Ours(i);
    SCOPED_TRACE(item.id);
    ASSERT_EQ(item.annotations.size(), golden.Size());
    for (uint32_t k = 0; k < golden.Size(); ++k) {
      EXPECT_EQ(AsDatumaro(item.annotations[k]), Normal(golden[k])) << "annotation " << k;
      ++compared;
    }
  }
  EXPECT_GT(compared, 0u);
}

TEST_P(ItemGolden, NamesNumbersAndSizesAreThoseOfCvat) {
  for (uint32_t i = 0; i < task_.dataset->frame_count(); ++i) {
    const rapidjson::Value& golden = Exported(i);
    const Item item = Ours(i);
    EXPECT_EQ(item.id, golden["id"].GetString());
    EXPECT_EQ(item.frame, golden["attr"]["frame"].GetUint());
    const bool is_3d = golden.HasMember("point_cloud");
    const rapidjson::Value& media = golden[is_3d ? "point_cloud" : "image"];
    EXPECT_EQ(item.file_name, media["path"].GetString());
    if (is_3d) continue;
    EXPECT_EQ(item.height, media["size"][0].GetUint());
    EXPECT_EQ(item.width, media["size"][1].GetUint());
  }
}

TEST_P(ItemGolden, SkeletonsHaveTheirTemplates) {
  const DatasetInfo& info = task_.info();
  for (const rapidjson::Value& golden : export_["categories"]["points"]["items"].GetArray()) {
    const SkeletonTemplate form = SkeletonTemplateOf(info, golden["label_id"].GetUint());
    std::vector<std::string> names, golden_names;
    for (uint32_t label : form.sublabels) names.push_back(info.labels[label].name);
    for (const rapidjson::Value& name : golden["labels"].GetArray()) {
      golden_names.push_back(name.GetString());
    }
    EXPECT_EQ(names, golden_names);
    // CVAT puts them through a set.
    std::set<std::pair<int, int>> golden_joints;
    for (const rapidjson::Value& joint : golden["joints"].GetArray()) {
      golden_joints.emplace(joint[0].GetInt(), joint[1].GetInt());
    }
    EXPECT_EQ(std::set(form.joints.begin(), form.joints.end()), golden_joints);
  }
}

INSTANTIATE_TEST_SUITE_P(All, ItemGolden,
                         ::testing::Values("synth_images", "synth_video",
                                           "synth_video_2jobs_overlap2", "synth_3d",
                                           "rand_images_00", "rand_images_01", "rand_images_02",
                                           "rand_images_03", "rand_images_04", "rand_images_05",
                                           "rand_video_00", "rand_video_01", "rand_video_02",
                                           "cvat_task_2", "cvat_task_14", "cvat_task_22",
                                           "cvat_job_28"),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace annofs::testing
