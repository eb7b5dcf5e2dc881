#include "fs/discovery.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "formats/content_error.h"
#include "fs/annotation_names.h"
#include "fs/catalog_source.h"

namespace annofs {
namespace {

constexpr size_t kMostUnread = 100;     // lines on objects that no reader takes
constexpr size_t kMostSiblings = 1000;  // see Source::Siblings()

std::string StemOf(absl::string_view key) {
  absl::string_view name = BaseName(key);
  name.remove_suffix(Extension(name).size());
  return std::string(name);
}

class Prober {
 public:
  Prober(Catalog& catalog, ObjectReader& reader,
         const std::vector<std::unique_ptr<Reader>>& readers, const CallContext& context)
      : catalog_(catalog), reader_(reader), readers_(readers), context_(context) {}

  // `patterns`: what names the candidates; empty if they were searched for.
  absl::StatusOr<Discovery> Run(Candidates candidates, const std::vector<std::string>& patterns) {
    Discovery found{.notes = std::move(candidates.notes)};
    absl::Status refused;
    for (RowId row : candidates.rows) {
      absl::Status status = ProbeOne(row, found.sources);
      if (!IsOfOneObject(status)) RETURN_IF_ERROR(status);
      if (status.ok()) continue;
      ASSIGN_OR_RETURN(const std::string key, catalog_.Key(row));
      found.notes.push_back(absl::StrCat(kUnreadable, "'", key, "': ", status.message()));
      if (absl::IsPermissionDenied(status)) refused = status;
    }
    if (found.sources.empty()) RETURN_IF_ERROR(refused);
    TellUnread(found, patterns);
    LeaveOutCompanions(found.sources);
    absl::c_sort(found.sources, [](const FoundSource& a, const FoundSource& b) {
      return a.object.key < b.object.key;
    });
    return found;
  }

 private:
  // A failure of the store is an error: a source must not seem absent because the network was. A
  // broken object is a source that says so.
  absl::Status ProbeOne(RowId row, std::vector<FoundSource>& found) {
    ASSIGN_OR_RETURN(const Row object, catalog_.Get(row));
    ASSIGN_OR_RETURN(ObjectVersion version, catalog_.Version(row));
    std::unique_ptr<Source> source =
        NewCatalogSource(reader_, version, context_, SurroundingsOf(object.parent));
    for (const std::unique_ptr<Reader>& reader : readers_) {
      absl::StatusOr<std::optional<ProbeResult>> result = reader->Probe(*source);
      if (result.ok() && !*result) continue;
      if (!result.ok() && !IsContentError(result.status())) return result.status();
      FoundSource one{.object = std::move(version), .reader = reader.get()};
      one.broken = result.status();
      if (result.ok()) RETURN_IF_ERROR(Take(**std::move(result), object.parent, one));
      if (!one.has_own_name) one.name = StemOf(one.object.key);
      if (one.number.empty()) one.number = NumberInName(BaseName(one.object.key));
      found.push_back(std::move(one));
      return absl::OkStatus();
    }
    unread_.push_back(std::move(version.key));
    return absl::OkStatus();
  }

  // Of every object that a pattern spells out; of others so many, then how many more.
  void TellUnread(Discovery& found, const std::vector<std::string>& patterns) const {
    const std::set<absl::string_view> spelled(patterns.begin(), patterns.end());
    std::set<absl::string_view> companions;
    for (const FoundSource& source : found.sources) {
      for (const ObjectVersion& companion : source.companions) companions.insert(companion.key);
    }
    size_t told = 0, more = 0;
    for (const std::string& key : unread_) {
      if (companions.contains(key)) continue;
      const bool is_spelled = spelled.contains(key);
      if (!is_spelled && patterns.empty() && !IsUnmistakable(BaseName(key))) continue;
      if (!is_spelled && ++told > kMostUnread) {
        ++more;
        continue;
      }
      found.notes.push_back(absl::StrCat("does not read '", key, "': no reader knows it"));
    }
    if (more == 0) return;
    found.notes.push_back(absl::StrCat("does not read ", more, " more, which no reader knows"));
  }

