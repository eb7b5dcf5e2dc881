#include "fs/datasets.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "cache/base/digest.h"
#include "cache/base/log.h"
#include "cache/base/names.h"
#include "cache/base/status.h"
#include "formats/memory_dataset.h"
#include "fs/build_pool.h"
#include "fs/catalog_source.h"
#include "fs/dataset_records.h"
#include "fs/discovery.h"
#include "fs/media_matcher.h"
#include "fs/wait.h"

namespace annofs {
namespace {

// Part of every annotation index's version: goes up when readers or records change.
constexpr absl::string_view kIndexFormat = "annotation index 1";

// One dataset: its sources, and how far its index is.
struct Item {
  DatasetEntry entry;
  FoundSource source;
  std::vector<FoundSource> others;  // of the same task, poorer
  enum class State { kClosed, kBuilding, kOpen } state = State::kClosed;
  uint64_t attempts = 0;  // builds that have ended
  absl::Status last;      // of the build that ended last
  std::shared_ptr<const IndexedDataset> dataset;
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
    item.entry.name = std::move(name);
  }
}

std::string VersionOf(absl::string_view store, const Item& item) {
  RecordWriter parts;
  parts.Text(kIndexFormat).Text(store).Text(item.entry.name);
  auto add = [&parts](const FoundSource& source) {
    parts.Text(source.reader->Info().name).Text(source.object.key).Text(source.object.version);
  };
  add(item.source);
  for (const FoundSource& other : item.others) add(other);
  return Sha256Bytes(parts.Take()).substr(0, 16);
}

SourceVersion Describe(const FoundSource& source) {
  return {.key = source.object.key,
          .version = source.object.version,
          .format = std::string(source.reader->Info().name)};
}

Problem BrokenSource(const FoundSource& source, const absl::Status& status) {
  return {.severity = Problem::Severity::kError,
          .source = source.object.key,
          .reason = std::string(status.message())};
}

// kNotFound says that a name is absent, which the kernel keeps: never a failure to find out.
absl::Status NeverAbsent(const absl::Status& status) {
  return absl::IsNotFound(status) ? absl::UnavailableError(status.message()) : status;
}

class DatasetsImpl : public Datasets {
 public:
  DatasetsImpl(Lmdb& lmdb, Catalog& catalog, ObjectReader& reader, const DatasetsOptions& options)
      : lmdb_(lmdb),
        catalog_(catalog),
        reader_(reader),
        options_(options),
        readers_(NewReaders()) {}

  // Builds in progress end at their next read of the bucket.
  ~DatasetsImpl() override { ending_.Cancel(); }

  absl::StatusOr<std::vector<DatasetEntry>> List(const CallContext& context) override {
    RETURN_IF_ERROR(EnsureFound(context));
    absl::MutexLock lock(&mutex_);
    std::vector<DatasetEntry> entries;
    for (const auto& [name, item] : items_) entries.push_back(item.entry);
    return entries;
  }

  absl::StatusOr<std::shared_ptr<const IndexedDataset>> Open(absl::string_view name,
                                                             const CallContext& context) override {
    RETURN_IF_ERROR(EnsureFound(context));
    absl::MutexLock lock(&mutex_);
    auto found = items_.find(std::string(name));
    if (found == items_.end()) {
      return absl::NotFoundError(absl::StrCat("no dataset '", name, "'"));
    }
    Item& item = found->second;
    if (item.state == Item::State::kOpen) return item.dataset;
    if (context.lane == Lane::kFast) return WouldBlock();
    StartBuild(item);
    uint64_t attempt = item.attempts;
    auto ended = [&item, attempt] { return item.attempts > attempt; };
    absl::Status waited = AwaitUnder(mutex_, absl::Condition(&ended), context);
    if (!waited.ok()) {
      return Annotate(waited,
                      absl::StrCat("dataset '", name, "' is still being indexed, which goes on"));
    }
    if (item.state != Item::State::kOpen) return item.last;
    return item.dataset;
  }

  std::vector<std::string> Notes() const override {
    absl::MutexLock lock(&mutex_);
    return notes_;
  }

