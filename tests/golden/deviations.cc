#include "tests/golden/deviations.h"

#include <fnmatch.h>

#include "absl/strings/str_cat.h"

namespace annofs::testing {
namespace {

constexpr char kXml[] = "CVAT for * 1.1", kXmlFile[] = "annotations.xml";
constexpr absl::string_view kServer =
    "the server that exported knew it, the case's INPUT does not tell it";

bool Matches(absl::string_view pattern, absl::string_view text) {
  return fnmatch(std::string(pattern).c_str(), std::string(text).c_str(), FNM_NOESCAPE) == 0;
}

}  // namespace

const std::vector<Deviation>& Deviations() {
  static const auto* list = new std::vector<Deviation>{
      {"*", kXml, kXmlFile, "/annotations/meta/dumped",
       "the time of the export; ours has to be the same each time"},
      {"*", kXml, kXmlFile, "/annotations/meta/task/created", kServer},
      {"*", kXml, kXmlFile, "/annotations/meta/task/updated", kServer},
      {"*", kXml, kXmlFile, "/annotations/meta/task/owner*", kServer},
      {"synth_*", kXml, kXmlFile, "/annotations/meta/task/id", kServer},
      {"rand_*", kXml, kXmlFile, "/annotations/meta/task/id", kServer},
      {"synth_images", kXml, kXmlFile, "/annotations/meta/task/name", kServer},
      {"synth_video", kXml, kXmlFile, "/annotations/meta/task/name", kServer},
      {"synth_images", kXml, kXmlFile, "/annotations/meta/task/segments*", kServer},
      {"synth_video", kXml, kXmlFile, "/annotations/meta/task/segments*", kServer},
      {"synth_video_2jobs_overlap2", kXml, kXmlFile, "/annotations/meta/task/segments/segment*/id",
       kServer},
      {"synth_video_2jobs_overlap2", kXml, kXmlFile, "/annotations/meta/task/segments/segment*/url",
       kServer},
      {"rand_*", kXml, kXmlFile, "/annotations/meta/task/segments/segment/id", kServer},
      {"rand_*", kXml, kXmlFile, "/annotations/meta/task/segments/segment/url", kServer},
      {"cvat_*", kXml, kXmlFile, "/annotations/meta/task/segments*", kServer},
      {"synth_3d", "Sly Point Cloud Format 1.0", "*", "*/createdAt", kServer},
      {"synth_3d", "Sly Point Cloud Format 1.0", "*", "*/updatedAt", kServer},
      {"synth_3d", "Sly Point Cloud Format 1.0", "ds0/ann/*", "/tags/0/value", kServer},
      {"synth_3d", "Sly Point Cloud Format 1.0", "meta.json", "/tags/3/value", kServer},
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
