// Reads files of a mount as programs do, and tells what that took.
//
// Usage: reads PATTERN THREADS PATH [OPTION]...     PATH: a file, or a directory: all files in it
//   whole      each file from front to back
//   together   the same, with every file open before the first read; a time ends with the file and
//              begins with the first read of all
//   ends       4 KiB at the start of each, 2 bytes at its end, a stat of NAME.npy, which is absent
//   random     64 KiB at places of the files, none twice
// Options: drop (the kernel gives up the pages of each file after reading it), advise (the kernel
// is told that reads are random), count=N (random reads in all; 1000)
//
// Prints JSON: {"seconds", "reads", "bytes", "failed", "p50", "p99", "slowest"}; the last three are
// times in seconds of a file, or with `random` of a read. Failed: an error, or too few bytes.
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <barrier>
#include <random>

#include "tests/bench/meters.h"

namespace annofs::bench {
namespace {

constexpr size_t kBufferBytes = 128 << 10;
constexpr size_t kHeadBytes = 4096, kTailBytes = 2;
constexpr size_t kRandomBytes = 64 << 10;

struct Options {
  bool drop = false;
  bool advise = false;
  size_t count = 1000;
};

struct File {
  std::string path;
  int fd = -1;
  uint64_t size = 0;

  bool Open() {
    fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat info {};
    if (fd < 0 || fstat(fd, &info) != 0) return false;
    size = uint64_t(info.st_size);
    return true;
  }
  void Close(const Options& options) {
    if (fd < 0) return;
    if (options.drop) posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
    close(fd);
    fd = -1;
  }
};

// What one thread has seen.
struct Record {
  std::vector<double> times;
  uint64_t bytes = 0;
  size_t failed = 0;

  void Add(bool ok, uint64_t more, double seconds) {
    times.push_back(seconds);
    bytes += more;
    failed += !ok;
  }
};

bool ReadWhole(const File& file, std::vector<char>& buffer) {
  uint64_t done = 0;
  for (ssize_t got; (got = read(file.fd, buffer.data(), buffer.size())) > 0;) done += uint64_t(got);
  return file.fd >= 0 && done == file.size;
}

bool ReadAt(const File& file, uint64_t offset, size_t bytes, std::vector<char>& buffer) {
  const size_t wanted = std::min<uint64_t>(bytes, file.size - offset);
  return pread(file.fd, buffer.data(), wanted, off_t(offset)) == ssize_t(wanted);
}

bool ReadEnds(const File& file, std::vector<char>& buffer) {
  struct stat info {};
  const std::string absent = file.path.substr(0, file.path.rfind('.')) + ".npy";
  return file.size >= kTailBytes && ReadAt(file, 0, kHeadBytes, buffer) &&
         ReadAt(file, file.size - kTailBytes, kTailBytes, buffer) &&
         stat(absent.c_str(), &info) != 0 && errno == ENOENT;
}

// All threads of a run.
class Run {
 public:
  Run(std::vector<File> files, const std::string& pattern, ptrdiff_t threads,
      const Options& options)
      : files_(std::move(files)), pattern_(pattern), options_(options), start_(threads) {
    if (pattern_ == "random") ChoosePlaces();
  }
  ~Run() {
    for (File& file : files_) file.Close(options_);
  }

  void Thread(size_t number, Record& record) {
    std::vector<char> buffer(kBufferBytes);
    if (pattern_ == "random") return Random(record, buffer);
    if (pattern_ == "together") return Together(files_[number], record, buffer);
    for (size_t i; (i = next_++) < files_.size();) OneFile(files_[i], record, buffer);
  }

 private:
  struct Place {
    const File* file;
    uint64_t offset;
  };

  void ChoosePlaces() {
    for (File& file : files_) {
      if (!file.Open()) continue;
      if (options_.advise) posix_fadvise(file.fd, 0, 0, POSIX_FADV_RANDOM);
      for (uint64_t offset = 0; offset + kRandomBytes <= file.size; offset += kRandomBytes)
        places_.push_back({&file, offset});
    }
    std::shuffle(places_.begin(), places_.end(), std::mt19937(1));
    places_.resize(std::min(places_.size(), options_.count));
  }

