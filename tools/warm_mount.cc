#include "tools/warm_mount.h"

#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <optional>
#include <ostream>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "tools/control_socket.h"
#include "tools/interrupt.h"
#include "tools/line_reader.h"
#include "tools/mount_control.h"
#include "tools/progress_line.h"
#include "tools/warm_paths.h"
#include "tools/warm_text.h"

namespace annofs {
namespace {

// The daemon says something each second.
constexpr absl::Duration kPatience = absl::Seconds(30);

class MountWarming {
 public:
  MountWarming(const PlaceInMount& place, WarmPaths& paths, const WarmRequest& request,
               const Cancellation& cancellation, Cancellation& ended, int connection)
      : place_(place),
        paths_(paths),
        request_(request),
        ended_(ended),
        connection_(connection),
        answers_(connection, &cancellation),
        sender_([this] { SendLines(); }) {}
  ~MountWarming() {
    ended_.Cancel();
    shutdown(connection_, SHUT_RDWR);
    sender_.join();
    close(connection_);
  }

  // Until the last answer.
  absl::Status Listen(ProgressLine& line) {
    const absl::Time begun = absl::Now();
    while (!heard_.is_done) {
      ASSIGN_OR_RETURN(const std::optional<std::string> answer, answers_.Next(kPatience));
      if (!answer) return absl::UnavailableError("the mount has ended");
      RETURN_IF_ERROR(Hear(*answer, heard_));
      line.Show(WarmProgressText(heard_.counts, absl::Now() - begun));
    }
    return sent_all_ ? absl::OkStatus() : absl::UnavailableError("the order cannot be read on");
  }
  const WarmHeard& heard() const { return heard_; }

 private:
  void SendLines() {
    bool reads = SendControl(connection_, WarmRequestLine(request_));
    while (reads) {
      const absl::StatusOr<std::optional<std::string>> path = paths_.Next();
      sent_all_ = path.ok();
      if (!path.ok() || !*path) break;
      reads = SendControl(connection_, absl::StrCat(InMount(**path), "\n"));
    }
    shutdown(connection_, SHUT_WR);
  }

  // A line that is broken goes as it is: the daemon says so.
  std::string InMount(const std::string& line) const {
    const absl::StatusOr<std::string> path = TsvUnescape(line);
    return path.ok() ? TsvEscape(PathInMount(place_, *path)) : line;
  }

  const PlaceInMount& place_;
  WarmPaths& paths_;
  const WarmRequest& request_;
  Cancellation& ended_;  // what `paths_` waits for, too
  const int connection_;
  LineReader answers_;
  WarmHeard heard_;
  std::atomic<bool> sent_all_{true};
  std::thread sender_;  // last: it uses the rest
};

absl::StatusOr<WarmResult> Warm(const Settings& settings, const PlaceInMount& place,
                                const std::vector<std::string>& given, const WarmRequest& request,
                                const Io& io) {
  Interrupt interrupt;
  Cancellation ended;
  const absl::Time begun = absl::Now();
  ASSIGN_OR_RETURN(std::unique_ptr<WarmPaths> paths,
                   WarmPaths::Open(given, settings.order, &ended));
  ASSIGN_OR_RETURN(const int connection, ConnectMount(place.mount));
  MountWarming warming(place, *paths, request, interrupt.cancellation(), ended, connection);
  ProgressLine line(io.err, OutputOf(io.err));
  const absl::Status status = warming.Listen(line);
  if (absl::IsCancelled(status)) {
    return absl::CancelledError(
        "interrupted: the mount goes on with the paths that it was told so far");
  }
  RETURN_IF_ERROR(Annotate(status, place.mount.mountpoint));
  const WarmHeard& heard = warming.heard();
  return WarmResult{.target = place.mount.mountpoint,
                    .request = request,
                    .counts = heard.counts,
                    .failures = heard.failures,
                    .not_kept = heard.not_kept,
                    .cost = heard.cost,
                    .elapsed = absl::Now() - begun};
}

}  // namespace

std::string PathInMount(const PlaceInMount& place, const std::string& path) {
  absl::string_view below = path;
  if (absl::ConsumePrefix(&below, place.mount.mountpoint) &&
      (below.empty() || absl::ConsumePrefix(&below, "/"))) {
    return below.empty() ? "." : std::string(below);
  }
  std::string text = std::filesystem::path(JoinPath(place.path, path)).lexically_normal().string();
  return text.empty() ? "." : text;
}

int WarmMount(const Settings& settings, const PlaceInMount& place,
              const std::vector<std::string>& paths, const WarmRequest& request, const Io& io) {
  const absl::StatusOr<WarmResult> result = Warm(settings, place, paths, request, io);
  if (!result.ok()) return Fail(io, absl::StrCat("warm: ", result.status().message()));
  return TellWarmed(settings, *result, io);
}

}  // namespace annofs
