// What was asked of the emulator: counters and a log of the last requests. Thread safe.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "tools/emulator/http.h"
#include "tools/emulator/transaction_class.h"

namespace annofs::emulator {

// One request, from its arrival on.
struct Arrival {
  uint64_t number = 0;  // counts from 1; goes on over Reset()
  absl::Time time;
  std::string operation;
  absl::string_view api;  // a literal
};

class Traffic {
 public:
  // Counts the request and the transactions that it is billed as. `api` is a literal.
  Arrival Arrive(absl::string_view api, absl::string_view operation, const Billing& billing);
  // Counts status and bytes of the answer, and logs it. Called before the answer is sent: who has
  // the answer finds it counted. A connection that is closed without one has status 0.
  void Answer(const Arrival& arrival, const Request& request, const Reply& reply);
  // Forgets counters and log.
  void Reset();

  // {"requests":{"total":N,OP:n},"classes":{"A":n,"B":n,"C":n},"bytes":{"total":N,OP:n},
  // "status":{"200":n},"stalled":N}; bytes are those of response bodies.
  std::string CountersJson(int stalled) const;
  // The last 10,000 answers, oldest first; nothing secret in it, and overlong texts are cut.
  std::string LogJson() const;

 private:
  struct Line {
    Arrival arrival;
    std::string method;
    std::string target;
    int status = 0;
    uint64_t bytes = 0;
    std::string range;
    std::string key;
  };
  using Sums = std::map<std::string, uint64_t>;

  mutable absl::Mutex mutex_;
  uint64_t last_number_ ABSL_GUARDED_BY(mutex_) = 0;
  Sums requests_ ABSL_GUARDED_BY(mutex_);
  std::array<int64_t, kBilledClasses> classes_ ABSL_GUARDED_BY(mutex_) = {};
  Sums bytes_ ABSL_GUARDED_BY(mutex_);
  Sums status_ ABSL_GUARDED_BY(mutex_);
  std::deque<Line> lines_ ABSL_GUARDED_BY(mutex_);
};

// The target with the values of secret query parameters (tokens, signatures) replaced.
std::string RedactTarget(absl::string_view target);

}  // namespace annofs::emulator
