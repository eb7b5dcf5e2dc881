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
  std::string source;  // key of the object that is read
  uint64_t size = 0;   // of it
};

// `views`: the directories that stand in each dataset's.
std::string RenderReadme(const std::vector<ReadmeDataset>& datasets,
                         const std::vector<std::string>& views,
                         const std::vector<std::string>& notes);

}  // namespace annofs
