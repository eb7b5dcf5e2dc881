// `annofs stats`: what the datasets of a source hold, in numbers; as text, JSON, and a page.
#include <ostream>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "tools/asked_datasets.h"
#include "tools/command.h"
#include "tools/index_text.h"
#include "tools/interrupt.h"
#include "tools/people.h"
#include "tools/progress_line.h"
#include "tools/stack.h"
#include "tools/stats_page.h"
#include "tools/stats_report.h"
#include "tools/stats_samples.h"
#include "tools/terminal_text.h"

namespace annofs {
namespace {

class Stats {
 public:
  Stats(const Settings& settings, const std::string& source, const Io& io)
      : settings_(settings), source_(source), io_(io), line_(io.err, OutputOf(io.err)) {}

  // False: a dataset could not be counted, which is said.
  absl::StatusOr<bool> Run() {
    if (!settings_.html.empty()) RETURN_IF_ERROR(CheckPageFile(settings_.html));
    Interrupt interrupt;
    context_.cancellation = &interrupt.cancellation();
    ASSIGN_OR_RETURN(stack_, OpenStack(settings_, source_, &interrupt));
    report_.source = std::string(stack_->store->name());
    const std::optional<SnapshotInfo> index = stack_->filesystem->Index();
    if (index) report_.snapshot = index->number;
    ASSIGN_OR_RETURN(const AskedDatasets asked,
                     FindAskedDatasets(settings_, *stack_, line_, io_.err, context_));
    size_t failed = asked.is_whole ? 0 : 1;
    for (const std::string& name : asked.names) {
      // One that cannot be read does not keep the others from being counted.
      const absl::Status status = One(name, asked.names.size());
      if (absl::IsCancelled(status)) return status;
      if (status.ok()) continue;
      line_.Clear();
      ++failed;
      Fail(io_, absl::StrCat("stats: dataset '", name, "' cannot be counted: ", status.message()));
    }
    line_.Clear();
    if (report_.datasets.empty()) return false;
    if (report_.datasets.size() > 1) report_.total = Total();
    RETURN_IF_ERROR(Tell());
    return failed == 0 && unread_ == 0;
  }

 private:
  absl::Status One(const std::string& name, size_t datasets) {
    line_.Show(absl::StrCat(name, ": reading its annotations"));
    ASSIGN_OR_RETURN(const std::shared_ptr<const Dataset> data,
                     stack_->filesystem->OpenDataset(name, context_));
    StatsReport::One one;
    ASSIGN_OR_RETURN(one.stats, CountDataset(*data, [&](uint32_t frames) {
                       line_.Show(absl::StrCat(name, ": ", Grouped(frames), " of ",
                                               Grouped(data->frame_count()), " frames counted"));
                       return context_.Check();
                     }));
    one.stats.name = name;
    const std::string directory = JoinPath(settings_.views_name, name);
    ASSIGN_OR_RETURN(const NodeAttr views, Resolve(*stack_->filesystem, directory, context_));
    one.modified = views.modified;
    line_.Clear();
    io_.err << BrokenText(
        {{.name = name, .errors = one.stats.errors, .first_error = one.stats.first_error}});
    if (one.stats.errors > 0 && data->frame_count() == 0) ++unread_;
    if (!settings_.html.empty()) RETURN_IF_ERROR(ForPage(*data, directory, datasets, one));
    report_.datasets.push_back(std::move(one));
    return absl::OkStatus();
  }

  // Samples and images are shared by the datasets of a page. The check looks at no image: what of
  // them is known without a request changes with the cache, and so would the page.
  absl::Status ForPage(const Dataset& data, const std::string& directory, size_t datasets,
                       StatsReport::One& one) {
    ASSIGN_OR_RETURN(one.quality, CheckQuality(data, {}, [&](const QualityProgress& progress) {
                       line_.Show(absl::StrCat(one.stats.name, ": ", Grouped(progress.done), " of ",
                                               Grouped(progress.all), " frames checked"));
                       return context_.Check();
                     }));
    const size_t place = report_.datasets.size();
    auto share = [&](size_t all) { return all / datasets + (place < all % datasets ? 1 : 0); };
    const size_t frames = share(kMaxSamples);
    if (frames == 0) return absl::OkStatus();
    line_.Show(absl::StrCat(one.stats.name, ": fetching sample images"));
    auto read = [&](const FrameNames& names) {
      CallContext context = CommandContext(settings_);
      context.cancellation = context_.cancellation;
      return ReadSampleImage(*stack_->filesystem, directory, data, names, context);
    };
    ASSIGN_OR_RETURN(one.samples, CollectSamples(data, frames, share(kMaxSampleImages), read));
    // Whoever interrupts wants no page without images.
    return context_.Check();
  }

  DatasetStats Total() const {
    std::vector<const DatasetStats*> all;
    for (const StatsReport::One& one : report_.datasets) all.push_back(&one.stats);
    return SumOf(all);
  }

  absl::Status Tell() {
    if (!settings_.html.empty()) {
      const std::string page = StatsPage(report_);
      RETURN_IF_ERROR(WritePage(settings_.html, page));
      io_.err << "annofs: stats: wrote " << settings_.html << " (" << HumanSize(page.size())
              << ")\n";
    }
    io_.out << (settings_.json ? StatsJson(report_) : StatsText(report_, ScreenOf(io_.out)));
    io_.out.flush();
    if (!io_.out) return absl::InternalError("writing to standard output failed");
    return absl::OkStatus();
  }

  const Settings& settings_;
  const std::string source_;
  const Io& io_;
  ProgressLine line_;
  CallContext context_;
  std::unique_ptr<Stack> stack_;
  size_t unread_ = 0;  // datasets of which nothing could be read
  StatsReport report_;
};

}  // namespace

int RunStats(const Settings& settings, const std::vector<std::string>& arguments, const Io& io) {
  const absl::StatusOr<bool> is_whole = Stats(settings, arguments[0], io).Run();
  if (!is_whole.ok()) return Fail(io, absl::StrCat("stats: ", is_whole.status().message()));
  return *is_whole ? kDone : kFailed;
}

}  // namespace annofs
