// `annofs doctor`: what makes mounts fail or slow on this host, with this source and its data.
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cache/store/examination.h"
#include "tools/command.h"
#include "tools/doctor/bounded.h"
#include "tools/doctor/bucket_checks.h"
#include "tools/doctor/cache_checks.h"
#include "tools/doctor/dataset_checks.h"
#include "tools/doctor/fuse_checks.h"
#include "tools/doctor/host_files.h"
#include "tools/doctor/key_checks.h"
#include "tools/doctor/limit_checks.h"
#include "tools/doctor/mount_checks.h"
#include "tools/doctor/scratch_checks.h"
#include "tools/doctor/service_checks.h"
#include "tools/doctor/walker_checks.h"
#include "tools/interrupt.h"
#include "tools/progress_line.h"
#include "tools/stack.h"

namespace annofs {
namespace {

using doctor::AreaReport;
using doctor::HostFiles;
using doctor::Severity;

constexpr absl::Duration kPatience = absl::Seconds(5);  // with one area of this host
constexpr absl::Duration kServicePatience = absl::Seconds(20);

class Doctor {
 public:
  Doctor(const Settings& settings, const Io& io)
      : settings_(settings), io_(io), line_(io.err, OutputOf(io.err)) {}

  void LookAtHost() {
    const HostFiles host;
    Add("fuse", [host] { return CheckFuse(doctor::GatherFuse(host)); });
    Add("scratch", [host] { return CheckScratch(doctor::GatherScratch(host)); });
    Add("limits", [host, limits = Asked()] {
      doctor::LimitFacts facts = doctor::GatherLimits(host);
      facts.memory_asked = limits.memory_asked;
      facts.cache_size = limits.cache_size;
      facts.connections = limits.connections;
      return CheckLimits(facts);
    });
    AddCache(host);
    Add("mounts", [host] { return CheckMounts(doctor::GatherMounts(host, AnnofsMounts())); });
    Add("walkers", [host] {
      doctor::WalkerFacts facts = doctor::GatherWalkers(host);
      const std::vector<MountEntry> mounts = AnnofsMounts();
      if (!mounts.empty()) facts.mountpoint = mounts[0].mountpoint;
      return CheckWalkers(facts);
    });
  }

  void LookAtSource(const std::string& source, const SourceAccess& access) {
    const bool is_directory = access.url.kind == SourceUrl::Kind::kDirectory;
    if (is_directory || LookAtService(access)) return LookAtData(source);
    AddUnchecked("annotations", "the data", "the bucket cannot be read, see above");
  }

  void AddUnusable(const absl::Status& why) {
    AreaReport report{.area = "annotations"};
    report.Add(Severity::kError, "source-unusable", std::string(why.message()), "");
    Add(std::move(report));
  }

  const std::vector<AreaReport>& reports() const { return reports_; }

 private:
  doctor::LimitFacts Asked() const {
    return {.memory_asked = settings_.memory,
            .cache_size = settings_.cache_size,
            .connections = ConnectionsOf(settings_)};
  }

  void Add(AreaReport report) {
    line_.Clear();
    if (!settings_.json) io_.out << AreaText(report) << std::flush;
    reports_.push_back(std::move(report));
  }

  void Add(const std::string& area, std::function<AreaReport()> look) {
    line_.Show(absl::StrCat("looking at ", area));
    std::optional<AreaReport> report = doctor::Within(kPatience, std::move(look));
    if (report) return Add(*std::move(report));
    AddUnchecked(area, area,
                 absl::StrCat("no answer of the kernel within ", absl::FormatDuration(kPatience)));
  }

  void AddUnchecked(const std::string& area, absl::string_view what, absl::string_view why) {
    AreaReport report{.area = area};
    report.Unchecked(what, why);
    Add(std::move(report));
  }

  void AddCache(const HostFiles& host) {
    std::error_code error;
    const std::string path =
        std::filesystem::absolute(CacheDirOf(settings_), error).lexically_normal().string();
    const size_t before = reports_.size();
    Add("cache", [host, path, size = settings_.cache_size] {
      doctor::CacheFacts facts =
          doctor::GatherCache(path, host.Read("/proc/self/mountinfo").value_or(""));
      facts.size_asked = size;
      return CheckCache(facts);
    });
    cache_hangs_ = reports_[before].findings.empty() && reports_[before].fine.empty();
  }

  // Whether its files can be read.
  bool LookAtService(const SourceAccess& access) {
    line_.Show("asking the service");
    CallContext context = CommandContext(settings_);
    context.deadline = std::min(context.deadline, context.clock->Now() + kServicePatience);
    const bool is_b2 = access.url.kind == SourceUrl::Kind::kB2;
    Counters counters;
    const Examination seen = is_b2 ? ExamineB2(access.url, access.options, counters, context)
                                   : ExamineS3(access.url, access.options, counters, context);
    Add(doctor::CheckService(seen, access.url.kind));
    Add(doctor::CheckKey(seen, access.url, access.keys, context.clock->Now()));
    Add(doctor::CheckBucket(seen, access.url));
    return seen.answered.ok() && seen.admitted.ok() && seen.bucket.ok() && access.keys.ok();
  }

  void LookAtData(const std::string& source) {
    if (cache_hangs_) {
      return AddUnchecked("annotations", "the data", "the cache directory does not answer");
    }
    Interrupt interrupt;
    const absl::StatusOr<std::unique_ptr<Stack>> stack = OpenStack(settings_, source, &interrupt);
    if (!stack.ok()) return AddUnusable(stack.status());
    for (AreaReport& report : doctor::CheckData(
             *(*stack)->filesystem, settings_.views_name, {},
             [this](absl::string_view what) { line_.Show(what); },
             [&] {
               CallContext context = CommandContext(settings_);
               context.cancellation = &interrupt.cancellation();
               return context;
             })) {
      Add(std::move(report));
    }
  }

  const Settings& settings_;
  const Io& io_;
  ProgressLine line_;
  bool cache_hangs_ = false;
  std::vector<AreaReport> reports_;
};

}  // namespace

int RunDoctor(const Settings& settings, const std::vector<std::string>& arguments, const Io& io) {
  std::optional<absl::StatusOr<SourceAccess>> access;
  if (!arguments.empty()) {
    absl::StatusOr<SourceAccess> found = AccessOfSource(settings, arguments[0]);
    if (absl::IsInvalidArgument(found.status())) {
      Fail(io, absl::StrCat("doctor: ", found.status().message()));
      return kWrongUsage;
    }
    access = std::move(found);
  }
  Doctor look(settings, io);
  look.LookAtHost();
  if (access && access->ok()) look.LookAtSource(arguments[0], **access);
  if (access && !access->ok()) look.AddUnusable(access->status());
  if (settings.json) {
    io.out << ReportJson(look.reports()) << "\n";
  } else {
    io.out << SummaryText(look.reports()) << "\n";
  }
  const Severity least = settings.fail_on == "warning" ? Severity::kWarning : Severity::kError;
  return HasFinding(look.reports(), least) ? kFailed : kDone;
}

}  // namespace annofs
