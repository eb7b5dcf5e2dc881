#include "tools/profile_text.h"

#include <cstring>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "cache/base/json.h"
#include "cache/base/log.h"
#include "cache/base/text.h"
#include "tools/people.h"

namespace annofs {
namespace {

using By = ProfileSummary::By;

std::string TimeText(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", time, absl::UTCTimeZone());
}

std::string ErrorText(int error) {
  if (error == 0) return "ok";
  const char* name = strerrorname_np(error);
  return name == nullptr ? absl::StrCat(error) : name;
}

// "12 us", "1.2 ms", "3.4 s".
std::string Took(absl::Duration duration) {
  const double us = absl::ToDoubleMicroseconds(duration);
  if (us < 1000) return absl::StrFormat("%.3g us", us);
  if (us < 1e6) return absl::StrFormat("%.1f ms", us / 1e3);
  return absl::StrFormat("%.1f s", us / 1e6);
}

double PerSecond(uint64_t count, absl::Duration elapsed) {
  return double(count) / std::max(absl::ToDoubleSeconds(elapsed), 0.001);
}

double ShareOf(absl::Duration part, absl::Duration all) {
  return all > absl::ZeroDuration() ? absl::FDivDuration(part, all) : 0;
}

void AddKinds(const ProfileSummary& summary, absl::Duration elapsed, std::string& out) {
  absl::StrAppendFormat(&out, "%-12s %10s %9s %9s %9s %9s %6s %8s %10s\n", "operation", "count",
                        "/s", "p50", "p99", "max", "time", "errors", "bytes");
  for (const ProfileSummary::Kind& kind : summary.kinds()) {
    const Latencies& times = kind.latencies;
    absl::StrAppendFormat(&out, "%-12s %10s %9.1f %9s %9s %9s %5.1f%% %8s %10s\n", kind.name,
                          Grouped(times.count()), PerSecond(times.count(), elapsed),
                          Took(times.Percentile(50)), Took(times.Percentile(99)),
                          Took(times.longest()), 100 * ShareOf(times.total(), summary.time()),
                          Grouped(kind.errors), kind.bytes > 0 ? HumanSize(kind.bytes) : "");
  }
}

void AddFiles(const ProfileSummary& summary, By by, absl::string_view title, std::string& out) {
  const std::vector<ProfileSummary::File> files = summary.TopFiles(by, kTopFiles);
  if (files.empty()) return;
  absl::StrAppend(&out, title, "\n");
  for (const ProfileSummary::File& file : files) {
    absl::StrAppendFormat(&out, "  %10s %9s %10s  %s\n", HumanSize(file.bytes), Took(file.time),
                          Grouped(file.requests), TsvEscape(file.path));
  }
}

void AddSlow(const ProfileSummary& summary, std::string& out) {
  if (summary.slow_count() == 0) return;
  absl::StrAppend(&out, "slow operations: ", Grouped(summary.slow_count()), " of ",
                  absl::ToInt64Milliseconds(ProfileSummary::kSlow), " ms or more, the longest:\n");
  for (const ProfileSummary::Slow& slow : summary.slow()) {
    const absl::string_view waited = WaitedFor(slow.op);
    absl::StrAppendFormat(&out, "  %s %9s  %s %s%s%s%s\n", TimeText(slow.op.begun),
                          Took(slow.op.took), slow.op.name, TsvEscape(slow.path),
                          slow.op.error == 0 ? "" : absl::StrCat(": ", ErrorText(slow.op.error)),
                          waited.empty() ? "" : "; waits for ", waited);
  }
}

void WriteFiles(const ProfileSummary& summary, By by, absl::string_view key, JsonWriter& json) {
  json.Key(key).BeginArray();
  for (const ProfileSummary::File& file : summary.TopFiles(by, kTopFiles)) {
    json.BeginObject().Key("path").String(file.path);
    json.Key("bytes").Int(int64_t(file.bytes)).Key("requests").Int(int64_t(file.requests));
    json.Key("seconds").Double(absl::ToDoubleSeconds(file.time)).EndObject();
  }
  json.EndArray();
}

void WriteKinds(const ProfileSummary& summary, JsonWriter& json) {
  json.Key("operations").BeginArray();
  for (const ProfileSummary::Kind& kind : summary.kinds()) {
    const Latencies& times = kind.latencies;
    json.BeginObject().Key("name").String(kind.name).Key("count").Int(int64_t(times.count()));
    json.Key("errors").Int(int64_t(kind.errors)).Key("bytes").Int(int64_t(kind.bytes));
    json.Key("p50_seconds").Double(absl::ToDoubleSeconds(times.Percentile(50)));
    json.Key("p99_seconds").Double(absl::ToDoubleSeconds(times.Percentile(99)));
    json.Key("max_seconds").Double(absl::ToDoubleSeconds(times.longest()));
    json.Key("seconds").Double(absl::ToDoubleSeconds(times.total()));
    json.Key("share").Double(ShareOf(times.total(), summary.time())).EndObject();
  }
  json.EndArray();
}

void WriteAccess(const ProfiledOp& op, ByteRange range, absl::string_view path, JsonWriter& json) {
  json.BeginObject().Key("time").String(TimeText(op.begun)).Key("operation").String(op.name);
  json.Key("path").String(path).Key("offset").Int(int64_t(range.offset));
  json.Key("bytes").Int(int64_t(range.length));
  json.Key("seconds").Double(absl::ToDoubleSeconds(op.took));
  json.Key("result").String(ErrorText(op.error));
  json.Key("waits_for");
  const absl::string_view waited = WaitedFor(op);
  waited.empty() ? json.Null() : json.String(waited);
  json.EndObject();
}

}  // namespace

std::string LostText(uint64_t count) {
  return absl::StrCat(Grouped(count), " requests came too fast to be told of");
}

std::string ProfileText(absl::string_view mountpoint, const ProfileSummary& summary,
                        absl::Duration elapsed) {
  std::string out = absl::StrFormat(
      "%s\n  %.1f s, %s requests (%.1f/s), %s read (%s/s), %s errors\n", Redact(mountpoint),
      absl::ToDoubleSeconds(elapsed), Grouped(summary.count()), PerSecond(summary.count(), elapsed),
      HumanSize(summary.bytes()), HumanSize(uint64_t(PerSecond(summary.bytes(), elapsed))),
      Grouped(summary.errors()));
  if (summary.lost() > 0) absl::StrAppend(&out, "  ", LostText(summary.lost()), "\n");
  if (summary.count() == 0)
    return out + "  the kernel asked for nothing: what it has in memory it does not ask for\n";
  AddKinds(summary, elapsed, out);
  AddFiles(summary, By::kBytes, "files by bytes read (bytes, time, requests)", out);
  AddFiles(summary, By::kTime, "files by time", out);
  AddFiles(summary, By::kRequests, "files by requests", out);
  AddSlow(summary, out);
  return out;
}

std::string ProfileJson(absl::string_view mountpoint, const ProfileSummary& summary,
                        absl::Duration elapsed) {
  JsonWriter json;
  json.BeginObject().Key("mountpoint").String(mountpoint);
  json.Key("seconds").Double(absl::ToDoubleSeconds(elapsed));
  json.Key("requests").Int(int64_t(summary.count())).Key("bytes").Int(int64_t(summary.bytes()));
  json.Key("errors").Int(int64_t(summary.errors())).Key("lost").Int(int64_t(summary.lost()));
  WriteKinds(summary, json);
  WriteFiles(summary, By::kBytes, "files_by_bytes", json);
  WriteFiles(summary, By::kTime, "files_by_time", json);
  WriteFiles(summary, By::kRequests, "files_by_requests", json);
  json.Key("slow_count").Int(int64_t(summary.slow_count())).Key("slow").BeginArray();
  for (const ProfileSummary::Slow& slow : summary.slow()) {
    WriteAccess(slow.op, summary.RangeOf(slow.op), slow.path, json);
  }
  return json.EndArray().EndObject().Take() + "\n";
}

std::string AccessLine(const ProfiledOp& op, ByteRange range, absl::string_view path) {
  return absl::StrFormat("%s\t%s\t%s\t%d\t%d\t%d\t%s\n", TimeText(op.begun), op.name,
                         TsvEscape(path), range.offset, range.length,
                         absl::ToInt64Microseconds(op.took), ErrorText(op.error));
}

std::string AccessJson(const ProfiledOp& op, ByteRange range, absl::string_view path) {
  JsonWriter json;
  WriteAccess(op, range, path, json);
  return json.Take() + "\n";
}

}  // namespace annofs
