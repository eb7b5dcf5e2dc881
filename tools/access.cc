#include "tools/access.h"

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"

namespace annofs {
namespace {

std::string FirstOf(std::string first, std::string second) {
  return first.empty() ? second : first;
}

std::string SettingOf(const AwsProfile& profile, const std::string& name) {
  auto found = profile.find(name);
  return found == profile.end() ? "" : found->second;
}

}  // namespace

absl::StatusOr<S3Addressing> ParseAddressing(absl::string_view text) {
  if (text == "auto") return S3Addressing::kAuto;
  if (text == "path") return S3Addressing::kPath;
  if (text == "virtual") return S3Addressing::kVirtualHost;
  return absl::InvalidArgumentError(absl::StrCat("'", text, "' is not auto, path or virtual"));
}

Access AccessOfVariables(const Variables& variables) {
  auto value = [&variables](absl::string_view name) { return ValueOf(variables, name); };
  return {.b2 = {.key_id = value("B2_APPLICATION_KEY_ID"), .key = value("B2_APPLICATION_KEY")},
          .s3 = {.access_key_id = value("AWS_ACCESS_KEY_ID"),
                 .secret_access_key = value("AWS_SECRET_ACCESS_KEY"),
                 .session_token = value("AWS_SESSION_TOKEN")},
          .s3_endpoint = FirstOf(value("AWS_ENDPOINT_URL_S3"), value("AWS_ENDPOINT_URL")),
          .region = FirstOf(value("AWS_REGION"), value("AWS_DEFAULT_REGION"))};
}

absl::StatusOr<Access> AccessOfProfile(const AwsProfile& profile, absl::string_view name) {
  auto value = [&profile](const std::string& setting) { return SettingOf(profile, setting); };
  Access access{.s3 = {.access_key_id = value("aws_access_key_id"),
                       .secret_access_key = value("aws_secret_access_key"),
                       .session_token = value("aws_session_token")},
                .s3_endpoint = FirstOf(value("s3.endpoint_url"), value("endpoint_url")),
                .region = value("region")};
  std::string addressing = value("s3.addressing_style");
  if (!addressing.empty()) {
    absl::StatusOr<S3Addressing> parsed = ParseAddressing(addressing);
    if (!parsed.ok()) {
      return Annotate(parsed.status(), absl::StrCat("addressing_style of profile ", name));
    }
    access.addressing = *parsed;
  }
  return access;
}

void FillSettings(Access& access, const Access& next) {
  access.b2_endpoint = FirstOf(access.b2_endpoint, next.b2_endpoint);
  access.s3_endpoint = FirstOf(access.s3_endpoint, next.s3_endpoint);
  access.region = FirstOf(access.region, next.region);
  if (!access.addressing) access.addressing = next.addressing;
}

}  // namespace annofs
