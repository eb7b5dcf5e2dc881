#include "fs/datasets.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/synchronization/mutex.h"
#include "cache/base/digest.h"
#include "cache/base/status.h"
#include "fs/dataset_records.h"
#include "fs/never_absent.h"
#include "fs/source_groups.h"
#include "fs/wait.h"

namespace annofs {
namespace {

// Part of every annotation index's version: goes up when readers or records change.
constexpr absl::string_view kIndexFormat = "annotation index 8";

std::string VersionOf(absl::string_view store, const SourceGroup& item) {
  RecordWriter parts;
  parts.Text(kIndexFormat).Text(store).Text(item.name);
  auto add = [&parts](const FoundSource& source) {
    parts.Text(source.reader->Info().name).Text(source.object.key).Text(source.object.version);
    for (const ObjectVersion& companion : source.companions) {
      parts.Text(companion.key).Text(companion.version);
    }
  };
  add(item.source);
  for (const FoundSource& other : item.others) add(other);
  return Sha256Bytes(parts.Take()).substr(0, 16);
}

absl::Time NewestOf(const FoundSource& source) {
  absl::Time newest = source.object.modified;
  for (const ObjectVersion& companion : source.companions) {
    newest = std::max(newest, companion.modified);
  }
  return newest;
}

class DatasetsImpl : public Datasets {
 public:
  DatasetsImpl(Lmdb& lmdb, Catalog& catalog, ObjectReader& reader, const DatasetsOptions& options)
      : options_(options),
        readers_(NewReaders()),
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
    absl::StatusOr<Discovery> discovery = Search(context);
    absl::MutexLock lock(&mutex_);
    searching_ = false;
    RETURN_IF_ERROR(NeverAbsent(discovery.status()));
    searched_ = generation;
    list_ = MakeList(*std::move(discovery), DatasetList());
    return list_;
  }

  std::shared_ptr<const DatasetList> Known() const override {
    absl::MutexLock lock(&mutex_);
    return list_;
  }

  void CatalogChanged() override { ++generation_; }

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
      ASSIGN_OR_RETURN(Discovery discovery, Search(context));
      found = MakeList(std::move(discovery), *before);
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
  absl::StatusOr<Discovery> Search(const CallContext& context) {
    return Discover(ground_.catalog, ground_.reader, readers_, options_.annotations, context);
  }

  // Versions of `before` that are found again stay what they are.
  std::shared_ptr<const DatasetList> MakeList(Discovery discovery,
                                              const DatasetList& before) const {
    auto list = std::make_shared<DatasetList>();
    list->revision = before.revision + 1;
    list->notes = std::move(discovery.notes);
    std::vector<SourceGroup> items = GroupSources(std::move(discovery.sources), list->notes);
    for (SourceGroup& item : items)
      list->datasets.push_back(VersionFor(item, before, list->revision));
    absl::c_sort(list->datasets,
                 [](const auto& a, const auto& b) { return a->entry().name < b->entry().name; });
    return list;
  }

  std::shared_ptr<DatasetVersion> VersionFor(SourceGroup& item, const DatasetList& before,
                                             uint64_t revision) const {
    std::string version = VersionOf(options_.source, item);
    std::shared_ptr<DatasetVersion> known = Find(before, item.name);
    if (known && known->entry().version == version) return known;
    DatasetEntry entry{.name = item.name,
                       .version = std::move(version),
                       .modified = NewestOf(item.source),
                       .revision = before.revision == 0 ? 0 : revision};
    for (const FoundSource& other : item.others) {
      entry.modified = std::max(entry.modified, NewestOf(other));
    }
    return std::make_shared<DatasetVersion>(ground_, std::move(entry), std::move(item.source),
                                            std::move(item.others));
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
    return a.datasets == b.datasets && a.notes == b.notes;
  }

  const DatasetsOptions options_;
  const std::vector<std::unique_ptr<Reader>> readers_;
  Cancellation ending_;
  std::atomic<uint64_t> generation_{0};
  const DatasetGround ground_;

  mutable absl::Mutex mutex_;
  bool searching_ ABSL_GUARDED_BY(mutex_) = false;
  uint64_t searched_ ABSL_GUARDED_BY(mutex_) = 0;  // generation of the last search
  std::shared_ptr<const DatasetList> list_ ABSL_GUARDED_BY(mutex_);
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
