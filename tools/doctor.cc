// `annofs doctor`.
#include "absl/strings/str_cat.h"
#include "tools/command.h"

namespace annofs {

int RunDoctor(const Settings&, const std::vector<std::string>&, const Io& io) {
  return Fail(io, "doctor: not there yet");
}

}  // namespace annofs
