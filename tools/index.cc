// `annofs index`: lists a whole source into one snapshot and reads its annotations; or writes that
// to a file, or takes it from one.
#include <algorithm>
#include <filesystem>
#include <ostream>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "cache/index_file.h"
#include "cache/indexer.h"
#include "cache/store/stores.h"
#include "tools/asked_datasets.h"
#include "tools/command.h"
#include "tools/index_text.h"
#include "tools/interrupt.h"
#include "tools/people.h"
#include "tools/progress_line.h"
#include "tools/stack.h"

namespace annofs {
namespace {

constexpr int kConnections = 16;

// Names that the service gives at once (reference/b2.md §4.3; S3: 1,000); 0: it has no requests.
uint32_t PageNames(SourceUrl::Kind kind) {
  switch (kind) {
    case SourceUrl::Kind::kB2:
      return 10000;
    case SourceUrl::Kind::kS3:
      return 1000;
    case SourceUrl::Kind::kDirectory:
      break;
  }
  return 0;
}

std::optional<SnapshotInfo> LastIndex(Stack& stack) {
  const auto snapshots = ListSnapshots(*stack.cache.catalog, stack.store->identity());
  const SnapshotInfo* newest = snapshots.ok() ? NewestIndex(*snapshots) : nullptr;
  return newest == nullptr ? std::nullopt : std::optional<SnapshotInfo>(*newest);
}

class Indexing {
 public:
  Indexing(const Settings& settings, const std::string& source, const Io& io)
      : settings_(settings), source_(source), io_(io), line_(io.err, OutputOf(io.err)) {}

  absl::Status Run() {
    context_.cancellation = &interrupt_.cancellation();
    if (!settings_.import_file.empty()) return Import();
    if (!settings_.export_file.empty()) return Export();
    RETURN_IF_ERROR(Open(settings_));
    return Build();
  }

 private:
  absl::Status Open(const Settings& settings) {
    stack_ = nullptr;  // an environment is opened once per process
    ASSIGN_OR_RETURN(stack_, OpenStoreAndCache(settings, source_, &interrupt_));
    return absl::OkStatus();
  }

  // Without a request: without keys, too.
  absl::Status OpenWithoutNetwork() {
    Settings offline = settings_;
    offline.offline = true;
    return Open(offline);
  }

  absl::Status Build() {
    RETURN_IF_ERROR(BuildNames());
    if (!settings_.no_views) RETURN_IF_ERROR(ReadAnnotations());
    line_.Clear();
    io_.out << (settings_.json ? ResultJson(result_) : ResultText(result_)) << "\n";
    if (is_whole_) return absl::OkStatus();
    return absl::DataLossError(
        "not all annotations could be read, as said above; the rest is indexed: run it again when "
        "they can be");
  }

  absl::Status BuildNames() {
    ASSIGN_OR_RETURN(const SourceUrl url, ParseSourceUrl(source_));
    const uint32_t page = PageNames(url.kind);
    const std::optional<SnapshotInfo> last = LastIndex(*stack_);
    io_.err << RequestsText(stack_->store->name(), last ? last->objects : 0, page) << "\n";
    RETURN_IF_ERROR(stack_->store->Connect(CommandContext(settings_)));
    IndexOptions options{.requests_at_once = settings_.connections.value_or(kConnections)};
    if (page != 0) options.page_names = page;
    result_.source = stack_->store->name();
    absl::StatusOr<SnapshotInfo> built = BuildIndex(
        *stack_->cache.catalog, *stack_->store, options,
        [this](const IndexProgress& progress) { Report(progress); }, context_);
    line_.Clear();
    if (absl::IsCancelled(built.status())) {
      return absl::CancelledError(
          "interrupted: what was listed is kept, and the next `annofs index` goes on with it");
    }
    if (absl::IsAlreadyExists(built.status())) return built.status();
    RETURN_IF_ERROR(Annotate(built.status(), "what was listed is kept for the next call"));
    result_.snapshot = *built;
    return TellDoubts();
  }

  // What a user would want to know before mounting.
  absl::Status TellDoubts() {
    if (result_.snapshot.objects == 0) {
      io_.err << "nothing is there: is the name " << result_.source << " right?\n";
    }
    ASSIGN_OR_RETURN(const auto catalog, OpenCatalog(*stack_->cache.catalog, *stack_->store, {}));
    const size_t problems = catalog->Problems().size();
    if (problems != 0) {
      io_.err << Grouped(problems)
              << " names cannot be shown as they are: .annofs/problems.tsv of a mount says which\n";
    }
    return absl::OkStatus();
  }

