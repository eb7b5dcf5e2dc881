#include "fs/filesystem.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "absl/synchronization/mutex.h"
#include "cache/base/log.h"
#include "cache/base/names.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "cache/memory_budget.h"
#include "cache/object_reader.h"
#include "cache/store/prices.h"
#include "fs/at_tree.h"
#include "fs/bucket_tree.h"
#include "fs/control_tree.h"
#include "fs/daily_cap.h"
#include "fs/data_yamls.h"
#include "fs/datasets.h"
#include "fs/mount_status.h"
#include "fs/object_facts.h"
#include "fs/stats.h"
#include "fs/status_json.h"
#include "fs/view_tree.h"

namespace annofs {
namespace {

constexpr absl::Duration kReportPeriod = absl::Milliseconds(500);
constexpr uint64_t kDrawingShare = 4;  // of the memory, a quarter

absl::StatusOr<DatasetSummary> SummaryOf(const Dataset& data) {
  const DatasetInfo& info = data.info();
  DatasetSummary summary{.name = info.name, .frames = data.frame_count()};
  for (uint64_t count : info.shape_counts) summary.annotations += count;
  ASSIGN_OR_RETURN(const std::vector<Problem> problems, data.Problems());
  summary.problems = problems.size();
  for (const Problem& problem : problems) {
    if (problem.severity != Problem::Severity::kError) continue;
    if (summary.errors++ > 0) continue;
    summary.first_error = absl::StrCat(problem.source, ": ", problem.reason);
  }
  return summary;
}

class FilesystemImpl : public Filesystem {
 public:
  FilesystemImpl(ObjectStore& store, CacheDir& cache, Counters& counters,
                 const FilesystemOptions& options)
      : store_(store), cache_(cache), counters_(counters), options_(options) {}

  absl::Status Open(const CallContext& context) {
    RETURN_IF_ERROR(CheckViewsName());
    RETURN_IF_ERROR(CheckFollow());
    ASSIGN_OR_RETURN(prices_, ParsePrices(BuiltInPrices()));
    const bool offline = IsOffline();
    if (!offline) RETURN_IF_ERROR(store_.Connect(context));
    ASSIGN_OR_RETURN(catalog_, OpenCatalog(*cache_.catalog, store_,
                                           {.names = Names(),
                                            .snapshot = options_.snapshot,
                                            .at = options_.at,
                                            .index_age = options_.index_age,
                                            .follow = Follows(),
                                            .follow_idle = 2 * NamesKept(options_.follow)}));
    reader_ = NewObjectReader(store_, *cache_.blocks, counters_,
                              {.source = store_.identity(),
                               .memory = options_.memory,
                               .network = offline ? ObjectReaderOptions::Network::kOffline
                                                  : ObjectReaderOptions::Network::kOnline});
    RETURN_IF_ERROR(RefuseTakenNames(context));
    MakeTrees();
    return CheckConfiguration(context);
  }

  absl::StatusOr<NodeAttr> Lookup(NodeId directory, absl::string_view name,
                                  const CallContext& context) override {
    ASSIGN_OR_RETURN(Tree * tree, TreeOf(directory));
    return tree->Lookup(directory, name, context);
  }
  absl::StatusOr<NodeAttr> Stat(NodeId node, const CallContext& context) override {
    ASSIGN_OR_RETURN(Tree * tree, TreeOf(node));
    return tree->Stat(node, context);
  }
  absl::Status List(NodeId directory, uint64_t from, absl::FunctionRef<bool(const DirEntry&)> fn,
                    const CallContext& context) override {
    ASSIGN_OR_RETURN(Tree * tree, TreeOf(directory));
    return tree->List(directory, from, fn, context);
  }
  absl::Status Read(NodeId node, ByteRange range, PiecesFn fn,
                    const CallContext& context) override {
    ASSIGN_OR_RETURN(Tree * tree, TreeOf(node));
    return tree->Read(node, range, fn, context);
  }
  absl::StatusOr<std::vector<Fact>> Facts(NodeId node, const CallContext& context) override {
    if (node.tree() == TreeNumber::kBucket) return object_facts_->Of(node.row(), context);
    ASSIGN_OR_RETURN(Tree * tree, TreeOf(node));
    return tree->Facts(node, context);
  }
  void Forget(NodeId node) override {
    if (absl::StatusOr<Tree*> tree = TreeOf(node); tree.ok()) (*tree)->Forget(node);
  }

