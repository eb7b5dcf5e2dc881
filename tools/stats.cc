// `annofs stats`.
#include "absl/strings/str_cat.h"
#include "tools/command.h"

namespace annofs {

int RunStats(const Settings&, const std::vector<std::string>&, const Io& io) {
  return Fail(io, "stats: not there yet");
}

}  // namespace annofs
