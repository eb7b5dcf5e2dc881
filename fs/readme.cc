#include "fs/readme.h"

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "cache/base/text.h"

namespace annofs {
namespace {

// One line for each view that this text knows more about than its name.
absl::string_view Explain(absl::string_view view) {
  static const auto& known = *new std::map<absl::string_view, absl::string_view>{
      {"by-class",
       "one directory per label with the frames that have it; _none/ = frames without any"},
      {"by-frame", "every frame's image with its annotations beside it as .json and .tsv"},
      {"cvat", "CVAT's own export formats as directories: those that fit the dataset"},
      {"reports", "about.json, class and frame lists, problems, what each view had to drop"},
      {"yolo", "a dataset that Ultralytics YOLO trains on as it is: data.yaml, images/, labels/"},
  };
  auto found = known.find(view);
  return found == known.end() ? "" : found->second;
}

}  // namespace

std::string RenderReadme(const std::vector<ReadmeDataset>& datasets,
                         const std::vector<std::string>& views,
                         const std::vector<std::string>& notes) {
  std::string text =
      "This directory shows the CVAT annotations of the bucket as files. Nothing here is stored:\n"
      "each file is made when it is read. Images are the bucket's own files under further names.\n"
      "Everything is read-only; cp, tar and rsync work as usual.\n\n"
      "In each dataset's directory:\n";
  size_t width = 0;
  for (const std::string& view : views) width = std::max(width, view.size());
  for (const std::string& view : views) {
    absl::StrAppend(&text, "  ", view, "/", std::string(width - view.size() + 2, ' '),
                    Explain(view), "\n");
  }
  absl::StrAppend(&text, "\nDatasets found: ", datasets.size(), "\n");
  for (const ReadmeDataset& dataset : datasets) {
    absl::StrAppend(&text, "  ", dataset.name, "  (", TsvEscape(dataset.source), ", ",
                    HumanSize(dataset.size), ")\n");
  }
  if (!datasets.empty()) {
    text +=
        "A dataset's annotations are read when it is first used, and kept: the larger the source,\n"
        "the longer that takes. Who waits longer than a call may take gets an error, and a line "
        "of\n"
        "the log says how far it is; the reading goes on. `annofs index` reads all of them now.\n";
  }
  if (datasets.empty()) {
    text +=
        "  (none: annotations are looked for everywhere in a bucket that `annofs index` has\n"
        "  listed, else in its root and in directories whose name contains annotation, cvat, "
        "label,\n"
        "  export, backup or dataset; name others with `annofs mount --annotations KEY`)\n";
  }
  for (const std::string& note : notes) absl::StrAppend(&text, "Note: the search ", note, "\n");
  text += "\nWhat is wrong with a dataset stands in its reports/problems.tsv.\n";
  return text;
}

}  // namespace annofs
