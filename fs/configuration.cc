#include "fs/configuration.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "formats/content_error.h"
#include "formats/machine_config.h"
#include "fs/key_lookup.h"

namespace annofs {
namespace {

constexpr uint64_t kReadBytes = uint64_t{1} << 20;

// Its errors are never of the content: that is what the parser says.
absl::StatusOr<std::string> ReadWhole(ObjectReader& reader, const ObjectVersion& object,
                                      const CallContext& context) {
  std::string text;
  for (uint64_t offset = 0; offset < object.size; offset += kReadBytes) {
    const absl::Status status = reader.Read(
        object, {offset, kReadBytes},
        [&text](Pieces data) {
          for (absl::string_view piece : data) absl::StrAppend(&text, piece);
        },
        context);
    if (status.ok()) continue;
    const std::string what = absl::StrCat("reading '", object.key, "'");
    if (!IsContentError(status)) return Annotate(status, what);
    return Annotate(absl::UnavailableError(status.message()), what);
  }
  return text;
}

absl::StatusOr<std::shared_ptr<const LoadedConfiguration>> Parse(absl::string_view text,
                                                                 absl::string_view file,
                                                                 LoadedConfiguration loaded) {
  ASSIGN_OR_RETURN(loaded.configuration, loaded.from == LoadedConfiguration::From::kFile
                                             ? ParseMachineDatasets(text, file)
                                             : ParseConfiguration(text, file));
  return std::make_shared<const LoadedConfiguration>(std::move(loaded));
}

// A name or glob a line; lines that hold none are passed over.
std::vector<std::string> LinesOf(absl::string_view text) {
  std::vector<std::string> lines;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    absl::ConsumeSuffix(&line, "\r");
    if (!line.empty()) lines.emplace_back(line);
  }
  return lines;
}

}  // namespace

absl::string_view DescribeOrigin(LoadedConfiguration::From from) {
  switch (from) {
    case LoadedConfiguration::From::kBucket:
      return "annofs.json in the bucket's root";
    case LoadedConfiguration::From::kFile:
      return "a configuration file of this machine (--config)";
    case LoadedConfiguration::From::kNowhere:
      break;
  }
  return "";
}

ConfigurationLoader::ConfigurationLoader(Catalog& catalog, ObjectReader& reader,
                                         std::optional<ConfigurationText> given)
    : catalog_(catalog),
      reader_(reader),
      given_(std::move(given)),
      last_(std::make_shared<const LoadedConfiguration>()) {}

absl::StatusOr<std::shared_ptr<const LoadedConfiguration>> ConfigurationLoader::Load(
    const CallContext& context) {
  if (given_) {
    return Parse(given_->text, given_->file, {.from = LoadedConfiguration::From::kFile});
  }
  ASSIGN_OR_RETURN(const std::optional<Row> row, FindObject(catalog_, kConfigurationName, context));
  if (!row) return std::make_shared<const LoadedConfiguration>();
  {
    absl::MutexLock lock(&mutex_);
    if (version_ == row->version) return last_;
  }
  Loaded loaded = LoadObject(*row, context);
  if (!loaded.ok() && !absl::IsInvalidArgument(loaded.status())) return loaded;
  absl::MutexLock lock(&mutex_);
  version_ = row->version;
  last_ = loaded;
  return loaded;
}

ConfigurationLoader::Loaded ConfigurationLoader::LoadObject(const Row& row,
                                                            const CallContext& context) {
  if (row.size > kMaxConfigurationBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat(kConfigurationName, ": larger than ", HumanSize(kMaxConfigurationBytes)));
  }
  ASSIGN_OR_RETURN(const ObjectVersion object, catalog_.Version(row.id));
  ASSIGN_OR_RETURN(const std::string text, ReadWhole(reader_, object, context));
  return Parse(text, kConfigurationName,
               {.from = LoadedConfiguration::From::kBucket, .modified = object.modified});
}

absl::StatusOr<std::vector<std::vector<std::string>>> ReadPartLists(
    ObjectReader& reader, const std::vector<PartList>& lists,
    const std::vector<std::optional<ObjectVersion>>& objects, const CallContext& context) {
  std::vector<std::vector<std::string>> globs;
  for (size_t i = 0; i < lists.size(); ++i) {
    globs.push_back(lists[i].frames);
    if (i >= objects.size() || !objects[i]) continue;
    ASSIGN_OR_RETURN(const std::string text, ReadWhole(reader, *objects[i], context));
    globs.back() = LinesOf(text);
  }
  return globs;
}

}  // namespace annofs
