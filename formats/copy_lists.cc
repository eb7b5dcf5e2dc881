#include "formats/copy_lists.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace annofs {
namespace {

Problem OfList(const PartList& list, absl::string_view what, absl::string_view first) {
  return {.reason = absl::StrCat("the list of part '", list.part, "' in the configuration: ", what,
                                 ", the first is '", first, "'")};
}

// What every path begins with that the glob names: patterns leave out empty components and ".".
std::string PrefixOf(absl::string_view glob) {
  absl::string_view prefix = glob.substr(0, glob.find_first_of("*?[\\"));
  if (absl::StartsWith(prefix, "/") || absl::StartsWith(prefix, "./") ||
      absl::StrContains(prefix, "//") || absl::StrContains(prefix, "/.")) {
    return "";
  }
  absl::ConsumeSuffix(&prefix, "/");  // of `a/**` the path `a`
  return std::string(prefix);
}

}  // namespace

CopyLists::CopyLists(const std::vector<PartList>& lists,
                     const std::vector<std::vector<std::string>>& globs) {
  size_t glob_count = 0;
  for (size_t i = 0; i < lists.size() && i < globs.size(); ++i) {
    List& list = lists_.emplace_back();
    list.list = &lists[i];
    list.entries = &globs[i];
    list.has_frame.resize(globs[i].size());
    list.names.reserve(globs[i].size());
    for (size_t place = 0; place < globs[i].size(); ++place) {
      // What stands there twice counts once.
      if (!list.names.insert(&globs[i][place]).second) {
        list.has_frame[place] = true;
      } else if (PathPattern::HasWildcard(globs[i][place])) {
        if (glob_count++ < kMostListGlobs) {
          list.AddGlob(place);
        } else {
          ++globs_left_out_;
        }
      }
    }
  }
}

void CopyLists::List::AddGlob(size_t place) {
  absl::StatusOr<PathPattern> pattern = PathPattern::Parse((*entries)[place]);
  if (!pattern.ok()) return;  // too many components: it names nothing
  globs.push_back({*std::move(pattern), PrefixOf((*entries)[place]), place});
}

bool CopyLists::List::Names(absl::string_view frame) {
  bool is_named = false;
  const auto found = names.find(frame);
  if (found != names.end()) {
    is_named = true;
    has_frame[size_t(*found - entries->data())] = true;
  }
  for (const Glob& glob : globs) {
    if (is_named && has_frame[glob.place]) continue;  // nothing new to learn
    if (!absl::StartsWith(frame, glob.prefix) || !glob.pattern.Matches(frame)) continue;
    is_named = true;
    has_frame[glob.place] = true;
  }
  return is_named;
}

std::optional<size_t> CopyLists::Find(absl::string_view frame) {
  std::optional<size_t> last;
  for (size_t i = 0; i < lists_.size(); ++i) {
    if (!lists_[i].Names(frame)) continue;
    if (last && lists_[*last].list->part != lists_[i].list->part) {
      List& earlier = lists_[*last];
      if (earlier.taken++ == 0) {
        earlier.first_taken = std::string(frame);
        earlier.taken_by = lists_[i].list->part;
      }
    }
    last = i;
  }
  return last;
}

std::vector<Problem> CopyLists::Problems() const {
  std::vector<Problem> problems;
  for (const List& list : lists_) {
    const auto unused = std::count(list.has_frame.begin(), list.has_frame.end(), false);
    if (unused > 0) {
      const auto first = std::find(list.has_frame.begin(), list.has_frame.end(), false);
      problems.push_back(OfList(*list.list, absl::StrCat(unused, " of its names have no frame"),
                                (*list.entries)[size_t(first - list.has_frame.begin())]));
    }
    if (list.taken > 0) {
      problems.push_back(
          OfList(*list.list,
                 absl::StrCat(list.taken, " frames are of a later list, too, which counts ('",
                              list.taken_by, "')"),
                 list.first_taken));
    }
  }
  if (globs_left_out_ > 0) {
    problems.push_back(
        {.severity = Problem::Severity::kError,
         .reason = absl::StrCat("the lists in the configuration have more than ", kMostListGlobs,
                                " globs: ", globs_left_out_, " are taken as names")});
  }
  return problems;
}

}  // namespace annofs
