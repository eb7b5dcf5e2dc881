#include "formats/view_globs.h"

#include "absl/algorithm/container.h"
#include "cache/base/path_pattern.h"

namespace annofs {
namespace {

constexpr absl::string_view kReports = "reports";

bool Matches(const std::string& glob, absl::string_view view) {
  const absl::StatusOr<PathPattern> pattern = PathPattern::Parse(glob);
  return pattern.ok() && pattern->Matches(view);
}

}  // namespace

bool IsShown(absl::string_view view, const std::vector<std::string>& globs) {
  if (globs.empty() || view == kReports) return true;
  return absl::c_any_of(globs, [view](const std::string& glob) { return Matches(glob, view); });
}

std::vector<std::string> UnknownViews(const std::vector<std::string>& globs,
                                      const std::vector<std::unique_ptr<Writer>>& writers) {
  std::vector<std::string> unknown;
  for (const std::string& glob : globs) {
    const bool is_known =
        Matches(glob, kReports) || absl::c_any_of(writers, [&glob](const auto& writer) {
          return Matches(glob, writer->Info().name);
        });
    if (!is_known) unknown.push_back(glob);
  }
  return unknown;
}

}  // namespace annofs
