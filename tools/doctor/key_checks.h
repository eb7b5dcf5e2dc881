// The key: what it lacks, what it can do beyond need, how long it lives.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "cache/store/examination.h"
#include "cache/store/stores.h"
#include "tools/doctor/report.h"

namespace annofs::doctor {

// `keys`: why there are none, see SourceAccess.
AreaReport CheckKey(const Examination& seen, const SourceUrl& url, const absl::Status& keys,
                    absl::Time now);

// Those of the capabilities that reading a bucket does not need, and that change something, or give
// others access (reference/b2.md §1.4, §8).
std::vector<std::string> NeedlessCapabilities(const B2Account& account);

}  // namespace annofs::doctor
