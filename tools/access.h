// How to reach a store: keys and settings, as one place (command line, file, environment, profile)
// gives them. Pure functions.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cache/store/stores.h"
#include "tools/aws_profile.h"
#include "tools/environment.h"

namespace annofs {

// What is not said is empty.
struct Access {
  B2Credentials b2;
  S3Credentials s3;
  std::string b2_endpoint;
  std::string s3_endpoint;
  std::string region;
  std::optional<S3Addressing> addressing;
};

// "auto", "path", "virtual". kInvalidArgument for anything else.
absl::StatusOr<S3Addressing> ParseAddressing(absl::string_view text);

// By the names of the environment (AWS_ENDPOINT_URL_S3 before AWS_ENDPOINT_URL, AWS_REGION before
// AWS_DEFAULT_REGION).
Access AccessOfVariables(const Variables& variables);

// Whether its keys are static is for CheckStaticKeys() to say. kInvalidArgument: no such addressing
// style.
absl::StatusOr<Access> AccessOfProfile(const AwsProfile& profile, absl::string_view name);

// Settings that `access` does not have are taken from `next`. Keys are not.
void FillSettings(Access& access, const Access& next);

}  // namespace annofs
