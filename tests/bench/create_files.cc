// What the machine itself can do: small files made one after the other by some threads, in
// directories of 1,000, with nothing else around it.
//
// Usage: create_files DIR FILES BYTES THREADS
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

namespace {

bool Create(int root, int number, const std::string& data) {
  char name[64];
  snprintf(name, sizeof name, "%05d/%08d.txt", number / 1000, number);
  const int fd = openat(root, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (fd < 0) return false;
  const timespec time = {.tv_sec = 1'700'000'000, .tv_nsec = 5};
  const timespec times[2] = {time, time};
  const bool is_written =
      write(fd, data.data(), data.size()) == ssize_t(data.size()) && futimens(fd, times) == 0;
  return close(fd) == 0 && is_written;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) return 2;
  const int files = atoi(argv[2]), threads = atoi(argv[4]);
  const std::string data(size_t(atoi(argv[3])), 'x');
  mkdir(argv[1], 0777);
  const int root = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  for (int i = 0; i * 1000 < files; ++i) {
    char name[16];
    snprintf(name, sizeof name, "%05d", i);
    if (mkdirat(root, name, 0777) != 0) return 1;
  }
  std::atomic<bool> is_good{true};
  std::vector<std::thread> running;
  for (int thread = 0; thread < threads; ++thread) {
    running.emplace_back([&, thread] {
      for (int i = thread; i < files && is_good; i += threads) {
        if (!Create(root, i, data)) is_good = false;
      }
    });
  }
  for (std::thread& thread : running) thread.join();
  if (syncfs(root) != 0) return 1;
  if (!is_good) perror(argv[1]);
  return is_good ? 0 : 1;
}
