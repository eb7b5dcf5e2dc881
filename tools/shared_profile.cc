#include "tools/shared_profile.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "tools/secret_file.h"

namespace annofs {
namespace {

constexpr char kSecretKey[] = "aws_secret_access_key";

// "" where neither the variable nor HOME says it.
std::string PathOf(const Variables& environment, absl::string_view variable,
                   absl::string_view name) {
  std::string home = ValueOf(environment, "HOME");
  std::string path = ValueOf(environment, variable);
  if (absl::StartsWith(path, "~/") && !home.empty()) return JoinPath(home, path.substr(2));
  if (!path.empty()) return path;
  return home.empty() ? "" : JoinPath(home, absl::StrCat(".aws/", name));
}

// The profile in one file. What is there of it is added to `profile`; an error says why its keys
// cannot be used.
absl::Status AddProfile(const std::string& path, const std::string& name, AwsProfile& profile) {
  if (path.empty()) return absl::OkStatus();
  absl::StatusOr<PrivateText> file = ReadPrivateText(path);
  if (absl::IsNotFound(file.status())) return absl::OkStatus();
  RETURN_IF_ERROR(file.status());
  absl::StatusOr<AwsSections> sections = ParseAwsFile(file->text);
  RETURN_IF_ERROR(Annotate(sections.status(), path));
  AwsProfile found = ProfileIn(*sections, name);
  bool has_key = found.count(kSecretKey) > 0;
  profile.insert(found.begin(), found.end());
  // A file of settings may be open to all; one of keys may not.
  return has_key ? file->is_private : absl::OkStatus();
}

}  // namespace

std::string ProfileName(const Variables& environment) {
  std::string name = ValueOf(environment, "AWS_PROFILE");
  return name.empty() ? "default" : name;
}

SharedProfile ReadSharedProfile(const Variables& environment) {
  std::string name = ProfileName(environment);
  AwsProfile profile;
  SharedProfile shared;
  shared.keys_usable =
      AddProfile(PathOf(environment, "AWS_SHARED_CREDENTIALS_FILE", "credentials"), name, profile);
  shared.keys_usable.Update(
      AddProfile(PathOf(environment, "AWS_CONFIG_FILE", "config"), name, profile));
  if (profile.empty() && !ValueOf(environment, "AWS_PROFILE").empty()) {
    shared.keys_usable.Update(absl::NotFoundError(absl::StrCat(
        "AWS_PROFILE is ", name, ", which neither ~/.aws/credentials nor ~/.aws/config has")));
  }
  shared.keys_usable.Update(CheckStaticKeys(profile, name));
  absl::StatusOr<Access> access = AccessOfProfile(profile, name);
  shared.keys_usable.Update(access.status());
  if (access.ok()) shared.access = *std::move(access);
  return shared;
}

}  // namespace annofs
