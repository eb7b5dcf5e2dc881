// What `annofs warm` is to bring: the paths of its command line, then those of --order. Not thread
// safe.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cache/base/call_context.h"
#include "tools/line_reader.h"

namespace annofs {

class WarmPaths {
 public:
  // `order`: a file of one path a line, escaped as in TSV files; "-": standard input; "": none.
  // With neither paths nor an order: ".", which is everything.
  static absl::StatusOr<std::unique_ptr<WarmPaths>> Open(std::vector<std::string> paths,
                                                         const std::string& order,
                                                         const Cancellation* cancellation);
  ~WarmPaths();
  WarmPaths(const WarmPaths&) = delete;
  WarmPaths& operator=(const WarmPaths&) = delete;

  // The next path, escaped and never empty; nothing: the end. kCancelled; kOutOfRange: a line of
  // the order that is too long.
  absl::StatusOr<std::optional<std::string>> Next();

 private:
  WarmPaths(std::vector<std::string> paths, int order, const Cancellation* cancellation);

  const std::vector<std::string> paths_;
  const int order_;  // -1: none
  size_t next_ = 0;  // of paths_
  LineReader lines_;
};

}  // namespace annofs
