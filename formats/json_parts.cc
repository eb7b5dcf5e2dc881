#include "formats/json_parts.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "formats/content_error.h"
#include "formats/source_chunks.h"

namespace annofs {
namespace {

constexpr absl::string_view kExtension = ".json";
constexpr size_t kMaxParts = 1000;
constexpr size_t kMaxProbedEntries = 8;
constexpr size_t kMaxSiblings = 64;

bool IsJson(absl::string_view name) { return absl::EndsWithIgnoreCase(name, kExtension); }

// Where both COCO and Datumaro have their files, and no other format has (export_kind.h): one that
// cannot be read is a broken one of them.
bool IsPlaceOfAnnotations(absl::string_view path) {
  return DirName(path) == "annotations" && BaseName(path) != "bbox_labels_600_hierarchy.json";
}

absl::StatusOr<JsonHead> HeadOf(const ZipDirectory& zip, const ZipEntry& entry) {
  ASSIGN_OR_RETURN(const std::unique_ptr<ChunkSource> text, zip.Open(entry));
  std::string head;
  while (head.size() < kJsonHeadBytes) {
    ASSIGN_OR_RETURN(const absl::string_view chunk, text->Next());
    if (chunk.empty()) break;
    absl::StrAppend(&head, chunk);
  }
  return ScanJsonHead(head);
}

// Entries that are JSON, those in a directory of annotations first.
std::vector<const ZipEntry*> JsonEntries(const ZipDirectory& zip) {
  std::vector<const ZipEntry*> entries;
  for (const ZipEntry& entry : zip.entries()) {
    if (IsJson(entry.name)) entries.push_back(&entry);
  }
  std::stable_partition(entries.begin(), entries.end(), [](const ZipEntry* entry) {
    return absl::StrContains(entry->name, "annotations");
  });
  return entries;
}

// A file beside the source, and its head.
struct Sibling {
  std::string name;
  bool is_subset = true;
  std::unique_ptr<Source> source;
  JsonHead head;
};

// Files beside it of the same dataset, if it is the first of them.
absl::StatusOr<std::vector<Sibling>> Together(Source& source, JsonParts::IsWanted is_wanted,
                                              JsonParts::Relation relation) {
  ASSIGN_OR_RETURN(const std::vector<std::string> names, source.Siblings());
  const absl::string_view own = BaseName(source.name());
  const absl::string_view directory = BaseName(DirName(source.name()));
  std::vector<Sibling> together;
  for (const std::string& name : names) {
    if (!IsJson(name) || name == own) continue;
    const JsonParts::Beside beside = relation(directory, own, name);
    if (beside == JsonParts::Beside::kNothing) continue;
    if (together.size() == kMaxSiblings) break;
    Sibling sibling{.name = name, .is_subset = beside == JsonParts::Beside::kSubset};
    ASSIGN_OR_RETURN(sibling.source, source.OpenSibling(name));
    ASSIGN_OR_RETURN(sibling.head, ReadJsonHead(*sibling.source));
    if (!is_wanted(sibling.head)) continue;
    if (sibling.is_subset && name < own) return std::vector<Sibling>();
    together.push_back(std::move(sibling));
  }
  return together;
}

}  // namespace

absl::StatusOr<std::optional<JsonParts::Found>> JsonParts::Probe(Source& source, IsWanted is_wanted,
                                                                 Relation relation) {
  ASSIGN_OR_RETURN(const bool is_zip, IsZip(source));
  if (!is_zip) {
    if (!IsJson(source.name())) return std::optional<Found>();
    ASSIGN_OR_RETURN(const JsonHead head, ReadJsonHead(source));
    if (!is_wanted(head)) return std::optional<Found>();
    ASSIGN_OR_RETURN(const std::vector<Sibling> siblings, Together(source, is_wanted, relation));
    Found found;
    for (const Sibling& sibling : siblings) {
      found.companions.push_back(sibling.name);
      found.has_subsets = found.has_subsets || sibling.is_subset;
    }
    return std::optional<Found>(std::move(found));
  }
  ASSIGN_OR_RETURN(const std::shared_ptr<const ZipDirectory> zip, ZipDirectory::Of(source));
  std::vector<const ZipEntry*> entries = JsonEntries(*zip);
  entries.resize(std::min(entries.size(), kMaxProbedEntries));
  absl::Status broken;
  for (const ZipEntry* entry : entries) {
    const absl::StatusOr<JsonHead> head = HeadOf(*zip, *entry);
    if (!head.ok() && !IsContentError(head.status())) return head.status();
    if (head.ok() && is_wanted(*head)) return std::optional<Found>(Found{});
    if (!head.ok() && broken.ok() && IsPlaceOfAnnotations(entry->name)) broken = head.status();
  }
  RETURN_IF_ERROR(broken);
  return std::optional<Found>();
}

absl::Status JsonParts::AddEntries(IsWanted is_wanted) {
  std::vector<const ZipEntry*> entries = JsonEntries(*zip_);
  entries.resize(std::min(entries.size(), kMaxParts));
  for (const ZipEntry* entry : entries) {
    absl::StatusOr<JsonHead> head = HeadOf(*zip_, *entry);
    std::string key = absl::StrCat(source_->name(), "!", entry->name);
    if (IsContentError(head.status())) {
      problems_.push_back(ContentProblem(std::move(key), head.status()));
      continue;
    }
    if (!head.ok()) return Annotate(head.status(), entry->name);
    if (!is_wanted(*head)) continue;
    parts_.push_back(
        {.key = std::move(key), .path = std::string(entry->name), .head = *std::move(head)});
  }
  return absl::OkStatus();
}

absl::StatusOr<JsonParts> JsonParts::Open(Source& source, IsWanted is_wanted, Relation relation) {
  JsonParts all(source);
  ASSIGN_OR_RETURN(const bool is_zip, IsZip(source));
  if (is_zip) {
    ASSIGN_OR_RETURN(all.zip_, ZipDirectory::Of(source));
    RETURN_IF_ERROR(all.AddEntries(is_wanted));
    return all;
  }
  ASSIGN_OR_RETURN(JsonHead head, ReadJsonHead(source));
  const std::string key(source.name());
  all.parts_.push_back({.key = key, .path = key, .head = std::move(head)});
  ASSIGN_OR_RETURN(std::vector<Sibling> siblings, Together(source, is_wanted, relation));
  for (Sibling& sibling : siblings) {
    const std::string path = JoinPath(DirName(key), sibling.name);
    all.parts_.push_back({.key = path, .path = path, .head = std::move(sibling.head)});
    all.siblings_.push_back(std::move(sibling.source));
  }
  return all;
}

absl::StatusOr<std::unique_ptr<ChunkSource>> JsonParts::OpenText(const JsonPart& part) {
  if (zip_) return zip_->Open(*zip_->Find(part.path));
  const size_t index = size_t(&part - parts_.data());
  return NewSourceChunks(index == 0 ? *source_ : *siblings_[index - 1]);
}

std::optional<InnerMedia> JsonParts::FindMedia(const std::vector<std::string>& paths) const {
  for (const std::string& path : paths) {
    if (const ZipEntry* entry = zip_->Find(path)) return InnerOf(*entry);
  }
  return std::nullopt;
}

}  // namespace annofs