  MountStatus StatusNow() const override {
    const MemoryShares shares = ShareMemory(options_.memory);
    MountStatus status{.source = store_.name(),
                       .snapshot = catalog_->Info(),
                       .index = Index(),
                       .names = Names(),
                       .follow = options_.follow,
                       .blocks = cache_.blocks->Info(),
                       .memory = {.limit = options_.memory,
                                  .fetches = shares.fetches,
                                  .answers = shares.answers,
                                  .resident = ResidentAnonymousBytes()},
                       .connections = options_.connections,
                       .datasets = StatusOfDatasets(),
                       .readings = ReadAll(counters_),
                       .estimate = Cost(),
                       .mountpoint = options_.mounted_at,
                       .log_file = options_.log_file,
                       .metrics = options_.metrics,
                       .started = started_};
    if (options_.daily_cap != nullptr) {
      status.daily = options_.daily_cap->Update(UsageOf(counters_), absl::Now());
    }
    absl::MutexLock lock(&mutex_);
    status.followed = followed_;
    return status;
  }
  std::string StatusJson() const override { return annofs::StatusJson(StatusNow(), absl::Now()); }

  std::optional<SnapshotInfo> Index() const override {
    const SnapshotInfo shown = catalog_->Info();
    return shown.kind == SnapshotInfo::Kind::kIndex ? shown : catalog_->Base();
  }

  absl::StatusOr<ObjectVersion> Object(NodeId file) override {
    if (file.tree() != TreeNumber::kBucket) {
      return absl::InvalidArgumentError("no file of the bucket");
    }
    return catalog_->Version(file.row());
  }
  ObjectReader& objects() override { return *reader_; }

  std::string PathOf(NodeId node) override {
    const absl::StatusOr<std::string> path = FindPathOf(node);
    return path.ok() ? *path : absl::StrFormat("node %x", node.value);
  }

  std::optional<Estimate> EstimateOf(const Usage& usage) const override {
    return EstimateCost(prices_, options_.price_service, usage, absl::Now());
  }

  absl::StatusOr<std::vector<DatasetSummary>> IndexDatasets(
      absl::FunctionRef<void(const DatasetsProgress&)> report,
      const CallContext& context) override {
    std::vector<DatasetSummary> summaries;
    if (!datasets_) return summaries;
    ASSIGN_OR_RETURN(const std::shared_ptr<const DatasetList> list, datasets_->List(context));
    DatasetsProgress progress{.all = list->datasets.size()};
    for (const std::shared_ptr<DatasetVersion>& dataset : list->datasets) {
      progress.name = dataset->entry().name;
      const absl::Status status = IndexDataset(*dataset, progress, report, context);
      RETURN_IF_ERROR(Annotate(status, progress.name));
      ASSIGN_OR_RETURN(const std::shared_ptr<const IndexedDataset> data, dataset->Open(context));
      ASSIGN_OR_RETURN(DatasetSummary summary, SummaryOf(*data));
      summaries.push_back(std::move(summary));
      ++progress.read;
    }
    return summaries;
  }

  absl::StatusOr<std::vector<std::string>> DatasetNames(const CallContext& context) override {
    std::vector<std::string> names;
    if (!datasets_) return names;
    ASSIGN_OR_RETURN(const std::shared_ptr<const DatasetList> list, datasets_->List(context));
    for (const auto& dataset : list->datasets) names.push_back(dataset->entry().name);
    return names;
  }

  absl::StatusOr<std::shared_ptr<const Dataset>> OpenDataset(absl::string_view name,
                                                             const CallContext& context) override {
    if (!datasets_) return absl::NotFoundError("views are left out");
    ASSIGN_OR_RETURN(const std::shared_ptr<const DatasetList> list, datasets_->List(context));
    for (const auto& dataset : list->datasets) {
      if (dataset->entry().name == name) return dataset->Open(context);
    }
    return absl::NotFoundError(absl::StrCat("no dataset '", name, "'"));
  }

  absl::StatusOr<std::vector<std::string>> SearchNotes(const CallContext& context) override {
    if (!datasets_) return std::vector<std::string>();
    ASSIGN_OR_RETURN(const std::shared_ptr<const DatasetList> list, datasets_->List(context));
    return list->notes;
  }

  absl::Status Refresh(KernelCache& kernel, const CallContext& context) override {
    const absl::Status status = RefreshAll(kernel, context);
    if (absl::IsCancelled(status)) return status;
    absl::MutexLock lock(&mutex_);
    (status.ok() ? followed_.refreshed : followed_.failed) = absl::Now();
    followed_.error = Redact(status.message());
    return status;
  }

