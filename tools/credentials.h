// Where keys come from, and with them the settings that say how to reach a store. Keys come from
// one place: the file of --credentials, which then must have them; else the environment; else, for
// S3, the profile of AWS's shared files. Settings come each from the first that says it: command
// line, file, environment, profile.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cache/store/stores.h"
#include "tools/access.h"
#include "tools/environment.h"

namespace annofs {

// Whether the S3 service at this URL is Backblaze's, where application keys are the S3 keys
// (reference/b2.md §4.1).
bool IsB2S3Endpoint(absl::string_view url);

struct FoundAccess {
  Access access;  // has keys if `keys` is OK; the settings that were found in any case
  // kUnauthenticated, with the places to put them, if there are none; kPermissionDenied if they lie
  // open to others; or why a file cannot be read or gives none.
  absl::Status keys;
};

// Keys and settings for a source of this kind. `given`: what the command line says; `file`: of
// --credentials, or "". Reads files; hides every secret in the log.
FoundAccess FindAccess(SourceUrl::Kind kind, const Access& given, const std::string& file,
                       const Variables& environment);

}  // namespace annofs
