#include "tools/view_path.h"

#include <algorithm>
#include <memory>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cache/base/text.h"
#include "formats/writer.h"
#include "tools/option_values.h"

namespace annofs {
namespace {

constexpr size_t kNamed = 20;

// Names of views may have a slash too.
bool IsViewName(absl::string_view name) {
  const std::vector<std::unique_ptr<Writer>> writers = NewWriters();
  return std::any_of(writers.begin(), writers.end(),
                     [name](const auto& writer) { return writer->Info().name == name; });
}

}  // namespace

std::string NamesText(const std::vector<std::string>& names) {
  const size_t shown = std::min(names.size(), kNamed);
  std::string text = absl::StrCat("; there ", names.size() == 1 ? "is " : "are ",
                                  absl::StrJoin(names.begin(), names.begin() + shown, ", "));
  if (shown < names.size()) absl::StrAppend(&text, " and ", names.size() - shown, " more");
  return text;
}

absl::Status NoSuchDataset(absl::string_view wanted, const std::vector<std::string>& names) {
  return absl::NotFoundError(absl::StrCat("no dataset '", wanted, "'",
                                          DidYouMean(wanted, {names.begin(), names.end()}),
                                          NamesText(names)));
}

absl::StatusOr<std::string> ViewPathOf(const std::vector<std::string>& datasets,
                                       const std::string& dataset, const std::string& view) {
  if (datasets.empty()) {
    return absl::NotFoundError(
        "no annotations were found in the source (name them with --annotations)");
  }
  if (!dataset.empty() && !absl::c_linear_search(datasets, dataset)) {
    return NoSuchDataset(dataset, datasets);
  }
  if (!dataset.empty()) return JoinPath(dataset, view);
  const bool is_view = IsViewName(view);
  for (const std::string& name : datasets) {
    if (!is_view && absl::StartsWith(view, name + "/")) return view;
  }
  if (datasets.size() == 1) return JoinPath(datasets[0], view);
  return absl::InvalidArgumentError(
      absl::StrCat("the source holds several datasets: say which with --view DATASET/", view, ": ",
                   absl::StrJoin(datasets, ", ")));
}

}  // namespace annofs
