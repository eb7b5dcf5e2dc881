// Measures the views of the one dataset of an indexed source, through the tree that a mount serves
// but without a kernel. Prints lines "NAME NUMBER"; times are of the processor unless they say
// wall. What is sized stays in the cache: who measures sizes needs a cache without them.
//
// Usage: views_bench SOURCE CACHE MODE VIEW [PATH [COUNT]]
//   describe VIEW            the view's root, which describes it
//   file VIEW FILE           one file of the whole dataset: sized, told again, read
//   frames VIEW DIRECTORY    files of a frame each, below the directory, COUNT of them at most
//   list VIEW DIRECTORY      all entries of one directory with their attributes, twice
//   lookup VIEW DIRECTORY    the first lookup of a name, which is not there
#include <algorithm>
#include <cstdio>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "cache/base/counters.h"
#include "cache/base/status.h"
#include "cache/cache_dir.h"
#include "cache/store/stores.h"
#include "fs/filesystem.h"
#include "tests/bench/meters.h"

namespace annofs::bench {
namespace {

constexpr uint64_t kKernelRead = 128 << 10, kRandomRead = 64 << 10;
constexpr int kRandomReads = 200, kStats = 10000;
constexpr size_t kMostFrames = 100000;

void Print(const char* name, double value) { std::printf("%s %.9g\n", name, value); }

class ViewsBench {
 public:
  explicit ViewsBench(Filesystem& tree) : tree_(tree) {}

  absl::StatusOr<NodeAttr> Dataset() {
    ASSIGN_OR_RETURN(const NodeAttr views, Resolve(tree_, "views", CallContext()));
    std::string name;
    const auto keep = [&name](const DirEntry& entry) {
      if (entry.attr.is_directory) name = std::string(entry.name);
      return true;
    };
    RETURN_IF_ERROR(tree_.List(views.id, 0, keep, CallContext()));
    if (name.empty()) return absl::NotFoundError("no dataset");
    return tree_.Lookup(views.id, name, CallContext());
  }

  // "cvat/COCO 1.0" below the dataset.
  absl::StatusOr<NodeAttr> Below(NodeAttr at, absl::string_view path) {
    while (!path.empty()) {
      const size_t slash = path.find('/');
      ASSIGN_OR_RETURN(at, tree_.Lookup(at.id, path.substr(0, slash), CallContext()));
      path = slash == absl::string_view::npos ? "" : path.substr(slash + 1);
    }
    return at;
  }

  absl::Status File(const NodeAttr& directory, absl::string_view name) {
    const double cpu = CpuSeconds();
    const Stopwatch watch;
    ASSIGN_OR_RETURN(const NodeAttr file, tree_.Lookup(directory.id, name, CallContext()));
    Print("bytes", double(file.size));
    Print("sizing_cpu_seconds", CpuSeconds() - cpu);
    Print("sizing_wall_seconds", watch.seconds());
    RETURN_IF_ERROR(StatAgain(file.id));
    RETURN_IF_ERROR(ReadInOrder(file));
    return ReadAtRandom(file);
  }

  absl::Status Frames(const NodeAttr& directory, size_t most) {
    std::vector<NodeId> files;
    double cpu = CpuSeconds();
    RETURN_IF_ERROR(Collect(directory.id, most, files));
    if (files.empty()) return absl::NotFoundError("no files there");
    Print("files", double(files.size()));
    Print("us_listing_a_file", (CpuSeconds() - cpu) / double(files.size()) * 1e6);
    cpu = CpuSeconds();
    for (NodeId file : files) RETURN_IF_ERROR(tree_.Stat(file, CallContext()).status());
    Print("us_first_stat", (CpuSeconds() - cpu) / double(files.size()) * 1e6);
    std::shuffle(files.begin(), files.end(), std::mt19937(1));
    cpu = CpuSeconds();
    for (NodeId file : files) RETURN_IF_ERROR(tree_.Stat(file, CallContext()).status());
    Print("us_stat", (CpuSeconds() - cpu) / double(files.size()) * 1e6);
    cpu = CpuSeconds();
    uint64_t bytes = 0;
    for (NodeId file : files) RETURN_IF_ERROR(Read(file, {0, kKernelRead}, bytes));
    Print("us_read", (CpuSeconds() - cpu) / double(files.size()) * 1e6);
    Print("bytes_read", double(bytes));
    return absl::OkStatus();
  }

