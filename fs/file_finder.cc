#include "fs/file_finder.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cache/base/status.h"
#include "cache/base/text.h"

namespace annofs {
namespace {

constexpr size_t kEntriesAtOnce = 256;

bool IsSkipped(absl::string_view component) { return component.empty() || component == "."; }

}  // namespace

CallContext FileFinder::Context() const {
  CallContext context{.cancellation = options_.cancellation};
  context.deadline = context.clock->Now() + options_.timeout;
  return context;
}

absl::Status FileFinder::Find(absl::string_view path, Found found, Broken broken) {
  ASSIGN_OR_RETURN(const NodeAttr root, tree_.Stat(kRootNode, Context()));
  absl::Status status = FindExactly(root, "", path, found, broken);
  if (!absl::IsNotFound(status)) return status;
  absl::StatusOr<NodeAttr> views = absl::NotFoundError("no views");
  if (!options_.views_name.empty()) {
    views = tree_.Lookup(kRootNode, options_.views_name, Context());
    if (!views.ok() && !absl::IsNotFound(views.status())) return views.status();
  }
  if (views.ok()) status = FindExactly(*views, options_.views_name, path, found, broken);
  if (!absl::IsNotFound(status)) return status;
  if (!PathPattern::HasWildcard(path)) return absl::NotFoundError("no such file or directory");
  status = FindMatches(root, "", path, found, broken);
  if (absl::IsNotFound(status) && views.ok()) {
    status = FindMatches(*views, options_.views_name, path, found, broken);
  }
  return status;
}

absl::Status FileFinder::FindExactly(const NodeAttr& from, absl::string_view from_path,
                                     absl::string_view path, Found found, Broken broken) {
  NodeAttr attr = from;
  std::string directory;
  std::string at(from_path);
  for (absl::string_view name : absl::StrSplit(path, '/')) {
    if (IsSkipped(name)) continue;
    if (!attr.is_directory) return absl::NotFoundError("not a directory");
    ASSIGN_OR_RETURN(attr, tree_.Lookup(attr.id, name, Context()));
    directory = std::exchange(at, JoinPath(at, name));
  }
  if (!attr.is_directory) return found(directory, BaseName(at), attr);
  open_.push_back({.directory = attr.id, .path = std::move(at), .is_whole = true});
  return Walk(found, broken);
}

absl::Status FileFinder::FindMatches(const NodeAttr& from, absl::string_view from_path,
                                     absl::string_view path, Found found, Broken broken) {
  ASSIGN_OR_RETURN(pattern_, PathPattern::Parse(path));
  matched_ = false;
  RETURN_IF_ERROR(
      Take("", {std::string(from_path), from}, pattern_.Start(), /*is_whole=*/false, found));
  RETURN_IF_ERROR(Walk(found, broken));
  return matched_ ? absl::OkStatus() : absl::NotFoundError("nothing matches");
}

// An entry that the pattern has come to.
absl::Status FileFinder::Take(const std::string& directory, Entry entry, PathPattern::States states,
                              bool is_whole, Found found) {
  if (!is_whole && pattern_.Accepts(states)) matched_ = is_whole = true;
  if (!entry.attr.is_directory) {
    return is_whole ? found(directory, entry.name, entry.attr) : absl::OkStatus();
  }
  std::string path = JoinPath(directory, entry.name);
  if (!is_whole && states == 0) return absl::OkStatus();
  if (!is_whole && pattern_.OnlyName(states)) return LookUp(entry.attr.id, path, states, found);
  open_.push_back({.directory = entry.attr.id,
                   .path = std::move(path),
                   .states = states,
                   .is_whole = is_whole});
  return absl::OkStatus();
}

absl::Status FileFinder::LookUp(NodeId directory, const std::string& path,
                                PathPattern::States states, Found found) {
  const absl::string_view name = *pattern_.OnlyName(states);
  const absl::StatusOr<NodeAttr> attr = tree_.Lookup(directory, name, Context());
  if (absl::IsNotFound(attr.status())) return absl::OkStatus();
  RETURN_IF_ERROR(attr.status());
  return Take(path, {std::string(name), *attr}, pattern_.Step(states, name), /*is_whole=*/false,
              found);
}

absl::Status FileFinder::Walk(Found found, Broken broken) {
  while (!open_.empty()) {
    Open& open = open_.back();
    if (open.next == open.entries.size()) {
      if (absl::Status status = Context().Check(); !status.ok()) {
        open_.clear();
        return status;
      }
      if (absl::Status status = ReadMore(open); !status.ok()) broken(open.path, status);
      if (open.entries.empty()) open_.pop_back();
      continue;
    }
    Entry entry = std::move(open.entries[open.next++]);
    const PathPattern::States states = open.is_whole ? 0 : pattern_.Step(open.states, entry.name);
    // `open` is another one, or gone, when an entry has been taken.
    const std::string path = open.path;
    const absl::Status status = Take(path, std::move(entry), states, open.is_whole, found);
    if (status.ok()) continue;
    open_.clear();
    return status;
  }
  return absl::OkStatus();
}

// Not in the callback of List() is anything done that may wait.
absl::Status FileFinder::ReadMore(Open& open) {
  open.entries.clear();
  open.next = 0;
  if (open.at_end) return absl::OkStatus();
  const absl::Status status = tree_.List(
      open.directory, open.position,
      [&](const DirEntry& entry) {
        open.position = entry.next;
        const bool is_views = open.directory == kRootNode && entry.name == options_.views_name;
        if (!is_views) open.entries.push_back({std::string(entry.name), entry.attr});
        return open.entries.size() < kEntriesAtOnce;
      },
      Context());
  open.at_end = open.entries.size() < kEntriesAtOnce;
  return status;
}

}  // namespace annofs
