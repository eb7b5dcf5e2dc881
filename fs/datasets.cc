#include "fs/datasets.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <set>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "cache/base/digest.h"
#include "cache/base/names.h"
#include "cache/base/status.h"
#include "fs/dataset_records.h"
#include "fs/never_absent.h"
#include "fs/wait.h"

namespace annofs {
namespace {

// Part of every annotation index's version: goes up when readers or records change.
constexpr absl::string_view kIndexFormat = "annotation index 2";

// The sources of one dataset.
struct Item {
  std::string name;  // of its directory
  FoundSource source;
  std::vector<FoundSource> others;  // of the same task, poorer
};

// Sources that have one name: of several formats they hold one task, and the richest is read
// (reference/cvat.md §13.1); of one format they are different datasets.
std::vector<Item> Group(std::vector<FoundSource> sources) {
  std::map<std::string, std::vector<FoundSource>> by_name;
  for (FoundSource& source : sources) by_name[source.name].push_back(std::move(source));
  std::vector<Item> items;
  for (auto& [name, same] : by_name) {
    int richest = 0;
    for (const FoundSource& source : same) {
      if (source.broken.ok()) richest = std::max(richest, source.reader->Info().richness);
    }
    std::vector<FoundSource> poorer;
    size_t first = items.size();
    for (FoundSource& source : same) {
      bool poor = source.broken.ok() && source.reader->Info().richness < richest;
      if (poor) {
        poorer.push_back(std::move(source));
      } else {
        items.emplace_back().source = std::move(source);
      }
    }
    for (size_t i = first; i < items.size(); ++i) items[i].others = poorer;
  }
  return items;
}

std::string WithHash(absl::string_view name, absl::string_view key) {
  return SafeName(absl::StrCat(name.substr(0, kMaxNameBytes - 9), "-", Hash8Hex(key)));
}

// Safe names; all that collide, also without regard to case, get a hash of their key
// (design/product.md §4). No dataset is called "images": a path has one /images/ only.
void NameItems(std::vector<Item>& items) {
  std::map<std::string, int> taken = {{"images", 1}, {"readme.txt", 1}};
  for (Item& item : items) ++taken[absl::AsciiStrToLower(SafeName(item.source.name))];
  std::set<std::string> given;
  for (Item& item : items) {
    const std::string safe = SafeName(item.source.name);
    std::string name = safe;
    if (taken[absl::AsciiStrToLower(safe)] > 1) name = WithHash(safe, item.source.object.key);
    // The name with its hash may be another source's own name.
    for (int i = 1; !given.insert(absl::AsciiStrToLower(name)).second; ++i) {
      name = WithHash(safe, absl::StrCat(item.source.object.key, "/", i));
    }
    item.name = std::move(name);
  }
}

std::string VersionOf(absl::string_view store, const Item& item) {
  RecordWriter parts;
  parts.Text(kIndexFormat).Text(store).Text(item.name);
  auto add = [&parts](const FoundSource& source) {
    parts.Text(source.reader->Info().name).Text(source.object.key).Text(source.object.version);
  };
  add(item.source);
  for (const FoundSource& other : item.others) add(other);
  return Sha256Bytes(parts.Take()).substr(0, 16);
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
    std::vector<Item> items = Group(std::move(discovery.sources));
    NameItems(items);
    for (Item& item : items) list->datasets.push_back(VersionFor(item, before, list->revision));
    absl::c_sort(list->datasets,
                 [](const auto& a, const auto& b) { return a->entry().name < b->entry().name; });
    return list;
  }

  std::shared_ptr<DatasetVersion> VersionFor(Item& item, const DatasetList& before,
                                             uint64_t revision) const {
    std::string version = VersionOf(options_.source, item);
    std::shared_ptr<DatasetVersion> known = Find(before, item.name);
    if (known && known->entry().version == version) return known;
    DatasetEntry entry{.name = item.name,
                       .version = std::move(version),
                       .modified = item.source.object.modified,
                       .revision = before.revision == 0 ? 0 : revision};
    for (const FoundSource& other : item.others) {
      entry.modified = std::max(entry.modified, other.object.modified);
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
  BuildPool pool_;  // last: joined before what builds use goes
};

}  // namespace

std::unique_ptr<Datasets> NewDatasets(Lmdb& lmdb, Catalog& catalog, ObjectReader& reader,
                                      const DatasetsOptions& options) {
  return std::make_unique<DatasetsImpl>(lmdb, catalog, reader, options);
}

}  // namespace annofs
