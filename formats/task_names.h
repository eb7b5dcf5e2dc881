// Short names of a dataset's tasks, where numbers are unique in a task only: jobs, tracks. Pure.
#pragma once

#include <string>
#include <vector>

#include "formats/model.h"

namespace annofs {

// CVAT's numbers where these tell all tasks apart, else their places in the list, from 0. Empty
// where there is but one task: then nothing needs its name.
std::vector<std::string> TaskNames(const DatasetInfo& info);

}  // namespace annofs
