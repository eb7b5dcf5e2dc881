#include "fs/dataset_search.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cache/base/names.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "fs/key_lookup.h"
#include "fs/plan_versions.h"
#include "fs/source_groups.h"

namespace annofs {
namespace {

absl::Time NewestOf(const FoundSource& source) {
  absl::Time newest = source.object.modified;
  for (const ObjectVersion& companion : source.companions) {
    newest = std::max(newest, companion.modified);
  }
  return newest;
}

// A name may be another task's, too: what it hides is told.
Problem TakenByName(const FoundSource& other) {
  return {.source = other.object.key,
          .reason = absl::StrCat("not read: ", other.object.key, " (", other.reader->Info().name,
                                 ") is taken for the same task, by its name")};
}

Problem ConfigurationProblem(std::string reason) {
  return {.severity = Problem::Severity::kError,
          .source = std::string(kConfigurationName),
          .reason = std::move(reason)};
}

// A plan while it is made.
struct Draft {
  DatasetPlan plan;
  absl::Time modified = absl::UnixEpoch();
};

class Search {
 public:
  Search(const DatasetSearch& given, const LoadedConfiguration& loaded, const CallContext& context)
      : given_(given), loaded_(loaded), context_(context) {}

  absl::StatusOr<FoundDatasets> Run() {
    FoundDatasets found;
    ASSIGN_OR_RETURN(Discovery discovery, Discover(given_.catalog, given_.reader, given_.readers,
                                                   given_.annotations, context_));
    found.notes = std::move(discovery.notes);
    groups_ = GroupSources(std::move(discovery.sources), found.notes);
    const std::vector<std::string> names = ConfiguredNames();
    for (size_t i = 0; i < names.size(); ++i) {
      ASSIGN_OR_RETURN(Draft draft, Configured(loaded_.configuration.datasets[i], names[i]));
      found.datasets.push_back(Finished(std::move(draft)));
    }
    AddOthers(names, found);
    absl::c_sort(found.datasets,
                 [](const auto& a, const auto& b) { return a.entry.name < b.entry.name; });
    return found;
  }

 private:
  std::vector<std::string> ConfiguredNames() const {
    std::vector<WantedName> wanted;
    for (const DatasetConfig& config : loaded_.configuration.datasets) {
      wanted.push_back({config.name, config.name});
    }
    return DatasetNames(wanted);
  }

  absl::StatusOr<Draft> Configured(const DatasetConfig& config, const std::string& name) {
    Draft draft{.plan = {.config = config}, .modified = loaded_.modified};
    draft.plan.told.name = name;
    draft.plan.told.options = config.options;
    std::vector<SourceGroup> groups;
    if (config.sources.empty()) {
      groups = CalledSo(config, draft);
    } else {
      ASSIGN_OR_RETURN(groups, NamedBy(config, draft));
    }
    for (const SourceGroup& group : groups) claimed_.insert(group.source.object.key);
    AddSources(std::move(groups), draft);
    RETURN_IF_ERROR(FindLists(draft));
    const bool is_another =
        draft.plan.sources.size() != 1 || config.changes_dataset() || config.keeps_names;
    draft.plan.index = is_another ? DerivedVersionOf(draft.plan) : draft.plan.sources[0].version;
    return draft;
  }

  // The dataset that is found without configuration, and has this name.
  std::vector<SourceGroup> CalledSo(const DatasetConfig& config, Draft& draft) const {
    const std::string safe = SafeName(config.name);
    std::vector<std::string> alike;
    for (const SourceGroup& group : groups_) {
      if (group.name == safe || group.name == config.name) return {group};
      if (SafeName(group.source.name) == safe) alike.push_back(group.name);
    }
    std::string reason = absl::StrCat("no dataset is called '", config.name, "'");
    if (!alike.empty()) {
      absl::StrAppend(&reason, ", but several would be: ", absl::StrJoin(alike, ", "));
    }
    draft.plan.told.problems.push_back(ConfigurationProblem(
        absl::StrCat(reason, "; say with \"sources\" which objects hold its annotations")));
    return {};
  }