  void Random(Record& record, std::vector<char>& buffer) {
    for (size_t i; (i = next_++) < places_.size();) {
      const Stopwatch watch;
      const bool ok = ReadAt(*places_[i].file, places_[i].offset, kRandomBytes, buffer);
      record.Add(ok, kRandomBytes, watch.seconds());
    }
  }

  void OneFile(File& file, Record& record, std::vector<char>& buffer) {
    const Stopwatch watch;
    const bool ends = pattern_ == "ends";
    const bool ok = file.Open() && (ends ? ReadEnds(file, buffer) : ReadWhole(file, buffer));
    record.Add(ok, ends ? kHeadBytes + kTailBytes : file.size, watch.seconds());
    file.Close(options_);
  }

  void Together(File& file, Record& record, std::vector<char>& buffer) {
    const bool open = file.Open();
    start_.arrive_and_wait();
    const Stopwatch watch;
    const bool ok = open && ReadWhole(file, buffer);
    record.Add(ok, file.size, watch.seconds());
    file.Close(options_);
  }

  std::vector<File> files_;
  std::vector<Place> places_;
  const std::string pattern_;
  const Options options_;
  std::barrier<> start_;
  std::atomic<size_t> next_{0};
};

// In an order by chance, the same each time.
std::vector<File> FilesOf(const std::string& path) {
  std::vector<File> files;
  DIR* stream = opendir(path.c_str());
  if (stream == nullptr) return {{path}};
  while (dirent* entry = readdir(stream)) {
    if (entry->d_name[0] != '.') files.push_back({path + "/" + entry->d_name});
  }
  closedir(stream);
  std::sort(files.begin(), files.end(),
            [](const File& a, const File& b) { return a.path < b.path; });
  std::shuffle(files.begin(), files.end(), std::mt19937(1));
  return files;
}

bool Understand(const std::string& word, Options& options) {
  if (word == "drop") return options.drop = true;
  if (word == "advise") return options.advise = true;
  if (word.rfind("count=", 0) != 0) return false;
  return (options.count = std::strtoull(word.c_str() + 6, nullptr, 10)) > 0;
}

void Print(const std::vector<Record>& records, double seconds) {
  Record all;
  for (const Record& record : records) {
    all.times.insert(all.times.end(), record.times.begin(), record.times.end());
    all.bytes += record.bytes;
    all.failed += record.failed;
  }
  if (all.times.empty()) all.Add(false, 0, 0);
  const Spread spread = SpreadOf(all.times);
  std::printf(
      "{\"seconds\": %.6f, \"reads\": %zu, \"bytes\": %llu, \"failed\": %zu, \"p50\": %.6f, "
      "\"p99\": %.6f, \"slowest\": %.6f}\n",
      seconds, all.times.size(), static_cast<unsigned long long>(all.bytes), all.failed,
      spread.median, spread.p99, *std::max_element(all.times.begin(), all.times.end()));
}

int Main(const std::vector<std::string>& words) {
  Options options;
  const std::string pattern = words.size() < 3 ? "" : words[0];
  bool understood =
      pattern == "whole" || pattern == "together" || pattern == "ends" || pattern == "random";
  for (size_t i = 3; i < words.size(); ++i) understood &= Understand(words[i], options);
  if (!understood) {
    std::fprintf(stderr, "usage: reads PATTERN THREADS PATH [OPTION]...: see its source\n");
    return 2;
  }
  std::vector<File> files = FilesOf(words[2]);
  const size_t threads =
      pattern == "together" ? files.size() : std::strtoul(words[1].c_str(), nullptr, 10);
  std::vector<Record> records(threads);
  Run run(std::move(files), pattern, ptrdiff_t(threads), options);
  const Stopwatch watch;
  std::vector<std::thread> readers;
  for (size_t i = 0; i < threads; ++i) readers.emplace_back([&, i] { run.Thread(i, records[i]); });
  for (std::thread& reader : readers) reader.join();
  Print(records, watch.seconds());
  return 0;
}

}  // namespace
}  // namespace annofs::bench

int main(int argc, char** argv) { return annofs::bench::Main({argv + 1, argv + argc}); }
