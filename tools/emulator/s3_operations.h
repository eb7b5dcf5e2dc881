// Which operation an S3 request asks for, and what it needs (reference/b2.md §1.4, §4.2).
// Pure functions over one table.
#pragma once

#include "absl/strings/string_view.h"
#include "tools/emulator/s3_call.h"

namespace annofs::emulator {

enum class S3Level { kService, kBucket, kObject };

struct S3Operation {
  absl::string_view name;  // for counters and faults: "s3_get_object"
  S3Level level;
  absl::string_view method;
  absl::string_view query;   // the parameter that tells it from its like; "" = none
  absl::string_view header;  // the header that does; "" = none
  // Capabilities of the key: all the words, of words joined by '|' one. "" = any key may.
  absl::string_view capabilities;
  S3Function run;
};

// Never fails: a request that is no operation gets one that answers so.
const S3Operation& S3OperationOf(const Request& request, const S3Place& place);

// By its name; the one for no operation if there is none of that name.
const S3Operation& S3OperationNamed(absl::string_view name);

}  // namespace annofs::emulator
