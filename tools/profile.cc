// `annofs profile`.
#include "absl/strings/str_cat.h"
#include "tools/command.h"

namespace annofs {

int RunProfile(const Settings&, const std::vector<std::string>&, const Io& io) {
  return Fail(io, "profile: not there yet");
}

}  // namespace annofs