 private:
  absl::Status EnsureFound(const CallContext& context) {
    {
      absl::MutexLock lock(&mutex_);
      if (found_) return absl::OkStatus();
    }
    if (context.lane == Lane::kFast) return WouldBlock();
    {
      absl::MutexLock lock(&mutex_);
      auto idle = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return found_ || !searching_; };
      RETURN_IF_ERROR(AwaitUnder(mutex_, absl::Condition(&idle), context));
      if (found_) return absl::OkStatus();
      searching_ = true;
    }
    absl::StatusOr<Discovery> discovery =
        Discover(catalog_, reader_, readers_, options_.annotations, context);
    absl::MutexLock lock(&mutex_);
    searching_ = false;
    RETURN_IF_ERROR(NeverAbsent(discovery.status()));
    Adopt(*std::move(discovery));
    return absl::OkStatus();
  }

  void Adopt(Discovery discovery) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    std::vector<Item> items = Group(std::move(discovery.sources));
    NameItems(items);
    for (Item& item : items) {
      item.entry.version = VersionOf(options_.source, item);
      item.entry.modified = item.source.object.modified;
      for (const FoundSource& other : item.others) {
        item.entry.modified = std::max(item.entry.modified, other.object.modified);
      }
      std::string name = item.entry.name;
      items_.emplace(std::move(name), std::move(item));
    }
    notes_ = std::move(discovery.notes);
    found_ = true;
  }

  void StartBuild(Item& item) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (item.state != Item::State::kClosed) return;
    item.state = Item::State::kBuilding;
    pool_.Submit([this, &item] {
      absl::StatusOr<std::shared_ptr<const IndexedDataset>> dataset = Build(item);
      absl::MutexLock lock(&mutex_);
      ++item.attempts;
      item.last = NeverAbsent(dataset.status());
      item.state = dataset.ok() ? Item::State::kOpen : Item::State::kClosed;
      if (dataset.ok()) item.dataset = *std::move(dataset);
    });
  }

  // On a build thread, without the lock: `entry`, `source` and `others` never change after Adopt().
  absl::StatusOr<std::shared_ptr<const IndexedDataset>> Build(const Item& item) {
    CallContext context{.cancellation = &ending_};
    context.deadline = context.clock->Now() + options_.build_timeout;
    ASSIGN_OR_RETURN(bool built, HasAnnotationIndex(lmdb_, item.entry.version));
    if (!built) RETURN_IF_ERROR(Ingest(item, context));
    MediaMatcher matcher(catalog_, item.source.object.key, context);
    return OpenDataset(lmdb_, item.entry.version,
                       [&matcher](const Frame& frame) { return matcher.Find(frame); });
  }

  absl::Status Ingest(const Item& item, const CallContext& context) {
    DatasetBuilder builder;
    absl::Status status = item.source.broken;
    if (status.ok()) {
      std::unique_ptr<Source> source = NewCatalogSource(reader_, item.source.object, context);
      status = item.source.reader->Read(*source, builder);
    }
    if (!status.ok()) {
      if (!IsOfTheContent(status)) return status;
      LogWarning(absl::StrCat("dataset '", item.entry.name, "': ", item.source.object.key, ": ",
                              status.message()));
      builder.AddProblem(BrokenSource(item.source, status));
    }
    DatasetInfo info;
    info.name = item.entry.name;
    info.sources.push_back(Describe(item.source));
    for (const FoundSource& other : item.others) info.other_sources.push_back(Describe(other));
    builder.SetInfo(std::move(info));
    ASSIGN_OR_RETURN(std::unique_ptr<Dataset> dataset, builder.Finish());
    return WriteAnnotationIndex(lmdb_, item.entry.version, *dataset);
  }

  Lmdb& lmdb_;
  Catalog& catalog_;
  ObjectReader& reader_;
  const DatasetsOptions options_;
  const std::vector<std::unique_ptr<Reader>> readers_;
  Cancellation ending_;

  mutable absl::Mutex mutex_;
  bool found_ ABSL_GUARDED_BY(mutex_) = false;
  bool searching_ ABSL_GUARDED_BY(mutex_) = false;
  std::map<std::string, Item> items_ ABSL_GUARDED_BY(mutex_);  // nodes do not move
  std::vector<std::string> notes_ ABSL_GUARDED_BY(mutex_);
  BuildPool pool_;  // last: joined before what builds use goes
};

}  // namespace

std::unique_ptr<Datasets> NewDatasets(Lmdb& lmdb, Catalog& catalog, ObjectReader& reader,
                                      const DatasetsOptions& options) {
  return std::make_unique<DatasetsImpl>(lmdb, catalog, reader, options);
}

}  // namespace annofs
