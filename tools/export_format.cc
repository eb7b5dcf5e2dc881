#include "tools/export_format.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "cache/base/near_word.h"
#include "formats/writer.h"

namespace annofs {
namespace {

// "cvat/COCO 1.0" of "COCO 1.0".
constexpr absl::string_view kFormatViews = "cvat/";

// What people do not tell names apart by.
std::string Folded(absl::string_view name) {
  std::string folded;
  for (char c : name) {
    if (absl::ascii_isalnum(static_cast<unsigned char>(c))) folded += absl::ascii_tolower(c);
  }
  return folded;
}

}  // namespace

std::string FormatView(absl::string_view format) { return absl::StrCat(kFormatViews, format); }

std::string WrongFormat(absl::string_view given) {
  std::vector<std::string> all, meant;
  for (const std::unique_ptr<Writer>& writer : NewWriters()) {
    absl::string_view name = writer->Info().name;
    if (!absl::ConsumePrefix(&name, kFormatViews)) continue;
    if (name == given) return "";
    all.push_back(absl::StrCat("\"", name, "\""));
    const std::string folded = Folded(given), folded_name = Folded(name);
    const bool is_near =
        absl::StrContains(folded_name, folded) || !NearWord(folded, {folded_name}).empty();
    if (!folded.empty() && is_near) meant.push_back(all.back());
  }
  std::sort(all.begin(), all.end());
  std::sort(meant.begin(), meant.end());
  return absl::StrCat("--format: CVAT has no export \"", given, "\"",
                      meant.empty() ? "; it has " : "; near to it: ",
                      absl::StrJoin(meant.empty() ? all : meant, ", "), " (see `annofs formats`)");
}

}  // namespace annofs
