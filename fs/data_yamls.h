// The twins of data.yaml, in the control directory: data/DATASET/VIEW.yaml says what the view's own
// data.yaml says and, as `path`, where that tree is on this machine. Old trainers look for what is
// relative below a directory of their own (reference/training-tools.md §1.1); files of views are
// the same on every machine, so that they cannot say it. Thread safe.
#pragma once

#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "fs/control_branches.h"
#include "fs/tree.h"

namespace annofs {

inline constexpr absl::string_view kDataYamlsName = "data";

// `tree`: a whole mount, which outlives the result. `views`: the absolute path at which people see
// its directory of views, `views_name`.
std::unique_ptr<ControlBranch> NewDataYamls(Tree& tree, std::string views_name, std::string views);

}  // namespace annofs
