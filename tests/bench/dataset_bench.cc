// Measures the index of datasets: what is pushed into the builder, and what is read back. Prints
// lines "NAME NUMBER". A cache directory is made anew.
//
// Usage: dataset_bench MODE CACHE
//   images   1 million frames with 10 boxes each, names in the order of a photographer's files
//   shuffled the same, frames in no order and 17 digits a coordinate
//   video    100,000 frames with 200 tracks, pushed track after track
#include <sys/stat.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "cache/base/status.h"
#include "cache/cache_dir.h"
#include "fs/dataset_index.h"
#include "fs/index_builder.h"
#include "tests/bench/meters.h"

namespace annofs::bench {
namespace {

constexpr uint32_t kImages = 1000000, kBoxes = 10;
constexpr uint32_t kVideoFrames = 100000, kTracks = 200;

void Print(const std::string& name, double value) { std::printf("%s %.9g\n", name.c_str(), value); }

uint64_t DiskBytes(const std::string& path) {
  struct stat info;
  return stat(path.c_str(), &info) == 0 ? uint64_t{512} * uint64_t(info.st_blocks) : 0;
}

double Cents(std::mt19937& random, uint32_t most) { return double(random() % (most * 100)) / 100; }

Shape Box(std::mt19937& random, bool exact) {
  Shape shape{.label = uint32_t(random() % 20), .source = "manual"};
  shape.points = {Cents(random, 1920), Cents(random, 1080), Cents(random, 1920),
                  Cents(random, 1080)};
  if (exact) {
    for (double& point : shape.points) point += 1.0 / (3 + double(random() % 1000));
  }
  shape.attributes = {{"color", random() % 2 == 0 ? "red" : "blue"}};
  return shape;
}

void AddLabels(DatasetSink& sink) {
  sink.AddTask({.id = 1, .name = "task"});
  for (int i = 0; i < 20; ++i) sink.AddLabel({.name = absl::StrCat("label ", i)});
}

absl::Status PushImages(DatasetSink& sink, bool shuffled) {
  std::mt19937 random(1);
  AddLabels(sink);
  for (uint32_t i = 0; i < kImages; ++i) {
    // Another order: a factor that has no divisor in common with the number of frames.
    const uint32_t place = shuffled ? uint32_t(uint64_t{i} * 77777 % kImages) : i;
    ASSIGN_OR_RETURN(
        uint32_t frame,
        sink.AddFrame({.name = absl::StrFormat("images/day %03d/IMG_%07d.jpg", place / 5000, place),
                       .number = i,
                       .width = 1920,
                       .height = 1080}));
    for (uint32_t box = 0; box < kBoxes; ++box) {
      RETURN_IF_ERROR(sink.AddShape(frame, Box(random, shuffled)));
    }
  }
  return absl::OkStatus();
}

absl::Status PushVideo(DatasetSink& sink) {
  std::mt19937 random(1);
  AddLabels(sink);
  for (uint32_t i = 0; i < kVideoFrames; ++i) {
    RETURN_IF_ERROR(sink.AddFrame({.name = absl::StrFormat("frame_%06d.PNG", i),
                                   .number = i,
                                   .width = 1920,
                                   .height = 1080})
                        .status());
  }
  for (uint32_t track = 0; track < kTracks; ++track) {
    for (uint32_t frame = 0; frame < kVideoFrames; ++frame) {
      Shape shape = Box(random, frame % 10 != 0);  // between keyframes
      shape.label = track % 20;
      shape.track = int32_t(track);
      shape.keyframe = frame % 10 == 0;
      RETURN_IF_ERROR(sink.AddShape(frame, std::move(shape)));
    }
  }
  return absl::OkStatus();
}

absl::Status ReadBack(const Dataset& data) {
  const uint32_t count = data.frame_count(), asked = std::min(count, 200000u);
  std::mt19937 random(2);
  uint64_t shapes = 0;
  for (int round = 0; round < 2; ++round) {  // the first one warms
    const double begin = ThreadCpuSeconds();
    for (Rank rank = 0; rank < asked; ++rank) {
      ASSIGN_OR_RETURN(FrameShapes frame, data.Shapes(rank));
      shapes += frame.shapes.size();
    }
    if (round == 1) Print("us_per_frame_in_order", (ThreadCpuSeconds() - begin) / asked * 1e6);
  }
  for (int round = 0; round < 2; ++round) {
    random.seed(3);
    const double begin = ThreadCpuSeconds();
    for (Rank rank = 0; rank < asked; ++rank) {
      ASSIGN_OR_RETURN(FrameShapes frame, data.Shapes(random() % count));
      shapes += frame.shapes.size();
    }
    if (round == 1) Print("us_per_frame_at_random", (ThreadCpuSeconds() - begin) / asked * 1e6);
  }
  Print("shapes_per_frame", double(shapes) / 4 / asked);
  for (int round = 0; round < 2; ++round) {
    const Stopwatch watch;
    ASSIGN_OR_RETURN(RankSet ranks, data.WithLabel(7));
    uint64_t bytes = 0;
    for (size_t i = 0; i < 100 && i < ranks.size(); ++i) {
      ASSIGN_OR_RETURN(FrameNames names, data.Names(ranks[i]));
      bytes += names.path.size();
    }
    if (round == 1 && bytes > 0) Print("ms_first_100_of_label", watch.seconds() * 1e3);
  }
  const double begin = ThreadCpuSeconds();
  for (int i = 0; i < 100000; ++i) {
    const Rank rank = random() % count;
    ASSIGN_OR_RETURN(FrameNames names, data.Names(rank));
    ASSIGN_OR_RETURN(std::optional<Rank> found, data.FindPath(names.path));
    if (found != rank) return absl::InternalError("another frame");
  }
  Print("us_per_names_and_find", (ThreadCpuSeconds() - begin) / 100000 * 1e6);
  return absl::OkStatus();
}

absl::StatusOr<std::optional<MatchedMedia>> Match(const Frame& frame) {
  return std::optional<MatchedMedia>(
      MatchedMedia{.row = 1000 + frame.number,
                   .version = "1",
                   .media = {.key = absl::StrCat("street/", frame.name),
                             .size = 200000 + frame.number % 100000,
                             .digest = "sha1:0123456789abcdef0123456789abcdef01234567"}});
}

absl::Status Run(const std::string& mode, const std::string& cache) {
  std::filesystem::remove_all(cache);
  ASSIGN_OR_RETURN(CacheDir directory, OpenCacheDir({.path = cache}));
  const std::string file = cache + "/catalog/data.mdb";
  const uint64_t empty = DiskBytes(file);
  const IndexVersion version(16, 'v');
  BuildCounts counts;
  const Stopwatch watch;
  {
    PeakMemory peak;
    IndexBuilder builder(*directory.catalog, &counts);
    RETURN_IF_ERROR(mode == "video" ? PushVideo(builder) : PushImages(builder, mode == "shuffled"));
    Print("seconds_pushing", watch.seconds());
    Print("rss_anon_mib_pushing", peak.mib());
    RETURN_IF_ERROR(builder.Finish(version, {.name = "bench"}));
    Print("seconds", watch.seconds());
    Print("cpu_seconds", CpuSeconds());
    Print("peak_rss_anon_mib", peak.mib());
  }
  const Stopwatch matching;
  PeakMemory peak;
  ASSIGN_OR_RETURN(std::shared_ptr<const IndexedDataset> data,
                   OpenDataset(*directory.catalog, version, Match));
  Print("seconds_matching", matching.seconds());
  Print("peak_rss_anon_mib_matching", peak.mib());
  const double bytes = double(DiskBytes(file) - empty);
  Print("bytes", bytes);
  Print("bytes_per_box_after_120_per_frame",
        (bytes - 120.0 * double(counts.frames)) / double(counts.shapes));
  return ReadBack(*data);
}

}  // namespace
}  // namespace annofs::bench

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: dataset_bench images|shuffled|video CACHE\n");
    return 2;
  }
  absl::Status status = annofs::bench::Run(argv[1], argv[2]);
  if (status.ok()) return 0;
  std::fprintf(stderr, "dataset_bench: %s\n", std::string(status.message()).c_str());
  return 1;
}
