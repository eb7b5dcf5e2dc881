// views/README.txt: what is here and how to use it. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace annofs {

inline constexpr absl::string_view kReadmeName = "README.txt";

struct ReadmeDataset {
  std::string name;
  std::vector<std::string> sources;  // keys of the objects that are read
  uint64_t size = 0;                 // of all of them
};

// A directory that stands in each dataset's, and what is in it, in one line.
struct ReadmeView {
  std::string name;
  std::string what;
};

// One screen: at most kReadmeDatasets of the datasets are named, the others counted. The same text
// on every mount, wherever and however it is mounted. `configured`: where the configuration of
// datasets comes from; "": there is none.
inline constexpr size_t kReadmeDatasets = 12;
std::string RenderReadme(const std::vector<ReadmeDataset>& datasets,
                         const std::vector<ReadmeView>& views,
                         const std::vector<std::string>& notes, absl::string_view configured = "");

}  // namespace annofs
