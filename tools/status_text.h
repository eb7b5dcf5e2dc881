// What `annofs status` says of a mount: its status JSON (fs/status_json.h) in words. Pure
// functions.
#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "cache/base/json.h"
#include "tools/mount_table.h"
#include "tools/status_rates.h"

namespace annofs {

// A block of lines, the mountpoint first.
std::string StatusText(const MountEntry& mount, JsonValue status,
                       const std::optional<StatusRates>& rates, absl::Time now);
// The same of a daemon that gives no answer; `why` goes into the line.
std::string NoAnswerText(const MountEntry& mount, absl::string_view why);

// The value as it stands, behind a Key() or in an array.
void CopyJson(JsonValue value, JsonWriter& json);

}  // namespace annofs