  void Report(const IndexProgress& progress) {
    if (progress.resumed && !result_.resumed) {
      line_.Clear();
      io_.err << "going on with an interrupted index\n";
    }
    result_.resumed = progress.resumed;
    result_.requests = progress.requests;
    result_.elapsed = progress.elapsed;
    line_.Show(ProgressText(progress));
  }

  absl::Status ReadAnnotations() {
    const absl::Time begun = absl::Now();
    absl::Status status = OpenFilesystemOf(*stack_, settings_);
    if (status.ok()) {
      absl::StatusOr<std::vector<DatasetSummary>> datasets = stack_->filesystem->IndexDatasets(
          [this](const DatasetsProgress& progress) { line_.Show(DatasetsText(progress)); },
          context_);
      if (datasets.ok()) result_.datasets = *datasets;
      line_.Clear();
      if (datasets.ok()) io_.err << BrokenText(*datasets);
      io_.err << NamedSourcesText(settings_, *stack_->filesystem, context_);
      TellUnreadable();
      status = datasets.status();
    }
    line_.Clear();
    result_.elapsed += absl::Now() - begun;
    return Annotate(status, absl::StrCat("all ", Grouped(result_.snapshot.objects),
                                         " names are listed (snapshot ", result_.snapshot.number,
                                         "), but reading annotations failed"));
  }

  void TellUnreadable() {
    const auto notes = stack_->filesystem->SearchNotes(context_);
    const std::string unreadable = notes.ok() ? UnreadableText(*notes) : "";
    if (settings_.annotations.empty()) io_.err << unreadable;  // else all notes were told
    is_whole_ = unreadable.empty();
  }

  // Another kind of file would be replaced by the new one.
  static absl::StatusOr<std::string> ExportTarget(const std::string& file) {
    std::error_code error;
    const std::filesystem::path target = std::filesystem::weakly_canonical(file, error);
    if (error) return ErrnoToStatus(error.value(), file);
    if (std::filesystem::exists(target, error) &&
        !std::filesystem::is_regular_file(target, error)) {
      return absl::InvalidArgumentError(absl::StrCat(file, " is no regular file: name another"));
    }
    return target.string();
  }

  absl::Status Export() {
    ASSIGN_OR_RETURN(const std::string target, ExportTarget(settings_.export_file));
    RETURN_IF_ERROR(OpenWithoutNetwork());
    if (!LastIndex(*stack_)) {
      io_.err << "there is no index of " << stack_->store->name() << " yet: making it\n";
      RETURN_IF_ERROR(Open(settings_));
      RETURN_IF_ERROR(BuildNames());
    }
    ASSIGN_OR_RETURN(
        const SnapshotInfo info,
        ExportIndex(
            *stack_->cache.catalog, stack_->store->identity(), target, [this](uint64_t bytes) {
              line_.Show(absl::StrCat("writing: ", Grouped(bytes >> 20), " MiB of the catalog"));
            }));
    return FileDone("exported", settings_.export_file, info);
  }

  absl::Status Import() {
    RETURN_IF_ERROR(OpenWithoutNetwork());
    ASSIGN_OR_RETURN(const SnapshotInfo info,
                     ImportIndex(*stack_->cache.catalog, stack_->store->identity(),
                                 settings_.import_file, [this](uint64_t bytes) {
                                   line_.Show(absl::StrCat("importing: ", Grouped(bytes >> 20),
                                                           " MiB of the file"));
                                 }));
    return FileDone("imported", settings_.import_file, info);
  }

  absl::Status FileDone(absl::string_view what, const std::string& file, const SnapshotInfo& info) {
    line_.Clear();
    result_.source = stack_->store->name();
    result_.snapshot = info;
    if (settings_.json) {
      io_.out << ResultJson(result_) << "\n";
      return absl::OkStatus();
    }
    io_.out << what << " the index of " << result_.source << ": " << file << ", "
            << Grouped(info.objects) << " objects in " << Grouped(info.directories)
            << " directories, " << RoughTime(absl::Now() - info.completed) << " old, snapshot "
            << info.number << "\n";
    return absl::OkStatus();
  }

  const Settings& settings_;
  const std::string source_;
  const Io& io_;
  ProgressLine line_;
  Interrupt interrupt_;
  CallContext context_;
  std::unique_ptr<Stack> stack_;
  IndexResult result_;
  bool is_whole_ = true;  // no object that may hold annotations was unreadable
};

}  // namespace

int RunIndex(const Settings& settings, const std::vector<std::string>& arguments, const Io& io) {
  const absl::Status status = Indexing(settings, arguments[0], io).Run();
  return status.ok() ? kDone : Fail(io, absl::StrCat("index: ", status.message()));
}

}  // namespace annofs