  absl::Status List(const NodeAttr& directory) {
    for (const char* name : {"first", "again"}) {
      const double cpu = CpuSeconds();
      const Stopwatch watch;
      uint64_t entries = 0, bytes = 0;
      const auto count = [&](const DirEntry& entry) {
        ++entries;
        bytes += entry.attr.size;
        return true;
      };
      RETURN_IF_ERROR(tree_.List(directory.id, 0, count, CallContext()));
      Print(absl::StrCat(name, "_cpu_seconds").c_str(), CpuSeconds() - cpu);
      Print(absl::StrCat(name, "_wall_seconds").c_str(), watch.seconds());
      Print("entries", double(entries));
      Print("bytes", double(bytes));
    }
    return absl::OkStatus();
  }

  absl::Status FirstLookup(const NodeAttr& directory) {
    for (const char* name : {"first", "again"}) {
      const Stopwatch watch;
      const absl::Status status = tree_.Lookup(directory.id, "absent.jpg", CallContext()).status();
      if (!absl::IsNotFound(status)) return status;
      Print(absl::StrCat(name, "_wall_seconds").c_str(), watch.seconds());
    }
    return absl::OkStatus();
  }

 private:
  absl::Status Read(NodeId file, ByteRange range, uint64_t& bytes) {
    return tree_.Read(
        file, range, [&bytes](Pieces data) { bytes += BytesOf(data); }, CallContext());
  }

  absl::Status StatAgain(NodeId file) {
    const double cpu = CpuSeconds();
    for (int i = 0; i < kStats; ++i) RETURN_IF_ERROR(tree_.Stat(file, CallContext()).status());
    Print("us_stat", (CpuSeconds() - cpu) / kStats * 1e6);
    return absl::OkStatus();
  }

  absl::Status ReadInOrder(const NodeAttr& file) {
    const double cpu = CpuSeconds();
    const Stopwatch watch;
    uint64_t bytes = 0;
    for (uint64_t offset = 0; offset < file.size; offset += kKernelRead) {
      RETURN_IF_ERROR(Read(file.id, {offset, kKernelRead}, bytes));
    }
    if (bytes != file.size) return absl::InternalError("read another number of bytes");
    Print("in_order_cpu_seconds", CpuSeconds() - cpu);
    Print("in_order_wall_seconds", watch.seconds());
    return absl::OkStatus();
  }

  absl::Status ReadAtRandom(const NodeAttr& file) {
    std::mt19937_64 random(1);
    std::vector<double> times;
    uint64_t bytes = 0;
    for (int i = 0; i < kRandomReads; ++i) {
      const double cpu = ThreadCpuSeconds();
      RETURN_IF_ERROR(Read(file.id, {random() % file.size, kRandomRead}, bytes));
      times.push_back(ThreadCpuSeconds() - cpu);
    }
    const Spread spread = SpreadOf(std::move(times));
    Print("random_ms_mean", spread.mean * 1e3);
    Print("random_ms_p99", spread.p99 * 1e3);
    return absl::OkStatus();
  }

