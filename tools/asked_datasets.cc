#include "tools/asked_datasets.h"

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "tools/index_text.h"
#include "tools/view_path.h"

namespace annofs {

absl::StatusOr<std::vector<std::string>> AskedDatasets(const Settings& settings, Stack& stack,
                                                       ProgressLine& line, std::ostream& err,
                                                       const CallContext& context) {
  const bool all = settings.dataset.empty();
  if (all) {
    // So that what takes long is seen. What fails here fails again, where the dataset is known.
    const auto read = stack.filesystem->IndexDatasets(
        [&line](const DatasetsProgress& progress) { line.Show(DatasetsText(progress)); }, context);
    line.Clear();
    if (absl::IsCancelled(read.status())) return read.status();
  }
  ASSIGN_OR_RETURN(std::vector<std::string> names, stack.filesystem->DatasetNames(context));
  if (all) {
    const auto notes = stack.filesystem->SearchNotes(context);
    if (notes.ok()) err << NotesText(*notes);
  }
  if (names.empty()) {
    return absl::NotFoundError(absl::StrCat("no annotations were found in ", stack.store->name(),
                                            ": name the annotation file with --annotations, or see "
                                            "`annofs formats` for what is read"));
  }
  if (all) return names;
  if (!absl::c_linear_search(names, settings.dataset)) {
    return NoSuchDataset(settings.dataset, names);
  }
  return std::vector<std::string>{settings.dataset};
}

}  // namespace annofs
