#include "cache/base/sigv4.h"

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cache/base/digest.h"

namespace annofs {
namespace {

constexpr absl::string_view kAlgorithm = "AWS4-HMAC-SHA256";
constexpr size_t kUsualLength = 512;  // of a canonical request

std::string Escape(absl::string_view text, absl::string_view kept) {
  constexpr absl::string_view kHex = "0123456789ABCDEF";
  std::string escaped;
  escaped.reserve(text.size());
  for (const char c : text) {
    if (absl::ascii_isalnum(static_cast<unsigned char>(c)) || kept.find(c) != kept.npos) {
      escaped.push_back(c);
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    escaped.push_back('%');
    escaped.push_back(kHex[byte >> 4]);
    escaped.push_back(kHex[byte & 15]);
  }
  return escaped;
}

void AppendClean(std::string& text, absl::string_view value) {
  const size_t begin = text.size();
  for (const char c : absl::StripAsciiWhitespace(value)) {
    if (c != ' ' || text.size() == begin || text.back() != ' ') text.push_back(c);
  }
}

using Header = NamesAndValues::value_type;

// By name; those of one name in the order given.
std::vector<const Header*> Sorted(const NamesAndValues& headers) {
  std::vector<const Header*> sorted;
  sorted.reserve(headers.size());
  for (const Header& header : headers) sorted.push_back(&header);
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Header* a, const Header* b) { return a->first < b->first; });
  return sorted;
}

bool IsNamedAs(const Header* header, const Header* before) {
  return before != nullptr && header->first == before->first;
}

std::string DateFormat(absl::string_view format, absl::Time time) {
  return absl::FormatTime(format, time, absl::UTCTimeZone());
}

}  // namespace

std::string SigV4Scope::Text() const {
  return absl::StrCat(date, "/", region, "/", service, "/aws4_request");
}

std::string SigV4Escape(absl::string_view text) { return Escape(text, "-._~"); }
std::string SigV4Path(absl::string_view path) { return Escape(path, "-._~/"); }

std::string SigV4Query(const NamesAndValues& query) {
  NamesAndValues escaped;
  escaped.reserve(query.size());
  for (const auto& [name, value] : query) {
    escaped.emplace_back(SigV4Escape(name), SigV4Escape(value));
  }
  std::sort(escaped.begin(), escaped.end());
  return absl::StrJoin(escaped, "&", absl::PairFormatter("="));
}

std::string SigV4Time(absl::Time time) { return DateFormat("%Y%m%dT%H%M%SZ", time); }
std::string SigV4Date(absl::Time time) { return DateFormat("%Y%m%d", time); }

std::string SignedHeaders(const NamesAndValues& headers) {
  std::string text;
  const Header* last = nullptr;
  for (const Header* header : Sorted(headers)) {
    if (!IsNamedAs(header, last)) {
      absl::StrAppend(&text, last == nullptr ? "" : ";", header->first);
    }
    last = header;
  }
  return text;
}

std::string CanonicalRequest(const SigV4Request& request) {
  std::string text;
  text.reserve(kUsualLength);
  absl::StrAppend(&text, request.method, "\n", request.path, "\n", SigV4Query(request.query));
  const Header* last = nullptr;
  for (const Header* header : Sorted(request.headers)) {
    if (IsNamedAs(header, last)) {
      text.push_back(',');
    } else {
      absl::StrAppend(&text, "\n", header->first, ":");
    }
    AppendClean(text, header->second);
    last = header;
  }
  absl::StrAppend(&text, "\n\n", SignedHeaders(request.headers), "\n", request.payload_hash);
  return text;
}

std::string SigV4StringToSign(absl::string_view time, const SigV4Scope& scope,
                              absl::string_view canonical_request) {
  return absl::StrCat(kAlgorithm, "\n", time, "\n", scope.Text(), "\n",
                      Sha256Hex(canonical_request));
}

std::string SigV4ChunkStringToSign(absl::string_view time, const SigV4Scope& scope,
                                   absl::string_view previous, absl::string_view chunk) {
  return absl::StrCat(kAlgorithm, "-PAYLOAD\n", time, "\n", scope.Text(), "\n", previous, "\n",
                      kEmptyPayload, "\n", Sha256Hex(chunk));
}

std::string SigV4Key(absl::string_view secret, const SigV4Scope& scope) {
  const std::string of_date = HmacSha256(absl::StrCat("AWS4", secret), scope.date);
  const std::string of_region = HmacSha256(of_date, scope.region);
  return HmacSha256(HmacSha256(of_region, scope.service), "aws4_request");
}

std::string SigV4Sign(absl::string_view key, absl::string_view string_to_sign) {
  return absl::BytesToHexString(HmacSha256(key, string_to_sign));
}

}  // namespace annofs
