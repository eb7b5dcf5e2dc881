#include "fs/discovery.h"

#include <fnmatch.h>

#include <algorithm>
#include <array>
#include <deque>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "fs/catalog_source.h"

namespace annofs {
namespace {

constexpr std::array<absl::string_view, 6> kTellingWords = {"annotation", "cvat",   "label",
                                                            "export",     "backup", "dataset"};
// What CVAT writes annotations as (reference/cvat.md §8); whether one is, a probe tells.
constexpr std::array<absl::string_view, 2> kAnnotationExtensions = {".zip", ".xml"};

bool HasTellingName(absl::string_view name) {
  std::string lower = absl::AsciiStrToLower(name);
  return absl::c_any_of(kTellingWords,
                        [&](absl::string_view word) { return absl::StrContains(lower, word); });
}

bool MayHoldAnnotations(absl::string_view name) {
  return absl::c_any_of(kAnnotationExtensions, [name](absl::string_view extension) {
    return absl::EndsWithIgnoreCase(name, extension);
  });
}

class Discoverer {
 public:
  Discoverer(Catalog& catalog, ObjectReader& reader,
             const std::vector<std::unique_ptr<Reader>>& readers, const CallContext& context)
      : catalog_(catalog), reader_(reader), readers_(readers), context_(context) {}

  // The root, directories with a telling name in it, and what is directly in those.
  absl::Status Search() {
    std::deque<Place> queue = {{kRootRow, 0, "/"}};
    int lists = 0;
    while (!queue.empty()) {
      Place place = std::move(queue.front());
      queue.pop_front();
      if (lists++ == kDiscoveryLists) {
        notes_.push_back(absl::StrCat("stopped after ", kDiscoveryLists, " directories, before '",
                                      place.path, "': name sources with --annotations"));
        break;
      }
      RETURN_IF_ERROR(SearchIn(place, queue));
    }
    return absl::OkStatus();
  }

  absl::Status Named(const std::string& pattern) {
    size_t before = candidates_.size();
    absl::StatusOr<RowId> directory = DirectoryOf(pattern);
    const bool names_nothing = absl::IsNotFound(directory.status()) ||
                               absl::IsInvalidArgument(directory.status()) ||
                               absl::IsOutOfRange(directory.status());
    if (names_nothing) return NamesNothing(pattern);
    RETURN_IF_ERROR(directory.status());
    std::string last(BaseName(pattern));
    absl::Status listed = catalog_.Children(
        *directory, 0,
        [&](const Row& row) {
          bool named = row.name == last || fnmatch(last.c_str(), row.name.c_str(), 0) == 0;
          if (named && !row.is_directory) candidates_.push_back(row.id);
          return true;
        },
        context_);
    RETURN_IF_ERROR(Annotate(listed, absl::StrCat("looking for '", pattern, "'")));
    return candidates_.size() > before ? absl::OkStatus() : NamesNothing(pattern);
  }

  absl::StatusOr<Discovery> Probe() {
    Discovery found;
    absl::c_sort(candidates_);
    candidates_.erase(std::unique(candidates_.begin(), candidates_.end()), candidates_.end());
    absl::Status refused;
    for (RowId row : candidates_) {
      ASSIGN_OR_RETURN(ObjectVersion object, catalog_.Version(row));
      absl::Status status = ProbeOne(object, found.sources);
      if (!IsOfOneObject(status)) RETURN_IF_ERROR(status);
      if (status.ok()) continue;
      notes_.push_back(absl::StrCat("could not read '", object.key, "': ", status.message()));
      if (absl::IsPermissionDenied(status)) refused = status;
    }
    if (found.sources.empty()) RETURN_IF_ERROR(refused);
    absl::c_sort(found.sources, [](const FoundSource& a, const FoundSource& b) {
      return a.object.key < b.object.key;
    });
    found.notes = std::move(notes_);
    return found;
  }

 private:
  struct Place {
    RowId row;
    int depth;
    std::string path;
  };

