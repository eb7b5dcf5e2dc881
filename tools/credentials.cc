#include "tools/credentials.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/base/log.h"
#include "cache/base/status.h"
#include "cache/store/url.h"
#include "tools/credentials_file.h"
#include "tools/shared_profile.h"

namespace annofs {
namespace {

bool HasB2Keys(const Access& access) { return !access.b2.key_id.empty() && !access.b2.key.empty(); }

bool HasS3Keys(const Access& access) {
  return !access.s3.access_key_id.empty() && !access.s3.secret_access_key.empty();
}

void HideInLog(const Access& access) {
  for (const std::string& secret :
       {access.b2.key, access.s3.secret_access_key, access.s3.session_token}) {
    if (!secret.empty()) RedactInLog(secret);
  }
}

// Takes the keys of `next` for this kind of source; `access` has its endpoint already.
bool TakeKeys(SourceUrl::Kind kind, const Access& next, Access& access) {
  if (kind == SourceUrl::Kind::kB2) {
    access.b2 = next.b2;
    return HasB2Keys(next);
  }
  access.s3 = next.s3;
  if (HasS3Keys(next)) return true;
  // One half alone is a mistake that other keys would hide.
  bool has_half = !next.s3.access_key_id.empty() || !next.s3.secret_access_key.empty();
  if (has_half || !HasB2Keys(next) || !IsB2S3Endpoint(access.s3_endpoint)) return false;
  access.s3 = {.access_key_id = next.b2.key_id, .secret_access_key = next.b2.key};
  return true;
}

// "A without B", "" if both or neither is there.
std::string Half(absl::string_view id_name, const std::string& id, absl::string_view key_name,
                 const std::string& key) {
  if (id.empty() == key.empty()) return "";
  return id.empty() ? absl::StrCat(key_name, " without ", id_name)
                    : absl::StrCat(id_name, " without ", key_name);
}

absl::Status NoKeysIn(absl::string_view file, bool is_b2) {
  return absl::UnauthenticatedError(
      absl::StrCat(file, " holds no ", is_b2 ? "B2" : "S3", " key: add ",
                   is_b2 ? "B2_APPLICATION_KEY_ID=… and B2_APPLICATION_KEY=…"
                         : "AWS_ACCESS_KEY_ID=… and AWS_SECRET_ACCESS_KEY=…",
                   ", or leave out --credentials to use the environment"));
}

absl::Status NoKeys(SourceUrl::Kind kind, const Access& found) {
  bool is_b2 = kind == SourceUrl::Kind::kB2;
  std::string half =
      is_b2 ? Half("B2_APPLICATION_KEY_ID", found.b2.key_id, "B2_APPLICATION_KEY", found.b2.key)
            : Half("AWS_ACCESS_KEY_ID", found.s3.access_key_id, "AWS_SECRET_ACCESS_KEY",
                   found.s3.secret_access_key);
  return absl::UnauthenticatedError(absl::StrCat(
      is_b2 ? "no B2 key" : "no S3 key", half.empty() ? "" : absl::StrCat(" (", half, ")"),
      is_b2 ? ": set B2_APPLICATION_KEY_ID and B2_APPLICATION_KEY in the environment, "
              "or name a file with --credentials"
            : ": set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment, "
              "put them into ~/.aws/credentials, or name a file with --credentials"));
}

// What else AWS's tools would ask, told to those who rely on it.
absl::Status OtherWays(const Variables& environment) {
  for (absl::string_view name :
       {"AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI"}) {
    if (ValueOf(environment, name).empty()) continue;
    return absl::UnimplementedError(absl::StrCat(
        name,
        " is set, but annofs gets no keys that way: put temporary keys into the environment "
        "(AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN)"));
  }
  return absl::OkStatus();
}

// What is wrong with AWS's files stops nobody who has keys from elsewhere.
void LogUnused(const SharedProfile& shared) {
  if (shared.keys_usable.ok()) return;
  LogInfo(absl::StrCat("keys of AWS's shared files are not used: ", shared.keys_usable.message()));
}

absl::Status KeysOfFile(SourceUrl::Kind kind, const absl::StatusOr<Access>& from_file,
                        const std::string& file, Access& access) {
  RETURN_IF_ERROR(Annotate(from_file.status(), "--credentials"));
  if (TakeKeys(kind, *from_file, access)) return absl::OkStatus();
  bool is_b2 = kind == SourceUrl::Kind::kB2;
  bool has_half = is_b2 ? access.b2.key_id.empty() != access.b2.key.empty()
                        : access.s3.access_key_id.empty() != access.s3.secret_access_key.empty();
  return has_half ? Annotate(NoKeys(kind, access), absl::StrCat("--credentials: ", file))
                  : Annotate(NoKeysIn(file, is_b2), "--credentials");
}

// After the environment had none.
absl::Status KeysOfProfile(SourceUrl::Kind kind, const SharedProfile& shared,
                           const Variables& environment, Access& access) {
  absl::Status none = NoKeys(kind, access);
  bool has_half = !access.s3.access_key_id.empty() || !access.s3.secret_access_key.empty();
  if (kind == SourceUrl::Kind::kB2 || has_half) return none;
  RETURN_IF_ERROR(shared.keys_usable);
  if (TakeKeys(kind, shared.access, access)) return absl::OkStatus();
  RETURN_IF_ERROR(OtherWays(environment));
  return NoKeys(kind, access);
}

}  // namespace

bool IsB2S3Endpoint(absl::string_view url) {
  absl::StatusOr<UrlParts> parts = ParseUrl(url);
  return parts.ok() && absl::StartsWith(parts->host, "s3.") &&
         absl::EndsWith(parts->host, ".backblazeb2.com");
}

FoundAccess FindAccess(SourceUrl::Kind kind, const Access& given, const std::string& file,
                       const Variables& environment) {
  FoundAccess found{.access = given};
  absl::StatusOr<Access> from_file = Access{};
  if (!file.empty()) from_file = ReadCredentialsFile(file, ProfileName(environment));
  Access from_environment = AccessOfVariables(environment);
  bool is_s3 = kind == SourceUrl::Kind::kS3;
  SharedProfile shared = is_s3 ? ReadSharedProfile(environment) : SharedProfile{};
  for (const Access* next :
       {from_file.ok() ? &*from_file : nullptr, &from_environment, &shared.access}) {
    if (next == nullptr) continue;
    HideInLog(*next);
    FillSettings(found.access, *next);
  }
  if (!file.empty()) {
    found.keys = KeysOfFile(kind, from_file, file, found.access);
  } else if (!TakeKeys(kind, from_environment, found.access)) {
    found.keys = KeysOfProfile(kind, shared, environment, found.access);
    return found;
  }
  LogUnused(shared);
  return found;
}

}  // namespace annofs
