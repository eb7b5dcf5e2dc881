#include "fs/plan_versions.h"

#include "cache/base/digest.h"
#include "cache/base/text.h"
#include "fs/dataset_records.h"

namespace annofs {
namespace {

// Part of every annotation index's version: goes up when readers or records change.
constexpr absl::string_view kIndexFormat = "annotation index 9";
// The same of those made of others: goes up when CopyDatasets() or records change.
constexpr absl::string_view kDerivedFormat = "derived index 1";

IndexVersion VersionOf(RecordWriter& parts) { return Sha256Bytes(parts.Take()).substr(0, 16); }

void AddSource(const FoundSource& source, RecordWriter& parts) {
  parts.Text(source.reader->Info().name).Text(source.object.key).Text(source.object.version);
  for (const ObjectVersion& companion : source.companions) {
    parts.Text(companion.key).Text(companion.version);
  }
}

void AddTexts(const std::vector<std::string>& texts, RecordWriter& parts) {
  parts.U64(texts.size());
  for (const std::string& text : texts) parts.Text(text);
}

void AddLabelRules(const LabelRules& rules, RecordWriter& parts) {
  AddTexts(rules.keep, parts);
  AddTexts(rules.drop, parts);
  parts.U64(rules.rename.size());
  for (const auto& [from, to] : rules.rename) parts.Text(from).Text(to);
  parts.U64(rules.merge.size());
  for (const auto& [to, from] : rules.merge) {
    parts.Text(to);
    AddTexts(from, parts);
  }
  AddTexts(rules.order, parts);
}

void AddWhere(const Where& where, RecordWriter& parts) {
  parts.U64(where.types.size());
  for (ShapeType type : where.types) parts.U32(uint32_t(type));
  parts.U32(where.occluded ? 1 + uint32_t(*where.occluded) : 0).Text(ShortFloat(where.min_area));
  AddTexts(where.sources, parts);
  parts.U64(where.attributes.size());
  for (const auto& [name, values] : where.attributes) {
    parts.Text(name);
    AddTexts(values, parts);
  }
  AddTexts(where.job_states, parts);
  AddTexts(where.job_stages, parts);
}

}  // namespace

IndexVersion IndexVersionOf(absl::string_view store, const FoundSource& source,
                            absl::string_view media) {
  RecordWriter parts;
  parts.Text(kIndexFormat).Text(store).Text(source.name);
  if (!media.empty()) parts.Text("media").Text(media);
  AddSource(source, parts);
  return VersionOf(parts);
}

IndexVersion DerivedVersionOf(const DatasetPlan& plan) {
  RecordWriter parts;
  parts.Text(kDerivedFormat).U64(plan.sources.size());
  for (const PlannedSource& source : plan.sources) parts.Text(source.version);
  const DatasetConfig& config = plan.config;
  AddLabelRules(config.labels, parts);
  AddWhere(config.where, parts);
  parts.U32(uint32_t(config.frames)).U32(uint32_t(config.keeps_names)).U64(config.lists.size());
  for (size_t i = 0; i < config.lists.size(); ++i) {
    parts.Text(config.lists[i].part);
    AddTexts(config.lists[i].frames, parts);
    const std::optional<ObjectVersion>& object = plan.lists[i];
    parts.Text(object ? object->key : "").Text(object ? object->version : "");
  }
  return VersionOf(parts);
}

std::string EntryVersionOf(const DatasetPlan& plan) {
  RecordWriter parts;
  parts.Text("dataset").Text(plan.index).Text(plan.told.name);
  parts.Text(plan.told.options.configuration).Text(plan.config.media);
  parts.U64(plan.told.other_sources.size());
  for (const SourceVersion& other : plan.told.other_sources) {
    parts.Text(other.key).Text(other.version).Text(other.format);
  }
  for (const Problem& problem : plan.told.problems) parts.Text(EncodeDatasetProblem(problem));
  return VersionOf(parts);
}

}  // namespace annofs
