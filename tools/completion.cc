// `annofs completion`.
#include "absl/strings/str_cat.h"
#include "tools/command.h"

namespace annofs {

int RunCompletion(const Settings&, const std::vector<std::string>&, const Io& io) {
  return Fail(io, "completion: not there yet");
}

}  // namespace annofs
