#include "tools/mount_helper.h"

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <cerrno>
#include <ostream>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "cache/base/status.h"
#include "tools/options.h"

namespace annofs {
namespace {

// Exit codes of mount(8).
constexpr int kMounted = 0;
constexpr int kUsage = 1;
constexpr int kMountFailed = 32;

constexpr absl::string_view kArguments =
    "SOURCE MOUNTPOINT [-sfnv] [-N NAMESPACE] [-o OPTIONS] [-t TYPE]";

absl::Status Unknown(absl::string_view word) {
  return absl::InvalidArgumentError(
      absl::StrCat("'", word, "' is not an argument of a mount helper: it is ", kArguments,
                   ", as mount(8) says it; `annofs mount` takes more"));
}

// mount(8) never asks, people do. False: nothing is asked.
bool AnswerQuestion(absl::string_view word, const Io& io) {
  if (word == "--version") {
    io.out << "mount.annofs " ANNOFS_VERSION "\n";
    return true;
  }
  if (word != "--help" && word != "-h") return false;
  io.out << "usage: mount.annofs " << kArguments
         << "\nmount(8) runs it for file systems of type annofs, as in fstab. What OPTIONS are: "
            "`annofs help mount`, annofs(1)\n";
  return true;
}

// Sets what a letter means; false for one that wants a value, or is not known.
bool SetFlag(char letter, MountHelperCall& call) {
  if (letter == 'f') call.fake = true;
  if (letter == 's') call.sloppy = true;
  if (letter == 'v') call.verbose = true;
  return letter == 'f' || letter == 's' || letter == 'v' || letter == 'n';  // n: there is no mtab
}

void SetValue(char letter, absl::string_view value, MountHelperCall& call) {
  if (letter == 'N') call.name_space = std::string(value);
  if (letter != 'o') return;  // t: it is ours
  for (absl::string_view word : absl::StrSplit(value, ',', absl::SkipEmpty())) {
    call.options.emplace_back(word);
  }
}

// "-sfnv", "-o", "ro,…", "-oro": takes one or two of the words.
absl::Status TakeLetters(const std::vector<std::string>& words, size_t& i, MountHelperCall& call) {
  const absl::string_view word = words[i];
  for (size_t at = 1; at < word.size(); ++at) {
    if (SetFlag(word[at], call)) continue;
    if (!absl::StrContains("oNt", word.substr(at, 1))) return Unknown(word);
    const bool is_last = at + 1 == word.size();
    if (is_last && i + 1 == words.size()) {
      return absl::InvalidArgumentError(absl::StrCat(word, ": its value is missing"));
    }
    SetValue(word[at], is_last ? absl::string_view(words[++i]) : word.substr(at + 1), call);
    break;
  }
  return absl::OkStatus();
}

// What `annofs mount` is to be told. A sloppy mount leaves out what it does not know.
absl::Status CheckOptions(MountHelperCall& call) {
  Settings settings;
  std::vector<std::string> known;
  for (std::string& word : call.options) {
    const absl::Status status = ApplyMountOptions(word, settings);
    if (absl::IsNotFound(status) && call.sloppy) continue;
    RETURN_IF_ERROR(status);
    known.push_back(std::move(word));
  }
  call.options = std::move(known);
  return CheckTogether(settings);
}

absl::Status EnterNamespace(const std::string& name_space) {
  uint32_t process = 0;
  const std::string path = absl::SimpleAtoi(name_space, &process)
                               ? absl::StrCat("/proc/", process, "/ns/mnt")
                               : name_space;
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return ErrnoToStatus(errno, absl::StrCat("-N ", path));
  const int error = setns(fd, CLONE_NEWNS) == 0 ? 0 : errno;
  close(fd);
  return error == 0 ? absl::OkStatus()
                    : ErrnoToStatus(error, absl::StrCat("entering the mount namespace ", path));
}

}  // namespace

absl::StatusOr<MountHelperCall> ParseMountHelper(const std::vector<std::string>& arguments) {
  MountHelperCall call;
  std::vector<std::string> places;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string& word = arguments[i];
    if (word.size() < 2 || word[0] != '-') {
      places.push_back(word);
    } else {
      RETURN_IF_ERROR(TakeLetters(arguments, i, call));
    }
  }
  if (places.size() != 2) {
    return absl::InvalidArgumentError(
        absl::StrCat("a mount helper is told SOURCE and MOUNTPOINT, here there are ", places.size(),
                     " words: [", absl::StrJoin(places, " "), "]"));
  }
  call.source = std::move(places[0]);
  call.mountpoint = std::move(places[1]);
  return call;
}

int RunMountHelper(const std::vector<std::string>& arguments, const Io& io) {
  if (!arguments.empty() && AnswerQuestion(arguments[0], io)) return kMounted;
  absl::StatusOr<MountHelperCall> call = ParseMountHelper(arguments);
  absl::Status status = call.status();
  if (status.ok()) status = CheckOptions(*call);
  if (!status.ok()) {
    Fail(io, absl::StrCat("mount: ", status.message()));
    return kUsage;
  }
  if (call->fake) return kMounted;
  if (!call->name_space.empty()) status = EnterNamespace(call->name_space);
  if (!status.ok()) {
    Fail(io, absl::StrCat("mount: ", status.message()));
    return kMountFailed;
  }
  std::vector<std::string> mount = {"mount", call->source, call->mountpoint};
  for (const std::string& option : call->options) mount.insert(mount.end(), {"-o", option});
  const int code = RunAnnofs(mount, io);
  if (code == kDone && call->verbose) {
    io.out << "mount.annofs: " << call->source << " mounted on " << call->mountpoint << "\n";
  }
  if (code == kDone) return kMounted;
  return code == kWrongUsage ? kUsage : kMountFailed;
}

}  // namespace annofs
