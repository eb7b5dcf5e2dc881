// Gets every object of a store, whole, from several threads, through the stack of decorators that a
// mount uses and without cache or kernel; nothing is done with the bytes. Prints the seconds; then
// the median and the 99th percentile of the milliseconds that one took, what share of the requests
// were sent again as the answer was late, and the processor's microseconds for each.
// Usage: store_epoch SOURCE ENDPOINT THREADS EPOCHS     (keys are in the environment)
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "cache/base/counters.h"
#include "cache/base/status.h"
#include "cache/store/stores.h"
#include "tests/bench/meters.h"

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

// The seconds that each took; fewer if some could not be had.
std::vector<double> GetAll(ObjectStore& store, const std::vector<ObjectVersion>& objects,
                           int threads, size_t epochs) {
  std::atomic<size_t> next{0};
  std::vector<std::vector<double>> times(threads);
  std::vector<std::thread> readers;
  for (std::vector<double>& mine : times) {
    readers.emplace_back([&] {
      for (size_t i; (i = next++) < epochs * objects.size();) {
        const ObjectVersion& object = objects[i % objects.size()];
        const bench::Stopwatch watch;
        if (!store.Get(object, {0, object.size}, Discard, CallContext()).ok()) continue;
        mine.push_back(watch.seconds());
      }
    });
  }
  for (std::thread& reader : readers) reader.join();
  std::vector<double> all;
  for (const std::vector<double>& some : times) all.insert(all.end(), some.begin(), some.end());
  return all;
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
  const size_t epochs = std::strtoul(argv[4], nullptr, 10);
  const double cpu = bench::CpuSeconds();
  const bench::Stopwatch watch;
  const std::vector<double> times = GetAll(*store, objects, threads, epochs);
  const double seconds = watch.seconds();
  const double count = static_cast<double>(times.size());
  if (objects.empty() || times.size() < epochs * objects.size()) {
    return absl::UnavailableError("objects are missing");
  }
  const bench::Spread spread = bench::SpreadOf(times);
  const auto again = static_cast<double>(counters.Get("store.requests.hedge").value());
  std::printf("%.6f %.3f %.3f %.5f %.1f\n", seconds, spread.median * 1e3, spread.p99 * 1e3,
              again / count, (bench::CpuSeconds() - cpu) / count * 1e6);
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
