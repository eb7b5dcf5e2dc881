#include "tools/listing.h"

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "tools/export_sink.h"

namespace annofs {
namespace {

constexpr size_t kPage = 256;

}  // namespace

absl::StatusOr<NodeAttr> Listing::Find(const std::string& path) const {
  absl::StatusOr<NodeAttr> found;
  const absl::Status status = Patiently(settings_, cancellation_, [&](const CallContext& context) {
    found = Resolve(tree_, path, context);
    return found.status();
  });
  RETURN_IF_ERROR(Annotate(status, path));
  return found;
}

absl::StatusOr<std::vector<ListedEntry>> Listing::Page(NodeId directory, uint64_t from) const {
  std::vector<ListedEntry> entries;
  RETURN_IF_ERROR(Patiently(settings_, cancellation_, [&](const CallContext& context) {
    entries.clear();
    return tree_.List(
        directory, from,
        [&entries](const DirEntry& entry) {
          entries.push_back({std::string(entry.name), entry.attr, entry.has_size, entry.next});
          return entries.size() < kPage;
        },
        context);
  }));
  return entries;
}

absl::StatusOr<NodeAttr> Listing::Sized(const ListedEntry& entry) const {
  if (entry.has_size) return entry.attr;
  absl::StatusOr<NodeAttr> attr;
  RETURN_IF_ERROR(Patiently(settings_, cancellation_, [&](const CallContext& context) {
    attr = tree_.Stat(entry.attr.id, context);
    return attr.status();
  }));
  return attr;
}

std::string EntryJson(absl::string_view key, absl::string_view name, const NodeAttr& attr) {
  return JsonWriter()
      .BeginObject()
      .Key(key)
      .String(name)
      .Key("directory")
      .Bool(attr.is_directory)
      .Key("size")
      .Int(int64_t(attr.size))
      .Key("modified")
      .String(absl::FormatTime(attr.modified, absl::UTCTimeZone()))
      .Key("inode")
      .Int(int64_t(attr.id.value))
      .EndObject()
      .Take();
}

std::string EntryText(absl::string_view name, const NodeAttr& attr) {
  return absl::StrCat(TsvEscape(name), attr.is_directory ? "/" : "");
}

}  // namespace annofs
