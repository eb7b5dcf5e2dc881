// Measures what `annofs check` does with a dataset of the index. Prints lines "NAME NUMBER". A
// cache directory is made anew.
//
// Usage: check_bench MODE FRAMES CACHE
//   images    10 boxes a frame, of 20 labels with an attribute, nearly all of them well drawn
//   polygons  the same with outlines of 30 points
//   video     20 tracks, each on every frame
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "cache/base/status.h"
#include "cache/cache_dir.h"
#include "formats/quality/findings.h"
#include "fs/dataset_index.h"
#include "fs/index_builder.h"
#include "tests/bench/meters.h"

namespace annofs::bench {
namespace {

constexpr uint32_t kBoxes = 10, kTracks = 20, kLabels = 20;

void Print(const std::string& name, double value) { std::printf("%s %.9g\n", name.c_str(), value); }

double Cents(std::mt19937& random, uint32_t most) { return double(random() % (most * 100)) / 100; }

Shape NewShape(std::mt19937& random, const std::string& mode) {
  Shape shape{.label = uint32_t(random() % kLabels), .source = "manual"};
  const double x = Cents(random, 1700), y = Cents(random, 900);
  const double width = 5 + Cents(random, 200), height = 5 + Cents(random, 160);
  shape.points = {x, y, x + width, y + height};
  if (mode == "polygons") {
    shape.type = ShapeType::kPolygon;
    shape.points.clear();
    for (int i = 0; i < 30; ++i) {
      const double angle = i * M_PI / 15, radius = 0.8 + Cents(random, 1) / 5;
      shape.points.push_back(x + width / 2 * (1 + radius * std::cos(angle)));
      shape.points.push_back(y + height / 2 * (1 + radius * std::sin(angle)));
    }
  }
  shape.attributes = {{"color", random() % 2 == 0 ? "red" : "blue"}};
  return shape;
}

void AddLabels(DatasetSink& sink) {
  sink.AddTask({.id = 1, .name = "task"});
  for (uint32_t i = 0; i < kLabels; ++i) {
    sink.AddLabel({.name = absl::StrCat("label ", i),
                   .attributes = {{.name = "color",
                                   .input_type = "select",
                                   .default_value = "red",
                                   .values = {"red", "blue"}}}});
  }
}

absl::Status Push(DatasetSink& sink, const std::string& mode, uint32_t frames) {
  std::mt19937 random(1);
  AddLabels(sink);
  for (uint32_t i = 0; i < frames; ++i) {
    ASSIGN_OR_RETURN(const uint32_t frame,
                     sink.AddFrame({.name = absl::StrFormat("images/IMG_%07d.jpg", i),
                                    .number = i,
                                    .width = 1920,
                                    .height = 1080}));
    if (mode == "video") continue;
    for (uint32_t box = 0; box < kBoxes; ++box) {
      RETURN_IF_ERROR(sink.AddShape(frame, NewShape(random, mode)));
    }
  }
  for (uint32_t track = 0; mode == "video" && track < kTracks; ++track) {
    Shape shape = NewShape(random, mode);
    shape.track = int32_t(track);
    for (uint32_t frame = 0; frame < frames; ++frame) {
      shape.keyframe = frame % 10 == 0;
      shape.points[0] += frame % 20 < 10 ? 0.5 : -0.5;
      RETURN_IF_ERROR(sink.AddShape(frame, shape));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<MatchedMedia>> Match(const Frame& frame) {
  return std::optional<MatchedMedia>(
      MatchedMedia{.row = 1000 + frame.number,
                   .version = "1",
                   .media = {.key = absl::StrCat("street/", frame.name),
                             .size = 200000 + frame.number % 100000,
                             .digest = absl::StrFormat("sha1:%040x", frame.number)}});
}

absl::Status Run(const std::string& mode, uint32_t frames, const std::string& cache) {
  std::filesystem::remove_all(cache);
  ASSIGN_OR_RETURN(CacheDir directory, OpenCacheDir({.path = cache}));
  const IndexVersion version(16, 'v');
  {
    IndexBuilder builder(*directory.catalog);
    RETURN_IF_ERROR(Push(builder, mode, frames));
    RETURN_IF_ERROR(builder.Finish(version, {.name = "bench"}));
  }
  ASSIGN_OR_RETURN(std::shared_ptr<const IndexedDataset> data,
                   OpenDataset(*directory.catalog, version, Match));
  double begin = ThreadCpuSeconds();
  RETURN_IF_ERROR(data->ForEachInOrder(0, [&](uint32_t, Rank rank) {
    return data->GetFrame(rank).ok() && data->Shapes(rank).ok();
  }));
  Print("us_per_frame_reading_once", (ThreadCpuSeconds() - begin) / frames * 1e6);
  const uint64_t before = RssAnonKib();
  PeakMemory peak;
  begin = ThreadCpuSeconds();
  ASSIGN_OR_RETURN(const QualityReport report, CheckQuality(*data, {}, [](const QualityProgress&) {
                     return absl::OkStatus();
                   }));
  const double seconds = ThreadCpuSeconds() - begin;
  Print("us_per_frame", seconds / frames * 1e6);
  Print("frames_per_second", frames / seconds);
  Print("rss_anon_mib_before", double(before) / 1024);
  Print("peak_rss_anon_mib", peak.mib());
  for (const QualityFinding& finding : report.findings) {
    Print(absl::StrCat("found_", finding.rule), double(finding.count));
  }
  return absl::OkStatus();
}

}  // namespace
}  // namespace annofs::bench

int main(int argc, char** argv) {
  uint32_t frames = 0;
  if (argc != 4 || !absl::SimpleAtoi(argv[2], &frames)) {
    std::fprintf(stderr, "usage: check_bench images|polygons|video FRAMES CACHE\n");
    return 2;
  }
  const absl::Status status = annofs::bench::Run(argv[1], frames, argv[3]);
  if (status.ok()) return 0;
  std::fprintf(stderr, "check_bench: %s\n", std::string(status.message()).c_str());
  return 1;
}
