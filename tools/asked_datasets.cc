#include "tools/asked_datasets.h"

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "fs/discovery.h"
#include "tools/index_text.h"
#include "tools/view_path.h"

namespace annofs {

absl::StatusOr<AskedDatasets> FindAskedDatasets(const Settings& settings, Stack& stack,
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
  AskedDatasets asked;
  if (all) {
    const auto notes = stack.filesystem->SearchNotes(context);
    if (notes.ok()) err << NotesText(*notes);
    asked.is_whole = !notes.ok() || UnreadableText(*notes).empty();
  }
  if (names.empty()) {
    return absl::NotFoundError(absl::StrCat("no annotations were found in ", stack.store->name(),
                                            ": name the annotation file with --annotations, or see "
                                            "`annofs formats` for what is read"));
  }
  asked.names = names;
  if (all) return asked;
  if (!absl::c_linear_search(names, settings.dataset)) {
    return NoSuchDataset(settings.dataset, names);
  }
  asked.names = {settings.dataset};
  return asked;
}

std::string UnreadableText(const std::vector<std::string>& notes) {
  std::vector<std::string> unreadable;
  for (const std::string& note : notes) {
    if (absl::StartsWith(note, kUnreadable)) unreadable.push_back(note);
  }
  return unreadable.empty() ? "" : NotesText(unreadable);
}

}  // namespace annofs
