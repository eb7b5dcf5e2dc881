#include "fs/source_groups.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/base/digest.h"
#include "cache/base/names.h"
#include "cache/base/text.h"

namespace annofs {
namespace {

// One directory is the other, or in it.
bool AreRelated(absl::string_view a, absl::string_view b) {
  if (a.size() > b.size()) std::swap(a, b);
  return a.empty() || a == b || (absl::StartsWith(b, a) && b[a.size()] == '/');
}

// A manifest has no labels, so none is hidden; and media that a task uses have one beside them
// (reference/cvat.md §7), which must not show them a second time.
bool IsPartOfAnother(const FoundSource& source, const std::vector<FoundSource>& all) {
  if (!source.broken.ok() || source.richness() > kManifestRichness) return false;
  return absl::c_any_of(all, [&source](const FoundSource& other) {
    return other.broken.ok() && other.richness() > kManifestRichness &&
           AreRelated(DirName(other.object.key), DirName(source.object.key));
  });
}

void LeaveOutManifests(std::vector<FoundSource>& sources, std::vector<std::string>& notes) {
  std::vector<FoundSource> left;
  std::string first;
  size_t count = 0;
  for (const FoundSource& source : sources) {
    if (!IsPartOfAnother(source, sources)) {
      left.push_back(source);
    } else if (count++ == 0) {
      first = absl::StrCat("'", source.object.key, "', ", source.reader->Info().name);
    }
  }
  sources = std::move(left);
  if (count == 0) return;
  notes.push_back(absl::StrCat("takes ", count, " source", count == 1 ? "" : "s", " that hold",
                               count == 1 ? "s" : "", " least (", first, count == 1 ? "" : "; …",
                               ") for a part of the datasets beside, above or below, and shows "
                               "no dataset of ",
                               count == 1 ? "it" : "them",
                               " (what is named with --annotations alone is shown)"));
}

// CVAT's number of a whole task or project: a job is a part of one.
bool IsOfWhole(absl::string_view number) {
  return absl::StartsWith(number, "task ") || absl::StartsWith(number, "project ");
}

absl::string_view KindOf(absl::string_view number) { return number.substr(0, number.find(' ')); }

// What numbers and names say of each other.
class Identities {
 public:
  explicit Identities(const std::vector<FoundSource>& sources) {
    for (const FoundSource& source : sources) {
      if (source.has_own_name) own_names_.insert(source.name);
      if (source.number.empty()) continue;
      std::set<std::string>& names = names_of_number_[source.number];
      if (source.has_own_name) names.insert(source.name);
      if (IsOfWhole(source.number)) {
        numbers_of_name_[source.name][std::string(KindOf(source.number))].insert(source.number);
      }
    }
  }

  // Sources with the same key are of one task.
  std::string KeyOf(const FoundSource& source) const {
    std::string name = source.name;
    if (!source.has_own_name && !source.number.empty()) {
      const std::set<std::string>& names = names_of_number_.at(source.number);
      if (names.empty()) return absl::StrCat("number\n", source.number);
      if (names.size() == 1) name = *names.begin();
    }
    // What an object is called, "annotations" mostly, is a task's name where one has it, and
    // elsewhere tells of its own directory only.
    if (!own_names_.contains(name)) {
      return absl::StrCat("stem\n", name, "\n", DirName(source.object.key));
    }
    return absl::StrCat("name\n", name, IsOfSeveral(name) ? absl::StrCat("\n", source.number) : "");
  }

 private:
  // Tasks of one name, by their numbers.
  bool IsOfSeveral(const std::string& name) const {
    auto found = numbers_of_name_.find(name);
    return found != numbers_of_name_.end() &&
           absl::c_any_of(found->second, [](const auto& kind) { return kind.second.size() > 1; });
  }

