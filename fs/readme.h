// views/README.txt: what is here and how to use it. Pure.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace annofs {

inline constexpr absl::string_view kReadmeName = "README.txt";

std::string RenderReadme(const std::vector<std::string>& datasets,
                         const std::vector<std::string>& views,
                         const std::vector<std::string>& notes);

}  // namespace annofs
