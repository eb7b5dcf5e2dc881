#include "tests/golden/result_table.h"

#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tests/golden/golden_case.h"

namespace annofs::testing {
namespace {

using Results = std::map<std::pair<std::string, std::string>, GoldenResult>;

Results& All() {
  static auto* results = new Results;
  return *results;
}

absl::string_view Word(GoldenResult result) {
  switch (result) {
    case GoldenResult::kSame:
      return "ok";
    case GoldenResult::kDiffers:
      return "DIFF";
    case GoldenResult::kNoGolden:
      return "-";
    case GoldenResult::kNoWriter:
      return "none";
  }
  return "";
}

}  // namespace

void Remember(absl::string_view which, absl::string_view format, GoldenResult result) {
  All()[{std::string(which), std::string(format)}] = result;
}

std::string ResultTable() {
  if (All().size() < 2) return "";
  std::string table = absl::StrFormat("\n%-45s", "");
  for (const GoldenCase& which : GoldenCases())
    absl::StrAppendFormat(&table, "%5s", which.short_name);
  absl::StrAppend(&table, "\n");
  std::map<GoldenResult, int> totals;
  for (const ExportFormat& format : ExportFormats()) {
    std::string row = absl::StrFormat("%-45s", format.name);
    bool is_empty = true;
    for (const GoldenCase& which : GoldenCases()) {
      const auto found = All().find({which.name, format.name});
      if (found != All().end()) ++totals[found->second];
      is_empty = is_empty && found == All().end();
      absl::StrAppendFormat(&row, "%5s", found == All().end() ? "" : Word(found->second));
    }
    if (!is_empty) absl::StrAppend(&table, row, "\n");
  }
  absl::StrAppendFormat(&table,
                        "ok: equal to CVAT's own (%d); DIFF: differs (%d); -: CVAT has no tree, "
                        "ours is made (%d); none: no writer (%d)\n",
                        totals[GoldenResult::kSame], totals[GoldenResult::kDiffers],
                        totals[GoldenResult::kNoGolden], totals[GoldenResult::kNoWriter]);
  for (const GoldenCase& which : GoldenCases()) {
    absl::StrAppend(&table, which.short_name, "=", which.name, " ");
  }
  return absl::StrCat(table, "\n");
}

}  // namespace annofs::testing
