#include "formats/backup_folder.h"

#include <algorithm>
#include <cstdint>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "cache/base/status.h"
#include "formats/problem_tally.h"

namespace annofs {
namespace {

constexpr uint64_t kMaxJsonBytes = uint64_t{64} << 20;  // of a task.json or project.json
constexpr absl::string_view kData = "data/";

// The number of the task that an entry "task_12/…" belongs to.
std::optional<uint32_t> TaskNumberOf(absl::string_view entry) {
  if (!absl::ConsumePrefix(&entry, "task_")) return std::nullopt;
  const size_t slash = entry.find('/');
  if (slash == absl::string_view::npos) return std::nullopt;
  const absl::string_view digits = entry.substr(0, slash);
  uint32_t number = 0;
  if (!absl::SimpleAtoi(digits, &number) || absl::StrCat(number) != digits) return std::nullopt;
  return number;
}

// "a/../b" may be another file than it says.
bool LeavesItsFolder(absl::string_view path) {
  for (absl::string_view part : absl::StrSplit(path, '/')) {
    if (part == "..") return true;
  }
  return false;
}

bool IsPart(absl::string_view entry) {
  return absl::EndsWith(entry, ".json") || absl::EndsWith(entry, ".jsonl");
}

// So many are told one by one.
constexpr uint64_t kMaxRepeatedParts = 64;

}  // namespace

std::vector<std::string> BackupZip::TaskFolders() const {
  if (Find("project.json") == nullptr || Find("task.json") != nullptr) return {""};
  std::set<uint32_t> numbers;
  for (const ZipEntry& entry : zip_.entries()) {
    if (std::optional<uint32_t> number = TaskNumberOf(entry.name)) numbers.insert(*number);
  }
  std::vector<std::string> folders;
  for (uint32_t number : numbers) folders.push_back(absl::StrCat("task_", number, "/"));
  return folders;
}

void BackupZip::ReportRepeated(DatasetSink& sink) const {
  ProblemTally others;
  uint64_t parts = 0;
  for (const ZipEntry& entry : zip_.entries()) {
    if (zip_.Find(entry.name) == &entry) continue;
    Problem problem{.source = absl::StrCat(key_, "!", entry.name),
                    .reason = "a later entry of the zip has the same name: this one is not read"};
    if (IsPart(entry.name) && parts++ < kMaxRepeatedParts) {
      sink.AddProblem(std::move(problem));
    } else {
      others.Add([&] { return std::move(problem); });
    }
  }
  others.Flush(sink);
}

std::string BackupFolder::PathOf(absl::string_view name) const {
  return absl::StrCat(zip_.key(), "!", prefix_, name);
}

absl::StatusOr<const ZipEntry*> BackupFolder::Require(absl::string_view name) const {
  const ZipEntry* entry = zip_.Find(NameOf(name));
  if (entry != nullptr) return entry;
  return absl::InvalidArgumentError(absl::StrCat("the backup has no ", NameOf(name)));
}

absl::StatusOr<std::unique_ptr<ChunkSource>> BackupFolder::Open(absl::string_view name) const {
  ASSIGN_OR_RETURN(const ZipEntry* entry, Require(name));
  return zip_.zip().Open(*entry);
}

absl::StatusOr<JsonDocument> BackupFolder::ReadJson(absl::string_view name) const {
  ASSIGN_OR_RETURN(const ZipEntry* entry, Require(name));
  ASSIGN_OR_RETURN(const std::string text, zip_.zip().ReadAll(*entry, kMaxJsonBytes));
  absl::StatusOr<JsonDocument> document = JsonDocument::Parse(text);
  if (!document.ok()) return Annotate(document.status(), NameOf(name));
  if (!document->root().is_object()) {
    return absl::InvalidArgumentError(absl::StrCat(NameOf(name), ": no object"));
  }
  return document;
}

std::optional<InnerMedia> BackupFolder::MediaOf(absl::string_view frame_name) const {
  if (LeavesItsFolder(frame_name)) return std::nullopt;
  const ZipEntry* entry = zip_.Find(absl::StrCat(prefix_, kData, frame_name));
  return entry == nullptr ? std::nullopt : InnerOf(*entry);
}

std::vector<std::string> BackupFolder::RelatedOf(absl::string_view frame_name, bool is_3d) const {
  if (!related_) {
    related_.emplace(is_3d);
    const std::string data = NameOf(kData);
    for (const ZipEntry& entry : zip_.zip().entries()) {
      absl::string_view path = entry.name;
      if (absl::ConsumePrefix(&path, data) && !LeavesItsFolder(path)) related_->Add(path);
    }
  }
  return related_->Of(frame_name);
}

}  // namespace annofs
