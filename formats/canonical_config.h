// A dataset's part of annofs.json in the one way of writing it. Pure.
#pragma once

#include <string>

#include "formats/dataset_config.h"

namespace annofs {

// JSON in one line: keys in the order of the manual, what is as it is without being said left out,
// numbers shortest, shares all or none. White space, the order of keys, defaults that are written
// out, and other ways to write a number or text in the file change nothing about it.
std::string CanonicalConfig(const DatasetConfig& config);

}  // namespace annofs
