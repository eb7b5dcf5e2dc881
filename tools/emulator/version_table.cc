#include "tools/emulator/version_table.h"

#include <algorithm>
#include <utility>

namespace annofs::emulator {

void VersionTable::Add(VersionPointer version) {
  std::vector<VersionPointer>& versions = names_[version->name];
  auto place = std::find_if(versions.begin(), versions.end(),
                            [&](const VersionPointer& other) { return IsNewer(*version, *other); });
  ids_[version->file_id] = version;
  versions.insert(place, std::move(version));
}

void VersionTable::Remove(const FileVersion& version) {
  auto name = names_.find(version.name);
  if (name == names_.end()) return;
  std::erase_if(name->second,
                [&](const VersionPointer& other) { return other->file_id == version.file_id; });
  ids_.erase(version.file_id);
  if (name->second.empty()) names_.erase(name);
}

void VersionTable::Replace(VersionPointer version) {
  Remove(*version);
  Add(std::move(version));
}

const std::vector<VersionPointer>& VersionTable::Of(const std::string& name) const {
  static const auto& none = *new std::vector<VersionPointer>();
  auto found = names_.find(name);
  return found == names_.end() ? none : found->second;
}

VersionPointer VersionTable::FindById(absl::string_view file_id) const {
  auto found = ids_.find(file_id);
  return found == ids_.end() ? nullptr : found->second;
}

std::optional<std::string> VersionTable::NameAtOrAfter(absl::string_view start) const {
  auto found = names_.lower_bound(start);
  if (found == names_.end()) return std::nullopt;
  return found->first;
}

std::vector<std::string> VersionTable::Names() const {
  std::vector<std::string> names;
  for (const auto& [name, versions] : names_) names.push_back(name);
  return names;
}

}  // namespace annofs::emulator
