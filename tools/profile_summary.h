// What `annofs profile` makes of the requests that it hears of. Memory is bounded. Not thread safe.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "tools/latencies.h"
#include "tools/profile_protocol.h"

namespace annofs {

// What such a request waits for, for people; "" of one that did not wait.
absl::string_view WaitedFor(const ProfiledOp& op);

class ProfileSummary {
 public:
  static constexpr absl::Duration kSlow = absl::Milliseconds(100);
  static constexpr size_t kMostSlow = 20;        // those that took longest
  static constexpr size_t kMostFiles = 1 << 20;  // others are counted in the kinds alone

  struct Kind {
    std::string name;  // "read"
    Latencies latencies;
    uint64_t errors = 0;
    uint64_t bytes = 0;
  };
  struct File {
    std::string path;
    uint64_t requests = 0;
    uint64_t bytes = 0;  // read
    absl::Duration time;
  };
  struct Slow {
    ProfiledOp op;
    std::string path;
  };

  void Add(const ProfileLine& line);
  // Of a read, what of its range the file has.
  ByteRange RangeOf(const ProfiledOp& op) const;
  // "node HEX" where it was not told.
  std::string PathOf(NodeId node) const;

  std::vector<Kind> kinds() const;  // by time, most first
  uint64_t count() const { return count_; }
  uint64_t bytes() const { return bytes_; }
  uint64_t errors() const { return errors_; }
  uint64_t lost() const { return lost_; }
  absl::Duration time() const { return time_; }  // of all requests together
  uint64_t slow_count() const { return slow_count_; }
  std::vector<Slow> slow() const;  // the longest first

  enum class By { kBytes, kTime, kRequests };
  // Those with the most, at most `most`; none that has nothing of it.
  std::vector<File> TopFiles(By by, size_t most) const;

 private:
  struct Node {
    ProfiledFile file;
    File counts;
  };

  void AddOp(const ProfiledOp& op);
  Node* NodeOf(NodeId node);

  std::map<std::string, Kind> kinds_;
  absl::flat_hash_map<uint64_t, Node> nodes_;
  std::vector<Slow> slow_;
  uint64_t count_ = 0, bytes_ = 0, errors_ = 0, lost_ = 0, slow_count_ = 0;
  absl::Duration time_;
};

}  // namespace annofs