  absl::Status SearchIn(const Place& place, std::deque<Place>& queue) {
    return catalog_.Children(
        place.row, 0,
        [&](const Row& row) {
          if (row.is_directory) {
            bool look = place.depth == 1 || (place.depth == 0 && HasTellingName(row.name));
            if (look)
              queue.push_back({row.id, place.depth + 1, absl::StrCat(place.path, row.name, "/")});
          } else if (MayHoldAnnotations(row.name)) {
            AddCandidate(row);
          }
          return true;
        },
        context_);
  }

  void AddCandidate(const Row& row) {
    if (candidates_.size() < kDiscoveryProbes) {
      candidates_.push_back(row.id);
    } else if (candidates_.size() == kDiscoveryProbes && !told_probes_) {
      told_probes_ = true;
      notes_.push_back(absl::StrCat("stopped after ", kDiscoveryProbes,
                                    " objects that may hold annotations, before '", row.name,
                                    "': name sources with --annotations"));
    }
  }

  absl::StatusOr<RowId> DirectoryOf(absl::string_view key) {
    RowId directory = kRootRow;
    for (absl::string_view rest = DirName(key); !rest.empty();) {
      size_t slash = rest.find('/');
      absl::string_view name = rest.substr(0, slash);
      rest.remove_prefix(slash == absl::string_view::npos ? rest.size() : slash + 1);
      absl::StatusOr<Row> row = catalog_.Lookup(directory, name, context_);
      if (!row.ok()) return Annotate(row.status(), absl::StrCat("looking for '", key, "'"));
      if (!row->is_directory) return absl::NotFoundError(absl::StrCat(name, " is no directory"));
      directory = row->id;
    }
    return directory;
  }

  // A wrong name must not hide the other sources.
  absl::Status NamesNothing(absl::string_view pattern) {
    notes_.push_back(absl::StrCat("found no object '", pattern, "', which --annotations names"));
    return absl::OkStatus();
  }

  // A failure of the store is an error: a source must not seem absent because the network was. A
  // broken object is a source that says so.
  absl::Status ProbeOne(const ObjectVersion& object, std::vector<FoundSource>& found) {
    std::unique_ptr<Source> source = NewCatalogSource(reader_, object, context_);
    for (const std::unique_ptr<Reader>& reader : readers_) {
      absl::StatusOr<std::optional<ProbeResult>> result = reader->Probe(*source);
      if (result.ok() && !*result) continue;
      if (!result.ok() && !IsOfTheContent(result.status())) return result.status();
      FoundSource one{.object = object, .reader = reader.get()};
      if (result.ok()) one.name = (*result)->name;
      if (one.name.empty()) one.name = StemOf(one.object.key);
      one.broken = result.status();
      found.push_back(std::move(one));
      return absl::OkStatus();
    }
    return absl::OkStatus();
  }

  // An object that went away after it was listed, or that alone cannot be read, does not hide the
  // others.
  static bool IsOfOneObject(const absl::Status& status) {
    return absl::IsAborted(status) || absl::IsDataLoss(status) ||
           absl::IsPermissionDenied(status) || absl::IsNotFound(status);
  }

  static std::string StemOf(absl::string_view key) {
    absl::string_view name = BaseName(key);
    name.remove_suffix(Extension(name).size());
    return std::string(name);
  }

  Catalog& catalog_;
  ObjectReader& reader_;
  const std::vector<std::unique_ptr<Reader>>& readers_;
  const CallContext context_;
  std::vector<RowId> candidates_;
  std::vector<std::string> notes_;
  bool told_probes_ = false;
};

}  // namespace

absl::StatusOr<Discovery> Discover(Catalog& catalog, ObjectReader& reader,
                                   const std::vector<std::unique_ptr<Reader>>& readers,
                                   const std::vector<std::string>& patterns,
                                   const CallContext& context) {
  Discoverer discoverer(catalog, reader, readers, context);
  if (patterns.empty()) RETURN_IF_ERROR(discoverer.Search());
  for (const std::string& pattern : patterns) RETURN_IF_ERROR(discoverer.Named(pattern));
  return discoverer.Probe();
}

}  // namespace annofs
