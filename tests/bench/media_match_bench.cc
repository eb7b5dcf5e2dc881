// Measures how long the frames of a dataset take to be matched with an indexed bucket of synthetic
// names, without network. Prints lines "NAME NUMBER".
//
// Usage: media_match_bench CACHE OBJECTS:DIRECTORIES FRAMES places|ends|absent
//   CACHE is made, with an index, if it is not there (tests/testing/synthetic_store.h). Frames are
//   objects at equal steps, in byte order, named by
//   places   their keys
//   ends     their keys without the first component: found by the ends of keys
//   absent   names that are not there, beside those that are
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cache/base/status.h"
#include "cache/cache_dir.h"
#include "cache/indexer.h"
#include "formats/memory_dataset.h"
#include "fs/media_matcher.h"
#include "tests/bench/meters.h"
#include "tests/testing/synthetic_store.h"

namespace annofs::bench {
namespace {

using testing::SyntheticStore;

std::string FrameName(std::string key, absl::string_view how) {
  if (how == "ends") key.erase(0, key.find('/') + 1);
  if (how == "absent") key[key.size() - 5] = 'x';
  return key;
}

absl::StatusOr<std::unique_ptr<Dataset>> FramesOf(const SyntheticStore& store, uint64_t count,
                                                  absl::string_view how) {
  DatasetBuilder builder;
  builder.AddTask({.name = "task"});
  for (uint64_t i = 0; i < count; ++i) {
    const uint64_t rank = i * store.objects() / count;
    RETURN_IF_ERROR(builder.AddFrame({.name = FrameName(store.Key(rank), how)}).status());
  }
  return builder.Finish();
}

absl::Status Run(const std::string& path, SyntheticStore& store, uint64_t count,
                 absl::string_view how) {
  const bool is_new = !std::filesystem::exists(path);
  ASSIGN_OR_RETURN(CacheDir cache, OpenCacheDir({.path = path, .block_bytes = uint64_t{64} << 20}));
  if (is_new) {
    RETURN_IF_ERROR(
        BuildIndex(*cache.catalog, store, {}, [](const IndexProgress&) {}, {}).status());
  }
  ASSIGN_OR_RETURN(const std::unique_ptr<Catalog> catalog, OpenCatalog(*cache.catalog, store, {}));
  ASSIGN_OR_RETURN(const std::unique_ptr<Dataset> data, FramesOf(store, count, how));
  const double before = double(RssAnonKib()) / 1024;
  PeakMemory peak;
  const double cpu = CpuSeconds();
  const Stopwatch watch;
  MediaMatcher matcher(*catalog, "annotations.xml", CallContext());
  RETURN_IF_ERROR(matcher.Begin(*data));
  uint64_t found = 0;
  for (Rank rank = 0; rank < data->frame_count(); ++rank) {
    ASSIGN_OR_RETURN(const Frame frame, data->GetFrame(rank));
    ASSIGN_OR_RETURN(const std::optional<MatchedMedia> media, matcher.Find(frame));
    found += media.has_value();
  }
  std::printf("seconds %.3f\ncpu %.3f\nframes %u\nfound %llu\nmatcher_rss_anon_mib %.1f\n",
              watch.seconds(), CpuSeconds() - cpu, data->frame_count(),
              static_cast<unsigned long long>(found), peak.mib() - before);
  return absl::OkStatus();
}

}  // namespace

int Main(int argc, char** argv) {
  const std::vector<std::string> shape =
      absl::StrSplit(argc == 5 ? argv[2] : "", absl::MaxSplits(':', 1));
  uint64_t objects = 0, directories = 0, frames = 0;
  const bool is_right = shape.size() == 2 && absl::SimpleAtoi(shape[0], &objects) &&
                        absl::SimpleAtoi(shape[1], &directories) &&
                        absl::SimpleAtoi(argv[3], &frames) && frames > 0;
  if (!is_right) {
    std::fprintf(stderr,
                 "usage: media_match_bench CACHE OBJECTS:DIRECTORIES FRAMES places|ends|absent\n");
    return 2;
  }
  SyntheticStore store({.objects = objects, .directories = directories, .flat = {objects / 4}});
  const absl::Status status = Run(argv[1], store, frames, argv[4]);
  if (!status.ok()) std::fprintf(stderr, "media_match_bench: %s\n", status.ToString().c_str());
  return status.ok() ? 0 : 1;
}

}  // namespace annofs::bench

int main(int argc, char** argv) { return annofs::bench::Main(argc, argv); }
