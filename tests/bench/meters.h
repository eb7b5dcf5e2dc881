// What the programs of tests/bench measure themselves with. Each function and object is thread
// safe.
#pragma once

#include <lmdb.h>
#include <sys/resource.h>
#include <time.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

namespace annofs::bench {

using Seconds = std::chrono::duration<double>;

class Stopwatch {
 public:
  double seconds() const { return Seconds(std::chrono::steady_clock::now() - begin_).count(); }

 private:
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

// Of all threads of this process so far, in user mode and in the kernel.
inline double CpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

// Of the calling thread: what others take from the processor meanwhile is not in it.
inline double ThreadCpuSeconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return double(time.tv_sec) + double(time.tv_nsec) / 1e9;
}

// RssAnon of this process in KiB: memory that no file stands behind. 0 if it cannot be read.
inline uint64_t RssAnonKib() {
  uint64_t kib = 0;
  std::FILE* file = std::fopen("/proc/self/status", "re");
  if (file == nullptr) return 0;
  for (char line[256]; std::fgets(line, sizeof line, file) != nullptr;) {
    if (std::strncmp(line, "RssAnon:", 8) == 0) kib = std::strtoull(line + 8, nullptr, 10);
  }
  std::fclose(file);
  return kib;
}

// The most RssAnon since it was made, looked at 100 times a second by a thread of its own.
class PeakMemory {
 public:
  PeakMemory() : thread_([this] { Watch(); }) {}
  ~PeakMemory() {
    ended_ = true;
    thread_.join();
  }
  PeakMemory(const PeakMemory&) = delete;
  PeakMemory& operator=(const PeakMemory&) = delete;

  double mib() {
    Look();
    return double(peak_) / 1024;
  }

 private:
  void Look() {
    const uint64_t now = RssAnonKib();
    uint64_t peak = peak_;
    while (now > peak && !peak_.compare_exchange_weak(peak, now)) {
    }
  }
  void Watch() {
    for (; !ended_; std::this_thread::sleep_for(std::chrono::milliseconds(10))) Look();
  }

  std::atomic<uint64_t> peak_{0};
  std::atomic<bool> ended_{false};
  std::thread thread_;  // last: it uses the others
};

// Of an LMDB environment that this process has not open.
struct LmdbBytes {
  uint64_t used = 0;   // pages that hold something
  uint64_t whole = 0;  // and those that were given up and wait to be used again
};
inline LmdbBytes LmdbBytesOf(const std::string& directory) {
  LmdbBytes bytes;
  MDB_env* env = nullptr;
  MDB_txn* txn = nullptr;
  MDB_cursor* cursor = nullptr;
  MDB_envinfo info{};
  MDB_stat stat{};
  if (mdb_env_create(&env) != 0) return bytes;
  if (mdb_env_open(env, directory.c_str(), MDB_RDONLY, 0600) == 0 &&
      mdb_txn_begin(env, nullptr, MDB_RDONLY, &txn) == 0 && mdb_env_info(env, &info) == 0 &&
      mdb_env_stat(env, &stat) == 0 && mdb_cursor_open(txn, 0, &cursor) == 0) {
    uint64_t pages = info.me_last_pgno + 1;
    bytes.whole = pages * stat.ms_psize;
    // Table 0 is the environment's own: each entry is a list of free pages after their number.
    MDB_val key{}, value{};
    while (mdb_cursor_get(cursor, &key, &value, MDB_NEXT) == 0) {
      size_t free = 0;
      std::memcpy(&free, value.mv_data, sizeof free);
      pages -= free;
    }
    bytes.used = pages * stat.ms_psize;
    mdb_cursor_close(cursor);
  }
  if (txn != nullptr) mdb_txn_abort(txn);
  mdb_env_close(env);
  return bytes;
}

// Of times in seconds. REQUIRES: not empty.
struct Spread {
  double mean = 0, median = 0, p99 = 0;
};
inline Spread SpreadOf(std::vector<double> times) {
  std::sort(times.begin(), times.end());
  Spread spread{.median = times[times.size() / 2], .p99 = times[times.size() * 99 / 100]};
  for (double time : times) spread.mean += time / double(times.size());
  return spread;
}

}  // namespace annofs::bench
