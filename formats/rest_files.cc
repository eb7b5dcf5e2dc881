#include "formats/rest_files.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "formats/json_salvage.h"
#include "formats/source_chunks.h"

namespace annofs {
namespace {

constexpr absl::string_view kAnnotations = "annotations";
constexpr absl::string_view kExtension = ".json";

bool Contains(const std::vector<std::string>& names, absl::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// "labels.rest.json" is called "labels"; "labelset.json" is not.
bool IsCalled(absl::string_view name, absl::string_view word) {
  return absl::StartsWith(name, word) && absl::EndsWith(name, kExtension) &&
         !absl::ascii_isalpha(static_cast<unsigned char>(name[word.size()])) &&
         !absl::StrContains(name, kAnnotations);
}

std::string Find(absl::string_view annotations, const std::vector<std::string>& siblings,
                 absl::string_view word) {
  const size_t at = annotations.rfind(kAnnotations);
  if (at != absl::string_view::npos) {
    const std::string twin =
        absl::StrCat(annotations.substr(0, at), word, annotations.substr(at + kAnnotations.size()));
    if (Contains(siblings, twin)) return twin;
  }
  const std::string plain = absl::StrCat(word, kExtension);
  if (Contains(siblings, plain)) return plain;
  std::string only;
  for (const std::string& name : siblings) {
    if (!IsCalled(name, word)) continue;
    if (!only.empty()) return "";
    only = name;
  }
  return only;
}

std::string FindAny(absl::string_view annotations, const std::vector<std::string>& siblings,
                    std::initializer_list<absl::string_view> words) {
  for (absl::string_view word : words) {
    std::string name = Find(annotations, siblings, word);
    if (!name.empty()) return name;
  }
  return "";
}

bool IsNumber(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), absl::ascii_isdigit);
}

bool HasNumbered(const JsonHead& head, absl::string_view name) {
  const JsonHeadMember* member = head.Find(name);
  return head.HasObject(name) && !member->keys.empty() &&
         std::all_of(member->keys.begin(), member->keys.end(), IsNumber);
}

}  // namespace

std::vector<std::string> RestFiles::Names() const {
  std::vector<std::string> names;
  for (const std::string* name : {&labels, &meta, &tasks, &jobs}) {
    if (!name->empty()) names.push_back(*name);
  }
  return names;
}

RestFiles FindRestFiles(absl::string_view annotations, const std::vector<std::string>& siblings) {
  return {.labels = FindAny(annotations, siblings, {"labels", "label"}),
          .meta = FindAny(annotations, siblings, {"data_meta", "frames"}),
          .tasks = FindAny(annotations, siblings, {"tasks", "task"}),
          .jobs = FindAny(annotations, siblings, {"jobs", "job"})};
}

RestForm RestFormOf(const JsonHead& head) {
  if (head.HasArray("shapes") && (head.HasArray("tags") || head.HasArray("tracks"))) {
    return RestForm::kOne;
  }
  // The rest may lie behind the head's end.
  for (absl::string_view list : {"shapes", "tracks", "tags"}) {
    if (head.HasArrayOf(list, "label_id") && head.HasArrayOf(list, "frame")) return RestForm::kOne;
  }
  if (HasNumbered(head, "task") || HasNumbered(head, "job")) return RestForm::kDatabase;
  return RestForm::kNone;
}

absl::StatusOr<bool> ForEachListed(Source& source, const RestReporter& report,
                                   absl::FunctionRef<absl::Status(JsonValue)> fn) {
  ASSIGN_OR_RETURN(const JsonHead head, ReadJsonHead(source));
  std::string pattern;  // the whole document
  if (head.root == JsonHead::Root::kArray) pattern = "*";
  if (head.HasArray("results")) pattern = "results/*";
  SalvagedJson text(std::string(source.name()), report);
  RETURN_IF_ERROR(text.Stream(NewSourceChunks(source), {pattern},
                              [&](const JsonItem& item) { return fn(item.value); }));
  return !text.is_broken();
}

}  // namespace annofs
