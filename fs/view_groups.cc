#include "fs/view_groups.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "cache/base/text.h"
#include "formats/view_globs.h"
#include "fs/views.h"

namespace annofs {

ViewGroups::ViewGroups(const std::vector<std::string>& names,
                       const std::vector<std::unique_ptr<Writer>>& writers) {
  uint32_t groups = 0;
  for (size_t view = 0; view < names.size(); ++view) {
    const std::string group(DirName(names[view]));
    if (group.empty()) {
      top_.push_back({.name = names[view], .view = view});
      continue;
    }
    auto known = std::find_if(top_.begin(), top_.end(), [&](const Entry& entry) {
      return entry.group > 0 && entry.name == group;
    });
    if (known == top_.end()) {
      known = top_.insert(top_.end(), {.name = group, .group = ++groups});
    }
    for (const std::unique_ptr<Writer>& writer : writers) {
      if (writer->Info().name != names[view]) continue;
      members_.push_back({.group = known->group,
                          .entry = {.name = std::string(BaseName(names[view])), .view = view},
                          .info = writer->Info()});
    }
  }
  std::sort(top_.begin(), top_.end(),
            [](const Entry& a, const Entry& b) { return a.name < b.name; });
}

std::vector<ReadmeView> ViewGroups::Explained(
    const std::vector<std::unique_ptr<Writer>>& writers) const {
  std::vector<ReadmeView> views;
  for (const Entry& entry : top_) {
    ReadmeView view{.name = entry.name};
    if (entry.group > 0) {
      view.what = absl::StrCat(entry.name == "cvat" ? "CVAT's own export" : entry.name,
                               " formats as directories: those that fit the dataset");
    } else if (entry.name == kReportsName) {
      view.what = "about.json, lists of classes and frames, problems, what each view had to drop";
    }
    for (const std::unique_ptr<Writer>& writer : writers) {
      if (writer->Info().name == entry.name) view.what = std::string(writer->Info().summary);
    }
    views.push_back(std::move(view));
  }
  return views;
}

bool ViewGroups::IsShown(const Entry& entry, const std::vector<std::string>& globs) const {
  if (entry.group == 0) return annofs::IsShown(entry.name, globs);
  return std::any_of(members_.begin(), members_.end(), [&](const Member& member) {
    return member.group == entry.group && annofs::IsShown(member.info.name, globs);
  });
}

std::vector<ViewGroups::Entry> ViewGroups::Top(const std::vector<std::string>& globs) const {
  std::vector<Entry> shown;
  std::copy_if(top_.begin(), top_.end(), std::back_inserter(shown),
               [&](const Entry& entry) { return IsShown(entry, globs); });
  return shown;
}

std::vector<ViewGroups::Entry> ViewGroups::Of(uint32_t group, const DatasetInfo& info) const {
  std::vector<Entry> entries;
  for (const Member& member : members_) {
    if (member.group == group && IsFor(member.info, info)) entries.push_back(member.entry);
  }
  return entries;
}

}  // namespace annofs
