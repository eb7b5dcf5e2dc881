#include "tests/golden/round_trip_forms.h"

#include <fnmatch.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace annofs::testing {
namespace {

bool Matches(absl::string_view pattern, absl::string_view text) {
  return fnmatch(std::string(pattern).c_str(), std::string(text).c_str(), 0) == 0;
}

std::string LinesInOrder(absl::string_view content) {
  std::vector<absl::string_view> lines = absl::StrSplit(content, '\n');
  std::sort(lines.begin(), lines.end());
  return absl::StrJoin(lines, "\n");
}

std::string WithoutBlankLines(absl::string_view content) {
  std::string kept;
  for (absl::string_view line : absl::StrSplit(content, '\n', absl::SkipEmpty())) {
    absl::StrAppend(&kept, line, "\n");
  }
  return kept;
}

// rotation="0.0" -> rotation=0.0, as XML has it.
std::string RotationUnquoted(absl::string_view content) {
  constexpr absl::string_view kName = "rotation=\"";
  std::string kept;
  for (size_t at; (at = content.find(kName)) != absl::string_view::npos;) {
    const size_t end = content.find('"', at + kName.size());
    if (end == absl::string_view::npos) break;
    absl::StrAppend(&kept, content.substr(0, at),
                    "rotation=", content.substr(at + kName.size(), end - at - kName.size()));
    content.remove_prefix(end + 1);
  }
  absl::StrAppend(&kept, content);
  return kept;
}

}  // namespace

const std::vector<RoundTripForm>& RoundTripForms() {
  static const auto* list = new std::vector<RoundTripForm>{
      {"synth_video*", "MOT 1.1", "gt/gt.txt", LinesInOrder,
       "the format has no z order: of one frame static shapes come before tracked ones"},
      {"*", "ICDAR Localization 1.0", "*.txt", WithoutBlankLines,
       "a blank line is a shape of another type: nothing says of which"},
      {"*", "LabelMe 3.0", "*.xml", RotationUnquoted,
       "an ellipse is a mask, which has no rotation: what is left of it is an attribute, and not "
       "all masks of its label have it: a text"},
  };
  return *list;
}

std::set<const RoundTripForm*> BringIntoForm(absl::string_view which, absl::string_view format,
                                             FileTree& a, FileTree& b) {
  std::set<const RoundTripForm*> used;
  for (const RoundTripForm& form : RoundTripForms()) {
    if (!Matches(form.cases, which) || !Matches(form.format, format)) continue;
    for (auto& [path, content] : a) {
      const auto other = b.find(path);
      if (!Matches(form.file, path) || other == b.end() || content == other->second) continue;
      content = form.of(content);
      other->second = form.of(other->second);
      if (content == other->second) used.insert(&form);
    }
  }
  return used;
}

}  // namespace annofs::testing
