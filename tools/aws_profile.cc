#include "tools/aws_profile.h"

#include <array>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "cache/base/status.h"

namespace annofs {
namespace {

// Where AWS's tools would get keys that no file holds. They come before keys in the same profile,
// but for credential_process.
constexpr std::array<absl::string_view, 4> kElsewhere = {"role_arn", "web_identity_token_file",
                                                         "source_profile", "credential_source"};
constexpr absl::string_view kProcess = "credential_process";

absl::Status WrongLine(int number, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("line ", number, ": ", what));
}

// A comment behind a value starts with a blank.
absl::string_view WithoutComment(absl::string_view value) {
  for (size_t i = 0; i + 1 < value.size(); ++i) {
    bool starts = value[i + 1] == '#' || value[i + 1] == ';';
    if (absl::ascii_isspace(static_cast<unsigned char>(value[i])) && starts) {
      return value.substr(0, i);
    }
  }
  return value;
}

class Parser {
 public:
  absl::Status Line(absl::string_view line, int number) {
    bool is_indented = !line.empty() && (line[0] == ' ' || line[0] == '\t');
    absl::string_view text = absl::StripAsciiWhitespace(line);
    if (text.empty() || text[0] == '#' || text[0] == ';') return absl::OkStatus();
    if (!is_indented && text[0] == '[') return Section(text, number);
    return Setting(text, is_indented, number);
  }

  AwsSections Take() { return std::move(sections_); }

 private:
  absl::Status Section(absl::string_view text, int number) {
    size_t end = text.find(']');
    if (end == text.npos) return WrongLine(number, "a section's name has no ']'");
    std::string name = CollapsedBlanks(text.substr(1, end - 1));
    if (name.empty()) return WrongLine(number, "a section without a name");
    section_ = &sections_[name];
    block_.clear();
    return absl::OkStatus();
  }

  absl::Status Setting(absl::string_view text, bool is_indented, int number) {
    std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(text, absl::MaxSplits('=', 1));
    std::string name = absl::AsciiStrToLower(absl::StripAsciiWhitespace(parts.first));
    if (section_ == nullptr) return WrongLine(number, "a setting before the first [section]");
    if (!absl::StrContains(text, '=') || name.empty()) {
      return WrongLine(number, "neither [section] nor name = value");
    }
    absl::string_view value = absl::StripAsciiWhitespace(WithoutComment(parts.second));
    bool is_nested = is_indented && !block_.empty();
    if (!is_nested) block_ = value.empty() ? name : "";
    if (!value.empty()) {
      (*section_)[is_nested ? absl::StrCat(block_, ".", name) : name] = std::string(value);
    }
    return absl::OkStatus();
  }

  static std::string CollapsedBlanks(absl::string_view text) {
    std::string collapsed(text);
    absl::RemoveExtraAsciiWhitespace(&collapsed);
    return collapsed;
  }

  AwsSections sections_;
  AwsProfile* section_ = nullptr;
  std::string block_;  // the setting without a value that indented ones belong to
};

void AddSection(const AwsSections& sections, const std::string& name, AwsProfile& profile) {
  auto found = sections.find(name);
  if (found == sections.end()) return;
  for (const auto& setting : found->second) profile.insert(setting);
}

}  // namespace

absl::StatusOr<AwsSections> ParseAwsFile(absl::string_view text) {
  absl::ConsumePrefix(&text, "\xef\xbb\xbf");
  Parser parser;
  int number = 0;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    RETURN_IF_ERROR(parser.Line(line, ++number));
  }
  return parser.Take();
}

AwsProfile ProfileIn(const AwsSections& sections, const std::string& name) {
  AwsProfile profile;
  AddSection(sections, name, profile);
  AddSection(sections, absl::StrCat("profile ", name), profile);
  if (auto services = profile.find("services"); services != profile.end()) {
    AddSection(sections, absl::StrCat("services ", services->second), profile);
  }
  return profile;
}

absl::Status CheckStaticKeys(const AwsProfile& profile, absl::string_view name) {
  bool has_keys = profile.count("aws_secret_access_key") > 0;
  for (const auto& [setting, value] : profile) {
    bool is_elsewhere = absl::c_linear_search(kElsewhere, setting) ||
                        absl::StartsWith(setting, "sso_") || (setting == kProcess && !has_keys);
    if (!is_elsewhere) continue;
    return absl::UnimplementedError(absl::StrCat(
        "profile ", name, " gets its keys by ", setting,
        ", which annofs does not offer: put temporary keys into the environment (`eval \"$(aws "
        "configure export-credentials --profile ",
        name, " --format env)\"`), or use a profile with aws_access_key_id"));
  }
  return absl::OkStatus();
}

}  // namespace annofs
