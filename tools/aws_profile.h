// The shared files of AWS's tools: sections of `name = value`, with nested blocks. Pure functions.
#pragma once

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace annofs {

// The settings of one profile. A nested one has its block's name before it: "s3.endpoint_url".
using AwsProfile = std::map<std::string, std::string>;

// By name: "default", "profile x", "services y", as they stand in the brackets. Of a section or a
// setting that is repeated the last counts.
using AwsSections = std::map<std::string, AwsProfile>;

// kInvalidArgument "line N: what", without the line's text: it may be a key.
absl::StatusOr<AwsSections> ParseAwsFile(absl::string_view text);

// Sections of profiles are named "x" in ~/.aws/credentials and "profile x" in ~/.aws/config, but
// for "default". Both are looked for; what both hold is taken from the first. Settings of the
// section `services y` that the profile names are its own. Empty: no such profile.
AwsProfile ProfileIn(const AwsSections& sections, const std::string& name);

// kUnimplemented, naming the setting and what to do, if the keys of this profile come from
// somewhere else than the file: roles, single sign-on, web identity, a process.
absl::Status CheckStaticKeys(const AwsProfile& profile, absl::string_view name);

}  // namespace annofs
