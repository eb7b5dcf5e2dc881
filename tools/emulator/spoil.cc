#include "tools/emulator/spoil.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "tools/emulator/api_form.h"

namespace annofs::emulator {
namespace {

// "bytes 5-8/10" -> "bytes 6-9/10". Anything else, as "bytes */10", stays.
std::string Shifted(absl::string_view content_range) {
  absl::string_view rest = content_range;
  std::pair<absl::string_view, absl::string_view> parts;
  std::pair<absl::string_view, absl::string_view> ends;
  uint64_t first = 0;
  uint64_t last = 0;
  bool bytes = absl::ConsumePrefix(&rest, "bytes ");
  parts = absl::StrSplit(rest, absl::MaxSplits('/', 1));
  ends = absl::StrSplit(parts.first, absl::MaxSplits('-', 1));
  if (!bytes || !absl::SimpleAtoi(ends.first, &first) || !absl::SimpleAtoi(ends.second, &last)) {
    return std::string(content_range);
  }
  return absl::StrCat("bytes ", first + 1, "-", last + 1, "/", parts.second);
}

uint64_t Lengthened(uint64_t length, int64_t delta) {
  if (delta >= 0) return length + static_cast<uint64_t>(delta);
  return length - std::min(length, static_cast<uint64_t>(-delta));
}

void SpoilHeaders(const FaultEffect& effect, Reply& reply) {
  auto range = FindHeader(reply.headers, "Content-Range");
  if (effect.wrong_content_range && range) {
    ReplaceHeader("Content-Range", Shifted(*range), reply.headers);
  }
  if (effect.retry_after > 0) {
    ReplaceHeader("Retry-After", absl::StrCat(effect.retry_after), reply.headers);
  }
  if (effect.close_connection) ReplaceHeader("Connection", "close", reply.headers);
  for (const auto& [name, value] : effect.headers) {
    if (value) {
      ReplaceHeader(name, *value, reply.headers);
    } else {
      DropHeader(name, reply.headers);
    }
  }
}

void SpoilBody(const FaultEffect& effect, Reply& reply) {
  uint64_t length = BodySize(reply.body);
  if (effect.length_delta != 0) {
    length = Lengthened(length, effect.length_delta);
    reply.delivery.length = length;
  }
  if (effect.corrupt && length > 0) reply.delivery.corrupt_at = effect.lot % length;
  reply.delivery.cut_after = effect.cut_after;
}

}  // namespace

void SpoilRequest(const FaultEffect& effect, Request& request) {
  if (!effect.ignore_range) return;
  if (auto range = FindHeader(request.headers, "Range")) {
    request.hidden_range = std::string(*range);
    DropHeader("Range", request.headers);
  }
}

bool Answers(const FaultEffect& effect) { return effect.status != 0 || effect.body; }

Reply AnswerOf(const FaultEffect& effect, Api api) {
  if (!effect.body) return ErrorReplyOf(api, effect.status, effect.code, effect.message);
  Reply reply;
  reply.status = effect.status == 0 ? 200 : effect.status;
  reply.headers.emplace_back("Content-Type", effect.content_type);
  reply.body = *effect.body;
  return reply;
}

void SpoilReply(const FaultEffect& effect, Reply& reply) {
  SpoilHeaders(effect, reply);
  SpoilBody(effect, reply);
}

}  // namespace annofs::emulator
