#include "tools/emulator/traffic.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "cache/base/json.h"
#include "cache/base/text.h"
#include "tools/emulator/key_id.h"

namespace annofs::emulator {
namespace {

constexpr size_t kLoggedRequests = 10'000;
// A name of 1,024 bytes, percent-encoded, and a signed query beside it.
constexpr size_t kLongestTarget = 5 << 10;
constexpr size_t kLongestWord = 128;
constexpr char kTotal[] = "total";
constexpr absl::string_view kSecretNames[] = {"authorization", "token", "signature", "credential",
                                              "key"};

bool IsSecretName(absl::string_view encoded) {
  std::string name = absl::AsciiStrToLower(PercentDecode(encoded).value_or(std::string(encoded)));
  for (absl::string_view secret : kSecretNames) {
    if (absl::StrContains(name, secret)) return true;
  }
  return false;
}

std::string RedactPair(absl::string_view pair) {
  std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(pair, absl::MaxSplits('=', 1));
  if (!IsSecretName(parts.first)) return std::string(pair);
  return absl::StrCat(parts.first, "=[redacted]");
}

// What of a text stands in the log: requests may be long, and many of them are kept.
std::string Clipped(absl::string_view text, size_t most) {
  return std::string(text.substr(0, most));
}

// Body bytes that will be sent.
uint64_t SentBytes(const Request& request, const Reply& reply) {
  if (reply.hang_up || request.method == "HEAD") return 0;
  return std::min(AnnouncedSize(reply), reply.delivery.cut_after.value_or(UINT64_MAX));
}

void WriteSums(absl::string_view key, const std::map<std::string, uint64_t>& sums,
               JsonWriter& json) {
  json.Key(key).BeginObject();
  for (const auto& [name, sum] : sums) json.Key(name).Int(static_cast<int64_t>(sum));
  json.EndObject();
}

}  // namespace

std::string RedactTarget(absl::string_view target) {
  std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(target, absl::MaxSplits('?', 1));
  if (parts.second.empty()) return std::string(target);
  std::vector<std::string> pairs;
  for (absl::string_view pair : absl::StrSplit(parts.second, '&')) {
    pairs.push_back(RedactPair(pair));
  }
  return absl::StrCat(parts.first, "?", absl::StrJoin(pairs, "&"));
}

Arrival Traffic::Arrive(absl::string_view api, absl::string_view operation,
                        const Billing& billing) {
  Arrival arrival{
      .number = 0, .time = absl::Now(), .operation = std::string(operation), .api = api};
  absl::MutexLock lock(&mutex_);
  if (billing.transaction_class != TransactionClass::kNone) {
    classes_[static_cast<size_t>(billing.transaction_class)] += billing.count;
  }
  arrival.number = ++last_number_;
  ++requests_[kTotal];
  ++requests_[arrival.operation];
  return arrival;
}

void Traffic::Answer(const Arrival& arrival, const Request& request, const Reply& reply) {
  Line line{
      .arrival = arrival,
      .method = request.method,
      .target = Clipped(RedactTarget(request.target.raw), kLongestTarget),
      .status = reply.hang_up ? 0 : reply.status,
      .bytes = SentBytes(request, reply),
      .range = Clipped(FindSentHeader(request, "Range").value_or(""), kLongestWord),
      .key = Clipped(reply.key_id.empty() ? NamedKeyId(request) : reply.key_id, kLongestWord)};
  absl::MutexLock lock(&mutex_);
  ++status_[absl::StrCat(line.status)];
  bytes_[kTotal] += line.bytes;
  bytes_[arrival.operation] += line.bytes;
  lines_.push_back(std::move(line));
  if (lines_.size() > kLoggedRequests) lines_.pop_front();
}

void Traffic::Reset() {
  absl::MutexLock lock(&mutex_);
  requests_.clear();
  classes_ = {};
  bytes_.clear();
  status_.clear();
  lines_.clear();
}

std::string Traffic::CountersJson(int stalled) const {
  absl::MutexLock lock(&mutex_);
  Sums requests = requests_;
  Sums bytes = bytes_;
  requests.try_emplace(kTotal, 0);
  bytes.try_emplace(kTotal, 0);
  JsonWriter json;
  json.BeginObject();
  WriteSums("requests", requests, json);
  json.Key("classes").BeginObject();
  for (size_t i = 0; i < kBilledClasses; ++i) json.Key(kClassNames[i]).Int(classes_[i]);
  json.EndObject();
  WriteSums("bytes", bytes, json);
  WriteSums("status", status_, json);
  json.Key("stalled").Int(stalled).EndObject();
  return json.Take();
}

std::string Traffic::LogJson() const {
  absl::MutexLock lock(&mutex_);
  JsonWriter json;
  json.BeginArray();
  for (const Line& line : lines_) {
    json.BeginObject().Key("n").Int(static_cast<int64_t>(line.arrival.number));
    json.Key("time").Int(absl::ToUnixMillis(line.arrival.time));
    json.Key("api").String(line.arrival.api);
    json.Key("op").String(line.arrival.operation).Key("method").String(line.method);
    json.Key("target").String(line.target).Key("status").Int(line.status);
    json.Key("bytes").Int(static_cast<int64_t>(line.bytes)).Key("range").String(line.range);
    json.Key("key").String(line.key);
    json.EndObject();
  }
  json.EndArray();
  return json.Take();
}

}  // namespace annofs::emulator
