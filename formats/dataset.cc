#include "formats/dataset.h"

#include "cache/base/text.h"

namespace annofs {

absl::string_view FrameNames::extension() const { return Extension(path); }

absl::string_view FrameNames::sidecar() const {
  absl::string_view name = path;
  if (!shares_stem) name.remove_suffix(extension().size());
  return name;
}

absl::StatusOr<std::vector<std::string>> Dataset::Subsets() const {
  std::vector<std::string> names;
  absl::Status status =
      Terms(FrameTerm::FirstOf(FrameTerm::Kind::kSubset), [&names](const FrameTerm& term) {
        names.push_back(term.text);
        return true;
      });
  if (!status.ok()) return status;
  return names;
}

}  // namespace annofs
