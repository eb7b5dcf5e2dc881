// `annofs profile`: listens to what a mount is asked by the kernel (profile_protocol.h); never
// touches the mountpoint.
#include <unistd.h>

#include <algorithm>
#include <ostream>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "tools/absolute_path.h"
#include "tools/command.h"
#include "tools/control_socket.h"
#include "tools/interrupt.h"
#include "tools/line_reader.h"
#include "tools/mount_control.h"
#include "tools/people.h"
#include "tools/profile_protocol.h"
#include "tools/profile_text.h"
#include "tools/progress_line.h"

namespace annofs {
namespace {

// How long it waits for the next line before it looks at the clock and shows how far it is.
constexpr absl::Duration kTurn = absl::Milliseconds(200);

class Profile {
 public:
  Profile(const Settings& settings, const Io& io)
      : settings_(settings), io_(io), line_(io.err, OutputOf(io.err)) {}

  // Until the time is up, or it is interrupted. kUnavailable: the mount has ended.
  absl::Status Listen(int connection) {
    const Interrupt interrupt;
    LineReader lines(connection, &interrupt.cancellation());
    const absl::Time begun = absl::Now();
    absl::Status status;
    while (status.ok() && absl::Now() - begun < settings_.duration) {
      status = Hear(lines, begun + settings_.duration);
      elapsed_ = absl::Now() - begun;
      ShowProgress();
    }
    return absl::IsCancelled(status) ? absl::OkStatus() : status;
  }

  void Tell(absl::string_view mountpoint) {
    line_.Clear();
    if (settings_.access_log) return;
    io_.out << (settings_.json ? ProfileJson(mountpoint, summary_, elapsed_)
                               : ProfileText(mountpoint, summary_, elapsed_));
  }

 private:
  absl::Status Hear(LineReader& lines, absl::Time end) {
    const absl::Duration wait = std::min(kTurn, end - absl::Now());
    const absl::StatusOr<std::optional<std::string>> line = lines.Next(wait);
    if (absl::IsDeadlineExceeded(line.status())) {
      io_.out.flush();
      return absl::OkStatus();
    }
    RETURN_IF_ERROR(line.status());
    if (!*line) return absl::UnavailableError("the mount has ended");
    ASSIGN_OR_RETURN(const ProfileLine heard, ParseProfileLine(**line));
    summary_.Add(heard);
    if (settings_.access_log) Log(heard);
    return absl::OkStatus();
  }

  void Log(const ProfileLine& heard) {
    if (const auto* lost = std::get_if<ProfileLost>(&heard)) {
      io_.err << "annofs: profile: " << LostText(lost->count) << "\n";
    }
    const auto* op = std::get_if<ProfiledOp>(&heard);
    if (op == nullptr) return;
    const ByteRange range = summary_.RangeOf(*op);
    const std::string path = summary_.PathOf(op->node);
    io_.out << (settings_.json ? AccessJson(*op, range, path) : AccessLine(*op, range, path));
  }

  void ShowProgress() {
    if (settings_.access_log || elapsed_ < next_shown_) return;
    next_shown_ = elapsed_ + kTurn;
    line_.Show(absl::StrCat("profile: ", absl::ToInt64Seconds(elapsed_), " of ",
                            absl::ToInt64Seconds(settings_.duration), " s, ",
                            Grouped(summary_.count()), " requests"));
  }

  const Settings& settings_;
  const Io& io_;
  ProgressLine line_;
  ProfileSummary summary_;
  absl::Duration elapsed_, next_shown_;
};

absl::Status Run(const Settings& settings, const MountEntry& mount, const Io& io) {
  ASSIGN_OR_RETURN(const int connection, ConnectMount(mount));
  absl::Cleanup closer = [connection] { close(connection); };
  if (!SendControl(connection, absl::StrCat(kProfileRequest, "\n"))) {
    return absl::UnavailableError("the mount has ended");
  }
  Profile profile(settings, io);
  const absl::Status status = profile.Listen(connection);
  // What was heard so far is worth something.
  if (status.ok() || absl::IsUnavailable(status)) profile.Tell(mount.mountpoint);
  return status;
}

}  // namespace

int RunProfile(const Settings& settings, const std::vector<std::string>& arguments, const Io& io) {
  const std::optional<PlaceInMount> place = FindPlace(AnnofsMounts(), AbsolutePath(arguments[0]));
  if (!place) return Fail(io, absl::StrCat("profile: no annofs mount at ", arguments[0]));
  const absl::Status status = Run(settings, place->mount, io);
  return status.ok() ? kDone : Fail(io, absl::StrCat("profile: ", status.message()));
}

}  // namespace annofs
