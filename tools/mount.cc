// `annofs mount`: opens everything, mounts, and returns when the mount answers.
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <climits>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <ostream>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cache/base/log.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "cache/store/stores.h"
#include "fs/fuse/session.h"
#include "tools/command.h"
#include "tools/control_socket.h"
#include "tools/daemon.h"
#include "tools/export_output.h"
#include "tools/index_text.h"
#include "tools/mount_table.h"
#include "tools/op_stream.h"
#include "tools/profile_protocol.h"
#include "tools/profile_service.h"
#include "tools/scratch.h"
#include "tools/stack.h"
#include "tools/view_root.h"
#include "tools/warm_service.h"

namespace annofs {
namespace {

SessionOptions SessionOptionsOf(const Settings& settings, const std::string& mountpoint,
                                const std::string& source) {
  return {.mountpoint = mountpoint,
          .source_name = source,
          .allow_other = settings.allow_other,
          .uid = settings.uid.value_or(getuid()),
          .gid = settings.gid.value_or(getgid()),
          .umask = settings.scratch.empty() ? settings.umask : settings.scratch_umask,
          .names_kept = NamesKept(settings.follow),
          .timeout = settings.timeout,
          .xattr = settings.xattr};
}

absl::Status StartMountLog(const Settings& settings) {
  ASSIGN_OR_RETURN(LogLevel level, ParseLogLevel(settings.log_level));
  std::string file = settings.log_file;
  if (file.empty() && !settings.foreground) {
    file = absl::StrCat(CacheDirOf(settings), "/annofs.log");
    RETURN_IF_ERROR(CheckCacheDirWritable(CacheDirOf(settings)));
    // Only what is made here gets its mode from here.
    std::error_code ignored;
    if (std::filesystem::create_directories(CacheDirOf(settings), ignored)) {
      std::filesystem::permissions(CacheDirOf(settings), std::filesystem::perms::owner_all,
                                   ignored);
    }
  }
  return StartLog({.file = file, .level = level});
}

sigset_t StopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (int signal : {SIGTERM, SIGINT, SIGHUP, SIGUSR2}) sigaddset(&signals, signal);
  return signals;
}

// Half of the connections: readers find some, too.
WarmServiceOptions WarmOptionsOf(const Settings& settings, const Stack& stack) {
  return {.names = stack.root.get(),
          .views_name = settings.no_views || stack.root ? "" : settings.views_name,
          .readers = size_t(std::max(1, ConnectionsOf(settings) / 2)),
          .unwritten = UnwrittenOf(settings) / 2,
          .timeout = settings.timeout};
}

// A mounted tree being served.
class Server {
 public:
  // `scratch`: what stands over it, or null. All outlive it.
  Server(Stack& stack, Session& session, OpStream& ops, ScratchMount* scratch,
         const Settings& settings, std::string mountpoint)
      : stack_(stack),
        session_(session),
        scratch_(scratch),
        follows_(settings.follow > absl::ZeroDuration()),
        mountpoint_(std::move(mountpoint)),
        warm_(*stack.filesystem, *stack.cache.blocks, WarmOptionsOf(settings, stack)),
        profile_(*stack.filesystem, ops, {.root = stack.root_path}) {}

  // Serves until unmounted or told to stop by a signal. `serves` is called when the mount answers;
  // its error ends the mount.
  absl::Status Run(const std::function<absl::Status()>& serves) {
    sigset_t signals = StopSignals();
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);  // before any thread starts: all have it
    signal(SIGPIPE, SIG_IGN);
    std::thread thread([this] { ServeThread(); });
    struct stat info {};
    std::unique_ptr<ControlServer> control;
    if (stat(mountpoint_.c_str(), &info) == 0) {
      control = StartControl(info.st_dev);
    } else {
      LogWarning(absl::StrCat(mountpoint_, " does not answer: ", strerror(errno)));
    }
    std::unique_ptr<Follower> follower;
    if (follows_) follower = stack_.filesystem->StartFollowing(session_);
    const absl::Status started = serves();
    if (started.ok()) WaitForEnd(signals);
    if (scratch_ != nullptr) scratch_->Stop();  // what it shows still answers
    if (control) control->Stop();               // before the device number can be another mount's
    session_.Stop();
    follower = nullptr;  // what it waits for in the kernel has ended
    thread.join();
    control = nullptr;  // its clients' fetches have ended
    return started.ok() ? result_ : started;
  }

 private:
  void ServeThread() {
    result_ = session_.Run();
    ended_ = true;
    kill(getpid(), SIGUSR2);  // wakes the thread that waits for signals
  }

  void WaitForEnd(const sigset_t& signals) {
    while (!ended_) {
      int signal = 0;
      sigwait(&signals, &signal);
      if (signal == SIGTERM || signal == SIGINT) {
        LogInfo(absl::StrCat("stopping: signal ", signal));
        return;
      }
    }
  }

  std::unique_ptr<ControlServer> StartControl(dev_t device) {
    absl::StatusOr<std::unique_ptr<ControlServer>> control = ControlServer::Start(
        SocketPaths(device)[0], [this](absl::string_view question, ControlClient& client) {
          if (question == kProfileRequest) return profile_.Serve(question, client);
          if (question != "status") return warm_.Serve(question, client);
          client.Send(stack_.filesystem->StatusJson());
        });
    if (control.ok()) return *std::move(control);
    LogWarning(
        absl::StrCat("`annofs status` will not reach this mount: ", control.status().message()));
    return nullptr;
  }

