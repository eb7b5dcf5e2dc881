// The bucket: whether it is there, who may read it, and whether it keeps old versions.
#pragma once

#include "cache/store/examination.h"
#include "cache/store/stores.h"
#include "tools/doctor/report.h"

namespace annofs::doctor {

AreaReport CheckBucket(const Examination& seen, const SourceUrl& url);

}  // namespace annofs::doctor
