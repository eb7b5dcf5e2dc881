#include "tools/warm_protocol.h"

#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cache/base/status.h"
#include "cache/base/text.h"

namespace annofs {
namespace {

std::string CountsLine(absl::string_view kind, const WarmCounts& counts) {
  return absl::StrCat(kind, " ", counts.files, " ", counts.bytes, " ", counts.requests, " ",
                      counts.failed, "\n");
}

bool ParseCounts(absl::string_view text, WarmCounts& counts) {
  const std::vector<absl::string_view> words = absl::StrSplit(text, ' ');
  return words.size() == 4 && absl::SimpleAtoi(words[0], &counts.files) &&
         absl::SimpleAtoi(words[1], &counts.bytes) &&
         absl::SimpleAtoi(words[2], &counts.requests) && absl::SimpleAtoi(words[3], &counts.failed);
}

bool ParseFailure(absl::string_view text, std::vector<WarmFailure>& failures) {
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(text, absl::MaxSplits('\t', 1));
  absl::StatusOr<std::string> path = TsvUnescape(parts.first);
  absl::StatusOr<std::string> reason = TsvUnescape(parts.second);
  if (!path.ok() || !reason.ok()) return false;
  failures.push_back({*std::move(path), *std::move(reason)});
  return true;
}

bool ParseCost(absl::string_view text, std::optional<Estimate>& cost) {
  const std::vector<absl::string_view> words = absl::StrSplit(text, ' ');
  double amount = 0;
  if (words.size() != 3 || !absl::SimpleAtod(words[0], &amount)) return false;
  cost = Estimate{
      .currency = std::string(words[1]), .amount = amount, .table_date = std::string(words[2])};
  return true;
}

}  // namespace

absl::StatusOr<WarmRequest> ParseWarmRequest(absl::string_view line) {
  const std::vector<absl::string_view> words = absl::StrSplit(line, ' ', absl::SkipEmpty());
  WarmRequest request;
  for (size_t i = 0; i < words.size(); ++i) {
    if (i == 0 && words[i] == "warm") continue;
    if (i > 0 && words[i] == "pin") {
      request.keep = Keep::kPinned;
    } else if (i > 0 && words[i] == "dry-run") {
      request.action = WarmOptions::Action::kCount;
    } else {
      return absl::InvalidArgumentError(
          absl::StrCat("'", words[i], "' is not understood: say `warm [pin] [dry-run]`"));
    }
  }
  if (words.empty()) return absl::InvalidArgumentError("say `warm [pin] [dry-run]`");
  return request;
}

std::string WarmRequestLine(const WarmRequest& request) {
  return absl::StrCat("warm", request.keep == Keep::kPinned ? " pin" : "",
                      request.action == WarmOptions::Action::kCount ? " dry-run" : "", "\n");
}

WarmCounts CountsOf(const WarmProgress& progress, WarmOptions::Action action) {
  if (action == WarmOptions::Action::kFetch) {
    return {progress.done(), progress.cost.bytes, progress.cost.requests, progress.failed};
  }
  return {progress.missing_objects, progress.missing.bytes, progress.missing.requests,
          progress.failed};
}

std::string ProgressAnswer(const WarmCounts& counts) { return CountsLine("progress", counts); }
std::string DoneAnswer(const WarmCounts& counts) { return CountsLine("done", counts); }

std::string FailedAnswer(const WarmFailure& failure) {
  return absl::StrCat("failed ", TsvEscape(failure.path), "\t", TsvEscape(failure.reason), "\n");
}

std::string NotKeptAnswer(uint64_t bytes) { return absl::StrCat("not-kept ", bytes, "\n"); }

std::string CostAnswer(const Estimate& estimate) {
  return absl::StrCat("cost ", ShortFloat(estimate.amount), " ", estimate.currency, " ",
                      estimate.table_date, "\n");
}

std::string ErrorAnswer(absl::string_view text) {
  return absl::StrCat("error ", TsvEscape(text), "\n");
}

absl::Status Hear(absl::string_view line, WarmHeard& heard) {
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(line, absl::MaxSplits(' ', 1));
  const auto& [kind, rest] = parts;
  bool is_sound = true;
  if (kind == "error") return absl::AbortedError(rest);
  if (kind == "progress" || kind == "done") is_sound = ParseCounts(rest, heard.counts);
  if (kind == "done") heard.is_done = is_sound;
  if (kind == "failed") is_sound = ParseFailure(rest, heard.failures);
  if (kind == "not-kept") is_sound = absl::SimpleAtoi(rest, &heard.not_kept);
  if (kind == "cost") is_sound = ParseCost(rest, heard.cost);
  if (is_sound) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat("'", TsvEscape(line), "' is no answer"));
}

}  // namespace annofs
