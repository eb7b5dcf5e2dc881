// `annofs status`: asks each mount's daemon through its control socket; never touches a mountpoint.
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <ostream>

#include "absl/strings/str_cat.h"
#include "cache/base/json.h"
#include "cache/base/log.h"
#include "tools/absolute_path.h"
#include "tools/command.h"
#include "tools/control_socket.h"
#include "tools/interrupt.h"
#include "tools/mount_table.h"
#include "tools/status_text.h"

namespace annofs {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(1);
constexpr absl::string_view kFromTheTop = "\x1b[H\x1b[J";  // of a terminal; erases what is below
constexpr absl::Duration kPoll = absl::Milliseconds(50);

struct Answer {
  std::string socket;  // that gave it
  absl::Time at;
  JsonDocument status;
};

absl::StatusOr<Answer> Ask(const MountEntry& mount) {
  absl::Status last = absl::NotFoundError("no control socket");
  for (const std::string& path : SocketPaths(mount.device)) {
    absl::StatusOr<std::string> text = AskControl(path, "status", kPatience);
    absl::StatusOr<JsonDocument> status =
        text.ok() ? JsonDocument::Parse(*text) : absl::StatusOr<JsonDocument>(text.status());
    if (status.ok()) return Answer{path, absl::Now(), *std::move(status)};
    last = status.status();
  }
  return last;
}

// Asks the mounts how they are, once or again and again. What they answered the time before is kept
// for the rates.
class Teller {
 public:
  explicit Teller(const Settings& settings) : settings_(settings) {}

  // What there is to say of each.
  std::string Tell(const std::vector<MountEntry>& mounts) {
    std::string text;
    std::map<std::string, Answer> answers;
    for (const MountEntry& mount : mounts) {
      absl::StatusOr<Answer> answer = Ask(mount);
      text += settings_.json ? Json(mount, answer) : Text(mount, answer);
      if (answer.ok()) answers.emplace(mount.mountpoint, *std::move(answer));
    }
    all_answered_ = answers.size() == mounts.size();
    before_ = std::move(answers);
    return text;
  }

  // By the last Tell().
  bool all_answered() const { return all_answered_; }

 private:
  std::optional<StatusRates> RatesOf(const MountEntry& mount, const Answer& answer) const {
    const auto before = before_.find(mount.mountpoint);
    if (before == before_.end()) return std::nullopt;
    return RatesBetween(before->second.status.root(), answer.status.root(),
                        answer.at - before->second.at);
  }

  std::string Text(const MountEntry& mount, const absl::StatusOr<Answer>& answer) const {
    if (!answer.ok()) return NoAnswerText(mount, answer.status().message());
    return StatusText(mount, answer->status.root(), RatesOf(mount, *answer), answer->at);
  }

  std::string Json(const MountEntry& mount, const absl::StatusOr<Answer>& answer) const {
    JsonWriter line;
    line.BeginObject().Key("mountpoint").String(mount.mountpoint);
    line.Key("source").String(mount.source);
    if (!mount.scratch.empty()) {
      line.Key("scratch").String(mount.scratch).Key("read_only").String(mount.read_only);
    }
    line.Key("answers").Bool(answer.ok());
    if (answer.ok()) {
      line.Key("socket").String(answer->socket);
      answer->status.root().ForEachMember([&line](absl::string_view name, JsonValue value) {
        if (name == "mountpoint" || name == "source") return;  // said already
        line.Key(name);
        CopyJson(value, line);
      });
      if (const std::optional<StatusRates> rates = RatesOf(mount, *answer)) {
        line.Key("rates");
        WriteRates(*rates, line);
      }
    }
    return line.EndObject().Take() + "\n";
  }

  const Settings& settings_;
  bool all_answered_ = true;
  std::map<std::string, Answer> before_;  // by mountpoint
};

// Of the argument, or all.
std::vector<MountEntry> WantedMounts(const std::vector<std::string>& arguments) {
  std::vector<MountEntry> mounts = AnnofsMounts();
  if (arguments.empty()) return mounts;
  const std::optional<PlaceInMount> place = FindPlace(mounts, AbsolutePath(arguments[0]));
  if (!place) return {};
  return {place->mount};
}

std::string NoneText(const std::vector<std::string>& arguments) {
  return arguments.empty() ? "no annofs mounts"
                           : absl::StrCat("no annofs mount at ", Redact(arguments[0]));
}

// Until interrupted: on a terminal in place, else one below the other.
int Watch(const Settings& settings, const std::vector<std::string>& arguments, const Io& io) {
  const bool in_place = !settings.json && &io.out == &std::cout && isatty(STDOUT_FILENO);
  const Interrupt interrupt;
  Teller teller(settings);
  while (!interrupt.cancellation().cancelled() && io.out.good()) {
    const absl::Time next = absl::Now() + settings.watch;
    const std::vector<MountEntry> mounts = WantedMounts(arguments);
    const std::string text = teller.Tell(mounts);
    if (in_place) io.out << kFromTheTop;
    io.out << text;
    if (mounts.empty() && !settings.json) io.out << NoneText(arguments) << "\n";
    if (!settings.json && !in_place) io.out << "\n";
    io.out << std::flush;
    while (absl::Now() < next && !interrupt.cancellation().cancelled()) {
      absl::SleepFor(std::min(kPoll, next - absl::Now()));
    }
  }
  return kDone;
}

}  // namespace

int RunStatus(const Settings& settings, const std::vector<std::string>& arguments, const Io& io) {
  if (settings.watch > absl::ZeroDuration()) return Watch(settings, arguments, io);
  const std::vector<MountEntry> mounts = WantedMounts(arguments);
  if (mounts.empty() && !arguments.empty()) {
    return Fail(io, absl::StrCat("status: ", NoneText(arguments)));
  }
  Teller teller(settings);
  io.out << teller.Tell(mounts);
  if (mounts.empty() && !settings.json) io.out << NoneText(arguments) << "\n";
  // Whoever names one asks whether it is well.
  return arguments.empty() || teller.all_answered() ? kDone : kFailed;
}

}  // namespace annofs
