// The metrics of a mount as Prometheus scrapes them: its text exposition format 0.0.4. Pure.
//
// Names begin with "annofs_"; those of counters end with "_total", those of times with "_seconds"
// and those of amounts of data with "_bytes". What is not known of a mount is left out. The list of
// them for people is in annofs(1), METRICS, which a test compares.
#pragma once

#include <string>

#include "absl/time/time.h"
#include "fs/mount_status.h"

namespace annofs {

std::string MetricsText(const MountStatus& status, absl::Time now);

}  // namespace annofs
