// One change each that a comparer must see, made to a golden file. Each answers nothing where the
// file has no place for it. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace annofs::testing {

struct Mutation {
  absl::string_view name;
  std::optional<std::string> (*make)(absl::string_view file);
};

// By the extension of a file's name: ".json", ".xml", ".png", ".bmp"; all others are texts.
std::vector<Mutation> MutationsOf(absl::string_view extension);

}  // namespace annofs::testing
