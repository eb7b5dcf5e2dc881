#include "tests/golden/told.h"

#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace annofs::testing {

std::string Told(const std::vector<Difference>& differences) {
  constexpr size_t kOfOneFile = 20, kFiles = 8;
  std::map<std::string, size_t> seen;
  std::string text;
  for (const Difference& difference : differences) {
    const size_t before = seen[difference.file]++;
    if (seen.size() > kFiles || before >= kOfOneFile) continue;
    if (before == 0) absl::StrAppend(&text, "\n", difference.file, "\n");
    absl::StrAppend(&text, "  ", difference.place, ": ", difference.what, "\n");
  }
  std::string rest;
  size_t number = 0;
  for (const Difference& difference : differences) {
    const auto found = seen.find(difference.file);
    if (found == seen.end()) continue;
    if (number++ >= kFiles || found->second > kOfOneFile) {
      absl::StrAppend(&rest, "  ", found->first, " (", found->second, ")\n");
    }
    seen.erase(found);
  }
  return rest.empty() ? text : absl::StrCat(text, "\nin all:\n", rest);
}

std::unique_ptr<Writer> CvatWriter(absl::string_view format) {
  for (std::unique_ptr<Writer>& writer : NewWriters()) {
    absl::string_view name = writer->Info().name;
    if (absl::ConsumePrefix(&name, "cvat/") && name == format) return std::move(writer);
  }
  return nullptr;
}

}  // namespace annofs::testing
