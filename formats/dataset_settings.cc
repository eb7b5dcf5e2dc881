#include "formats/dataset_settings.h"

#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "cache/base/names.h"
#include "cache/base/near_word.h"
#include "formats/canonical_config.h"
#include "formats/config_words.h"
#include "formats/label_rules.h"
#include "formats/settings.h"
#include "formats/split_config.h"
#include "formats/view_globs.h"

namespace annofs {
namespace {

constexpr double kLargestArea = 1e12;
constexpr uint64_t kMostShardFrames = 1'000'000;

// CVAT's StateChoice and StageChoice, reference/cvat.md §1.1.
Setting::Words JobStates() { return {"new", "in progress", "completed", "rejected"}; }
Setting::Words JobStages() { return {"annotation", "validation", "acceptance"}; }

std::vector<std::string> TextsOf(const Setting::Words& words, const std::vector<size_t>& places) {
  std::vector<std::string> texts;
  for (const size_t place : places) texts.emplace_back(words[place]);
  return texts;
}

void ReadTypes(const Setting& type, std::vector<ShapeType>& types) {
  Setting::Words words;
  for (const ShapeType one : AllShapeTypes()) words.push_back(ShapeTypeName(one));
  for (const size_t place : type.WordList(words)) types.push_back(AllShapeTypes()[place]);
}

Where ReadWhere(const Setting& from) {
  Where where;
  if (!from.HasOnly(
          {"type", "occluded", "min_area", "source", "attribute", "job_state", "job_stage"})) {
    return where;
  }
  if (const Setting type = from["type"]; type.is_given()) ReadTypes(type, where.types);
  if (const Setting is = from["occluded"]; is.is_given()) where.occluded = is.Bool();
  if (const Setting area = from["min_area"]; area.is_given()) {
    where.min_area = area.Number(0, kLargestArea).value_or(0);
  }
  // "" is what some sources have where nothing is told.
  const auto any = [](const auto&, auto) {};
  if (const Setting source = from["source"]; source.is_given()) {
    where.sources = source.Texts(any, Setting::Empty::kTaken);
  }
  if (const Setting attribute = from["attribute"]; attribute.is_given()) {
    attribute.ForEachMember([&](const std::string& name, Setting values) {
      where.attributes[name] = values.Texts(any, Setting::Empty::kTaken);
    });
  }
  if (const Setting state = from["job_state"]; state.is_given()) {
    where.job_states = TextsOf(JobStates(), state.WordList(JobStates()));
  }
  if (const Setting stage = from["job_stage"]; stage.is_given()) {
    where.job_stages = TextsOf(JobStages(), stage.WordList(JobStages()));
  }
  return where;
}

void ReadMedia(const Setting& media, DatasetConfig& dataset) {
  const std::optional<std::string> given = media.Text();
  if (!given) return;
  // "images/" is how people write a directory.
  const absl::string_view directory = absl::StripSuffix(*given, "/");
  CheckKey(directory, media);
  dataset.media = std::string(directory);
}

std::vector<std::string> ReadViews(const Setting& from) {
  const std::vector<std::unique_ptr<Writer>> writers = NewWriters();
  Setting::Words names;
  for (const std::unique_ptr<Writer>& writer : writers) names.push_back(writer->Info().name);
  return from.Texts([&](const std::string& glob, const Setting& one) {
    if (UnknownViews({glob}, writers).empty()) return;
    const absl::string_view near = NearWord(glob, names);
    one.Fail(absl::StrCat("no view is called '", glob, "'",
                          near.empty() ? "" : absl::StrCat("; did you mean '", near, "'?"),
                          " (`annofs formats` lists them)"));
  });
}

void ReadViewOptions(const Setting& from, DatasetConfig& dataset) {
  ViewOptions& options = dataset.options;
  if (const Setting split = from["split"]; split.is_given()) {
    ReadSplit(split, options.split, dataset.lists);
  }
  if (const Setting names = from["names"]; names.is_given()) {
    dataset.keeps_names = names.Word({"safe", "original"}) == 1;
  }
  if (const Setting views = from["views"]; views.is_given()) options.views = ReadViews(views);
  if (const Setting masks = from["masks"]; masks.is_given()) {
    options.coco_masks = CocoMasks(masks.Word(MaskWords()).value_or(0));
  }
  if (const Setting frames = from["shard_frames"]; frames.is_given()) {
    options.shard_frames =
        static_cast<uint32_t>(frames.Whole(1, kMostShardFrames).value_or(options.shard_frames));
  }
}

void ReadName(const Setting& from, DatasetConfig& dataset) {
  const Setting name = from["name"];
  if (!name.is_given()) from.Fail("'name' is missing");
  if (name.is_given()) dataset.name = name.Text().value_or("");
}

DatasetConfig ReadDataset(const Setting& from) {
  DatasetConfig dataset;
  if (!from.HasOnly({"name", "sources", "media", "labels", "where", "frames", "split", "names",
                     "views", "masks", "shard_frames"})) {
    return dataset;
  }
  ReadName(from, dataset);
  if (const Setting sources = from["sources"]; sources.is_given()) {
    dataset.sources = sources.Texts(CheckKey);
  }
  if (const Setting media = from["media"]; media.is_given()) ReadMedia(media, dataset);
  if (const Setting labels = from["labels"]; labels.is_given()) {
    dataset.labels = ReadLabelRules(labels);
  }
  if (const Setting where = from["where"]; where.is_given()) dataset.where = ReadWhere(where);
  if (const Setting frames = from["frames"]; frames.is_given()) {
    dataset.frames = FramesKept(frames.Word(FramesWords()).value_or(0));
  }
  ReadViewOptions(from, dataset);
  dataset.options.configuration = CanonicalConfig(dataset);
  return dataset;
}

// Directories are called by the safe names, and no two of one name but for case.
std::string DirectoryOf(absl::string_view name) { return absl::AsciiStrToLower(SafeName(name)); }

}  // namespace

std::vector<DatasetConfig> ReadDatasets(const Setting& from) {
  std::vector<DatasetConfig> datasets;
  absl::flat_hash_map<std::string, size_t> first_of;
  from.ForEachElement([&](Setting one) {
    DatasetConfig dataset = ReadDataset(one);
    const auto [first, is_new] = first_of.emplace(DirectoryOf(dataset.name), datasets.size());
    if (!is_new && !dataset.name.empty()) {
      one["name"].Fail(absl::StrCat(QuotedForMessage(dataset.name), " is the name of datasets[",
                                    first->second, "] already; case does not count"));
    }
    datasets.push_back(std::move(dataset));
  });
  return datasets;
}

absl::StatusOr<JsonTree> ParseConfigurationTree(absl::string_view text, absl::string_view file) {
  if (text.size() > kMaxConfigurationBytes) {
    return absl::InvalidArgumentError(absl::StrCat(file, ": larger than 4 MiB"));
  }
  return JsonTree::Parse(text, file);
}

}  // namespace annofs
