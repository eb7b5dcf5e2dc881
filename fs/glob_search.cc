#include "fs/glob_search.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "cache/base/path_pattern.h"
#include "cache/base/status.h"
#include "fs/annotation_search.h"
#include "fs/configuration.h"

namespace annofs {
namespace {

// What a glob over directories names. In a bucket that is not indexed a directory is a request.
class GlobSearch {
 public:
  // All outlive it.
  GlobSearch(Catalog& catalog, const std::string& pattern, std::vector<RowId>& rows,
             const CallContext& context)
      : catalog_(catalog),
        pattern_(pattern),
        rows_(rows),
        context_(context),
        is_everywhere_(catalog.Info().kind == SnapshotInfo::Kind::kIndex) {}

  absl::StatusOr<bool> Run() {
    absl::StatusOr<PathPattern> parsed = PathPattern::Parse(pattern_);
    if (!parsed.ok()) return false;  // no key has so many components
    glob_ = *std::move(parsed);
    std::vector<Place> waiting = {{kRootRow, glob_.Start()}};
    while (!waiting.empty() && rows_.size() <= kMostNamed) {
      const Place place = waiting.back();
      waiting.pop_back();
      RETURN_IF_ERROR(
          Annotate(LookInto(place, waiting), absl::StrCat("looking for '", pattern_, "'")));
    }
    return was_cut_;
  }

 private:
  struct Place {
    RowId row;
    PathPattern::States states;
  };

  absl::Status LookInto(const Place& place, std::vector<Place>& waiting) {
    if (const auto name = glob_.OnlyName(place.states)) {
      absl::StatusOr<Row> row = catalog_.Lookup(place.row, *name, context_);
      const bool is_absent = absl::IsNotFound(row.status()) || absl::IsOutOfRange(row.status()) ||
                             absl::IsInvalidArgument(row.status());
      if (is_absent) return absl::OkStatus();
      RETURN_IF_ERROR(row.status());
      Take(*row, place.states, waiting);
      return absl::OkStatus();
    }
    was_cut_ = was_cut_ || (!is_everywhere_ && lists_ == kDiscoveryLists);
    if (was_cut_) return absl::OkStatus();
    ++lists_;
    return catalog_.Children(
        place.row, 0,
        [&](const Row& row) {
          Take(row, place.states, waiting);
          return rows_.size() <= kMostNamed;
        },
        context_);
  }

  void Take(const Row& row, PathPattern::States states, std::vector<Place>& waiting) {
    states = glob_.Step(states, row.name);
    if (row.is_directory && states != 0) waiting.push_back({row.id, states});
    const bool is_configuration = row.parent == kRootRow && row.name == kConfigurationName;
    if (!row.is_directory && !is_configuration && glob_.Accepts(states)) rows_.push_back(row.id);
  }

  Catalog& catalog_;
  const std::string& pattern_;
  std::vector<RowId>& rows_;
  const CallContext& context_;
  const bool is_everywhere_;
  PathPattern glob_;
  int lists_ = 0;
  bool was_cut_ = false;
};

}  // namespace

absl::StatusOr<bool> FindGlob(Catalog& catalog, const std::string& pattern,
                              std::vector<RowId>& rows, const CallContext& context) {
  return GlobSearch(catalog, pattern, rows, context).Run();
}

}  // namespace annofs
