#include "fs/annotation_search.h"

#include <fnmatch.h>

#include <algorithm>
#include <deque>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "cache/base/path_pattern.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "fs/annotation_names.h"
#include "fs/configuration.h"
#include "fs/glob_search.h"
#include "fs/key_lookup.h"

namespace annofs {
namespace {

constexpr absl::string_view kAnyDepth = "**";  // of a glob: all below
constexpr absl::string_view kRemedy = "name sources with --annotations";

std::vector<RowId> Distinct(std::vector<RowId> rows) {
  absl::c_sort(rows);
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  return rows;
}

class Search {
 public:
  Search(Catalog& catalog, const CallContext& context)
      : catalog_(catalog),
        context_(context),
        is_everywhere_(catalog.Info().kind == SnapshotInfo::Kind::kIndex) {}

  absl::StatusOr<Candidates> Run() {
    std::deque<Place> queue = {{.row = kRootRow, .path = "/"}};
    for (int lists = 0; !queue.empty(); ++lists) {
      Place place = std::move(queue.front());
      queue.pop_front();
      if (!is_everywhere_ && lists == kDiscoveryLists) {
        notes_.push_back(absl::StrCat("stopped after ", kDiscoveryLists, " directories, before '",
                                      place.path, "': ", kRemedy,
                                      ", or run `annofs index`, which looks everywhere"));
        break;
      }
      RETURN_IF_ERROR(SearchIn(place, queue));
    }
    return Chosen();
  }

 private:
  struct Place {
    RowId row = 0;
    int depth = 0;
    std::string path;             // with a final '/'
    bool holds_any_json = false;  // itself, or a directory that it is in
  };

  absl::Status SearchIn(const Place& place, std::deque<Place>& queue) {
    size_t maybes = 0;
    std::vector<Place> below;
    RETURN_IF_ERROR(catalog_.Children(
        place.row, 0,
        [&](const Row& row) {
          if (row.is_directory) {
            if (IsSearched(place, row)) below.push_back(Below(place, row));
            return true;
          }
          Add(place, row, maybes);
          return true;
        },
        context_));
    // Everywhere: in depth, so that no more than the directories of one path wait.
    if (is_everywhere_) {
      queue.insert(queue.begin(), below.begin(), below.end());
    } else {
      queue.insert(queue.end(), below.begin(), below.end());
    }
    return absl::OkStatus();
  }

  bool IsSearched(const Place& place, const Row& row) const {
    if (is_everywhere_) return true;
    return place.depth == 1 || (place.depth == 0 && IsTellingDirectory(row.name));
  }

  static Place Below(const Place& place, const Row& row) {
    return {.row = row.id,
            .depth = place.depth + 1,
            .path = absl::StrCat(place.path, row.name, "/"),
            .holds_any_json = place.holds_any_json || MayHoldAnyJson(row.name)};
  }

  void Add(const Place& place, const Row& row, size_t& maybes) {
    switch (AnnotationLikeness(row.name, place.holds_any_json)) {
      case Likelihood::kNone:
        return;
      case Likelihood::kLikely:
        if (likely_.size() < kDiscoveryProbes) return likely_.push_back(row.id);
        break;
      case Likelihood::kMaybe:
        if (++maybes <= kMaybesOfDirectory && maybes_.size() < kDiscoveryProbes) {
          return maybes_.push_back({row.id, place.path + row.name});
        }
        break;
    }
    LeaveOut(place.path + row.name);
  }

  void LeaveOut(const std::string& path) {
    if (left_out_++ == 0) first_left_out_ = path;
  }

  Candidates Chosen() {
    Candidates chosen{.rows = std::move(likely_)};
    for (const auto& [row, path] : maybes_) {
      if (chosen.rows.size() < kDiscoveryProbes) {
        chosen.rows.push_back(row);
      } else {
        LeaveOut(path);
      }
    }
    if (left_out_ > 0) {
      notes_.push_back(absl::StrCat(
          "left out ", left_out_, " objects that may hold annotations, such as '", first_left_out_,
          "': it looks into ", kDiscoveryProbes, " objects, and into ", kMaybesOfDirectory,
          " of a directory that are not called so; ", kRemedy));
    }
    chosen.rows = Distinct(std::move(chosen.rows));
    chosen.notes = std::move(notes_);
    return chosen;
  }

  Catalog& catalog_;
  const CallContext context_;
  const bool is_everywhere_;
  std::vector<RowId> likely_;
  std::vector<std::pair<RowId, std::string>> maybes_;
  uint64_t left_out_ = 0;
  std::string first_left_out_;
  std::vector<std::string> notes_;
};

// Adds what the pattern names; answers how many.
absl::StatusOr<size_t> AddNamed(Catalog& catalog, const std::string& pattern,
                                std::vector<RowId>& rows, const CallContext& context) {
  const size_t before = rows.size();
  ASSIGN_OR_RETURN(const std::optional<RowId> directory,
                   FindDirectoryOf(catalog, pattern, context));
  if (!directory) return size_t{0};
  const std::string last(BaseName(pattern));
  absl::Status listed = catalog.Children(
      *directory, 0,
      [&](const Row& row) {
        bool named = row.name == last || fnmatch(last.c_str(), row.name.c_str(), 0) == 0;
        // Which no glob means.
        const bool is_configuration = row.name == kConfigurationName && row.name != last;
        if (*directory == kRootRow && is_configuration) named = false;
        if (named && !row.is_directory) rows.push_back(row.id);
        return rows.size() <= kMostNamed;
      },
      context);
  RETURN_IF_ERROR(Annotate(listed, absl::StrCat("looking for '", pattern, "'")));
  return rows.size() - before;
}

}  // namespace

absl::StatusOr<Candidates> SearchCandidates(Catalog& catalog, const CallContext& context) {
  return Search(catalog, context).Run();
}

absl::StatusOr<Candidates> NamedCandidates(Catalog& catalog,
                                           const std::vector<std::string>& patterns,
                                           absl::string_view named_by, const CallContext& context) {
  Candidates found;
  for (const std::string& pattern : patterns) {
    const bool is_of_all = BaseName(pattern) == kAnyDepth;
    size_t named = 0;
    if (!is_of_all) {
      ASSIGN_OR_RETURN(named, AddNamed(catalog, pattern, found.rows, context));
    }
    if (named == 0 && (is_of_all || PathPattern::HasWildcard(DirName(pattern)))) {
      const size_t before = found.rows.size();
      ASSIGN_OR_RETURN(const bool was_cut, FindGlob(catalog, pattern, found.rows, context));
      named = found.rows.size() - before;
      if (was_cut) {
        found.notes.push_back(absl::StrCat("stopped after ", kDiscoveryLists,
                                           " directories of the pattern '", pattern,
                                           "': run `annofs index`, which lists them all"));
      }
    }
    if (found.rows.size() > kMostNamed) {
      found.rows.resize(kMostNamed);
      found.notes.push_back(absl::StrCat("stopped at '", pattern, "': with it more than ",
                                         kMostNamed, " objects are named by ", named_by));
      break;
    }
    // A wrong name must not hide the other sources.
    if (named > 0) continue;
    found.notes.push_back(
        absl::StrCat("found no object '", pattern, "', which ", named_by, " names"));
  }
  found.rows = Distinct(std::move(found.rows));
  return found;
}

}  // namespace annofs
