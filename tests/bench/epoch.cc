// Reads every file of a directory once, in a random order, whole, from several threads; prints the
// seconds that it took. Usage: epoch DIRECTORY THREADS [drop|keep [PASSES]]
//   drop: the kernel's pages of each file are given up after reading it, so that the next epoch
//   reaches the daemon     PASSES: so many epochs one after the other (1); the seconds are of one
#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace {

std::vector<std::string> FilesOf(const std::string& directory) {
  std::vector<std::string> names;
  DIR* stream = opendir(directory.c_str());
  if (stream == nullptr) return names;
  while (dirent* entry = readdir(stream)) {
    if (entry->d_name[0] != '.') names.push_back(directory + "/" + entry->d_name);
  }
  closedir(stream);
  std::sort(names.begin(), names.end());
  std::shuffle(names.begin(), names.end(), std::mt19937(1));
  return names;
}

bool ReadWhole(const std::string& path, bool drop, std::vector<char>& buffer) {
  int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  ssize_t got;
  while ((got = read(fd, buffer.data(), buffer.size())) > 0) {
  }
  if (drop) posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
  close(fd);
  return got == 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: epoch DIRECTORY THREADS [drop|keep [PASSES]]\n");
    return 2;
  }
  std::vector<std::string> files = FilesOf(argv[1]);
  bool drop = argc > 3 && std::strcmp(argv[3], "drop") == 0;
  const size_t passes = argc > 4 ? std::strtoul(argv[4], nullptr, 10) : 1;
  std::atomic<size_t> next{0}, failed{0};
  auto begin = std::chrono::steady_clock::now();
  std::vector<std::thread> threads;
  for (int t = 0; t < std::atoi(argv[2]); ++t) {
    threads.emplace_back([&] {
      std::vector<char> buffer(131072);
      for (size_t i; (i = next++) < passes * files.size();)
        failed += !ReadWhole(files[i % files.size()], drop, buffer);
    });
  }
  for (std::thread& thread : threads) thread.join();
  double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  if (files.empty() || passes == 0 || failed > 0) {
    std::fprintf(stderr, "%s: %zu files, %zu failed\n", argv[1], files.size(), failed.load());
    return 1;
  }
  std::printf("%.6f\n", seconds / double(passes));
  return 0;
}
