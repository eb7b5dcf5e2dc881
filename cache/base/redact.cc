#include "cache/base/redact.h"

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "cache/base/text.h"

namespace annofs {
namespace {

constexpr char kRedacted[] = "[redacted]";
constexpr size_t kMinSecretBytes = 8;
constexpr absl::string_view kUnreserved = "-._~";

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

// Every byte that RFC 3986 does not leave as it is as '%' and two hex digits.
std::string PercentEncodeAll(absl::string_view text) {
  std::string encoded;
  for (char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool stays = absl::ascii_isalnum(byte) || kUnreserved.find(c) != kUnreserved.npos;
    if (stays) {
      encoded.push_back(c);
    } else {
      absl::StrAppendFormat(&encoded, "%%%02X", byte);
    }
  }
  return encoded;
}

// The digits of its escapes in lower case.
std::string LowerEscapes(std::string encoded) {
  for (size_t i = 0; i + 2 < encoded.size(); ++i) {
    if (encoded[i] != '%') continue;
    encoded[i + 1] = absl::ascii_tolower(static_cast<unsigned char>(encoded[i + 1]));
    encoded[i + 2] = absl::ascii_tolower(static_cast<unsigned char>(encoded[i + 2]));
  }
  return encoded;
}

// Base64 is written with its padding and without.
std::string WithoutPadding(absl::string_view text) {
  return std::string(text.substr(0, text.find_last_not_of('=') + 1));
}

// A secret as it may stand in a URL, in a header and in JSON.
void AddForms(absl::string_view secret, Secrets& secrets) {
  const std::string encoded = PercentEncodeAll(secret);
  for (std::string form :
       {std::string(secret), WithoutPadding(secret), PercentEncode(secret), encoded,
        LowerEscapes(encoded), WithoutPadding(absl::Base64Escape(secret)),
        absl::WebSafeBase64Escape(secret), absl::StrReplaceAll(secret, {{"/", "\\/"}})}) {
    const bool known = std::find(secrets.begin(), secrets.end(), form) != secrets.end();
    if (form.size() >= kMinSecretBytes && !known) secrets.push_back(std::move(form));
  }
}

// Bytes of what the text begins with, if that is a control character, or one that turns the
// direction of what follows (UTF-8); else 0.
size_t HarmfulSize(absl::string_view text) {
  const auto byte = [text](size_t i) { return i < text.size() ? uint8_t(text[i]) : 0; };
  const auto third = [&](int least, int most) { return byte(2) >= least && byte(2) <= most; };
  if (byte(0) < 0x20 || byte(0) == 0x7f) return 1;
  if (byte(0) == 0xc2 && byte(1) >= 0x80 && byte(1) < 0xa0) return 2;  // U+0080 … U+009F
  if (byte(0) == 0xd8 && byte(1) == 0x9c) return 2;                    // U+061C
  if (byte(0) == 0xe2 && byte(1) == 0x80 && (third(0x8e, 0x8f) || third(0xa8, 0xae))) return 3;
  if (byte(0) == 0xe2 && byte(1) == 0x81 && third(0xa6, 0xa9)) return 3;  // U+2066 … U+2069
  if (byte(0) == 0xef && byte(1) == 0xbb && byte(2) == 0xbf) return 3;    // U+FEFF
  return 0;
}

}  // namespace

std::shared_ptr<const Secrets> WithSecret(const Secrets& secrets, absl::string_view secret) {
  auto more = std::make_shared<Secrets>(secrets);
  if (secret.size() >= kMinSecretBytes) AddForms(secret, *more);
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
  while (!text.empty()) {
    const size_t harmful = HarmfulSize(text);
    if (text[0] == '\n') {
      escaped += "\\n";
    } else if (text[0] == '\r') {
      escaped += "\\r";
    } else if (text[0] == '\t') {
      escaped += "\\t";
    } else if (harmful > 0) {
      for (char c : text.substr(0, harmful)) {
        absl::StrAppendFormat(&escaped, "\\x%02x", static_cast<uint8_t>(c));
      }
    } else {
      escaped.push_back(text[0]);
    }
    text.remove_prefix(std::max<size_t>(harmful, 1));
  }
  return escaped;
}

}  // namespace annofs
