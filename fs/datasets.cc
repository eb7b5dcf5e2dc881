#include "fs/datasets.h"

#include <atomic>
#include <utility>

#include "absl/synchronization/mutex.h"
#include "cache/base/log.h"
#include "cache/base/status.h"
#include "fs/dataset_search.h"
#include "fs/never_absent.h"
#include "fs/wait.h"

namespace annofs {
namespace {

class DatasetsImpl : public Datasets {
 public:
  DatasetsImpl(Lmdb& lmdb, Catalog& catalog, ObjectReader& reader, const DatasetsOptions& options)
      : options_(options),
        readers_(NewReaders()),
        configuration_(catalog, reader, options.configuration),
        ground_{.lmdb = lmdb,
                .catalog = catalog,
                .reader = reader,
                .pool = pool_,
                .ending = ending_,
                .build_timeout = options.build_timeout,
                .images = options.images,
                .generation = generation_} {}

  // Builds in progress end at their next read of the bucket.
  ~DatasetsImpl() override { ending_.Cancel(); }

  absl::StatusOr<std::shared_ptr<const DatasetList>> List(const CallContext& context) override {
    if (std::shared_ptr<const DatasetList> known = Known()) return known;
    if (context.lane == Lane::kFast) return WouldBlock();
    {
      absl::MutexLock lock(&mutex_);
      auto idle = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return list_ || !searching_; };
      RETURN_IF_ERROR(AwaitUnder(mutex_, absl::Condition(&idle), context));
      if (list_) return list_;
      searching_ = true;
    }
    const uint64_t generation = generation_.load();
    absl::StatusOr<std::shared_ptr<const DatasetList>> list = Search(DatasetList(), context);
    absl::MutexLock lock(&mutex_);
    searching_ = false;
    RETURN_IF_ERROR(NeverAbsent(list.status()));
    searched_ = generation;
    list_ = *std::move(list);
    return list_;
  }

  std::shared_ptr<const DatasetList> Known() const override {
    absl::MutexLock lock(&mutex_);
    return list_;
  }

  void CatalogChanged() override { ++generation_; }

  absl::Status CheckConfiguration(const CallContext& context) override {
    return LoadConfiguration(context).status();
  }

  std::string ConfigurationError() const override {
    absl::MutexLock lock(&mutex_);
    return configuration_error_;
  }

  absl::Status Refresh(const CallContext& context) override {
    const uint64_t generation = generation_.load();
    std::shared_ptr<const DatasetList> before;
    bool is_searched = false;
    {
      absl::MutexLock lock(&mutex_);
      before = list_;
      is_searched = searched_ == generation;
    }
    if (!before) return absl::OkStatus();
    std::shared_ptr<const DatasetList> found = before;
    if (!is_searched) {
      absl::StatusOr<std::shared_ptr<const DatasetList>> list = Search(*before, context);
      // With a wrong configuration nobody knows what there is now: what was there stays.
      if (list.ok()) {
        found = *std::move(list);
      } else if (ConfigurationError().empty()) {
        return list.status();
      }
    }
    ASSIGN_OR_RETURN(std::shared_ptr<const DatasetList> matched,
                     Rematch(*found, before->revision + 1, context));
    BuildSuccessors(*before, *matched, context);
    RETURN_IF_ERROR(context.Check());
    absl::MutexLock lock(&mutex_);
    searched_ = generation;
    if (!IsSame(*matched, *before)) list_ = std::move(matched);
    return absl::OkStatus();
  }

 private:
  // Versions of `before` that are found again stay what they are.
  absl::StatusOr<std::shared_ptr<const DatasetList>> Search(const DatasetList& before,
                                                            const CallContext& context) {
    ASSIGN_OR_RETURN(const std::shared_ptr<const LoadedConfiguration> loaded,
                     LoadConfiguration(context));
    ASSIGN_OR_RETURN(FoundDatasets found, SearchDatasets({.catalog = ground_.catalog,
                                                          .reader = ground_.reader,
                                                          .readers = readers_,
                                                          .store = options_.source,
                                                          .annotations = options_.annotations},
                                                         *loaded, context));
    auto list = std::make_shared<DatasetList>();
    list->revision = before.revision + 1;
    list->notes = std::move(found.notes);
    list->configured = loaded->from;
    for (FoundDataset& dataset : found.datasets) {
      list->datasets.push_back(VersionFor(dataset, before, list->revision));
    }
    return std::shared_ptr<const DatasetList>(std::move(list));
  }

