#include <ostream>

#include "cache/base/json.h"
#include "tools/command.h"

namespace annofs {

int RunVersion(const Settings& settings, const std::vector<std::string>&, const Io& io) {
  if (settings.json) {
    io.out << JsonWriter().BeginObject().Key("version").String(ANNOFS_VERSION).EndObject().Take()
           << "\n";
  } else {
    io.out << "annofs " ANNOFS_VERSION "\n";
  }
  return kDone;
}

}  // namespace annofs
