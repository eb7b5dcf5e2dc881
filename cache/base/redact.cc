#include "cache/base/redact.h"

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"

namespace annofs {
namespace {

constexpr char kRedacted[] = "[redacted]";
constexpr size_t kMinSecretBytes = 8;

// A name after which a secret stands, in any case, and the bytes that end the secret.
struct Marker {
  absl::string_view name;
  absl::string_view ends;
};

constexpr absl::string_view kLineEnds = "\r\n\"'";
constexpr absl::string_view kQueryEnds = "&# \t\r\n\"'<>";
constexpr absl::string_view kQuote = "\"";

constexpr std::array<Marker, 8> kMarkers = {{
    {"authorization:", kLineEnds},  // a header may hold blanks: "Basic abc="
    {"authorization=", kQueryEnds},
    {"signature=", kQueryEnds},  // X-Amz-Signature=, and that of a header in a server's text
    {"x-amz-security-token=", kQueryEnds},
    {"\"authorization\":\"", kQuote},
    {"\"authorizationtoken\":\"", kQuote},
    {"\"applicationkey\":\"", kQuote},
    {"x-amz-security-token:", kLineEnds},
}};

bool IsBlank(char c) { return c == ' ' || c == '\t'; }

// The bytes of `text` that `name` matches at its start, 0 for none. Blanks around ':' belong to the
// match, as JSON and headers have them, and a backslash before '"', as in JSON quoted in a message.
size_t MatchName(absl::string_view text, absl::string_view name) {
  size_t at = 0;
  const auto skip_blanks = [&] {
    while (at < text.size() && IsBlank(text[at])) ++at;
  };
  for (size_t i = 0; i < name.size(); ++i) {
    if (name[i] == ':' || (i > 0 && name[i - 1] == ':')) skip_blanks();
    if (name[i] == '"' && at < text.size() && text[at] == '\\') ++at;
    if (at == text.size() || absl::ascii_tolower(static_cast<unsigned char>(text[at])) != name[i]) {
      return 0;
    }
    ++at;
  }
  if (name.back() == ':') skip_blanks();
  return at;
}

// Bytes until the first of `ends`; a backslash takes the next byte with it.
size_t SecretSize(absl::string_view text, absl::string_view ends) {
  size_t size = 0;
  while (size < text.size() && ends.find(text[size]) == ends.npos) {
    size += text[size] == '\\' ? 2 : 1;
  }
  return std::min(size, text.size());
}

// The same after a name as it stands in the text: where its quote is escaped, so is the closing
// one.
size_t SecretSizeAfter(absl::string_view name, absl::string_view text, absl::string_view ends) {
  if (!absl::EndsWith(name, "\\\"")) return SecretSize(text, ends);
  return std::min(text.find("\\\""), text.size());
}

std::string ReplaceMarked(absl::string_view text) {
  std::string out;
  while (!text.empty()) {
    size_t taken = 0;
    for (const Marker& marker : kMarkers) {
      const size_t name = MatchName(text, marker.name);
      if (name == 0) continue;
      absl::StrAppend(&out, text.substr(0, name), kRedacted);
      taken = name + SecretSizeAfter(text.substr(0, name), text.substr(name), marker.ends);
      break;
    }
    if (taken == 0) out.push_back(text[taken++]);
    text.remove_prefix(taken);
  }
  return out;
}

}  // namespace

std::shared_ptr<const Secrets> WithSecret(const Secrets& secrets, absl::string_view secret) {
  auto more = std::make_shared<Secrets>(secrets);
  const bool known = std::find(more->begin(), more->end(), secret) != more->end();
  if (secret.size() >= kMinSecretBytes && !known) more->emplace_back(secret);
  std::stable_sort(more->begin(), more->end(),
                   [](const auto& a, const auto& b) { return a.size() > b.size(); });
  return more;
}

std::string RedactText(absl::string_view text, const Secrets& secrets) {
  std::string clean(text);
  for (const std::string& secret : secrets) {
    absl::StrReplaceAll({{secret, kRedacted}}, &clean);
  }
  return ReplaceMarked(clean);
}

std::string EscapeControls(absl::string_view text) {
  std::string escaped;
  for (char c : text) {
    const auto byte = static_cast<uint8_t>(c);
    if (c == '\n') {
      escaped += "\\n";
    } else if (c == '\r') {
      escaped += "\\r";
    } else if (c == '\t') {
      escaped += "\\t";
    } else if (absl::ascii_iscntrl(byte)) {
      absl::StrAppendFormat(&escaped, "\\x%02x", byte);
    } else {
      escaped.push_back(c);
    }
  }
  return escaped;
}

}  // namespace annofs