  std::set<std::string> own_names_;
  std::map<std::string, std::set<std::string>> names_of_number_;
  std::map<std::string, std::map<std::string, std::set<std::string>>> numbers_of_name_;  // by kind
};

// The newest first.
bool IsNewer(const FoundSource& a, const FoundSource& b) {
  return std::tuple(b.object.modified, absl::string_view(a.object.key)) <
         std::tuple(a.object.modified, absl::string_view(b.object.key));
}

// Two states of one task in one format.
bool IsStateOf(const FoundSource& older, const FoundSource& newer) {
  return newer.broken.ok() && older.reader == newer.reader && AreOfOneNumber(older, newer);
}

// The richest of one task, with those that are not read.
void AddGroups(std::vector<FoundSource> same, std::vector<SourceGroup>& groups) {
  int richest = 0;
  for (const FoundSource& source : same) {
    if (source.broken.ok()) richest = std::max(richest, source.richness());
  }
  // A name that one of them has of its own is everyone's.
  auto named = absl::c_find_if(same, [](const FoundSource& s) { return s.has_own_name; });
  const std::string name = named == same.end() ? "" : named->name;
  absl::c_sort(same, IsNewer);
  std::vector<FoundSource> poorer;
  std::vector<SourceGroup> rich;
  for (FoundSource& source : same) {
    if (!name.empty()) source.name = name;
    if (source.broken.ok() && source.richness() < richest) {
      poorer.push_back(std::move(source));
      continue;
    }
    auto newer = absl::c_find_if(rich, [&source](const SourceGroup& group) {
      return source.broken.ok() && IsStateOf(source, group.source);
    });
    if (newer != rich.end()) {
      newer->others.push_back(std::move(source));
    } else {
      rich.emplace_back().source = std::move(source);
    }
  }
  for (SourceGroup& group : rich) {
    group.others.insert(group.others.end(), poorer.begin(), poorer.end());
    absl::c_sort(group.others, [](const FoundSource& a, const FoundSource& b) {
      return a.object.key < b.object.key;
    });
    groups.push_back(std::move(group));
  }
}

std::string WithHash(absl::string_view name, absl::string_view key) {
  return SafeName(absl::StrCat(name.substr(0, kMaxNameBytes - 9), "-", Hash8Hex(key)));
}

void NameGroups(std::vector<SourceGroup>& groups) {
  std::vector<WantedName> wanted;
  for (const SourceGroup& group : groups) {
    wanted.push_back({group.source.name, group.source.object.key});
  }
  std::vector<std::string> names = DatasetNames(wanted);
  for (size_t i = 0; i < groups.size(); ++i) groups[i].name = std::move(names[i]);
}

}  // namespace

bool AreOfOneNumber(const FoundSource& a, const FoundSource& b) {
  return !a.number.empty() && a.number == b.number;
}

std::vector<SourceGroup> GroupSources(std::vector<FoundSource> sources,
                                      std::vector<std::string>& notes) {
  LeaveOutManifests(sources, notes);
  const Identities identities(sources);
  std::map<std::string, std::vector<FoundSource>> by_key;
  for (FoundSource& source : sources) by_key[identities.KeyOf(source)].push_back(std::move(source));
  std::vector<SourceGroup> groups;
  for (auto& [key, same] : by_key) AddGroups(std::move(same), groups);
  NameGroups(groups);
  return groups;
}

// No dataset is called "images": a path has one /images/ only.
std::vector<std::string> DatasetNames(const std::vector<WantedName>& wanted,
                                      const std::set<std::string>& taken) {
  std::map<std::string, int> uses = {{"images", 1}, {"readme.txt", 1}};
  std::set<std::string> given = {"images", "readme.txt"};
  for (const std::string& name : taken) {
    ++uses[name];
    given.insert(name);
  }
  for (const WantedName& want : wanted) ++uses[absl::AsciiStrToLower(SafeName(want.name))];
  std::vector<std::string> names;
  for (const WantedName& want : wanted) {
    const std::string safe = SafeName(want.name);
    std::string name = safe;
    if (uses[absl::AsciiStrToLower(safe)] > 1) name = WithHash(safe, want.key);
    // The name with its hash may be another one's own name.
    for (int i = 1; !given.insert(absl::AsciiStrToLower(name)).second; ++i) {
      name = WithHash(safe, absl::StrCat(want.key, "/", i));
    }
    names.push_back(std::move(name));
  }
  return names;
}

}  // namespace annofs