  std::unique_ptr<Follower> StartFollowing(KernelCache& kernel) override {
    return std::make_unique<Follower>(options_.follow, [this, &kernel](const CallContext& context) {
      return Refresh(kernel, context);
    });
  }

 private:
  absl::Status RefreshAll(KernelCache& kernel, const CallContext& context) {
    bool changed = false;
    bool hides = false;
    RETURN_IF_ERROR(catalog_->Refresh(
        [&](RowId directory, absl::string_view name) {
          if (!std::exchange(changed, true) && datasets_) datasets_->CatalogChanged();
          bool is_hidden = directory == kRootRow && IsOwnName(name);
          hides |= is_hidden;
          if (!is_hidden) kernel.DropEntry(NodeId::Bucket(directory), name);
        },
        context));
    RETURN_IF_ERROR(context.Check());
    if (hides) RETURN_IF_ERROR(FindHidden(context));
    return RefreshViews(kernel, context);
  }

  static absl::Status IndexDataset(DatasetVersion& dataset, DatasetsProgress progress,
                                   absl::FunctionRef<void(const DatasetsProgress&)> report,
                                   const CallContext& context) {
    const absl::Time begun = context.clock->Now();
    for (;;) {
      progress.build = dataset.Progress();
      progress.elapsed = context.clock->Now() - begun;
      report(progress);
      CallContext turn = context;
      turn.deadline = std::min(context.deadline, context.clock->Now() + kReportPeriod);
      const absl::Status status = dataset.Open(turn).status();
      // The build may have a deadline of its own that is over.
      const bool goes_on =
          absl::IsDeadlineExceeded(status) && turn.Remaining() == absl::ZeroDuration();
      if (!goes_on) return status;
      RETURN_IF_ERROR(context.Check());
    }
  }

  DatasetsStatus StatusOfDatasets() const {
    DatasetsStatus status;
    const std::shared_ptr<const DatasetList> list = datasets_ ? datasets_->Known() : nullptr;
    if (!list) return status;
    status.found = list->datasets.size();
    for (const std::shared_ptr<DatasetVersion>& dataset : list->datasets) {
      if (dataset->is_open()) ++status.open;
      if (!dataset->is_building()) continue;
      status.building.push_back({.name = dataset->entry().name, .progress = dataset->Progress()});
    }
    return status;
  }

  absl::StatusOr<std::string> FindPathOf(NodeId node) {
    if (node.tree() == TreeNumber::kControl) return std::string(kControlName);
    if (node.tree() == TreeNumber::kBucket) {
      ASSIGN_OR_RETURN(const std::string key, catalog_->Key(node.row()));
      return std::string(absl::StripSuffix(key, "/"));
    }
    if (node.tree() == TreeNumber::kView && slot_owners_.Find(node.slot()) == nullptr) {
      if (views_ == nullptr) return absl::AbortedError("a node of no tree");
      return views_->PathOf(node, options_.views_name);
    }
    ASSIGN_OR_RETURN(const std::string path, at_->PathOf(node));
    return JoinPath(absl::StrCat(kControlName, "/at"), path);
  }

  std::optional<Estimate> Cost() const { return EstimateOf(UsageOf(counters_)); }

  bool IsOffline() const { return options_.network == FilesystemOptions::Network::kOffline; }
  bool Follows() const { return options_.follow > absl::ZeroDuration(); }
  bool ShowsViews() const { return options_.views == FilesystemOptions::Views::kShown; }
  bool IsOwnName(absl::string_view name) const {
    return name == kControlName || (ShowsViews() && name == options_.views_name);
  }

  CatalogOptions::Names Names() const {
    bool offline = IsOffline() && options_.names == CatalogOptions::Names::kFresh;
    return offline ? CatalogOptions::Names::kOffline : options_.names;
  }

  absl::Status CheckFollow() const {
    if (!Follows()) return absl::OkStatus();
    absl::string_view other;
    if (options_.at) other = "--at: what was does not change";
    if (options_.names == CatalogOptions::Names::kSnapshot) {
      other = "--snapshot: what a snapshot shows does not change";
    }
    if (IsOffline() || options_.names == CatalogOptions::Names::kOffline) {
      other = "--offline: changes are seen through the network only";
    }
    if (other.empty()) return absl::OkStatus();
    return absl::InvalidArgumentError(
        absl::StrCat("--follow cannot be used with ", other, "; leave one of them out"));
  }

