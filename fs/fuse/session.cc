#include "fs/fuse/session.h"

#include <fuse_lowlevel.h>
#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdarg>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <thread>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/synchronization/mutex.h"
#include "cache/base/log.h"
#include "cache/base/status.h"
#include "fs/fuse/mountpoint.h"
#include "fs/fuse/ops.h"
#include "fs/fuse/serve.h"
#include "fs/fuse/session_io.h"

namespace annofs {
namespace {

// Sent to a worker to end its read of /dev/fuse.
int WakeSignal() { return SIGRTMIN + 5; }
constexpr absl::Duration kSecondTries = absl::Milliseconds(100);
constexpr absl::Duration kWakePeriod = absl::Milliseconds(10);

// Not put back by who sets the clock; never 0.
int64_t SteadyNanos() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
             .count() |
         1;
}

void FuseLog(fuse_log_level level, const char* format, va_list arguments) {
  char text[512];
  vsnprintf(text, sizeof text, format, arguments);
  absl::string_view line = text;
  while (!line.empty() && line.back() == '\n') line.remove_suffix(1);
  Log(level <= FUSE_LOG_ERR ? LogLevel::kError : LogLevel::kDebug, absl::StrCat("libfuse: ", line));
}

std::vector<std::string> MountArguments(const SessionOptions& options) {
  // libfuse separates options by commas and takes a backslash for what follows it as it is.
  std::string source = absl::StrReplaceAll(options.source_name, {{"\\", "\\\\"}, {",", "\\,"}});
  std::string text = absl::StrCat("ro,default_permissions,subtype=annofs,fsname=", source);
  if (options.allow_other) text += ",allow_other";
  return {"annofs", "-o", text};
}

class FuseSession : public Session {
 public:
  FuseSession(Tree& tree, Counters& counters, const SessionOptions& options)
      : options_(options),
        context_(tree, counters, server_,
                 {options.uid, options.gid, options.umask, options.names_kept}),
        server_(counters, options.slow_threads, options.timeout, options.observers,
                options.path_of),
        busy_since_(size_t(options.workers > 0
                               ? options.workers
                               : std::max(2, int(std::thread::hardware_concurrency())))) {}

  ~FuseSession() override {
    Stop();
    Unmount();
    if (session_ != nullptr) fuse_session_destroy(session_);
  }

  absl::Status Mount() {
    fuse_set_log_func(FuseLog);
    std::vector<std::string> texts = MountArguments(options_);
    fuse_args arguments = FUSE_ARGS_INIT(0, nullptr);
    absl::Cleanup free_arguments = [&arguments] { fuse_opt_free_args(&arguments); };
    for (const std::string& text : texts) fuse_opt_add_arg(&arguments, text.c_str());
    fuse_lowlevel_ops ops = Operations(options_.xattr ? Xattrs::kShown : Xattrs::kHidden);
    session_ = fuse_session_new(&arguments, &ops, sizeof ops, &context_);
    if (session_ == nullptr) return absl::InternalError("libfuse refused the mount options");
    if (fuse_session_mount(session_, options_.mountpoint.c_str()) != 0) return MountFailed();
    mounted_ = true;
    RETURN_IF_ERROR(UseOwnIo(session_));
    RaiseReadahead(options_.mountpoint);
    return absl::OkStatus();
  }

  absl::Status Run() override {
    struct sigaction nothing {};
    nothing.sa_handler = [](int) {};  // without SA_RESTART: a read is interrupted
    sigaction(WakeSignal(), &nothing, nullptr);
    server_.Start();
    StartWorkers();
    WaitForWorkers();
    server_.Stop();
    EndDrops();
    Unmount();
    return absl::OkStatus();
  }

  void Stop() override {
    const bool had_waiting = server_.Stop() > 0;
    // The workers go on answering (EIO) until then: a drop waits in the kernel for the lookups of
    // its directory, and keeps /dev/fuse open while it does.
    EndDrops();
    // A read that was answered EIO is asked for a second time by the kernel, page by page: also
    // that is answered so, where it would else be ECONNABORTED.
    if (had_waiting) absl::SleepFor(kSecondTries);
    if (session_ != nullptr) fuse_session_exit(session_);
  }

  SessionState State() const override {
    SessionState state = server_.State();
    {
      absl::MutexLock lock(&mutex_);
      state.workers = running_;
    }
    for (const std::atomic<int64_t>& since : busy_since_) {
      const int64_t begun = since.load(std::memory_order_relaxed);
      if (begun == 0) continue;
      ++state.busy_workers;
      state.longest_busy = std::max(state.longest_busy, absl::Nanoseconds(SteadyNanos() - begun));
    }
    return state;
  }

