// Where a name, or a place in time, falls by the shares of a division (SplitOptions). Pure.
#pragma once

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"
#include "formats/view_options.h"

namespace annofs {

// "train", "val" or "test": by the name and the seed alone. A greater share of val, or of test,
// leaves no name of that part outside; test changes with its own share only.
absl::string_view PartByHash(absl::string_view name, const SplitOptions& options);

// Of `count` frames in time: train is before `val`, val from there to before `test`, test the rest.
// Of two and more at least one is val, unless test has all.
struct TimeCuts {
  size_t val = 0, test = 0;
};
TimeCuts CutInTime(size_t count, const SplitOptions& options);

bool HasUsualShares(const SplitOptions& options);
// "train 0.7, val 0.3".
std::string DescribeShares(const SplitOptions& options);

}  // namespace annofs