  // Which of our own names the bucket has now; they go on being ours.
  absl::Status FindHidden(const CallContext& context) {
    std::vector<std::string> hidden;
    for (absl::string_view name : {absl::string_view(options_.views_name), kControlName}) {
      if (!IsOwnName(name)) continue;
      absl::StatusOr<Row> row = catalog_->Lookup(kRootRow, name, context);
      if (row.ok()) hidden.emplace_back(name);
      if (!row.ok() && !absl::IsNotFound(row.status())) return row.status();
    }
    absl::MutexLock lock(&mutex_);
    hidden_ = std::move(hidden);
    return absl::OkStatus();
  }

  absl::Status RefreshViews(KernelCache& kernel, const CallContext& context) {
    if (!datasets_) return absl::OkStatus();
    RETURN_IF_ERROR(datasets_->Refresh(context));
    ASSIGN_OR_RETURN(std::vector<std::string> names, views_->Refresh());
    for (const std::string& name : names) {
      RETURN_IF_ERROR(context.Check());
      kernel.DropEntry(kViewsRoot, name);
    }
    return absl::OkStatus();
  }

  absl::StatusOr<Tree*> TreeOf(NodeId node) {
    if (node.tree() == TreeNumber::kView) {
      if (Tree* owner = slot_owners_.Find(node.slot()); owner != nullptr) return owner;
    }
    size_t number = size_t(node.tree());
    if (number >= trees_.size() || !trees_[number]) return absl::AbortedError("a node of no tree");
    return trees_[number].get();
  }

  absl::Status CheckViewsName() const {
    if (IsEntryName(options_.views_name) && options_.views_name != kControlName) {
      return absl::OkStatus();
    }
    return absl::InvalidArgumentError(
        absl::StrCat("'", options_.views_name, "' cannot be the name of the views' directory"));
  }

  absl::Status RefuseTakenNames(const CallContext& context) {
    for (absl::string_view name : {absl::string_view(options_.views_name), kControlName}) {
      if (!IsOwnName(name)) continue;
      absl::StatusOr<Row> row = catalog_->Lookup(kRootRow, name, context);
      if (absl::IsNotFound(row.status())) continue;
      RETURN_IF_ERROR(row.status());
      return absl::AlreadyExistsError(absl::StrCat(
          store_.name(), " holds '", name, "' itself, where annofs would show its own directory: ",
          name == kControlName
              ? "mount a prefix that does not hold it"
              : "choose another name with --views-name NAME, or none with --no-views"));
    }
    return absl::OkStatus();
  }

  absl::Status CheckConfiguration(const CallContext& context) {
    if (!datasets_) return absl::OkStatus();
    const absl::Status status = datasets_->CheckConfiguration(context);
    // The rest of the bucket may be there without the network.
    if (!IsOffline() || !absl::IsUnavailable(status)) return status;
    LogWarning(absl::StrCat("no views until the configuration of their datasets can be read: ",
                            status.message()));
    return absl::OkStatus();
  }

  void MakeTrees() {
    std::vector<Graft> grafts;
    const DatasetsOptions datasets{.source = store_.identity(),
                                   .annotations = options_.annotations,
                                   .configuration = options_.configuration,
                                   .images = options_.images};
    if (ShowsViews()) {
      datasets_ = NewDatasets(*cache_.catalog, *catalog_, *reader_, datasets);
      auto views = NewViewTree(*cache_.catalog, *catalog_, *reader_, *datasets_,
                               {.blocks = cache_.blocks.get(),
                                .drawing_memory = options_.memory / kDrawingShare,
                                .sizes = options_.sizes});
      views_ = views.get();
      trees_[size_t(TreeNumber::kView)] = std::move(views);
      grafts.push_back({.name = options_.views_name, .attr = ViewsRootAttr()});
    }
    object_facts_.emplace(store_, *catalog_, datasets_.get());
    auto at = NewAtTree(
        {.lmdb = *cache_.catalog,
         .present = *catalog_,
         .store = store_,
         .reader = *reader_,
         .blocks = cache_.blocks.get(),
         .owners = slot_owners_,
         .names = IsOffline() ? CatalogOptions::Names::kOffline : CatalogOptions::Names::kFresh,
         .views_name = ShowsViews() ? options_.views_name : "",
         .datasets = datasets});
    at_ = at.get();
    trees_[size_t(TreeNumber::kAt)] = std::move(at);
    trees_[size_t(TreeNumber::kControl)] =
        NewControlTree(ControlFiles(), {{.name = "at", .attr = AtRootAttr()}}, ControlBranches());
    grafts.push_back({.listing = Graft::Listing::kHidden,
                      .name = std::string(kControlName),
                      .attr = ControlRootAttr()});
    trees_[size_t(TreeNumber::kBucket)] = NewBucketTree(*catalog_, *reader_, std::move(grafts));
  }

