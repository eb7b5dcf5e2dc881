// Which datasets a command is about that reads whole ones: `annofs check`, `annofs stats`.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/progress_line.h"
#include "tools/settings.h"
#include "tools/stack.h"

namespace annofs {

struct AskedDatasets {
  std::vector<std::string> names;
  bool is_whole =
      true;  // false: an object that may hold annotations could not be read, which is told
};

// That of --dataset, or all, whose annotations are then read, with progress. What the search for
// annotations has left out is told on `err` to who asks for all. kNotFound: there is none, or none
// of that name; the message says what to do. kCancelled.
absl::StatusOr<AskedDatasets> FindAskedDatasets(const Settings& settings, Stack& stack,
                                                ProgressLine& line, std::ostream& err,
                                                const CallContext& context);

// Objects that may hold annotations and could not be read, a line each as NotesText(); "": none.
std::string UnreadableText(const std::vector<std::string>& notes);

}  // namespace annofs
