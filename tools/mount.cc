// `annofs mount`: opens everything, mounts, and returns when the mount answers.
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <ostream>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cache/base/json.h"
#include "cache/base/log.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "cache/store/stores.h"
#include "fs/fuse/session.h"
#include "tools/absolute_path.h"
#include "tools/command.h"
#include "tools/control_socket.h"
#include "tools/daemon.h"
#include "tools/dead_mounts.h"
#include "tools/export_output.h"
#include "tools/index_text.h"
#include "tools/mount_log.h"
#include "tools/mount_table.h"
#include "tools/mount_telemetry.h"
#include "tools/node_path.h"
#include "tools/op_stream.h"
#include "tools/profile_protocol.h"
#include "tools/profile_service.h"
#include "tools/scratch.h"
#include "tools/service_notify.h"
#include "tools/stack.h"
#include "tools/state_dump.h"
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

void Block(std::initializer_list<int> signals) {
  sigset_t set;
  sigemptyset(&set);
  for (int signal : signals) sigaddset(&set, signal);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

sigset_t HandledSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (int signal : {SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2}) sigaddset(&signals, signal);
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
         const ServiceNotifier& service, const Settings& settings, std::string mountpoint)
      : stack_(stack),
        session_(session),
        scratch_(scratch),
        service_(service),
        follows_(settings.follow > absl::ZeroDuration()),
        mountpoint_(std::move(mountpoint)),
        warm_(*stack.filesystem, *stack.cache.blocks, WarmOptionsOf(settings, stack)),
        profile_(*stack.filesystem, ops, {.root = stack.root_path}) {}

  // Serves until unmounted or told to stop by a signal. `serves` is called when the mount answers;
  // its error ends the mount. REQUIRES: this thread has HandledSignals() blocked.
  absl::Status Run(const std::function<absl::Status()>& serves) {
    std::thread thread([this] { ServeThread(); });
    std::unique_ptr<ControlServer> control;
    absl::Status started = StartServices(control);
    std::unique_ptr<Follower> follower;
    if (started.ok() && follows_) follower = stack_.filesystem->StartFollowing(session_);
    if (started.ok()) started = serves();
    if (started.ok()) {
      const Heartbeat heartbeat(service_, [this] { return session_.Answers(); });
      WaitForEnd();
    }
    service_.SendState("STOPPING=1", "taking the mount down");
    if (scratch_ != nullptr) scratch_->Stop();  // what it shows still answers
    if (control) control->Stop();               // before the device number can be another mount's
    session_.Stop();
    stack_.leaving->Cancel();
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

  // The mount answers; its device number is that of the control socket.
  absl::Status StartServices(std::unique_ptr<ControlServer>& control) {
    struct stat info {};
    if (stat(mountpoint_.c_str(), &info) != 0) {
      return Annotate(ErrnoToStatus(errno, mountpoint_), "the new mount does not answer");
    }
    control = StartControl(info.st_dev);
    return absl::OkStatus();
  }

  void WaitForEnd() {
    const sigset_t signals = HandledSignals();
    while (!ended_) {
      int signal = 0;
      sigwait(&signals, &signal);
      if (signal == SIGHUP) OpenLogAnew();
      if (signal == SIGUSR1) DumpState(session_, *stack_.filesystem, stack_.root_path);
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
  const ServiceNotifier& service_;
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

// What --json says when the mount answers.
void PrintJson(const Settings& settings, const Stack& stack, const std::string& mountpoint,
               const std::string& place, std::ostream& out) {
  JsonWriter json;
  json.BeginObject().Key("mountpoint").String(mountpoint);
  json.Key("source").String(stack.store->name());
  const absl::StatusOr<JsonDocument> status = JsonDocument::Parse(stack.filesystem->StatusJson());
  if (status.ok()) json.Key("snapshot").Int(status->root().IntOr("snapshot", 0));
  json.Key("pid").Int(getpid()).Key("cache").String(CacheDirOf(settings));
  if (!settings.scratch.empty()) {
    json.Key("scratch").String(settings.scratch).Key("read_only").String(place);
  }
  out << json.EndObject().Take() << std::endl;
}

absl::Status Serve(const Settings& settings, const std::string& source,
                   const std::string& mountpoint, const ServiceNotifier& service, const Io& io,
                   const std::function<void()>& serves) {
  // What comes before it can be handled waits; SIGTERM and SIGINT end a start at once.
  Block({SIGHUP, SIGUSR1, SIGUSR2});
  signal(SIGPIPE, SIG_IGN);
  RETURN_IF_ERROR(StartMountLog(settings));
  RETURN_IF_ERROR(ClearDeadMounts(mountpoint, io.err));
  std::unique_ptr<ScratchMount> scratch;  // outlives the mount below it
  if (!settings.scratch.empty()) {
    ASSIGN_OR_RETURN(scratch, ScratchMount::Open(settings, mountpoint));
  }
  const std::string place = scratch ? scratch->Lower() : mountpoint;
  ASSIGN_OR_RETURN(std::unique_ptr<Stack> stack, OpenStoreAndCache(settings, source));
  stack->options.mounted_at = mountpoint;
  // The twins of data.yaml say where views/ is.
  if (settings.view.empty()) stack->options.mountpoint = mountpoint;
  ASSIGN_OR_RETURN(const std::unique_ptr<MountTelemetry> telemetry,
                   MountTelemetry::Open(settings, *stack));
  RETURN_IF_ERROR(OpenFilesystemOf(*stack, settings));
  TellIndex(settings, *stack, io.err);
  RETURN_IF_ERROR(OpenViewRoot(settings, source, *stack));
  Block({SIGTERM, SIGINT});  // from here on there is something to take down
  RETURN_IF_ERROR(telemetry->Start());
  Tree& tree = stack->root ? *stack->root : *stack->filesystem;
  OpStream ops;  // outlives the session
  SessionOptions options = SessionOptionsOf(settings, place, stack->store->name());
  options.observers = {telemetry->observer(), &ops};
  options.path_of = [&stack](NodeId node) {
    return ShownPath(*stack->filesystem, stack->root_path, node);
  };
  ASSIGN_OR_RETURN(std::unique_ptr<Session> session, MountSession(tree, stack->counters, options));
  if (chdir("/") != 0) LogWarning("the daemon keeps the directory that it was started in");
  LogInfo(absl::StrCat("mounted ", stack->store->name(), " at ", place));
  Server server(*stack, *session, ops, scratch.get(), service, settings, place);
  absl::Status status = server.Run([&] {
    // Not earlier: the search starts threads.
    const std::string notes =
        NamedSourcesText(settings, *stack->filesystem, CommandContext(settings));
    for (absl::string_view note : absl::StrSplit(notes, '\n', absl::SkipEmpty())) LogWarning(note);
    io.err << notes << std::flush;
    if (scratch) RETURN_IF_ERROR(scratch->Start(stack->store->name(), io.err));
    if (settings.json) PrintJson(settings, *stack, mountpoint, place, io.out);
    service.SendState("READY=1", absl::StrCat(stack->store->name(), " at ", mountpoint));
    serves();
    return absl::OkStatus();
  });
  stack->cache.blocks->Flush();
  LogInfo(absl::StrCat("unmounted ", mountpoint));
  return status;
}

// Also where to read on.
int FailToMount(const Settings& settings, const Io& io, absl::string_view what) {
  Fail(io, absl::StrCat("mount: ", what));
  const std::string log = LogFileOf(settings);
  if (!log.empty() && access(log.c_str(), F_OK) == 0) {
    Fail(io, absl::StrCat("mount: what happened before that is in the log, ", log));
  }
  return kFailed;
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
  const ServiceNotifier service = ServiceNotifier::Take();
  const Settings settings = WithAbsolutePaths(given);
  const std::string mountpoint = AbsolutePath(arguments[1]);
  if (absl::Status apart = CheckApart(settings, arguments[0], mountpoint); !apart.ok()) {
    return Fail(io, absl::StrCat("mount: ", apart.message()));
  }
  if (settings.foreground) {
    absl::Status status = Serve(settings, arguments[0], mountpoint, service, io, [] {});
    return status.ok() ? kDone : FailToMount(settings, io, status.message());
  }
  // Whoever waits for the parent to end is told all by that.
  const ServiceNotifier nobody;
  std::string failure = Daemonize([&](StartReport& report) {
    absl::Status status =
        Serve(settings, arguments[0], mountpoint, nobody, io, [&report] { report.Send(""); });
    if (status.ok()) return kDone;
    LogError(absl::StrCat("mount: ", status.message()));
    report.Send(Redact(status.message()));
    return kFailed;
  });
  return failure.empty() ? kDone : FailToMount(settings, io, failure);
}

}  // namespace annofs