  bool Answers() const override {
    if (fuse_session_exited(session_)) return false;
    bool has_worker = false;
    for (const std::atomic<int64_t>& since : busy_since_) {
      const int64_t begun = since.load(std::memory_order_relaxed);
      has_worker |= begun == 0 || absl::Nanoseconds(SteadyNanos() - begun) < options_.stuck;
    }
    return has_worker && server_.LongestOverdue() < options_.stuck;
  }

  void DropEntry(NodeId directory, absl::string_view name) override {
    {
      absl::MutexLock lock(&mutex_);
      if (drops_ended_) return;
      ++drops_;
    }
    const std::string text(name);
    int error =
        fuse_lowlevel_notify_inval_entry(session_, directory.value, text.c_str(), text.size());
    // ENOENT: the kernel does not know the name, or the directory; ENODEV: nor the mount any more;
    // ENOSYS: nor anything yet, since INIT is not answered.
    const bool is_unknown =
        error == -ENOENT || error == -ENODEV || error == -ENOTCONN || error == -ENOSYS;
    if (error != 0 && !is_unknown) {
      LogWarning(absl::StrCat("the kernel keeps a changed name: ", strerror(-error)));
    }
    absl::MutexLock lock(&mutex_);
    --drops_;
  }

 private:
  // No drop is under way any more, and none begins.
  void EndDrops() {
    absl::MutexLock lock(&mutex_);
    drops_ended_ = true;
    auto none = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return drops_ == 0; };
    mutex_.Await(absl::Condition(&none));
  }

  absl::Status MountFailed() {
    return absl::PermissionDeniedError(absl::StrCat(
        "mounting at ", options_.mountpoint, " failed: ", WhyMountFails(options_.allow_other)));
  }

  void StartWorkers() {
    absl::MutexLock lock(&mutex_);
    running_ = int(busy_since_.size());
    for (std::atomic<int64_t>& busy_since : busy_since_) {
      workers_.emplace_back([this, &busy_since] { Work(busy_since); });
    }
  }

  void Work(std::atomic<int64_t>& busy_since) {
    // The mask is that of the thread that called Run(), who may have blocked all signals.
    sigset_t wake;
    sigemptyset(&wake);
    sigaddset(&wake, WakeSignal());
    pthread_sigmask(SIG_UNBLOCK, &wake, nullptr);
    fuse_buf buffer{};
    while (!fuse_session_exited(session_)) {
      int got = fuse_session_receive_buf(session_, &buffer);
      if (got == -EINTR || got == -EAGAIN) continue;
      if (got <= 0) break;
      busy_since.store(SteadyNanos(), std::memory_order_relaxed);
      fuse_session_process_buf(session_, &buffer);
      busy_since.store(0, std::memory_order_relaxed);
    }
    std::free(buffer.mem);
    fuse_session_exit(session_);  // one that ends, by unmount or error, ends all
    absl::MutexLock lock(&mutex_);
    --running_;
  }

  // Workers end by themselves when the mount is gone; when told to stop they must be woken, again
  // and again, since a signal that comes just before a read is lost.
  void WaitForWorkers() {
    auto none = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return running_ == 0; };
    mutex_.Lock();
    while (!mutex_.AwaitWithTimeout(absl::Condition(&none), kWakePeriod)) {
      if (!fuse_session_exited(session_)) continue;
      for (std::thread& worker : workers_) pthread_kill(worker.native_handle(), WakeSignal());
    }
    mutex_.Unlock();
    for (std::thread& worker : workers_) worker.join();
    workers_.clear();
  }

  void Unmount() {
    if (!std::exchange(mounted_, false)) return;
    fuse_session_unmount(session_);
  }

  const SessionOptions options_;
  OpsContext context_;
  Server server_;  // its jobs use the context
  fuse_session* session_ = nullptr;
  bool mounted_ = false;
  // Of each worker: since when it has been serving a request (SteadyNanos); 0: it waits for one.
  std::vector<std::atomic<int64_t>> busy_since_;
  mutable absl::Mutex mutex_;
  int running_ ABSL_GUARDED_BY(mutex_) = 0;
  int drops_ ABSL_GUARDED_BY(mutex_) = 0;  // calls of the kernel under way
  bool drops_ended_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> workers_;  // of the thread that runs Run()
};

}  // namespace

absl::StatusOr<std::unique_ptr<Session>> MountSession(Tree& tree, Counters& counters,
                                                      const SessionOptions& options) {
  RETURN_IF_ERROR(CheckMountpoint(options.mountpoint));
  // By its full name: the process may change its directory, and mountinfo has no links.
  std::error_code error;
  SessionOptions absolute = options;
  absolute.mountpoint = std::filesystem::canonical(options.mountpoint, error);
  if (error) return ErrnoToStatus(error.value(), options.mountpoint);
  auto session = std::make_unique<FuseSession>(tree, counters, absolute);
  RETURN_IF_ERROR(session->Mount());
  return std::unique_ptr<Session>(std::move(session));
}

}  // namespace annofs
