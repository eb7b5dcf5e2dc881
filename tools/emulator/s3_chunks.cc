#include "tools/emulator/s3_chunks.h"

#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "cache/base/sigv4.h"
#include "cache/base/status.h"
#include "tools/emulator/s3_error.h"

namespace annofs::emulator {
namespace {

constexpr absl::string_view kLineEnd = "\r\n";

// Takes a line off the front; nothing if there is no end of one.
std::optional<absl::string_view> TakeLine(absl::string_view& rest) {
  size_t end = rest.find(kLineEnd);
  if (end == rest.npos) return std::nullopt;
  absl::string_view line = rest.substr(0, end);
  rest.remove_prefix(end + kLineEnd.size());
  return line;
}

struct Chunk {
  absl::string_view bytes;
  absl::string_view signature;  // "" = none
};

// Takes a chunk off the front. After the last one, which is empty, trailers follow at once.
absl::StatusOr<Chunk> TakeChunk(absl::string_view& rest) {
  std::optional<absl::string_view> head = TakeLine(rest);
  if (!head) return S3Error("IncompleteBody");
  std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(*head, absl::MaxSplits(';', 1));
  uint64_t size = 0;
  if (!absl::SimpleHexAtoi(parts.first, &size)) {
    return S3Error("InvalidRequest", "A chunk of the body has no size");
  }
  absl::ConsumePrefix(&parts.second, "chunk-signature=");
  if (size > rest.size()) return S3Error("IncompleteBody");
  Chunk chunk{.bytes = rest.substr(0, size), .signature = parts.second};
  rest.remove_prefix(size);
  if (size > 0 && !absl::ConsumePrefix(&rest, kLineEnd)) return S3Error("IncompleteBody");
  return chunk;
}

}  // namespace

absl::StatusOr<Unframed> UnframeSigned(absl::string_view body, const S3Signature& signature) {
  Unframed result;
  std::string previous = signature.signature;
  for (bool last = false; !last;) {
    ASSIGN_OR_RETURN(Chunk chunk, TakeChunk(body));
    std::string expected =
        SigV4Sign(signature.signing_key,
                  SigV4ChunkStringToSign(signature.time, signature.scope, previous, chunk.bytes));
    if (!SecretsEqual(expected, chunk.signature)) return S3Error("SignatureDoesNotMatch");
    absl::StrAppend(&result.bytes, chunk.bytes);
    previous = std::move(expected);
    last = chunk.bytes.empty();
  }
  return result;
}

absl::StatusOr<Unframed> UnframeUnsigned(absl::string_view body) {
  Unframed result;
  for (bool last = false; !last;) {
    ASSIGN_OR_RETURN(Chunk chunk, TakeChunk(body));
    absl::StrAppend(&result.bytes, chunk.bytes);
    last = chunk.bytes.empty();
  }
  while (true) {
    std::optional<absl::string_view> line = TakeLine(body);
    if (!line) return S3Error("IncompleteBody");
    if (line->empty()) return result;
    std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(*line, absl::MaxSplits(':', 1));
    result.trailers.emplace_back(absl::AsciiStrToLower(parts.first),
                                 absl::StripAsciiWhitespace(parts.second));
  }
}

}  // namespace annofs::emulator
