// Gets every object of a store, whole, from several threads, through the stack of decorators that a
// mount uses and without cache or kernel; nothing is done with the bytes. Prints the seconds.
// Usage: store_epoch SOURCE ENDPOINT THREADS EPOCHS     (keys are in the environment)
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "cache/base/counters.h"
#include "cache/base/status.h"
#include "cache/store/stores.h"

namespace annofs {
namespace {

std::string Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

absl::StatusOr<std::vector<ObjectVersion>> ListAll(ObjectStore& store) {
  std::vector<ObjectVersion> all;
  ListRequest request{.recursive = true};
  do {
    ASSIGN_OR_RETURN(ListPage page, store.List(request, CallContext()));
    all.insert(all.end(), page.objects.begin(), page.objects.end());
    request.start = page.next;
  } while (!request.start.empty());
  return all;
}

absl::Status Discard(absl::string_view) { return absl::OkStatus(); }

// How many could not be had.
size_t GetAll(ObjectStore& store, const std::vector<ObjectVersion>& objects, int threads,
              size_t epochs) {
  std::atomic<size_t> next{0}, failed{0};
  std::vector<std::thread> readers;
  for (int t = 0; t < threads; ++t) {
    readers.emplace_back([&] {
      for (size_t i; (i = next++) < epochs * objects.size();) {
        const ObjectVersion& object = objects[i % objects.size()];
        failed += !store.Get(object, {0, object.size}, Discard, CallContext()).ok();
      }
    });
  }
  for (std::thread& reader : readers) reader.join();
  return failed;
}

absl::Status Run(char** argv) {
  const int threads = std::atoi(argv[3]);
  ASSIGN_OR_RETURN(const SourceUrl url, ParseSourceUrl(argv[1]));
  const StoreOptions options{.endpoint = argv[2],
                             .region = Environment("AWS_REGION"),
                             .b2 = {.key_id = Environment("B2_APPLICATION_KEY_ID"),
                                    .key = Environment("B2_APPLICATION_KEY")},
                             .s3 = {.access_key_id = Environment("AWS_ACCESS_KEY_ID"),
                                    .secret_access_key = Environment("AWS_SECRET_ACCESS_KEY")},
                             .connections = threads};
  Counters counters;
  ASSIGN_OR_RETURN(const auto store, OpenStore(url, options, counters));
  RETURN_IF_ERROR(store->Connect(CallContext()));
  ASSIGN_OR_RETURN(const std::vector<ObjectVersion> objects, ListAll(*store));
  const auto begin = std::chrono::steady_clock::now();
  const size_t failed = GetAll(*store, objects, threads, std::strtoul(argv[4], nullptr, 10));
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  if (objects.empty() || failed > 0) return absl::UnavailableError("objects are missing");
  std::printf("%.6f\n", seconds.count());
  return absl::OkStatus();
}

}  // namespace
}  // namespace annofs

int main(int argc, char** argv) {
  if (argc < 5) {
    std::fprintf(stderr, "usage: store_epoch SOURCE ENDPOINT THREADS EPOCHS\n");
    return 2;
  }
  const absl::Status status = annofs::Run(argv);
  if (!status.ok()) std::fprintf(stderr, "store_epoch: %s\n", status.ToString().c_str());
  return status.ok() ? 0 : 1;
}
