// `annofs tree`.
#include "absl/strings/str_cat.h"
#include "tools/command.h"

namespace annofs {

int RunTree(const Settings&, const std::vector<std::string>&, const Io& io) {
  return Fail(io, "tree: not there yet");
}

}  // namespace annofs
