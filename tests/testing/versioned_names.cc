#include "tests/testing/versioned_names.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace annofs::testing {
namespace {

// The directory of `key` below `prefix` with its final '/', "" if it lies directly there.
std::string DirectoryOf(absl::string_view key, absl::string_view prefix) {
  const size_t slash = key.find('/', prefix.size());
  return slash == key.npos ? "" : std::string(key.substr(0, slash + 1));
}

// The first name behind a directory: '0' follows '/'.
std::string Behind(absl::string_view directory) {
  return absl::StrCat(directory.substr(0, directory.size() - 1), "0");
}

}  // namespace

void VersionedNames::Put(ObjectVersion object, absl::Time uploaded) {
  std::vector<Version>& versions = names_[object.key];
  versions.push_back({.object = std::move(object), .uploaded = uploaded});
}

void VersionedNames::Hide(absl::string_view key, absl::string_view version, absl::Time uploaded) {
  names_[std::string(key)].push_back(
      {.object = {.key = std::string(key), .version = std::string(version)},
       .uploaded = uploaded,
       .is_marker = true});
}

void VersionedNames::RemoveVersion(absl::string_view key, absl::string_view version) {
  const auto name = names_.find(key);
  if (name == names_.end()) return;
  std::erase_if(name->second, [&](const Version& one) { return one.object.version == version; });
  if (name->second.empty()) names_.erase(name);
}

void VersionedNames::Remove(absl::string_view key) {
  const auto name = names_.find(key);
  if (name != names_.end()) names_.erase(name);
}

// Null: the name is not there, or is hidden.
const ObjectVersion* VersionedNames::Newest(const std::vector<Version>& versions,
                                            const ListRequest& request) {
  const auto newest = std::find_if(versions.rbegin(), versions.rend(), [&](const Version& one) {
    return !request.at.has_value() || one.uploaded <= *request.at;
  });
  return newest == versions.rend() || newest->is_marker ? nullptr : &newest->object;
}

VersionedNames::Names::const_iterator VersionedNames::Begin(const ListRequest& request) const {
  const auto begin = names_.lower_bound(std::max(request.start, request.prefix));
  if (begin == names_.end() || request.after.empty() || begin->first > request.after) return begin;
  return names_.upper_bound(request.after);
}

bool VersionedNames::Shows(absl::string_view directory, const ListRequest& request) const {
  if (request.at.has_value()) return true;
  return std::any_of(names_.lower_bound(directory), names_.lower_bound(Behind(directory)),
                     [&](const auto& name) { return Newest(name.second, request) != nullptr; });
}

absl::StatusOr<ListPage> VersionedNames::Page(const ListRequest& request) const {
  if (!request.after.empty() && !request.recursive) {
    return absl::InvalidArgumentError("only a recursive listing begins after a key");
  }
  ListPage page;
  uint32_t room = std::max<uint32_t>(request.max, 1);
  auto at = Begin(request);
  while (at != names_.end() && absl::StartsWith(at->first, request.prefix)) {
    const std::string directory = request.recursive ? "" : DirectoryOf(at->first, request.prefix);
    const ObjectVersion* object = directory.empty() ? Newest(at->second, request) : nullptr;
    const bool shown = directory.empty() ? object != nullptr : Shows(directory, request);
    if ((shown || request.at.has_value()) && room-- == 0) {
      page.next = directory.empty() ? at->first : directory;
      return page;
    }
    if (object != nullptr) page.objects.push_back(*object);
    if (!directory.empty() && shown) page.directories.push_back(directory);
    at = directory.empty() ? std::next(at) : names_.lower_bound(Behind(directory));
  }
  return page;
}

}  // namespace annofs::testing
