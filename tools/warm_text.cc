#include "tools/warm_text.h"

#include <ostream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "cache/base/json.h"
#include "cache/base/log.h"
#include "cache/base/text.h"
#include "fs/stats.h"
#include "tools/cost_line.h"
#include "tools/people.h"

namespace annofs {
namespace {

// Before that a rate says nothing.
constexpr absl::Duration kRateAfter = absl::Seconds(1);

uint64_t Rate(uint64_t bytes, absl::Duration elapsed) {
  if (elapsed < kRateAfter) return 0;
  return static_cast<uint64_t>(static_cast<double>(bytes) / absl::ToDoubleSeconds(elapsed));
}

std::string Failed(uint64_t failed) {
  return failed == 0 ? "" : absl::StrCat(", ", Grouped(failed), " failed");
}

std::string Counted(uint64_t number, absl::string_view one) {
  return absl::StrCat(Grouped(number), " ", one, number == 1 ? "" : "s");
}

std::string Taken(const WarmCounts& counts) {
  return absl::StrCat(HumanSize(counts.bytes), " by ", Counted(counts.requests, "request"));
}

bool IsDryRun(const WarmResult& result) {
  return result.request.action == WarmOptions::Action::kCount;
}

std::string DryRunText(const WarmResult& result) {
  std::string text =
      absl::StrCat("warming ", result.target, " would fetch ",
                   Counted(result.counts.files, "object"), ", ", Taken(result.counts));
  if (result.cost) absl::StrAppend(&text, ", ", PriceText(*result.cost));
  return text;
}

std::string DoneText(const WarmResult& result) {
  const uint64_t files = result.found ? result.found->fetched : result.counts.files;
  return absl::StrCat(result.request.keep == Keep::kPinned ? "warmed and pinned " : "warmed ",
                      result.target, ": ", Counted(files, result.found ? "object" : "file"), ", ",
                      Taken(result.counts),
                      absl::StrFormat(", %.1f s", absl::ToDoubleSeconds(result.elapsed)));
}

void WriteFailures(const std::vector<WarmFailure>& failures, JsonWriter& json) {
  json.Key("failures").BeginArray();
  for (const WarmFailure& failure : failures) {
    json.BeginObject().Key("path").String(failure.path);
    json.Key("reason").String(failure.reason).EndObject();
  }
  json.EndArray();
}

}  // namespace

std::string WarmProgressText(const WarmProgress& progress, bool all_found, absl::Duration elapsed) {
  const char* plus = all_found ? "" : "+";
  const uint64_t rate = Rate(progress.cost.bytes, elapsed);
  std::string text = absl::StrCat(
      Grouped(progress.fetched), " of ", Grouped(progress.missing_objects), plus, " objects, ",
      HumanSize(progress.cost.bytes), " of ", HumanSize(progress.missing.bytes), plus);
  if (rate > 0) absl::StrAppend(&text, ", ", HumanSize(rate), "/s");
  if (rate > 0 && all_found && progress.missing.bytes > progress.cost.bytes) {
    const uint64_t left = (progress.missing.bytes - progress.cost.bytes) / rate;
    absl::StrAppend(&text, ", ", RoughTime(absl::Seconds(left)), " left");
  }
  return absl::StrCat(text, Failed(progress.failed));
}

std::string WarmProgressText(const WarmCounts& counts, absl::Duration elapsed) {
  std::string text = absl::StrCat(Counted(counts.files, "file"), ", ", HumanSize(counts.bytes));
  const uint64_t rate = Rate(counts.bytes, elapsed);
  if (rate > 0) absl::StrAppend(&text, ", ", HumanSize(rate), "/s");
  return absl::StrCat(text, Failed(counts.failed));
}

std::string WarmResultText(const WarmResult& result) {
  std::string text = IsDryRun(result) ? DryRunText(result) : DoneText(result);
  if (result.found && result.found->cached > 0) {
    absl::StrAppend(&text, "; ", Counted(result.found->cached, "object"), " in the cache already");
  }
  if (result.found && result.found->made > 0) {
    absl::StrAppend(&text, "; ", Counted(result.found->made, "file"), " made when read");
  }
  return absl::StrCat(text, Failed(result.counts.failed));
}

std::string WarmResultJson(const WarmResult& result) {
  JsonWriter json;
  json.BeginObject().Key("target").String(result.target);
  json.Key("dry_run").Bool(IsDryRun(result));
  json.Key("files").Int(int64_t(result.counts.files));
  json.Key("bytes").Int(int64_t(result.counts.bytes));
  json.Key("requests").Int(int64_t(result.counts.requests));
  json.Key("failed").Int(int64_t(result.counts.failed));
  WriteFailures(result.failures, json);
  json.Key("not_kept_bytes").Int(int64_t(result.not_kept));
  json.Key("seconds").Double(absl::ToDoubleSeconds(result.elapsed));
  if (result.found) {
    json.Key("objects").Int(int64_t(result.found->objects));
    json.Key("fetched").Int(int64_t(result.found->fetched));
    json.Key("cached").Int(int64_t(result.found->cached));
    json.Key("made_when_read").Int(int64_t(result.found->made));
  }
  WriteEstimate(result.cost, json);
  return json.EndObject().Take();
}

std::string WarmFailuresText(const WarmResult& result) {
  std::string text;
  for (const WarmFailure& failure : result.failures) {
    absl::StrAppend(&text, "annofs: warm: ", TsvEscape(failure.path), ": ", failure.reason, "\n");
  }
  if (result.counts.failed > result.failures.size()) {
    absl::StrAppend(&text, "annofs: warm: and ",
                    Grouped(result.counts.failed - result.failures.size()), " more failures\n");
  }
  return text;
}

std::string NotKeptText(const WarmResult& result) {
  if (result.not_kept == 0) return "";
  const std::string size = HumanSize(result.not_kept);
  if (result.request.keep == Keep::kPinned) {
    return absl::StrCat(size,
                        " could not be pinned: at most half of the cache can be; pin less, or let "
                        "it be larger (--cache-size)");
  }
  return absl::StrCat(size,
                      " of it are not in the cache any more: they were evicted, or the disk "
                      "refused them; a larger --cache-size keeps more");
}

int TellWarmed(const Settings& settings, const WarmResult& result, const Io& io) {
  // Line by line: redaction shows the end of a line as an escape.
  const std::string failures = WarmFailuresText(result);
  for (absl::string_view line : absl::StrSplit(failures, '\n', absl::SkipEmpty())) {
    io.err << Redact(line) << "\n";
  }
  const std::string not_kept = NotKeptText(result);
  if (!not_kept.empty()) io.err << "annofs: warm: " << not_kept << "\n";
  io.out << (settings.json ? WarmResultJson(result) : WarmResultText(result)) << "\n";
  const bool is_short = result.request.keep == Keep::kPinned && result.not_kept > 0;
  return result.counts.failed == 0 && !is_short ? kDone : kFailed;
}

std::string TooMuchText(uint64_t bytes, uint64_t bound) {
  return absl::StrCat("more than the cache holds (", HumanSize(bytes), " or more, --cache-size is ",
                      HumanSize(bound), "): what is brought first will be evicted");
}

}  // namespace annofs
