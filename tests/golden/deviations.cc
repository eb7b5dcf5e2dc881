#include "tests/golden/deviations.h"

#include <fnmatch.h>

#include "absl/strings/str_cat.h"

namespace annofs::testing {
namespace {

bool Matches(absl::string_view pattern, absl::string_view text) {
  return fnmatch(std::string(pattern).c_str(), std::string(text).c_str(), FNM_NOESCAPE) == 0;
}

}  // namespace

const std::vector<Deviation>& Deviations() {
  // reference/cvat.md §10.3: the input of the golden files is not all that a server has.
  constexpr absl::string_view kXml = "annotations.xml", kXmls = "CVAT for *";
  constexpr absl::string_view kNotToldByInput = "the input does not say it";
  constexpr absl::string_view kNotInBackup = "a backup does not say it";
  constexpr absl::string_view kSly = "Sly Point Cloud Format 1.0";
  static const auto* list = new std::vector<Deviation>{
      {"*", kSly, "ds0/ann/*", "*/createdAt", kNotToldByInput},
      {"*", kSly, "ds0/ann/*", "*/updatedAt", kNotToldByInput},
      {"*", kSly, "ds0/ann/*", "/tags/0/value", "the task's owner, which the input does not say"},
      {"*", kSly, "meta.json", "/tags/*/value", "the task's owner, which the input does not say"},
      {"*", kXmls, kXml, "/annotations/meta/dumped", "CVAT's clock: no date is told"},
      {"*", kXmls, kXml, "/annotations/meta/task/created", kNotToldByInput},
      {"*", kXmls, kXml, "/annotations/meta/task/updated", kNotToldByInput},
      {"*", kXmls, kXml, "/annotations/meta/task/owner*", kNotToldByInput},
      {"synth_*", kXmls, kXml, "/annotations/meta/task/id", kNotToldByInput},
      {"rand_*", kXmls, kXml, "/annotations/meta/task/id", kNotInBackup},
      {"rand_*", kXmls, kXml, "/annotations/meta/task/segments/segment/id", kNotInBackup},
      {"rand_*", kXmls, kXml, "/annotations/meta/task/segments/segment/url", kNotInBackup},
      {"synth_video_2jobs_overlap2", kXmls, kXml, "/annotations/meta/task/segments/segment*/id",
       kNotInBackup},
      {"synth_video_2jobs_overlap2", kXmls, kXml, "/annotations/meta/task/segments/segment*/url",
       kNotInBackup},
      {"synth_images", kXmls, kXml, "/annotations/meta/task/name", kNotToldByInput},
      {"synth_video", kXmls, kXml, "/annotations/meta/task/name", kNotToldByInput},
      {"synth_images", kXmls, kXml, "/annotations/meta/task/segments*", kNotToldByInput},
      {"synth_video", kXmls, kXml, "/annotations/meta/task/segments*", kNotToldByInput},
      {"cvat_task_*", kXmls, kXml, "/annotations/meta/task/segments*", kNotToldByInput},
      {"cvat_job_28", kXmls, kXml, "/annotations/meta/task/id", kNotToldByInput},
      {"cvat_job_28", kXmls, kXml, "/annotations/meta/task/name", kNotToldByInput},
      {"cvat_job_28", kXmls, kXml, "/annotations/meta/task/subset", kNotToldByInput},
      {"cvat_job_28", kXmls, kXml, "/annotations/meta/task/segments*", kNotToldByInput},
  };
  return *list;
}

Judged Judge(const std::vector<Deviation>& list, absl::string_view which, absl::string_view format,
             const std::vector<Difference>& differences) {
  std::vector<const Deviation*> entries;
  for (const Deviation& entry : list) {
    if (Matches(entry.cases, which) && Matches(entry.format, format)) entries.push_back(&entry);
  }
  std::vector<bool> is_used(entries.size());
  Judged judged;
  for (const Difference& difference : differences) {
    bool is_allowed = false;
    for (size_t i = 0; i < entries.size(); ++i) {
      if (Matches(entries[i]->file, difference.file) &&
          Matches(entries[i]->place, difference.place)) {
        is_allowed = is_used[i] = true;
      }
    }
    if (!is_allowed) judged.wrong.push_back(difference);
  }
  for (size_t i = 0; i < entries.size(); ++i) {
    if (is_used[i]) judged.used.push_back(entries[i]);
    if (!is_used[i]) judged.idle.push_back(absl::StrCat(entries[i]->file, " ", entries[i]->place));
  }
  return judged;
}

}  // namespace annofs::testing
