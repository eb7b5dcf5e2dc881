#include "fs/readme.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "cache/base/text.h"

namespace annofs {
namespace {

constexpr size_t kColumns = 100;

// Words of `text` behind `head`, in lines of at most kColumns bytes where no word is longer.
std::string Wrapped(absl::string_view head, absl::string_view text) {
  std::string lines(head);
  size_t column = head.size();
  for (absl::string_view word : absl::StrSplit(text, ' ', absl::SkipEmpty())) {
    const bool is_first = column == head.size();
    if (!is_first && column + 1 + word.size() > kColumns) {
      absl::StrAppend(&lines, "\n", std::string(head.size(), ' '));
      column = head.size();
    } else if (!is_first) {
      lines += ' ';
      ++column;
    }
    absl::StrAppend(&lines, word);
    column += word.size();
  }
  return lines + "\n";
}

std::string SourcesText(const ReadmeDataset& dataset) {
  if (dataset.sources.empty()) return "no source: see its reports/problems.tsv";
  std::string text = TsvEscape(dataset.sources[0]);
  if (dataset.sources.size() > 1) {
    absl::StrAppend(&text, " and ", dataset.sources.size() - 1, " more");
  }
  return absl::StrCat(text, ", ", HumanSize(dataset.size));
}

// A word of a shell's command line.
std::string Quoted(absl::string_view name) {
  return absl::StrCat("'", absl::StrReplaceAll(name, {{"'", "'\\''"}}), "'");
}

std::string DatasetLines(const std::vector<ReadmeDataset>& datasets) {
  std::string text = absl::StrCat("\nDatasets found: ", datasets.size(), "\n");
  const size_t named = std::min(datasets.size(), kReadmeDatasets);
  for (size_t i = 0; i < named; ++i) {
    absl::StrAppend(&text, "  ", datasets[i].name, "  (", SourcesText(datasets[i]), ")\n");
  }
  if (named < datasets.size()) {
    absl::StrAppend(&text, "  and ", datasets.size() - named, " more: ls\n");
  }
  if (datasets.empty()) {
    return text +
           "  (none: annotations are looked for everywhere in a bucket that `annofs index` has\n"
           "  listed, else in its root and in directories whose name contains annotation, cvat, "
           "label,\n"
           "  export, backup or dataset; name others with `annofs mount --annotations KEY`)\n";
  }
  return text +
         "A dataset's annotations are read when it is first used, and kept: the larger the "
         "source,\n"
         "the longer that takes. Who waits longer than a call may take gets an error, and a line "
         "of\n"
         "the log says how far it is; the reading goes on. `annofs index` reads all of them now.\n";
}

std::string CommandLines(const std::vector<ReadmeDataset>& datasets) {
  if (datasets.empty()) return "";
  return absl::StrCat(
      "\nTo begin with, in this directory:\n"
      "  D=",
      Quoted(datasets.front().name),
      "\n"
      "  cut -f2,7 \"$D/reports/classes.tsv\"                     # labels, how often each is "
      "used\n"
      "  grep -rc --include='*.tsv' rectangle \"$D/by-frame\"     # boxes on each frame\n"
      "  tail -n +2 \"$D/reports/dropped/yolo.tsv\" | cut -f2-4 | sort | uniq -c  # not in yolo/, "
      "why\n"
      "  yolo detect train data=\"$PWD/$D/yolo/data.yaml\" model=yolo11n.pt\n"
      "  cp -r \"$D/coco\" /some/disk/\n");
}

std::string ViewLines(const std::vector<ReadmeView>& views) {
  std::string text = "\nDATASET/VIEW/..., where VIEW is one of:\n";
  size_t width = 0;
  for (const ReadmeView& view : views) width = std::max(width, view.name.size());
  for (const ReadmeView& view : views) {
    const std::string gap(width - view.name.size() + 2, ' ');
    text += Wrapped(absl::StrCat("  ", view.name, "/", gap), view.what);
  }
  return text;
}

}  // namespace

std::string RenderReadme(const std::vector<ReadmeDataset>& datasets,
                         const std::vector<ReadmeView>& views,
                         const std::vector<std::string>& notes, absl::string_view configured) {
  std::string text =
      "This directory shows the CVAT annotations of the bucket as files. Nothing here is stored:\n"
      "each file is made when it is read. Images are the bucket's own files under further names.\n"
      "The bucket is never written. cp, tar and rsync work as usual; tools that write beside what\n"
      "they read want `annofs mount --scratch DIR`, which keeps their changes in DIR.\n";
  absl::StrAppend(&text, DatasetLines(datasets), CommandLines(datasets), ViewLines(views));
  text +=
      "In the views by-* an image stands beside NAME.tsv, one shape a line below a header, for\n"
      "grep, awk and sort, and NAME.json, which has everything; of frames that share a NAME these\n"
      "are called a.jpg.tsv, a.jpg.json. What a view cannot hold: reports/dropped/VIEW.tsv; names\n"
      "that had to be changed: reports/names.tsv; what is wrong with a dataset:\n"
      "reports/problems.tsv. Trainers that want an absolute `path` in data.yaml find it in\n"
      "../.annofs/data/DATASET/VIEW.yaml, which `ls` does not show (with --scratch, below the\n"
      "read-only mount that `annofs status` names). More: man annofs-views\n";
  if (!configured.empty()) absl::StrAppend(&text, "Configured by ", configured, ".\n");
  for (const std::string& note : notes) absl::StrAppend(&text, "Note: the search ", note, "\n");
  return text;
}

}  // namespace annofs
