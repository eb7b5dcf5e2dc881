// Backups for tests, made of parts, good and bad ones.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/formats/reading.h"
#include "tests/formats/zip_maker.h"

namespace annofs::testing {

inline constexpr absl::string_view kBackupReader = "cvat_backup";

// A backup made of parts; what is not given is good.
struct Parts {
  std::string task =
      R"({"name":"t","subset":"","version":"1.0",
          "labels":[{"name":"car","type":"any","attributes":[]},
                    {"name":"pose","type":"skeleton","sublabels":[{"name":"nose","type":"points"}]}],
          "data":{"start_frame":0,"stop_frame":2,"deleted_frames":[]},
          "jobs":[{"type":"annotation","start_frame":0,"stop_frame":2}]})";
  std::string annotations = R"([{"version":0,"tags":[],"shapes":[],"tracks":[]}])";
  std::string manifest =
      "{\"version\":\"1.1\"}\n{\"type\":\"images\"}\n"
      "{\"name\":\"a\",\"extension\":\".jpg\",\"width\":10,\"height\":20}\n"
      "{\"name\":\"b\",\"extension\":\".jpg\",\"width\":10,\"height\":20}\n"
      "{\"name\":\"c\",\"extension\":\".jpg\",\"width\":10,\"height\":20}\n";
  std::vector<ZipFile> more = {};  // entries
};

inline std::string MakeBackup(const Parts& parts) {
  std::vector<ZipFile> files = {{.name = "data/manifest.jsonl", .content = parts.manifest},
                                {.name = "task.json", .content = parts.task},
                                {.name = "annotations.json", .content = parts.annotations}};
  files.insert(files.end(), parts.more.begin(), parts.more.end());
  return MakeZip(files);
}

inline ReadResult ReadParts(const Parts& parts) {
  MemorySource source("b/t.zip", MakeBackup(parts));
  return ReadWith(kBackupReader, source);
}

inline ReadResult ReadAnnotations(absl::string_view tags, absl::string_view shapes,
                                  absl::string_view tracks = "") {
  return ReadParts({.annotations = absl::StrCat("[{\"tags\":[", tags, "],\"shapes\":[", shapes,
                                                "],\"tracks\":[", tracks, "]}]")});
}

// A task of three frames with these members of "data".
inline std::string TaskWithData(absl::string_view data) {
  return absl::StrCat(R"({"name":"t","labels":[{"name":"car"}],"data":{)", data, R"(},
      "jobs":[{"start_frame":0,"stop_frame":9}]})");
}

inline std::string VideoManifest(absl::string_view properties) {
  return absl::StrCat("{\"version\":\"1.1\"}\n{\"type\":\"video\"}\n{\"properties\":{", properties,
                      "}}\n");
}

inline std::string BoxOn(int frame, absl::string_view more = "") {
  return absl::StrCat(R"({"type":"rectangle","label":"car","points":[1,2,3,4],"frame":)", frame,
                      more, "}");
}

}  // namespace annofs::testing
