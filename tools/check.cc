// `annofs check`: the rules of formats/quality over the datasets of a source.
#include <ostream>

#include "absl/strings/str_cat.h"
#include "cache/base/log.h"
#include "cache/base/status.h"
#include "cache/store/stores.h"
#include "formats/quality/findings.h"
#include "tools/asked_datasets.h"
#include "tools/check_text.h"
#include "tools/command.h"
#include "tools/image_sizes.h"
#include "tools/interrupt.h"
#include "tools/progress_line.h"
#include "tools/stack.h"

namespace annofs {
namespace {

constexpr absl::Duration kProgressPeriod = absl::Milliseconds(200);

class Checking {
 public:
  Checking(const Settings& settings, const std::string& source, const Io& io)
      : settings_(settings), source_(source), io_(io), line_(io.err, OutputOf(io.err)) {
    // Reading annotations takes as long as it takes; each request has its own time.
    context_.cancellation = &interrupt_.cancellation();
  }

  // True: nothing was found that the exit code tells of.
  absl::StatusOr<bool> Run() {
    ASSIGN_OR_RETURN(const SourceUrl url, ParseSourceUrl(source_));
    from_ = url.kind == SourceUrl::Kind::kDirectory ? ImageBytesFrom::kDirectory
                                                    : ImageBytesFrom::kCache;
    ASSIGN_OR_RETURN(stack_, OpenStack(settings_, source_, &interrupt_));
    ASSIGN_OR_RETURN(const AskedDatasets asked,
                     FindAskedDatasets(settings_, *stack_, line_, io_.err, context_));
    has_failed_ = !asked.is_whole;
    if (settings_.json) io_.out << "{\"datasets\":[";
    for (const std::string& name : asked.names) RETURN_IF_ERROR(CheckOne(name));
    line_.Clear();
    if (settings_.json) {
      io_.out << "],\"totals\":" << TotalsJson(totals_) << "}\n";
    } else {
      io_.out << TotalsText(totals_);
    }
    return !has_failed_;
  }

 private:
  // A dataset that cannot be read does not keep the others from being checked.
  absl::Status CheckOne(const std::string& name) {
    absl::StatusOr<QualityReport> report = Report(name);
    line_.Clear();
    if (absl::IsCancelled(report.status())) return report.status();
    if (!report.ok()) {
      has_failed_ = true;
      Fail(io_, absl::StrCat("check: dataset '", name,
                             "' cannot be checked: ", report.status().message()));
      return absl::OkStatus();
    }
    report->dataset = name;
    Print(*report);
    totals_.Add(*report);
    const QualitySeverity least =
        settings_.fail_on == "warning" ? QualitySeverity::kWarning : QualitySeverity::kError;
    has_failed_ = has_failed_ || report->HasAtLeast(least);
    return absl::OkStatus();
  }

  absl::StatusOr<QualityReport> Report(const std::string& name) {
    ASSIGN_OR_RETURN(const std::shared_ptr<const Dataset> data,
                     stack_->filesystem->OpenDataset(name, context_));
    const QualityOptions options{
        .places = settings_.json ? kPlacesInJson : kPlacesInText,
        .size_mismatch = [&](Rank rank,
                             const Frame& frame) -> absl::StatusOr<std::optional<std::string>> {
          return SizeMismatch(*stack_, from_, *data, rank, frame);
        }};
    const absl::Time begun = absl::Now();
    absl::Time shown = begun;
    return CheckQuality(*data, options, [&](const QualityProgress& progress) {
      const absl::Time now = absl::Now();
      if (now - shown >= kProgressPeriod) {
        line_.Show(CheckProgressText(name, progress, now - begun));
        shown = now;
      }
      return context_.Check();
    });
  }

  void Print(const QualityReport& report) {
    if (!settings_.json) {
      io_.out << CheckText(report) << "\n";
      return;
    }
    io_.out << (totals_.datasets > 0 ? ",\n" : "\n") << CheckJson(report);
  }

  const Settings& settings_;
  const std::string source_;
  const Io& io_;
  ProgressLine line_;
  Interrupt interrupt_;
  CallContext context_;
  ImageBytesFrom from_ = ImageBytesFrom::kCache;
  std::unique_ptr<Stack> stack_;
  CheckTotals totals_;
  bool has_failed_ = false;
};

}  // namespace

int RunCheck(const Settings& settings, const std::vector<std::string>& arguments, const Io& io) {
  const absl::StatusOr<bool> is_well = Checking(settings, arguments[0], io).Run();
  if (!is_well.ok()) return Fail(io, absl::StrCat("check: ", is_well.status().message()));
  return *is_well ? kDone : kFailed;
}

}  // namespace annofs