  // Files below a directory, in order, until there are enough.
  absl::Status Collect(NodeId directory, size_t most, std::vector<NodeId>& files) {
    std::vector<NodeId> below;
    const auto keep = [&](const DirEntry& entry) {
      if (entry.attr.is_directory) {
        below.push_back(entry.attr.id);
      } else if (entry.attr.links == 1) {  // not one of the bucket's own
        files.push_back(entry.attr.id);
      }
      return files.size() < most;
    };
    RETURN_IF_ERROR(tree_.List(directory, 0, keep, CallContext()));
    for (NodeId node : below) {
      if (files.size() < most) RETURN_IF_ERROR(Collect(node, most, files));
    }
    return absl::OkStatus();
  }

  Filesystem& tree_;
};

absl::Status Measure(ViewsBench& bench, const std::string& mode, const NodeAttr& view,
                     const std::string& path, size_t count) {
  const size_t slash = path.rfind('/');
  if (mode == "file") {
    const bool is_in_root = slash == std::string::npos;
    ASSIGN_OR_RETURN(const NodeAttr directory,
                     bench.Below(view, is_in_root ? "" : path.substr(0, slash)));
    return bench.File(directory, is_in_root ? path : path.substr(slash + 1));
  }
  ASSIGN_OR_RETURN(const NodeAttr directory, bench.Below(view, path));
  if (mode == "frames") return bench.Frames(directory, count);
  if (mode == "list") return bench.List(directory);
  if (mode == "lookup") return bench.FirstLookup(directory);
  return mode == "describe" ? absl::OkStatus() : absl::InvalidArgumentError(mode);
}

absl::Status Run(const std::vector<std::string>& arguments) {
  Counters counters;
  ASSIGN_OR_RETURN(const SourceUrl url, ParseSourceUrl(arguments[0]));
  ASSIGN_OR_RETURN(const std::unique_ptr<ObjectStore> store, OpenStore(url, {}, counters));
  ASSIGN_OR_RETURN(CacheDir cache, OpenCacheDir({.path = arguments[1]}));
  ASSIGN_OR_RETURN(const std::unique_ptr<Filesystem> tree,
                   OpenFilesystem(*store, cache, counters, {}, CallContext()));
  ViewsBench bench(*tree);
  ASSIGN_OR_RETURN(const NodeAttr dataset, bench.Dataset());
  // Another view is listed first: what opens the dataset is not counted.
  ASSIGN_OR_RETURN(const NodeAttr other, bench.Below(dataset, "by-frame"));
  RETURN_IF_ERROR(tree->List(
      other.id, 0, [](const DirEntry&) { return false; }, CallContext()));
  const double before = double(RssAnonKib()) / 1024;
  PeakMemory peak;
  const double cpu = CpuSeconds();
  const Stopwatch watch;
  ASSIGN_OR_RETURN(const NodeAttr view, bench.Below(dataset, arguments[3]));
  RETURN_IF_ERROR(tree->List(
      view.id, 0, [](const DirEntry&) { return false; }, CallContext()));
  Print("describe_cpu_seconds", CpuSeconds() - cpu);
  Print("describe_wall_seconds", watch.seconds());
  Print("describe_mib", double(RssAnonKib()) / 1024 - before);
  size_t count = kMostFrames;
  if (arguments.size() > 5 && !absl::SimpleAtoi(arguments[5], &count)) {
    return absl::InvalidArgumentError(arguments[5]);
  }
  RETURN_IF_ERROR(
      Measure(bench, arguments[2], view, arguments.size() > 4 ? arguments[4] : "", count));
  Print("rss_anon_mib", peak.mib() - before);
  return absl::OkStatus();
}

}  // namespace
}  // namespace annofs::bench

int main(int argc, char** argv) {
  // As tools/main.cc: a debugging aid that costs every lock.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() < 4) {
    std::fputs("usage: views_bench SOURCE CACHE MODE VIEW [PATH [COUNT]]: see the first lines\n",
               stderr);
    return 2;
  }
  const absl::Status status = annofs::bench::Run(arguments);
  if (status.ok()) return 0;
  std::fprintf(stderr, "views_bench: %s\n", status.ToString().c_str());
  return 1;
}