  absl::StatusOr<std::vector<SourceGroup>> NamedBy(const DatasetConfig& config, Draft& draft) {
    absl::StatusOr<Discovery> discovery = Discover(given_.catalog, given_.reader, given_.readers,
                                                   config.sources, context_, "\"sources\"");
    if (absl::IsPermissionDenied(discovery.status())) {
      Tell(draft, Problem::Severity::kError,
           absl::StrCat("could not read them: ", discovery.status().message()));
      return std::vector<SourceGroup>();
    }
    RETURN_IF_ERROR(discovery.status());
    for (const std::string& note : discovery->notes) Tell(draft, Problem::Severity::kError, note);
    // A source that is not read is no dataset either.
    for (const FoundSource& source : discovery->sources) claimed_.insert(source.object.key);
    std::vector<std::string> notes;
    std::vector<SourceGroup> groups = GroupSources(std::move(discovery->sources), notes);
    for (const std::string& note : notes) Tell(draft, Problem::Severity::kWarning, note);
    // By keys, whatever their tasks are called.
    absl::c_sort(groups, [](const SourceGroup& a, const SourceGroup& b) {
      return a.source.object.key < b.source.object.key;
    });
    return groups;
  }

  // `note`: as a search has it.
  static void Tell(Draft& draft, Problem::Severity severity, absl::string_view note) {
    Problem problem = ConfigurationProblem(absl::StrCat("the search for its sources ", note));
    problem.severity = severity;
    draft.plan.told.problems.push_back(std::move(problem));
  }

  void AddSources(std::vector<SourceGroup> groups, Draft& draft) const {
    DatasetTold& told = draft.plan.told;
    for (SourceGroup& group : groups) {
      draft.modified = std::max(draft.modified, NewestOf(group.source));
      for (const FoundSource& other : group.others) {
        draft.modified = std::max(draft.modified, NewestOf(other));
        Describe(other, told.other_sources);
        if (!AreOfOneNumber(other, group.source)) told.problems.push_back(TakenByName(other));
      }
      IndexVersion version = IndexVersionOf(given_.store, group.source, draft.plan.config.media);
      draft.plan.sources.push_back({std::move(version), std::move(group.source)});
    }
  }

  static void Describe(const FoundSource& source, std::vector<SourceVersion>& out) {
    const std::string format(source.reader->Info().name);
    out.push_back({source.object.key, source.object.version, format});
    for (const ObjectVersion& companion : source.companions) {
      out.push_back({companion.key, companion.version, format});
    }
  }

  absl::Status FindLists(Draft& draft) const {
    for (const PartList& list : draft.plan.config.lists) {
      std::optional<ObjectVersion>& object = draft.plan.lists.emplace_back();
      if (list.key.empty()) continue;
      ASSIGN_OR_RETURN(const std::optional<Row> row,
                       FindObject(given_.catalog, list.key, context_));
      std::string wrong;
      if (!row) {
        wrong = "there is no such object";
      } else if (row->size > kMaxListBytes) {
        wrong = absl::StrCat(HumanSize(row->size), " long; at most ", HumanSize(kMaxListBytes),
                             " are read");
      } else {
        ASSIGN_OR_RETURN(object, given_.catalog.Version(row->id));
        draft.modified = std::max(draft.modified, object->modified);
        continue;
      }
      draft.plan.told.problems.push_back(ConfigurationProblem(absl::StrCat(
          "the list '", list.key, "' of the part ", list.part, " is not read: ", wrong)));
    }
    return absl::OkStatus();
  }

  // What no configuration names.
  void AddOthers(const std::vector<std::string>& configured, FoundDatasets& found) {
    std::erase_if(groups_, [this](const SourceGroup& group) {
      return claimed_.contains(group.source.object.key);
    });
    std::set<std::string> taken;
    for (const std::string& name : configured) taken.insert(absl::AsciiStrToLower(name));
    std::vector<WantedName> wanted;
    for (const SourceGroup& group : groups_) {
      wanted.push_back({group.name, group.source.object.key});
    }
    const std::vector<std::string> names = DatasetNames(wanted, taken);
    for (size_t i = 0; i < groups_.size(); ++i) {
      Draft draft;
      draft.plan.told.name = names[i];
      AddSources({groups_[i]}, draft);
      draft.plan.index = draft.plan.sources[0].version;
      found.datasets.push_back(Finished(std::move(draft)));
    }
  }

  static FoundDataset Finished(Draft draft) {
    return {.entry = {.name = draft.plan.told.name,
                      .version = EntryVersionOf(draft.plan),
                      .modified = draft.modified,
                      .views = draft.plan.told.options.views},
            .plan = std::make_shared<const DatasetPlan>(std::move(draft.plan))};
  }

  const DatasetSearch& given_;
  const LoadedConfiguration& loaded_;
  const CallContext& context_;
  std::vector<SourceGroup> groups_;  // found without configuration
  std::set<std::string> claimed_;    // keys of what the configuration names
};

}  // namespace

absl::StatusOr<FoundDatasets> SearchDatasets(const DatasetSearch& search,
                                             const LoadedConfiguration& loaded,
                                             const CallContext& context) {
  return Search(search, loaded, context).Run();
}

}  // namespace annofs
