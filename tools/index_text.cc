#include "tools/index_text.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "cache/base/json.h"
#include "cache/base/log.h"
#include "cache/base/text.h"
#include "tools/people.h"

namespace annofs {
namespace {

// Of so few objects a rate says nothing.
constexpr uint64_t kFewObjects = 1000;

constexpr size_t kMostBroken = 20;
constexpr size_t kMostNotes = 20;

std::string Seconds(absl::Duration duration) {
  return absl::StrFormat("%.1f s", absl::ToDoubleSeconds(duration));
}

}  // namespace

std::string RequestsText(absl::string_view source, uint64_t known, uint32_t page_names) {
  if (page_names == 0) return absl::StrCat("indexing ", source, ": a local directory");
  if (known == 0) {
    const RequestRange extra = IndexRequests(page_names * (kUncutPages + 1), page_names);
    return absl::StrCat("indexing ", source, ": takes one list request for each ",
                        Grouped(page_names), " names; for more than ",
                        Grouped(page_names * kUncutPages), " names up to twice as many and ",
                        Grouped(extra.most - 2 * extra.least), " more");
  }
  const RequestRange range = IndexRequests(known, page_names);
  const std::string number = range.least == range.most
                                 ? Grouped(range.least)
                                 : absl::StrCat(Grouped(range.least), " to ", Grouped(range.most));
  return absl::StrCat("indexing ", source, ": takes ", number, " list requests for the ",
                      Grouped(known), " objects of the last index");
}

std::string ProgressText(const IndexProgress& progress) {
  const double seconds = absl::ToDoubleSeconds(progress.elapsed);
  const double rate = seconds > 0 ? static_cast<double>(progress.objects) / seconds : 0;
  std::string text = absl::StrCat(Grouped(progress.objects), " objects");
  // What an interrupted call listed has no share in the time of this one.
  const bool has_rate = !progress.resumed && progress.objects >= kFewObjects && rate > 0;
  if (has_rate) absl::StrAppend(&text, ", ", Grouped(static_cast<uint64_t>(rate)), "/s");
  if (progress.expected > progress.objects) {
    absl::StrAppend(&text, ", ", progress.objects * 100 / progress.expected, " %");
    if (has_rate) {
      const double left = static_cast<double>(progress.expected - progress.objects) / rate;
      absl::StrAppend(&text, ", ", RoughTime(absl::Seconds(left)), " left");
    }
  } else {
    absl::StrAppend(&text, ", ", Grouped(progress.ranges_done), " of ", Grouped(progress.ranges),
                    " ranges");
  }
  return absl::StrCat(text, ", ", Grouped(progress.requests), " requests");
}

std::string DatasetsText(const DatasetsProgress& progress) {
  const BuildProgress& build = progress.build;
  std::string text = absl::StrCat("annotations of ", Grouped(progress.read), " of ",
                                  Grouped(progress.all), " datasets read; ", progress.name, ": ");
  if (build.phase != BuildProgress::Phase::kReading) {
    absl::StrAppend(&text, DescribeProgress(build));
    return text;
  }
  absl::StrAppend(&text, "reading ", HumanSize(build.source_bytes), " of ",
                  HumanSize(build.source_size));
  if (build.frames > 0) {
    absl::StrAppend(&text, ", ", Grouped(build.frames), " frames, ", Grouped(build.shapes),
                    " annotations");
  }
  const double seconds = absl::ToDoubleSeconds(progress.elapsed);
  if (seconds >= 1) {
    const double rate = static_cast<double>(build.source_bytes) / seconds;
    absl::StrAppend(&text, ", ", HumanSize(static_cast<uint64_t>(rate)), "/s");
  }
  return text;
}

std::string ResultText(const IndexResult& result) {
  std::string text = absl::StrCat("indexed ", result.source, ": ", Grouped(result.snapshot.objects),
                                  " objects in ", Grouped(result.snapshot.directories),
                                  " directories, ", Grouped(result.requests), " list requests, ",
                                  Seconds(result.elapsed), ", snapshot ", result.snapshot.number);
  if (result.resumed) absl::StrAppend(&text, ", went on with an interrupted index");
  if (!result.datasets) return text;
  absl::StrAppend(&text, "; ", Grouped(result.datasets->size()), " datasets");
  for (const DatasetSummary& dataset : *result.datasets) {
    absl::StrAppend(&text, "\n  ", Redact(dataset.name), ": ", Grouped(dataset.frames), " frames, ",
                    Grouped(dataset.annotations), " annotations");
    if (dataset.problems == 0) continue;
    absl::StrAppend(&text, ", ", Grouped(dataset.problems), " problems, ", Grouped(dataset.errors),
                    " of them errors");
  }
  return text;
}

std::string BrokenText(const std::vector<DatasetSummary>& datasets) {
  std::string text;
  size_t broken = 0;
  for (const DatasetSummary& dataset : datasets) {
    if (dataset.errors == 0 || ++broken > kMostBroken) continue;
    absl::StrAppend(&text, "dataset '", Redact(dataset.name),
                    "' is not shown whole: ", Grouped(dataset.errors),
                    " errors, the first: ", Redact(dataset.first_error), "\n");
  }
  if (broken > kMostBroken) {
    absl::StrAppend(&text, "and ", Grouped(broken - kMostBroken), " more datasets\n");
  }
  if (broken > 0) text += "what each lacks stands in its reports/problems.tsv of a mount\n";
  return text;
}

std::string ResultJson(const IndexResult& result) {
  JsonWriter json;
  json.BeginObject().Key("source").String(result.source);
  json.Key("snapshot").Int(static_cast<int64_t>(result.snapshot.number));
  json.Key("completed").String(absl::FormatTime(result.snapshot.completed, absl::UTCTimeZone()));
  json.Key("objects").Int(static_cast<int64_t>(result.snapshot.objects));
  json.Key("directories").Int(static_cast<int64_t>(result.snapshot.directories));
  json.Key("list_requests").Int(static_cast<int64_t>(result.requests));
  json.Key("seconds").Double(absl::ToDoubleSeconds(result.elapsed));
  json.Key("resumed").Bool(result.resumed);
  json.Key("datasets");
  if (!result.datasets) {
    json.Null();
    return json.EndObject().Take();
  }
  json.Int(static_cast<int64_t>(result.datasets->size()));
  json.Key("dataset_list").BeginArray();
  for (const DatasetSummary& dataset : *result.datasets) {
    json.BeginObject().Key("name").String(dataset.name);
    json.Key("frames").Int(static_cast<int64_t>(dataset.frames));
    json.Key("annotations").Int(static_cast<int64_t>(dataset.annotations));
    json.Key("problems").Int(static_cast<int64_t>(dataset.problems));
    json.Key("errors").Int(static_cast<int64_t>(dataset.errors)).EndObject();
  }
  json.EndArray();
  return json.EndObject().Take();
}

std::string NotesText(const std::vector<std::string>& notes) {
  std::string text;
  for (size_t i = 0; i < std::min(notes.size(), kMostNotes); ++i) {
    absl::StrAppend(&text, "annofs: the search for annotations ", Redact(notes[i]), "\n");
  }
  if (notes.size() > kMostNotes) {
    absl::StrAppend(&text, "annofs: ", notes.size() - kMostNotes,
                    " more notes stand in .annofs/problems.tsv of a mount\n");
  }
  return text;
}

std::string UsedIndexText(absl::string_view source, const SnapshotInfo& index, absl::Time now) {
  return absl::StrCat("using the index of ", source, " (", RoughTime(now - index.completed),
                      " old, ", Grouped(index.objects), " objects, snapshot ", index.number,
                      "); `annofs index` renews it");
}

}  // namespace annofs
