#include "tools/credentials_file.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "cache/base/status.h"
#include "tools/b2_account_file.h"
#include "tools/secret_file.h"

namespace annofs {
namespace {

bool IsComment(absl::string_view line) { return line.empty() || line[0] == '#' || line[0] == ';'; }

// Whether the first line that says anything is a [section].
bool HasSections(absl::string_view text) {
  absl::ConsumePrefix(&text, "\xef\xbb\xbf");
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    line = absl::StripAsciiWhitespace(line);
    if (!IsComment(line)) return line[0] == '[';
  }
  return false;
}

absl::string_view Unquoted(absl::string_view value) {
  if (value.size() < 2 || value.front() != value.back()) return value;
  return value.front() == '"' || value.front() == '\'' ? value.substr(1, value.size() - 2) : value;
}

absl::Status AddVariable(absl::string_view line, Variables& variables) {
  if (absl::ConsumePrefix(&line, "export ")) line = absl::StripLeadingAsciiWhitespace(line);
  size_t sign = line.find('=');
  if (sign == line.npos) return absl::InvalidArgumentError("not NAME=VALUE");
  absl::string_view name = absl::StripAsciiWhitespace(line.substr(0, sign));
  if (!IsKeyOrSetting(name)) {
    return absl::InvalidArgumentError(
        "not one of the names that annofs knows (B2_APPLICATION_KEY_ID, B2_APPLICATION_KEY, "
        "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION, "
        "AWS_ENDPOINT_URL)");
  }
  absl::string_view value = Unquoted(absl::StripAsciiWhitespace(line.substr(sign + 1)));
  if (!value.empty()) variables[name] = std::string(value);
  return absl::OkStatus();
}

absl::StatusOr<Access> AccessOfB2Account(absl::string_view content) {
  ASSIGN_OR_RETURN(B2AccountFile account, ParseB2AccountFile(content));
  return Access{.b2 = {.key_id = account.key_id, .key = account.key},
                .b2_endpoint = account.realm,
                .s3_endpoint = account.s3_url};
}

absl::StatusOr<Access> AccessOfSections(absl::string_view text, const std::string& name) {
  ASSIGN_OR_RETURN(AwsSections sections, ParseAwsFile(text));
  AwsProfile profile = ProfileIn(sections, name);
  if (profile.empty()) {
    return absl::NotFoundError(
        absl::StrCat("there is no profile '", name, "' (AWS_PROFILE names another)"));
  }
  RETURN_IF_ERROR(CheckStaticKeys(profile, name));
  return AccessOfProfile(profile, name);
}

absl::StatusOr<Access> ParseCredentials(absl::string_view text, const std::string& profile) {
  if (IsSqlite(text)) return AccessOfB2Account(text);
  if (HasSections(text)) return AccessOfSections(text, profile);
  ASSIGN_OR_RETURN(Variables variables, ParseVariables(text));
  return AccessOfVariables(variables);
}

}  // namespace

absl::StatusOr<Variables> ParseVariables(absl::string_view text) {
  absl::ConsumePrefix(&text, "\xef\xbb\xbf");
  Variables variables;
  int number = 0;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    ++number;
    line = absl::StripAsciiWhitespace(line);
    if (IsComment(line)) continue;
    RETURN_IF_ERROR(Annotate(AddVariable(line, variables), absl::StrCat("line ", number)));
  }
  return variables;
}

absl::StatusOr<Access> ReadCredentialsFile(const std::string& path, const std::string& profile) {
  ASSIGN_OR_RETURN(std::string text, ReadSecretFile(path));
  absl::StatusOr<Access> access = ParseCredentials(text, profile);
  return access.ok() ? access : Annotate(access.status(), path);
}

}  // namespace annofs
