#include "tools/emulator/http.h"

#include <unistd.h>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "cache/base/status.h"
#include "cache/base/text.h"

namespace annofs::emulator {
namespace {

// Absolute form is what a client sends to a proxy; the server is its own proxy then.
absl::string_view StripAuthority(absl::string_view target) {
  size_t scheme = target.find("://");
  if (scheme == absl::string_view::npos || target[0] == '/') return target;
  absl::string_view rest = target.substr(scheme + 3);
  size_t path = rest.find_first_of("/?");
  return path == absl::string_view::npos ? "/" : rest.substr(path);
}

absl::StatusOr<HeaderList> ParseQuery(absl::string_view query) {
  HeaderList parameters;
  for (absl::string_view pair : absl::StrSplit(query, '&', absl::SkipEmpty())) {
    std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(pair, absl::MaxSplits('=', 1));
    ASSIGN_OR_RETURN(std::string name, PercentDecode(parts.first));
    ASSIGN_OR_RETURN(std::string value, PercentDecode(parts.second));
    parameters.emplace_back(std::move(name), std::move(value));
  }
  return parameters;
}

}  // namespace

std::optional<absl::string_view> FindHeader(const HeaderList& headers, absl::string_view name) {
  for (const auto& [key, value] : headers) {
    if (absl::EqualsIgnoreCase(key, name)) return value;
  }
  return std::nullopt;
}

std::optional<absl::string_view> FindParameter(const HeaderList& query, absl::string_view name) {
  for (const auto& [key, value] : query) {
    if (key == name) return value;
  }
  return std::nullopt;
}

void ReplaceHeader(absl::string_view name, absl::string_view value, HeaderList& headers) {
  DropHeader(name, headers);
  headers.emplace_back(std::string(name), std::string(value));
}

void DropHeader(absl::string_view name, HeaderList& headers) {
  std::erase_if(headers,
                [&](const auto& header) { return absl::EqualsIgnoreCase(header.first, name); });
}

std::optional<absl::string_view> FindSentHeader(const Request& request, absl::string_view name) {
  if (request.hidden_range && absl::EqualsIgnoreCase(name, "Range")) return *request.hidden_range;
  return FindHeader(request.headers, name);
}

absl::StatusOr<Target> ParseTarget(absl::string_view target) {
  if (target.empty()) return absl::InvalidArgumentError("empty request target");
  absl::string_view raw = StripAuthority(target);
  if (raw[0] != '/') return absl::InvalidArgumentError("request target is not a path");
  std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(raw, absl::MaxSplits('?', 1));
  Target result{.raw = std::string(raw), .path = std::string(parts.first), .query = {}};
  ASSIGN_OR_RETURN(result.query, ParseQuery(parts.second));
  return result;
}

bool ReadSlice(const FileSlice& slice, uint64_t from, uint64_t length, char* out) {
  uint64_t done = 0;
  while (done < length) {
    ssize_t got = pread(slice.file.get(), out + done, length - done,
                        static_cast<off_t>(slice.offset + from + done));
    if (got <= 0) return false;
    done += static_cast<uint64_t>(got);
  }
  return true;
}

std::optional<std::string> ReadBody(const Body& body) {
  if (const auto* text = std::get_if<std::string>(&body)) return *text;
  if (const auto* slice = std::get_if<TextSlice>(&body)) {
    return slice->text->substr(slice->offset, slice->length);
  }
  const auto& slice = std::get<FileSlice>(body);
  std::string bytes(slice.length, '\0');
  if (!ReadSlice(slice, 0, slice.length, bytes.data())) return std::nullopt;
  return bytes;
}

uint64_t BodySize(const Body& body) {
  if (const auto* text = std::get_if<std::string>(&body)) return text->size();
  if (const auto* slice = std::get_if<TextSlice>(&body)) return slice->length;
  return std::get<FileSlice>(body).length;
}

uint64_t AnnouncedSize(const Reply& reply) {
  return reply.delivery.length.value_or(BodySize(reply.body));
}

Reply JsonReply(int status, std::string json) {
  Reply reply;
  reply.status = status;
  reply.headers = {{"Content-Type", "application/json;charset=UTF-8"},
                   {"Cache-Control", "max-age=0, no-cache, no-store"}};
  reply.body = std::move(json);
  return reply;
}

}  // namespace annofs::emulator