  // Tells the log of each error once.
  absl::StatusOr<std::shared_ptr<const LoadedConfiguration>> LoadConfiguration(
      const CallContext& context) {
    absl::StatusOr<std::shared_ptr<const LoadedConfiguration>> loaded =
        configuration_.Load(context);
    std::string error;
    if (absl::IsInvalidArgument(loaded.status())) error = std::string(loaded.status().message());
    absl::MutexLock lock(&mutex_);
    const bool is_news = error != std::exchange(configuration_error_, error);
    if (is_news && !error.empty()) LogError(error);
    return loaded;
  }

  std::shared_ptr<DatasetVersion> VersionFor(FoundDataset& dataset, const DatasetList& before,
                                             uint64_t revision) const {
    std::shared_ptr<DatasetVersion> known = Find(before, dataset.entry.name);
    if (known && known->entry().version == dataset.entry.version) return known;
    dataset.entry.revision = before.revision == 0 ? 0 : revision;
    return std::make_shared<DatasetVersion>(ground_, std::move(dataset.entry),
                                            std::move(dataset.plan));
  }

  // The same list with the versions that have the images of now.
  static absl::StatusOr<std::shared_ptr<const DatasetList>> Rematch(const DatasetList& list,
                                                                    uint64_t revision,
                                                                    const CallContext& context) {
    auto matched = std::make_shared<DatasetList>(list);
    matched->revision = revision;
    for (std::shared_ptr<DatasetVersion>& dataset : matched->datasets) {
      ASSIGN_OR_RETURN(dataset, dataset->Rematch(revision, context));
    }
    return std::shared_ptr<const DatasetList>(std::move(matched));
  }

  // So that nobody who uses a dataset waits for the index of its next version. One that cannot be
  // built says so to who opens it.
  static void BuildSuccessors(const DatasetList& before, const DatasetList& after,
                              const CallContext& context) {
    for (const std::shared_ptr<DatasetVersion>& dataset : after.datasets) {
      std::shared_ptr<DatasetVersion> predecessor = Find(before, dataset->entry().name);
      if (!predecessor || predecessor == dataset || !predecessor->is_open()) continue;
      (void)dataset->Open(context);
    }
  }

  static std::shared_ptr<DatasetVersion> Find(const DatasetList& list, absl::string_view name) {
    for (const std::shared_ptr<DatasetVersion>& dataset : list.datasets) {
      if (dataset->entry().name == name) return dataset;
    }
    return nullptr;
  }

  static bool IsSame(const DatasetList& a, const DatasetList& b) {
    return a.datasets == b.datasets && a.notes == b.notes && a.configured == b.configured;
  }

  const DatasetsOptions options_;
  const std::vector<std::unique_ptr<Reader>> readers_;
  ConfigurationLoader configuration_;
  Cancellation ending_;
  std::atomic<uint64_t> generation_{0};
  const DatasetGround ground_;

  mutable absl::Mutex mutex_;
  bool searching_ ABSL_GUARDED_BY(mutex_) = false;
  uint64_t searched_ ABSL_GUARDED_BY(mutex_) = 0;  // generation of the last search
  std::shared_ptr<const DatasetList> list_ ABSL_GUARDED_BY(mutex_);
  std::string configuration_error_ ABSL_GUARDED_BY(mutex_);
  // One build at a time: each may take all the memory that builds may have. Last: joined before
  // what builds use goes.
  BuildPool pool_{1};
};

}  // namespace

std::unique_ptr<Datasets> NewDatasets(Lmdb& lmdb, Catalog& catalog, ObjectReader& reader,
                                      const DatasetsOptions& options) {
  return std::make_unique<DatasetsImpl>(lmdb, catalog, reader, options);
}

}  // namespace annofs