  std::vector<ControlFile> ControlFiles() {
    return {{"problems.tsv", [this] { return ProblemsTsv(); }},
            {"stats.json", [this] { return StatsJson(StatusNow(), absl::Now()); }},
            {"status.json", [this] { return StatusJson(); }},
            {"version", [] { return std::string(ANNOFS_VERSION "\n"); }}};
  }

  std::vector<ControlBranchAt> ControlBranches() {
    std::vector<ControlBranchAt> branches;
    // YAML is Unicode: it could not name another path.
    if (!ShowsViews() || options_.mountpoint.empty() || !IsValidUtf8(options_.mountpoint)) {
      return branches;
    }
    branches.push_back(
        {.name = std::string(kDataYamlsName),
         .branch = NewDataYamls(*this, options_.views_name,
                                JoinPath(options_.mountpoint, options_.views_name))});
    return branches;
  }

  std::string ProblemsTsv() {
    std::string text = "key\treason\n";
    auto add = [&text](absl::string_view key, absl::string_view reason) {
      absl::StrAppend(&text, TsvEscape(key), "\t", TsvEscape(reason), "\n");
    };
    for (const CatalogProblem& problem : catalog_->Problems()) add(problem.key, problem.reason);
    for (const CatalogProblem& problem : at_->Problems()) add(problem.key, problem.reason);
    for (const std::string& name : Hidden()) {
      add(name,
          absl::StrCat("has appeared in the bucket and is not shown: the name is annofs's own "
                       "here",
                       name == kControlName ? "" : " (mount anew with --views-name NAME)"));
    }
    const std::string wrong = datasets_ ? datasets_->ConfigurationError() : "";
    if (!wrong.empty()) {
      add(kConfigurationName, absl::StrCat("wrong, the datasets stay as they were: ", wrong));
    }
    std::shared_ptr<const DatasetList> datasets = datasets_ ? datasets_->Known() : nullptr;
    if (datasets) {
      for (const std::string& note : datasets->notes) {
        add("", absl::StrCat("the search for annotations ", note));
      }
    }
    return text;
  }

  std::vector<std::string> Hidden() const {
    absl::MutexLock lock(&mutex_);
    return hidden_;
  }

  ObjectStore& store_;
  CacheDir& cache_;
  Counters& counters_;
  const FilesystemOptions options_;
  const absl::Time started_ = absl::Now();
  Prices prices_;
  std::unique_ptr<Catalog> catalog_;
  std::unique_ptr<ObjectReader> reader_;
  std::unique_ptr<Datasets> datasets_;
  std::optional<ObjectFacts> object_facts_;
  SlotOwners slot_owners_;
  ViewTree* views_ = nullptr;                   // of trees_; none without views
  AtTree* at_ = nullptr;                        // of trees_
  std::array<std::unique_ptr<Tree>, 4> trees_;  // by TreeNumber

  mutable absl::Mutex mutex_;
  std::vector<std::string> hidden_ ABSL_GUARDED_BY(mutex_);
  FollowStatus followed_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace

absl::StatusOr<std::unique_ptr<Filesystem>> OpenFilesystem(ObjectStore& store, CacheDir& cache,
                                                           Counters& counters,
                                                           const FilesystemOptions& options,
                                                           const CallContext& context) {
  auto filesystem = std::make_unique<FilesystemImpl>(store, cache, counters, options);
  RETURN_IF_ERROR(filesystem->Open(context));
  return std::unique_ptr<Filesystem>(std::move(filesystem));
}

absl::StatusOr<NodeAttr> Resolve(Tree& tree, absl::string_view path, const CallContext& context) {
  ASSIGN_OR_RETURN(NodeAttr attr, tree.Stat(kRootNode, context));
  while (!path.empty()) {
    size_t slash = path.find('/');
    absl::string_view name = path.substr(0, slash);
    path.remove_prefix(slash == absl::string_view::npos ? path.size() : slash + 1);
    if (name.empty() || name == ".") continue;
    if (!attr.is_directory) return absl::NotFoundError("not a directory");
    ASSIGN_OR_RETURN(attr, tree.Lookup(attr.id, name, context));
  }
  return attr;
}

}  // namespace annofs
