// `annofs warm`: brings files of a source, or of a mount, into the cache.
#include "fs/warm.h"

#include <algorithm>
#include <ostream>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "cache/base/status.h"
#include "tools/absolute_path.h"
#include "tools/command.h"
#include "tools/interrupt.h"
#include "tools/mount_table.h"
#include "tools/people.h"
#include "tools/progress_line.h"
#include "tools/stack.h"
#include "tools/warm_mount.h"
#include "tools/warm_paths.h"
#include "tools/warm_text.h"

namespace annofs {
namespace {

constexpr absl::Duration kProgressPeriod = absl::Milliseconds(200);

class SourceWarming {
 public:
  SourceWarming(const Settings& settings, const WarmRequest& request, const Io& io)
      : settings_(settings), request_(request), io_(io), line_(io.err, OutputOf(io.err)) {}

  absl::StatusOr<WarmResult> Run(const std::string& source, const std::vector<std::string>& given) {
    Interrupt interrupt;
    ASSIGN_OR_RETURN(std::unique_ptr<WarmPaths> paths,
                     WarmPaths::Open(given, settings_.order, &interrupt.cancellation()));
    ASSIGN_OR_RETURN(std::unique_ptr<Stack> stack, OpenStack(settings_, source, &interrupt));
    Warmer warmer(*stack->filesystem, *stack->cache.blocks,
                  {.action = request_.action,
                   .keep = request_.keep,
                   .readers = size_t(ConnectionsOf(settings_)),
                   .unwritten = UnwrittenOf(settings_),
                   .views_name = settings_.no_views ? "" : settings_.views_name,
                   .timeout = settings_.timeout,
                   .cancellation = &interrupt.cancellation()});
    absl::Status status = Warm(*paths, warmer);
    if (interrupt.cancellation().cancelled()) status = absl::CancelledError("interrupted");
    WarmResult result = ResultOf(warmer, *stack);
    const bool fetches = request_.action == WarmOptions::Action::kFetch;
    if (status.ok() && fetches) result.not_kept = warmer.NotKept();
    if (absl::IsCancelled(status)) return Interrupted(result);
    if (!status.ok()) {
      return Annotate(status, absl::StrCat(WarmResultText(result), "; then reading the order"));
    }
    return result;
  }

 private:
  // The paths are found on a thread of their own; this one shows how far it is.
  absl::Status Warm(WarmPaths& paths, Warmer& warmer) {
    absl::Status status;
    absl::Notification found, done;
    std::thread adds([&] {
      status = AddAll(paths, warmer);
      found.Notify();
      warmer.Finish();
      done.Notify();
    });
    while (!done.WaitForNotificationWithTimeout(kProgressPeriod)) {
      const WarmProgress progress = warmer.Progress();
      WarnOfTooMuch(progress);
      line_.Show(WarmProgressText(progress, found.HasBeenNotified(), absl::Now() - begun_));
    }
    adds.join();
    WarnOfTooMuch(warmer.Progress());
    line_.Clear();
    return status;
  }

  static absl::Status AddAll(WarmPaths& paths, Warmer& warmer) {
    for (;;) {
      ASSIGN_OR_RETURN(const std::optional<std::string> path, paths.Next());
      if (!path) return absl::OkStatus();
      RETURN_IF_ERROR(warmer.AddEscaped(*path));
    }
  }

  void WarnOfTooMuch(const WarmProgress& progress) {
    if (warned_ || progress.bytes <= settings_.cache_size) return;
    warned_ = true;
    line_.Clear();
    io_.err << TooMuchText(progress.bytes, settings_.cache_size) << std::endl;
  }

  WarmResult ResultOf(const Warmer& warmer, const Stack& stack) const {
    const WarmProgress progress = warmer.Progress();
    const bool counts = request_.action == WarmOptions::Action::kCount;
    WarmResult result{.target = stack.store->name(),
                      .request = request_,
                      .counts = CountsOf(progress, request_.action),
                      .failures = progress.failures,
                      .elapsed = absl::Now() - begun_,
                      .found = progress};
    if (counts) {
      result.cost = stack.filesystem->EstimateOf(
          {.b = progress.missing.requests, .bytes = progress.missing.bytes});
    }
    return result;
  }

  static absl::Status Interrupted(const WarmResult& result) {
    return absl::CancelledError(absl::StrCat("interrupted: ", WarmResultText(result),
                                             "; running it again goes on from there"));
  }

  const Settings& settings_;
  const WarmRequest request_;
  const Io& io_;
  const absl::Time begun_ = absl::Now();
  ProgressLine line_;
  bool warned_ = false;
};

std::optional<PlaceInMount> MountOf(const std::string& target) {
  if (absl::StrContains(target, "://")) return std::nullopt;
  return FindPlace(AnnofsMounts(), AbsolutePath(target));
}

}  // namespace

int RunWarm(const Settings& settings, const std::vector<std::string>& arguments, const Io& io) {
  const WarmRequest request{
      .keep = settings.pin ? Keep::kPinned : Keep::kEvictable,
      .action = settings.dry_run ? WarmOptions::Action::kCount : WarmOptions::Action::kFetch};
  const std::vector<std::string> paths(arguments.begin() + 1, arguments.end());
  if (std::find(paths.begin(), paths.end(), "") != paths.end()) {
    io.err << "annofs: warm: an empty PATH; leave it out to mean everything\n";
    return kWrongUsage;
  }
  if (const std::optional<PlaceInMount> place = MountOf(arguments[0])) {
    return WarmMount(settings, *place, paths, request, io);
  }
  const absl::StatusOr<WarmResult> result =
      SourceWarming(settings, request, io).Run(arguments[0], paths);
  if (!result.ok()) return Fail(io, absl::StrCat("warm: ", result.status().message()));
  return TellWarmed(settings, *result, io);
}

}  // namespace annofs
