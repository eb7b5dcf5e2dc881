// Measures the catalog with a synthetic store of millions of names, without network. Prints lines
// "NAME NUMBER".
//
// Usage: catalog_bench MODE ...      SHAPE is OBJECTS:DIRECTORIES[:FLAT[,FLAT]...], see
//                                    tests/testing/synthetic_store.h
//   store SHAPE                the store alone: what it takes to make up all names
//   index CACHE SHAPE          BuildIndex()
//   lazy CACHE SHAPE THREADS   every directory is listed when first touched, in random order
//   lookup CACHE SHAPE COUNT   random lookups of names that are there and of names that are not
//   remount CACHE SHAPE        opens the catalog and lists the root
//   mount CACHE SHAPE DIRECTORY  mounts, serves until unmounted; prints "mounted" first
//   readdir DIRECTORY          open() and the first getdents64()
// After `index`, no mode may ask the store for names: it is an error.
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <memory>
#include <random>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cache/base/status.h"
#include "cache/cache_dir.h"
#include "cache/catalog.h"
#include "cache/indexer.h"
#include "fs/filesystem.h"
#include "fs/fuse/session.h"
#include "tests/bench/meters.h"
#include "tests/testing/synthetic_store.h"

namespace annofs::bench {
namespace {

using testing::SyntheticShape;
using testing::SyntheticStore;
using Arguments = std::vector<std::string>;

constexpr uint64_t kBlockBytes = uint64_t{64} << 20;  // no block is written

void Print(const char* name, double value) { std::printf("%s %.9g\n", name, value); }

absl::StatusOr<uint64_t> NumberOf(absl::string_view text) {
  uint64_t number = 0;
  if (absl::SimpleAtoi(text, &number)) return number;
  return absl::InvalidArgumentError(absl::StrCat("not a number: ", text));
}

absl::StatusOr<SyntheticShape> ShapeOf(const std::string& text) {
  const std::vector<std::string> parts = absl::StrSplit(text, ':');
  if (parts.size() < 2 || parts.size() > 3)
    return absl::InvalidArgumentError(absl::StrCat("not a shape: ", text));
  SyntheticShape shape;
  ASSIGN_OR_RETURN(shape.objects, NumberOf(parts[0]));
  ASSIGN_OR_RETURN(shape.directories, NumberOf(parts[1]));
  if (shape.objects < shape.directories || (shape.objects > 0 && shape.directories == 0))
    return absl::InvalidArgumentError("fewer objects than directories, or none");
  if (parts.size() == 2) return shape;
  for (absl::string_view flat : absl::StrSplit(parts[2], ',')) {
    ASSIGN_OR_RETURN(shape.flat.emplace_back(), NumberOf(flat));
  }
  return shape;
}

absl::StatusOr<CacheDir> OpenCache(const std::string& path) {
  return OpenCacheDir({.path = path, .block_bytes = kBlockBytes});
}

absl::Status CheckNoRequest(const SyntheticStore& store) {
  if (store.lists() == 0) return absl::OkStatus();
  return absl::InternalError(absl::StrCat(store.lists(), " list requests, and there is an index"));
}

absl::Status RunStore(const Arguments& arguments) {
  ASSIGN_OR_RETURN(const SyntheticShape shape, ShapeOf(arguments[0]));
  SyntheticStore store(shape);
  const Stopwatch watch;
  ListRequest request{.recursive = true};
  do {
    ASSIGN_OR_RETURN(const ListPage page, store.List(request, CallContext()));
    request.start = page.next;
  } while (!request.start.empty());
  Print("seconds", watch.seconds());
  Print("cpu", CpuSeconds());
  Print("objects", double(store.objects()));
  return absl::OkStatus();
}

// What an index or a lazy listing of everything has taken.
void PrintBuilt(const SyntheticStore& store, double seconds, double cpu, double peak_mib) {
  Print("seconds", seconds);
  Print("cpu", cpu);
  Print("objects", double(store.objects()));
  Print("lists", double(store.lists()));
  Print("rss_anon_mib", peak_mib);
}

void PrintBytes(const std::string& cache) {
  const LmdbBytes bytes = LmdbBytesOf(cache + "/catalog");
  Print("used_bytes", double(bytes.used));
  Print("file_bytes", double(bytes.whole));
}

absl::Status BuildInto(const std::string& path, SyntheticStore& store) {
  ASSIGN_OR_RETURN(CacheDir cache, OpenCache(path));
  PeakMemory peak;
  const double cpu = CpuSeconds();
  const Stopwatch watch;
  ASSIGN_OR_RETURN(const SnapshotInfo info,
                   BuildIndex(*cache.catalog, store, {}, [](const IndexProgress&) {}, {}));
  PrintBuilt(store, watch.seconds(), CpuSeconds() - cpu, peak.mib());
  if (info.objects == store.objects()) return absl::OkStatus();
  return absl::InternalError(
      absl::StrCat("the index has ", info.objects, " objects of ", store.objects()));
}

absl::Status RunIndex(const Arguments& arguments) {
  ASSIGN_OR_RETURN(const SyntheticShape shape, ShapeOf(arguments[1]));
  SyntheticStore store(shape);
  RETURN_IF_ERROR(BuildInto(arguments[0], store));
  PrintBytes(arguments[0]);
  return absl::OkStatus();
}

// The row of the directory of that key, which ends with '/'.
absl::StatusOr<RowId> DirectoryRow(Catalog& catalog, absl::string_view key,
                                   const CallContext& context) {
  RowId row = kRootRow;
  for (absl::string_view part : absl::StrSplit(key, '/', absl::SkipEmpty())) {
    ASSIGN_OR_RETURN(const Row child, catalog.Lookup(row, part, context));
    row = child.id;
  }
  return row;
}

absl::StatusOr<uint64_t> ListDirectory(Catalog& catalog, absl::string_view key) {
  ASSIGN_OR_RETURN(const RowId row, DirectoryRow(catalog, key, CallContext()));
  uint64_t objects = 0;
  const auto count = [&objects](const Row& child) {
    objects += !child.is_directory;
    return true;
  };
  RETURN_IF_ERROR(catalog.Children(row, 0, count, CallContext()));
  return objects;
}

// Objects listed; directories that could not be listed are missing from it.
uint64_t ListAll(Catalog& catalog, const SyntheticStore& store, uint64_t threads) {
  std::vector<uint64_t> ranks = store.FirstRanks();
  std::shuffle(ranks.begin(), ranks.end(), std::mt19937_64(1));
  std::atomic<size_t> next{0};
  std::atomic<uint64_t> objects{0};
  std::vector<std::thread> listers;
  for (uint64_t t = 0; t < threads; ++t) {
    listers.emplace_back([&] {
      for (size_t i; (i = next++) < ranks.size();)
        objects += ListDirectory(catalog, store.DirectoryKey(ranks[i])).value_or(0);
    });
  }
  for (std::thread& lister : listers) lister.join();
  return objects;
}

absl::Status ListInto(const std::string& path, SyntheticStore& store, uint64_t threads) {
  ASSIGN_OR_RETURN(CacheDir cache, OpenCache(path));
  ASSIGN_OR_RETURN(const std::unique_ptr<Catalog> catalog, OpenCatalog(*cache.catalog, store, {}));
  PeakMemory peak;
  const double cpu = CpuSeconds();
  const Stopwatch watch;
  const uint64_t objects = ListAll(*catalog, store, threads);
  PrintBuilt(store, watch.seconds(), CpuSeconds() - cpu, peak.mib());
  if (objects == store.objects()) return absl::OkStatus();
  return absl::InternalError(absl::StrCat("listed ", objects, " objects of ", store.objects()));
}

absl::Status RunLazy(const Arguments& arguments) {
  ASSIGN_OR_RETURN(const SyntheticShape shape, ShapeOf(arguments[1]));
  ASSIGN_OR_RETURN(const uint64_t threads, NumberOf(arguments[2]));
  SyntheticStore store(shape);
  RETURN_IF_ERROR(ListInto(arguments[0], store, threads));
  PrintBytes(arguments[0]);
  return absl::OkStatus();
}

// A name to look up, and the row of its directory.
struct Question {
  RowId directory = 0;
  std::string name;
};

// Names that are there, of random objects.
absl::StatusOr<std::vector<Question>> Questions(Catalog& catalog, const SyntheticStore& store,
                                                uint64_t count, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<Question> questions;
  while (questions.size() < count) {
    const uint64_t rank = random() % store.objects();
    const std::string directory = store.DirectoryKey(rank);
    ASSIGN_OR_RETURN(const RowId row, DirectoryRow(catalog, directory, CallContext()));
    questions.push_back({row, store.Key(rank).substr(directory.size())});
  }
  return questions;
}

// Beside each of the names, one that is not there.
std::vector<Question> Absent(std::vector<Question> questions) {
  for (Question& question : questions) question.name[question.name.size() - 5] = 'x';
  return questions;
}

absl::Status Ask(Catalog& catalog, const std::vector<Question>& questions,
                 absl::StatusCode expected, const std::string& name) {
  std::vector<double> times;
  times.reserve(questions.size());
  const double cpu = ThreadCpuSeconds();
  for (const Question& question : questions) {
    const Stopwatch watch;
    const absl::StatusOr<Row> row =
        catalog.Lookup(question.directory, question.name, CallContext());
    times.push_back(watch.seconds());
    if (row.status().code() != expected) {
      return absl::InternalError(
          absl::StrCat(question.name, " in ", question.directory, ": ", row.status().ToString()));
    }
  }
  if (name.empty()) return absl::OkStatus();
  Print((name + "_cpu_us").c_str(), (ThreadCpuSeconds() - cpu) / double(times.size()) * 1e6);
  const Spread spread = SpreadOf(std::move(times));
  Print((name + "_mean_us").c_str(), spread.mean * 1e6);
  Print((name + "_p50_us").c_str(), spread.median * 1e6);
  Print((name + "_p99_us").c_str(), spread.p99 * 1e6);
  return absl::OkStatus();
}

absl::Status RunLookup(const Arguments& arguments) {
  ASSIGN_OR_RETURN(const SyntheticShape shape, ShapeOf(arguments[1]));
  ASSIGN_OR_RETURN(const uint64_t count, NumberOf(arguments[2]));
  SyntheticStore store(shape);
  ASSIGN_OR_RETURN(CacheDir cache, OpenCache(arguments[0]));
  ASSIGN_OR_RETURN(const std::unique_ptr<Catalog> catalog, OpenCatalog(*cache.catalog, store, {}));
  // Other names first: the process has the pages in its map then, as a mount that runs for a while.
  ASSIGN_OR_RETURN(std::vector<Question> questions, Questions(*catalog, store, count, 1));
  RETURN_IF_ERROR(Ask(*catalog, questions, absl::StatusCode::kOk, ""));
  ASSIGN_OR_RETURN(questions, Questions(*catalog, store, count, 2));
  RETURN_IF_ERROR(Ask(*catalog, questions, absl::StatusCode::kOk, "present"));
  ASSIGN_OR_RETURN(questions, Questions(*catalog, store, count, 3));
  RETURN_IF_ERROR(
      Ask(*catalog, Absent(std::move(questions)), absl::StatusCode::kNotFound, "absent"));
  return CheckNoRequest(store);
}

absl::Status RunRemount(const Arguments& arguments) {
  ASSIGN_OR_RETURN(const SyntheticShape shape, ShapeOf(arguments[1]));
  SyntheticStore store(shape);
  uint64_t names = 0;
  const auto count = [&names](const Row&) { return ++names != 0; };
  const Stopwatch watch;
  ASSIGN_OR_RETURN(CacheDir cache, OpenCache(arguments[0]));
  ASSIGN_OR_RETURN(const std::unique_ptr<Catalog> catalog, OpenCatalog(*cache.catalog, store, {}));
  RETURN_IF_ERROR(catalog->Children(kRootRow, 0, count, CallContext()));
  Print("seconds", watch.seconds());
  Print("names", double(names));
  return CheckNoRequest(store);
}

std::atomic<Session*> stopped_by_signal{nullptr};

void StopSession(int) {
  if (Session* session = stopped_by_signal) session->Stop();
}

absl::Status RunMount(const Arguments& arguments) {
  ASSIGN_OR_RETURN(const SyntheticShape shape, ShapeOf(arguments[1]));
  PeakMemory peak;
  SyntheticStore store(shape);
  Counters counters;
  const Stopwatch watch;
  ASSIGN_OR_RETURN(CacheDir cache, OpenCache(arguments[0]));
  ASSIGN_OR_RETURN(const std::unique_ptr<Filesystem> filesystem,
                   OpenFilesystem(store, cache, counters, {}, CallContext()));
  ASSIGN_OR_RETURN(
      const std::unique_ptr<Session> session,
      MountSession(*filesystem, counters,
                   {.mountpoint = arguments[2], .source_name = store.name(), .uid = getuid()}));
  const double seconds = watch.seconds();
  stopped_by_signal = session.get();
  std::signal(SIGTERM, StopSession);
  std::signal(SIGINT, StopSession);
  std::printf("mounted\n");
  std::fflush(stdout);
  const absl::Status status = session->Run();
  stopped_by_signal = nullptr;
  RETURN_IF_ERROR(status);
  Print("open_seconds", seconds);
  Print("rss_anon_mib", peak.mib());
  return CheckNoRequest(store);
}

absl::Status RunReaddir(const Arguments& arguments) {
  char buffer[32768];  // as the C library has
  const Stopwatch watch;
  const int directory = open(arguments[0].c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const long first = directory < 0 ? -1 : syscall(SYS_getdents64, directory, buffer, sizeof buffer);
  const double seconds = watch.seconds();
  if (directory >= 0) close(directory);
  if (first <= 0) return absl::InternalError(absl::StrCat(arguments[0], ": no entries"));
  Print("seconds", seconds);
  return absl::OkStatus();
}

struct Mode {
  const char* name;
  size_t arguments;
  absl::Status (*run)(const Arguments&);
};

constexpr Mode kModes[] = {{"store", 1, RunStore},     {"index", 2, RunIndex},
                           {"lazy", 3, RunLazy},       {"lookup", 3, RunLookup},
                           {"remount", 2, RunRemount}, {"mount", 3, RunMount},
                           {"readdir", 1, RunReaddir}};

}  // namespace

int Main(const Arguments& words) {
  for (const Mode& mode : kModes) {
    if (words.size() != mode.arguments + 1 || words[0] != mode.name) continue;
    const absl::Status status = mode.run({words.begin() + 1, words.end()});
    if (!status.ok()) std::fprintf(stderr, "catalog_bench: %s\n", status.ToString().c_str());
    return status.ok() ? 0 : 1;
  }
  std::fprintf(stderr, "usage: catalog_bench MODE ...: see the head of its source\n");
  return 2;
}

}  // namespace annofs::bench

int main(int argc, char** argv) { return annofs::bench::Main({argv + 1, argv + argc}); }
