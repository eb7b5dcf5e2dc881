// `annofs warm` towards a mount: asks its daemon through the control socket, never touches the
// mountpoint.
#pragma once

#include <string>
#include <vector>

#include "tools/command.h"
#include "tools/mount_table.h"
#include "tools/warm_protocol.h"

namespace annofs {

// A path as the user says it, in the mount: from its root if it is below the mountpoint, else from
// `place`.
std::string PathInMount(const PlaceInMount& place, const std::string& path);

int WarmMount(const Settings& settings, const PlaceInMount& place,
              const std::vector<std::string>& paths, const WarmRequest& request, const Io& io);

}  // namespace annofs
