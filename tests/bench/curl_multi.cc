// Downloads every URL of a file once with plain libcurl: one thread, a fixed number of handles in
// flight, which keep their connections; nothing is done with the bytes. What a client of a store is
// measured by. Prints the seconds, and the processor's microseconds for each. Usage: curl_multi
// FILE HANDLES BYTES [HEADER]
//   FILE: a URL per line     BYTES: of each object, asked for as a range
#include <curl/curl.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "tests/bench/meters.h"

namespace {

struct Download {
  CURL* handle;
  size_t received = 0;
};

size_t Discard(char*, size_t size, size_t count, void* download) {
  static_cast<Download*>(download)->received += size * count;
  return size * count;
}

class Downloader {
 public:
  Downloader(std::vector<std::string> urls, size_t bytes, curl_slist* headers)
      : urls_(std::move(urls)), bytes_(bytes), headers_(headers) {}
  ~Downloader() {
    for (Download& download : downloads_) curl_easy_cleanup(download.handle);
    curl_multi_cleanup(multi_);
  }

  // False: a download failed.
  bool Run(long handles) {
    const annofs::bench::Stopwatch watch;
    const double cpu = annofs::bench::CpuSeconds();
    curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, handles);
    downloads_.resize(handles);
    for (Download& download : downloads_) {
      SetUp(download);
      Start(download);
    }
    while (in_flight_ > 0) {
      int running = 0;
      curl_multi_poll(multi_, nullptr, 0, 1000, nullptr);
      if (curl_multi_perform(multi_, &running) != CURLM_OK || !Drain()) return false;
    }
    const double seconds = watch.seconds();
    std::printf("%.6f %.1f\n", seconds,
                (annofs::bench::CpuSeconds() - cpu) / static_cast<double>(urls_.size()) * 1e6);
    return true;
  }

 private:
  void SetUp(Download& download) {
    download.handle = curl_easy_init();
    curl_easy_setopt(download.handle, CURLOPT_PRIVATE, &download);
    curl_easy_setopt(download.handle, CURLOPT_WRITEFUNCTION, Discard);
    curl_easy_setopt(download.handle, CURLOPT_WRITEDATA, &download);
    curl_easy_setopt(download.handle, CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_1_1});
    curl_easy_setopt(download.handle, CURLOPT_PROXY, "");
    curl_easy_setopt(download.handle, CURLOPT_BUFFERSIZE, 128L << 10);
    curl_easy_setopt(download.handle, CURLOPT_HTTPHEADER, headers_);
    curl_easy_setopt(download.handle, CURLOPT_RANGE, ("0-" + std::to_string(bytes_ - 1)).c_str());
  }

  void Start(Download& download) {
    if (next_ == urls_.size()) return;
    download.received = 0;
    curl_easy_setopt(download.handle, CURLOPT_URL, urls_[next_++].c_str());
    curl_multi_add_handle(multi_, download.handle);
    ++in_flight_;
  }

  bool Drain() {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
      if (!Finish(message->easy_handle, message->data.result)) return false;
    }
    return true;
  }

  bool Finish(CURL* handle, CURLcode code) {
    Download* download = nullptr;
    long status = 0;
    curl_easy_getinfo(handle, CURLINFO_PRIVATE, &download);
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
    if (code != CURLE_OK || status != 206 || download->received != bytes_) {
      std::fprintf(stderr, "curl_multi: %s, status %ld, %zu bytes\n", curl_easy_strerror(code),
                   status, download->received);
      return false;
    }
    curl_multi_remove_handle(multi_, handle);
    --in_flight_;
    Start(*download);
    return true;
  }

  const std::vector<std::string> urls_;
  const size_t bytes_;
  curl_slist* const headers_;
  CURLM* const multi_ = curl_multi_init();
  std::vector<Download> downloads_;
  size_t next_ = 0;
  size_t in_flight_ = 0;
};

std::vector<std::string> LinesOf(const char* path) {
  std::vector<std::string> lines;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::fprintf(stderr, "usage: curl_multi FILE HANDLES BYTES [HEADER]\n");
    return 2;
  }
  curl_global_init(CURL_GLOBAL_DEFAULT);
  curl_slist* headers = argc > 4 ? curl_slist_append(nullptr, argv[4]) : nullptr;
  bool ok = Downloader(LinesOf(argv[1]), std::strtoul(argv[3], nullptr, 10), headers)
                .Run(std::atol(argv[2]));
  curl_slist_free_all(headers);
  return ok ? 0 : 1;
}
