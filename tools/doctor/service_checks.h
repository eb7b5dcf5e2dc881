// The service of a source: whether it answers, and whether its clock agrees with this machine's.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "cache/store/examination.h"
#include "cache/store/stores.h"
#include "tools/doctor/report.h"

namespace annofs::doctor {

AreaReport CheckService(const Examination& seen, SourceUrl::Kind kind);

// What an error of the connection means: told by libcurl's and OpenSSL's own words for it.
Finding ConnectionFinding(absl::string_view host, const absl::Status& error);

}  // namespace annofs::doctor
