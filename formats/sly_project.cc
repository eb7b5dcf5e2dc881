#include "formats/sly_project.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "cache/base/json.h"
#include "cache/base/status.h"
#include "formats/uuid.h"

namespace annofs {
namespace {

// Datumaro: PointCloudPath.SPECIAL_ATTRS. They are no tags.
bool IsSpecial(absl::string_view attribute) {
  return attribute == "description" || attribute == "frame" || attribute == "track_id" ||
         attribute == "labelerLogin" || attribute == "createdAt" || attribute == "updatedAt";
}

// CVAT: the object's id is the track's, else the annotation's.
int64_t ObjectOf(const ItemAnnotation& cuboid) {
  return cuboid.track >= 0 ? cuboid.track : cuboid.id;
}

bool IsNumber(const ItemValue& value) {
  return std::holds_alternative<double>(value) || std::holds_alternative<int64_t>(value);
}

// CVAT says at least the names: created and updated are the task's.
void WriteUser(JsonWriter& json, const Task& task) {
  json.Key("labelerLogin").String("");
  json.Key("createdAt").String(task.created);
  json.Key("updatedAt").String(task.updated);
}

void WriteLabels(JsonWriter& json, const DatasetInfo& info) {
  json.BeginArray();
  for (size_t i = 0; i < info.labels.size(); ++i) {
    json.BeginObject();
    json.Key("label_id").Int(int64_t(i));
    json.Key("name").String(info.labels[i].name);
    json.Key("color").String(info.labels[i].color);
    json.Key("type").String(info.labels[i].type);
    json.EndObject();
  }
  json.EndArray();
}

void WriteValue(JsonWriter& json, const ItemValue& value) {
  if (const bool* flag = std::get_if<bool>(&value)) {
    json.String(*flag ? "true" : "false");
  } else if (const double* number = std::get_if<double>(&value)) {
    std::isfinite(*number) ? json.Double(*number) : json.Null();
  } else if (const int64_t* whole = std::get_if<int64_t>(&value)) {
    json.Int(*whole);
  } else {
    json.String(std::get<std::string>(value));
  }
}

// Axes of three numbers.
void WriteAxes(JsonWriter& json, absl::string_view name, const double* numbers) {
  json.Key(name).BeginObject();
  json.Key("x").Double(numbers[0]).Key("y").Double(numbers[1]).Key("z").Double(numbers[2]);
  json.EndObject();
}

void WriteFigure(JsonWriter& json, const SlyKeys& keys, const Task& task, size_t number,
                 const std::string& object_key, const ItemAnnotation& cuboid) {
  json.BeginObject();
  json.Key("key").String(keys.Figure(number));
  json.Key("objectKey").String(object_key);
  json.Key("geometryType").String("cuboid_3d");
  json.Key("geometry").BeginObject();
  WriteAxes(json, "position", cuboid.points.data());
  WriteAxes(json, "rotation", cuboid.points.data() + 3);
  WriteAxes(json, "dimensions", cuboid.points.data() + 6);
  json.EndObject();
  WriteUser(json, task);
  json.EndObject();
}

void WriteObject(JsonWriter& json, const DatasetInfo& info, const SlyKeys& keys, const Task& task,
                 const std::string& object_key, const ItemAnnotation& cuboid) {
  json.BeginObject();
  json.Key("key").String(object_key);
  json.Key("classTitle").String(info.labels[cuboid.label].name);
  json.Key("tags").BeginArray();
  for (size_t i = 0; i < cuboid.attributes.size(); ++i) {
    const ItemAttribute& attribute = cuboid.attributes[i];
    if (IsSpecial(attribute.name)) continue;
    json.BeginObject();
    json.Key("key").String(keys.ObjectTag(ObjectOf(cuboid), i));
    json.Key("name").String(attribute.name);
    json.Key("value");
    WriteValue(json, attribute.value);
    WriteUser(json, task);
    json.EndObject();
  }
  json.EndArray();
  json.Key("objects").BeginArray().EndArray();
  json.Key("figures").BeginArray().EndArray();
  WriteUser(json, task);
  json.EndObject();
}

}  // namespace

std::string SlyKeys::Of(absl::string_view what) const {
  return UuidOf(absl::StrCat(task_, " ", what, " of ", item_));
}

std::string SlyKeys::Figure(size_t number) const { return Of(absl::StrCat("figure ", number)); }

std::string SlyKeys::ObjectTag(int64_t object, size_t attribute) const {
  return Of(absl::StrCat("object ", object, " tag ", attribute));
}

std::string SlyProject::ObjectKey(int64_t object) const {
  return UuidOf(absl::StrCat(tasks_[first_task_], " object ", object));
}

absl::StatusOr<std::shared_ptr<const SlyProject>> SlyProject::Of(const Dataset& data,
                                                                 const PointClouds& clouds) {
  auto project = std::shared_ptr<SlyProject>(new SlyProject());
  const DatasetInfo& info = data.info();
  for (const Task& task : info.tasks) {
    project->tasks_.push_back(UuidOf(absl::StrCat("task ", task.id, " ", task.name)));
  }
  // The order of Datumaro's set of names is arbitrary.
  project->Register("occluded");
  for (const Label& label : info.labels) {
    for (const AttributeSpec& spec : label.attributes) project->Register(spec.name);
  }
  if (!clouds.empty()) {
    ASSIGN_OR_RETURN(const Rank first, clouds.First(data));
    ASSIGN_OR_RETURN(const Frame frame, data.GetFrame(first));
    project->first_task_ = frame.task;
    project->AddItemTag("name", true);
    project->AddItemTag("labels", false);
  }
  absl::flat_hash_set<int64_t> seen;
  absl::flat_hash_set<std::string> typed;
  RETURN_IF_ERROR(clouds.ForEachItem(data, [&](const Item& item) {
    for (const ItemAnnotation& cuboid : item.annotations) {
      if (cuboid.type != ItemType::kCuboid3d) continue;
      if (seen.insert(ObjectOf(cuboid)).second) project->objects_.push_back(ObjectOf(cuboid));
      for (const ItemAttribute& attribute : cuboid.attributes) {
        if (IsSpecial(attribute.name)) continue;
        // The first value tells the type; CVAT fails where another one is of another.
        if (typed.contains(attribute.name)) continue;
        typed.insert(std::string(attribute.name));
        Tag& tag = project->Register(attribute.name);
        if (tag.applicable == "imagesOnly") tag.applicable = "all";
        if (!tag.is_user && !tag.is_labels) tag.is_number = IsNumber(attribute.value);
      }
    }
  }));
  return std::shared_ptr<const SlyProject>(std::move(project));
}

SlyProject::Tag& SlyProject::Register(absl::string_view name) {
  const auto [found, is_new] = tag_numbers_.try_emplace(std::string(name), tags_.size());
  if (is_new) tags_.push_back({.name = std::string(name)});
  return tags_[found->second];
}

void SlyProject::AddItemTag(absl::string_view name, bool is_user) {
  const size_t before = tags_.size();
  Tag& tag = Register(name);
  if (tags_.size() == before) {
    tag.applicable = "all";
    return;
  }
  tag.applicable = "imagesOnly";
  (is_user ? tag.is_user : tag.is_labels) = true;
}

std::string SlyProject::ObjectEntries() const {
  std::string text;
  for (int64_t object : objects_) {
    absl::StrAppend(&text, text.empty() ? "\n" : ",\n", "    \"", ObjectKey(object),
                    "\": ", object);
  }
  return text;
}

std::string SlyProject::RenderMeta(const DatasetInfo& info) const {
  JsonWriter json(JsonWriter::Style::kPretty);
  json.BeginObject();
  json.Key("classes").BeginArray();
  for (size_t i = 0; i < info.labels.size(); ++i) {
    json.BeginObject();
    json.Key("id").Int(int64_t(i));
    json.Key("title").String(info.labels[i].name);
    json.Key("color").String("");
    json.Key("shape").String("cuboid_3d");
    json.Key("geometry_config").BeginObject().EndObject();
    json.EndObject();
  }
  json.EndArray();
  json.Key("tags").BeginArray();
  for (size_t i = 0; i < tags_.size(); ++i) {
    json.BeginObject();
    json.Key("name").String(tags_[i].name);
    json.Key("value_type").String(tags_[i].is_number ? "any_number" : "any_string");
    json.Key("color").String("");
    json.Key("id").Int(int64_t(i + 1));
    json.Key("hotkey").String("");
    json.Key("applicable_type").String(tags_[i].applicable);
    json.Key("classes").BeginArray().EndArray();
    if (tags_[i].is_user) json.Key("value").String(info.tasks[first_task_].owner.name);
    if (tags_[i].is_labels) {
      json.Key("value");
      WriteLabels(json, info);
    }
    json.EndObject();
  }
  json.EndArray();
  json.Key("projectType").String("point_clouds");
  json.EndObject();
  return json.Take();
}

std::string SlyProject::RenderItem(const DatasetInfo& info, const Item& item) const {
  const Task& task = info.tasks[item.task];
  const SlyKeys keys = KeysOf(item.task, item.id);
  JsonWriter json(JsonWriter::Style::kPretty);
  json.BeginObject();
  json.Key("description").String("");
  json.Key("key").String(keys.Item());
  json.Key("tags").BeginArray();
  json.BeginObject();
  json.Key("key").String(keys.UserTag()).Key("name").String("name");
  json.Key("value").String(task.owner.name);
  WriteUser(json, task);
  json.EndObject();
  json.BeginObject();
  json.Key("key").String(keys.LabelsTag()).Key("name").String("labels").Key("value");
  WriteLabels(json, info);
  WriteUser(json, task);
  json.EndObject();
  json.EndArray();
  json.Key("objects").BeginArray();
  absl::flat_hash_set<int64_t> seen;
  for (const ItemAnnotation& cuboid : item.annotations) {
    if (cuboid.type != ItemType::kCuboid3d || !seen.insert(ObjectOf(cuboid)).second) continue;
    WriteObject(json, info, keys, task, ObjectKey(ObjectOf(cuboid)), cuboid);
  }
  json.EndArray();
  json.Key("figures").BeginArray();
  size_t figure = 0;
  for (const ItemAnnotation& cuboid : item.annotations) {
    if (cuboid.type != ItemType::kCuboid3d) continue;
    WriteFigure(json, keys, task, figure++, ObjectKey(ObjectOf(cuboid)), cuboid);
  }
  json.EndArray();
  json.EndObject();
  return json.Take();
}

}  // namespace annofs