  absl::Status Take(ProbeResult result, RowId directory, FoundSource& source) {
    source.has_own_name = !result.name.empty();
    source.name = std::move(result.name);
    source.number = std::move(result.number);
    source.own_richness = result.richness;
    for (const std::string& name :
         std::set<std::string>(result.companions.begin(), result.companions.end())) {
      absl::StatusOr<ObjectVersion> companion = SiblingOf(directory, name);
      if (absl::IsNotFound(companion.status())) continue;
      RETURN_IF_ERROR(companion.status());
      source.companions.push_back(*std::move(companion));
    }
    return absl::OkStatus();
  }

  SourceSurroundings SurroundingsOf(RowId directory) {
    return {.siblings = [this, directory] { return SiblingsIn(directory); },
            .sibling = [this,
                        directory](absl::string_view name) { return SiblingOf(directory, name); }};
  }

  // Candidates of one directory are often probed one after the other.
  absl::StatusOr<std::vector<std::string>> SiblingsIn(RowId directory) {
    if (siblings_of_ == directory) return siblings_;
    siblings_of_.reset();
    siblings_.clear();
    RETURN_IF_ERROR(catalog_.Children(
        directory, 0,
        [this](const Row& row) {
          if (!row.is_directory && MayBeCompanion(row.name)) siblings_.push_back(row.name);
          return siblings_.size() < kMostSiblings;
        },
        context_));
    siblings_of_ = directory;
    return siblings_;
  }

  absl::StatusOr<ObjectVersion> SiblingOf(RowId directory, absl::string_view name) {
    absl::StatusOr<Row> row = catalog_.Lookup(directory, name, context_);
    const bool is_object = row.ok() && !row->is_directory;
    if (row.ok() ? !is_object : absl::IsOutOfRange(row.status())) {
      return absl::NotFoundError(absl::StrCat("no object '", name, "' beside it"));
    }
    RETURN_IF_ERROR(row.status());
    return catalog_.Version(row->id);
  }

  // A source is left out if one that is at least as rich, and stays, names it. The richest come
  // first, so that of two that name each other one stays.
  static void LeaveOutCompanions(std::vector<FoundSource>& sources) {
    absl::c_sort(sources, [](const FoundSource& a, const FoundSource& b) {
      return std::tuple(-a.richness(), absl::string_view(a.object.key)) <
             std::tuple(-b.richness(), absl::string_view(b.object.key));
    });
    std::map<std::string, int> taken;  // with the richness of who takes it
    std::vector<FoundSource> left;
    for (FoundSource& source : sources) {
      if (taken.contains(source.object.key)) continue;
      for (const ObjectVersion& companion : source.companions) {
        taken.emplace(companion.key, source.richness());
      }
      left.push_back(std::move(source));
    }
    std::erase_if(left, [&taken](const FoundSource& source) {
      auto by = taken.find(source.object.key);
      return by != taken.end() && by->second >= source.richness();
    });
    sources = std::move(left);
  }

  Catalog& catalog_;
  ObjectReader& reader_;
  const std::vector<std::unique_ptr<Reader>>& readers_;
  const CallContext context_;
  std::optional<RowId> siblings_of_;
  std::vector<std::string> siblings_;
  std::vector<std::string> unread_;  // keys of objects that no reader takes
};

}  // namespace

absl::StatusOr<Discovery> Discover(Catalog& catalog, ObjectReader& reader,
                                   const std::vector<std::unique_ptr<Reader>>& readers,
                                   const std::vector<std::string>& patterns,
                                   const CallContext& context, absl::string_view named_by) {
  absl::StatusOr<Candidates> candidates =
      patterns.empty() ? SearchCandidates(catalog, context)
                       : NamedCandidates(catalog, patterns, named_by, context);
  RETURN_IF_ERROR(candidates.status());
  return Prober(catalog, reader, readers, context).Run(*std::move(candidates), patterns);
}

}  // namespace annofs
