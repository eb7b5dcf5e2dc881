#include "tools/warm_paths.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "cache/base/status.h"
#include "cache/base/text.h"

namespace annofs {

absl::StatusOr<std::unique_ptr<WarmPaths>> WarmPaths::Open(std::vector<std::string> paths,
                                                           const std::string& order,
                                                           const Cancellation* cancellation) {
  int file = -1;
  if (!order.empty()) {
    file = order == "-" ? dup(STDIN_FILENO) : open(order.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) return ErrnoToStatus(errno, order);
  } else if (paths.empty()) {
    paths = {"."};
  }
  return std::unique_ptr<WarmPaths>(new WarmPaths(std::move(paths), file, cancellation));
}

WarmPaths::WarmPaths(std::vector<std::string> paths, int order, const Cancellation* cancellation)
    : paths_(std::move(paths)), order_(order), lines_(order, cancellation) {}

WarmPaths::~WarmPaths() {
  if (order_ >= 0) close(order_);
}

absl::StatusOr<std::optional<std::string>> WarmPaths::Next() {
  while (next_ < paths_.size()) {
    const std::string& path = paths_[next_++];
    return path.empty() ? "." : TsvEscape(path);
  }
  if (order_ < 0) return std::nullopt;
  for (;;) {
    ASSIGN_OR_RETURN(std::optional<std::string> line, lines_.Next(absl::InfiniteDuration()));
    if (!line || !line->empty()) return line;
  }
}

}  // namespace annofs
