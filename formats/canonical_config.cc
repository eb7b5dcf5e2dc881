#include "formats/canonical_config.h"

#include <cmath>
#include <utility>

#include "cache/base/json.h"
#include "formats/config_words.h"

namespace annofs {
namespace {

void Write(JsonWriter& out, double number) {
  if (number == std::floor(number) && std::abs(number) < 0x1p53) {
    out.Int(static_cast<int64_t>(number));
  } else {
    out.Double(number);
  }
}
void Write(JsonWriter& out, const std::string& text) { out.String(text); }
void Write(JsonWriter& out, absl::string_view text) { out.String(text); }

template <typename Value>
void Write(JsonWriter& out, const std::vector<Value>& values) {
  out.BeginArray();
  for (const Value& value : values) Write(out, value);
  out.EndArray();
}

template <typename Value>
void Write(JsonWriter& out, const std::map<std::string, Value>& values) {
  out.BeginObject();
  for (const auto& [key, value] : values) {
    out.Key(key);
    Write(out, value);
  }
  out.EndObject();
}

// The member, unless it is empty.
template <typename Values>
void Member(JsonWriter& out, absl::string_view key, const Values& values) {
  if (values.empty()) return;
  out.Key(key);
  Write(out, values);
}

void WriteLabels(JsonWriter& out, const LabelRules& labels) {
  out.Key("labels").BeginObject();
  Member(out, "keep", labels.keep);
  Member(out, "drop", labels.drop);
  Member(out, "rename", labels.rename);
  Member(out, "merge", labels.merge);
  Member(out, "order", labels.order);
  out.EndObject();
}

void WriteWhere(JsonWriter& out, const Where& where) {
  out.Key("where").BeginObject();
  std::vector<absl::string_view> types;
  for (const ShapeType type : where.types) types.push_back(ShapeTypeName(type));
  Member(out, "type", types);
  if (where.occluded) out.Key("occluded").Bool(*where.occluded);
  if (where.min_area != 0) {
    out.Key("min_area");
    Write(out, where.min_area);
  }
  Member(out, "source", where.sources);
  Member(out, "attribute", where.attributes);
  Member(out, "job_state", where.job_states);
  Member(out, "job_stage", where.job_stages);
  out.EndObject();
}

bool HasDefaultShares(const SplitOptions& split) {
  const SplitOptions usual;
  return split.train == usual.train && split.val == usual.val && split.test == usual.test;
}

void WriteShares(JsonWriter& out, const SplitOptions& split) {
  const std::pair<absl::string_view, double> shares[] = {
      {"train", split.train}, {"val", split.val}, {"test", split.test}};
  for (const auto& [part, share] : shares) {
    out.Key(part);
    Write(out, share);
  }
}

void WriteSplit(JsonWriter& out, const SplitOptions& split, const std::vector<PartList>& lists) {
  out.Key("split").BeginObject();
  if (split.by != SplitOptions::By::kBest)
    out.Key("by").String(SplitByWords()[size_t(split.by) - 1]);
  for (const PartList& list : lists) {
    out.Key(list.part);
    if (list.key.empty()) {
      Write(out, list.frames);
    } else {
      out.String(list.key);
    }
  }
  if (!HasDefaultShares(split)) WriteShares(out, split);
  if (split.seed != 0) out.Key("seed").Int(static_cast<int64_t>(split.seed));
  out.EndObject();
}

void WriteViews(JsonWriter& out, const ViewOptions& options) {
  Member(out, "views", options.views);
  if (options.coco_masks != CocoMasks::kAuto) {
    out.Key("masks").String(MaskWords()[size_t(options.coco_masks)]);
  }
  if (options.shard_frames != ViewOptions().shard_frames) {
    out.Key("shard_frames").Int(options.shard_frames);
  }
}

}  // namespace

std::string CanonicalConfig(const DatasetConfig& config) {
  JsonWriter out;
  out.BeginObject();
  out.Key("name").String(config.name);
  Member(out, "sources", config.sources);
  if (!config.media.empty()) out.Key("media").String(config.media);
  if (config.labels != LabelRules()) WriteLabels(out, config.labels);
  if (config.where != Where()) WriteWhere(out, config.where);
  if (config.frames != FramesKept::kAll) {
    out.Key("frames").String(FramesWords()[size_t(config.frames)]);
  }
  if (config.options.split != SplitOptions() || !config.lists.empty()) {
    WriteSplit(out, config.options.split, config.lists);
  }
  if (config.keeps_names) out.Key("names").String("original");
  WriteViews(out, config.options);
  out.EndObject();
  return out.Take();
}

}  // namespace annofs
