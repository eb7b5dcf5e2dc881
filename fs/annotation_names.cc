#include "fs/annotation_names.h"

#include <array>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cache/base/text.h"

namespace annofs {
namespace {

constexpr std::array<absl::string_view, 6> kTellingWords = {"annotation", "cvat",   "label",
                                                            "export",     "backup", "dataset"};

bool HasTellingWord(absl::string_view lower) {
  return absl::c_any_of(kTellingWords,
                        [lower](absl::string_view word) { return absl::StrContains(lower, word); });
}

bool IsCocoName(absl::string_view lower) {
  return absl::StartsWith(lower, "instances_") || absl::StartsWith(lower, "person_keypoints_");
}

bool IsNumber(absl::string_view text) {
  return !text.empty() && text.size() <= 18 &&
         absl::c_all_of(text, [](char c) { return absl::ascii_isdigit(c); });
}

}  // namespace

bool IsTellingDirectory(absl::string_view name) {
  return HasTellingWord(absl::AsciiStrToLower(name));
}

bool MayHoldAnyJson(absl::string_view directory_name) {
  return IsTellingDirectory(directory_name) || absl::EqualsIgnoreCase(directory_name, "input");
}

Likelihood AnnotationLikeness(absl::string_view name, bool holds_any_json) {
  const std::string lower = absl::AsciiStrToLower(name);
  const absl::string_view extension = Extension(lower);
  if (extension == ".zip") return Likelihood::kLikely;
  if (extension == ".xml") return HasTellingWord(lower) ? Likelihood::kLikely : Likelihood::kMaybe;
  if (extension == ".jsonl") {
    return lower == "manifest.jsonl" ? Likelihood::kLikely : Likelihood::kMaybe;
  }
  if (extension != ".json") return Likelihood::kNone;
  if (HasTellingWord(lower) || IsCocoName(lower)) return Likelihood::kLikely;
  return holds_any_json ? Likelihood::kMaybe : Likelihood::kNone;
}

bool IsUnmistakable(absl::string_view name) {
  const std::string lower = absl::AsciiStrToLower(name);
  const absl::string_view extension = Extension(lower);
  return lower == "annotations.xml" || lower == "manifest.jsonl" ||
         (extension == ".json" && IsCocoName(lower)) ||
         (extension == ".zip" && absl::StrContains(lower, "backup"));
}

bool MayBeCompanion(absl::string_view name) {
  const std::string extension = absl::AsciiStrToLower(Extension(name));
  return extension == ".json" || extension == ".jsonl" || extension == ".xml";
}

std::string NumberInName(absl::string_view name) {
  for (char separator : {'_', '-'}) {
    const std::vector<absl::string_view> parts =
        absl::StrSplit(name, absl::MaxSplits(separator, 3));
    if (parts.size() < 4) continue;
    const bool is_numbered =
        (parts[0] == "task" || parts[0] == "project" || parts[0] == "job") && IsNumber(parts[1]);
    // "task_12_backup_" is that of a task called "12" (§5.1).
    const bool is_of_cvat = is_numbered && (parts[2] == "annotations" || parts[2] == "dataset" ||
                                            (parts[2] == "backup" && separator == '-'));
    if (is_of_cvat) return absl::StrCat(parts[0], " ", parts[1]);
  }
  return "";
}

}  // namespace annofs