  Stack& stack_;
  Session& session_;
  ScratchMount* const scratch_;
  const bool follows_;
  const std::string mountpoint_;
  WarmService warm_;
  ProfileService profile_;
  std::atomic<bool> ended_{false};
  absl::Status result_;
};

// A mount inside its own source would show itself without end; a cache there would show itself
// changing.
absl::Status CheckApart(const Settings& settings, const std::string& source,
                        const std::string& mountpoint) {
  if (!settings.scratch.empty()) {
    RETURN_IF_ERROR(CheckScratch(settings, source, mountpoint));
  }
  ASSIGN_OR_RETURN(SourceUrl url, ParseSourceUrl(source));
  if (url.kind != SourceUrl::Kind::kDirectory) return absl::OkStatus();
  for (const std::string& path : {mountpoint, CacheDirOf(settings)}) {
    if (!LiesIn(path, url.path)) continue;
    return absl::InvalidArgumentError(
        absl::StrCat(path, " lies in the source ", url.path, ": choose a ",
                     path == mountpoint ? "mountpoint" : "--cache", " outside of it"));
  }
  return absl::OkStatus();
}

// Says how old the names are that an index gives.
void TellIndex(const Settings& settings, const Stack& stack, std::ostream& err) {
  if (settings.snapshot) return;  // it was asked for
  const std::optional<SnapshotInfo> index = stack.filesystem->Index();
  if (!index) return;
  const std::string text = UsedIndexText(stack.store->name(), *index, absl::Now());
  LogInfo(text);
  err << "annofs: " << Redact(text) << std::endl;
}

absl::Status Serve(const Settings& settings, const std::string& source,
                   const std::string& mountpoint, std::ostream& err,
                   const std::function<void()>& serves) {
  RETURN_IF_ERROR(StartMountLog(settings));
  std::unique_ptr<ScratchMount> scratch;  // outlives the mount below it
  if (!settings.scratch.empty()) {
    ASSIGN_OR_RETURN(scratch, ScratchMount::Open(settings, mountpoint));
  }
  const std::string place = scratch ? scratch->Lower() : mountpoint;
  ASSIGN_OR_RETURN(std::unique_ptr<Stack> stack, OpenStoreAndCache(settings, source));
  // The twins of data.yaml say where views/ is.
  if (settings.view.empty()) stack->options.mountpoint = mountpoint;
  RETURN_IF_ERROR(OpenFilesystemOf(*stack, settings));
  TellIndex(settings, *stack, err);
  RETURN_IF_ERROR(OpenViewRoot(settings, source, *stack));
  Tree& tree = stack->root ? *stack->root : *stack->filesystem;
  OpStream ops;  // outlives the session
  SessionOptions options = SessionOptionsOf(settings, place, stack->store->name());
  options.observers.push_back(&ops);
  options.path_of = [&stack](NodeId node) {
    return PathBelow(stack->root_path, stack->filesystem->PathOf(node));
  };
  ASSIGN_OR_RETURN(std::unique_ptr<Session> session, MountSession(tree, stack->counters, options));
  if (chdir("/") != 0) LogWarning("the daemon keeps the directory that it was started in");
  LogInfo(absl::StrCat("mounted ", stack->store->name(), " at ", place));
  absl::Status status = Server(*stack, *session, ops, scratch.get(), settings, place).Run([&] {
    // Not earlier: the search starts threads.
    const std::string notes =
        NamedSourcesText(settings, *stack->filesystem, CommandContext(settings));
    for (absl::string_view note : absl::StrSplit(notes, '\n', absl::SkipEmpty())) LogWarning(note);
    err << notes << std::flush;
    if (scratch) RETURN_IF_ERROR(scratch->Start(stack->store->name(), err));
    serves();
    return absl::OkStatus();
  });
  stack->cache.blocks->Flush();
  LogInfo(absl::StrCat("unmounted ", mountpoint));
  return status;
}

std::string AbsoluteMountpoint(const std::string& mountpoint) {
  char resolved[PATH_MAX];
  return realpath(mountpoint.c_str(), resolved) == nullptr ? mountpoint : resolved;
}

}  // namespace

// The daemon leaves the caller's directory: what is opened later must not depend on it.
Settings WithAbsolutePaths(Settings settings) {
  std::error_code error;
  settings.cache = std::filesystem::absolute(CacheDirOf(settings), error).string();
  for (std::string* path : {&settings.log_file, &settings.ca_file, &settings.credentials,
                            &settings.config, &settings.scratch}) {
    if (!path->empty()) *path = std::filesystem::absolute(*path, error).string();
  }
  return settings;
}

int RunMount(const Settings& given, const std::vector<std::string>& arguments, const Io& io) {
  const Settings settings = WithAbsolutePaths(given);
  std::string mountpoint = AbsoluteMountpoint(arguments[1]);
  if (absl::Status apart = CheckApart(settings, arguments[0], mountpoint); !apart.ok()) {
    return Fail(io, absl::StrCat("mount: ", apart.message()));
  }
  if (settings.foreground) {
    absl::Status status = Serve(settings, arguments[0], mountpoint, io.err, [] {});
    return status.ok() ? kDone : Fail(io, absl::StrCat("mount: ", status.message()));
  }
  std::string failure = Daemonize([&](StartReport& report) {
    absl::Status status =
        Serve(settings, arguments[0], mountpoint, io.err, [&report] { report.Send(""); });
    if (status.ok()) return kDone;
    LogError(absl::StrCat("mount: ", status.message()));
    report.Send(Redact(status.message()));
    return kFailed;
  });
  return failure.empty() ? kDone : Fail(io, absl::StrCat("mount: ", failure));
}

}  // namespace annofs
