#include "fs/view_tree.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "cache/base/digest.h"
#include "cache/base/status.h"
#include "formats/layout_walk.h"
#include "fs/bucket_tree.h"
#include "fs/dataset_records.h"
#include "fs/readme.h"
#include "fs/slots.h"
#include "fs/view_files.h"
#include "fs/views.h"

namespace annofs {
namespace {

// Ordinals of a slot: a directory, a single file, or the rank of a frame.
constexpr uint32_t kDirectoryBit = 0x80000000;
constexpr uint32_t kFileBit = 0x40000000;

struct DatasetNode {
  DatasetEntry entry;
  uint32_t slot = 0;
  std::vector<uint32_t>
      view_slots;  // of the views' root directories, in the order of the view names
};

// What stands in views/, frozen once found.
struct Top {
  std::vector<DatasetNode> datasets;
  std::string readme;
  NodeAttr readme_attr;
};

// What a slot stands for.
struct Target {
  enum class Kind { kDataset, kViewRoot, kPlace, kFamily } kind;
  const DatasetNode* dataset = nullptr;  // kDataset, kViewRoot
  std::shared_ptr<const View> view;      // kPlace, kFamily
  uint32_t number = 0;                   // of the view name, place or family
};

NodeAttr DirectoryAttr(uint32_t slot, uint32_t number, absl::Time modified) {
  return {.id = NodeId::Make(TreeNumber::kView, slot, kDirectoryBit | number),
          .is_directory = true,
          .modified = modified};
}

NodeAttr FileAttr(uint32_t slot, uint32_t ordinal, uint64_t size, absl::Time modified) {
  return {.id = NodeId::Make(TreeNumber::kView, slot, ordinal), .size = size, .modified = modified};
}

class ViewTree : public Tree {
 public:
  ViewTree(Lmdb& lmdb, Catalog& catalog, Datasets& datasets)
      : lmdb_(lmdb),
        catalog_(catalog),
        datasets_(datasets),
        writers_(NewWriters()),
        view_names_(ViewNames(writers_)),
        files_(lmdb) {}

  absl::StatusOr<NodeAttr> Lookup(NodeId directory, absl::string_view name,
                                  const CallContext& context) override {
    ASSIGN_OR_RETURN(const Top* top, GetTop(context));
    if (directory == kViewsRoot) return LookupTop(*top, name);
    ASSIGN_OR_RETURN(Target target, Find(directory));
    if (target.kind == Target::Kind::kDataset) return LookupView(*target.dataset, name);
    ASSIGN_OR_RETURN(Place place, PlaceOf(target, directory, context));
    ASSIGN_OR_RETURN(ViewEntry entry,
                     FindEntry(place.view->layout, *place.view->dataset, place.directory, name));
    return EntryAttr(*place.view, entry, context);
  }

  absl::StatusOr<NodeAttr> Stat(NodeId node, const CallContext& context) override {
    if (node == kViewsRoot) return ViewsRootAttr();
    ASSIGN_OR_RETURN(const Top* top, GetTop(context));
    if (node == top->readme_attr.id) return top->readme_attr;
    ASSIGN_OR_RETURN(Target target, Find(node));
    if (node.ordinal() & kDirectoryBit) {
      absl::Time modified = target.view ? target.view->modified : target.dataset->entry.modified;
      return DirectoryAttr(node.slot(), node.ordinal() & ~kDirectoryBit, modified);
    }
    if (!target.view) return NotAFile();
    ASSIGN_OR_RETURN(uint64_t size, SizeOf(target, node, context));
    return FileAttr(node.slot(), node.ordinal(), size, target.view->modified);
  }

  absl::Status List(NodeId directory, uint64_t from, absl::FunctionRef<bool(const DirEntry&)> fn,
                    const CallContext& context) override {
    ASSIGN_OR_RETURN(const Top* top, GetTop(context));
    if (directory == kViewsRoot) return ListTop(*top, from, fn);
    ASSIGN_OR_RETURN(Target target, Find(directory));
    if (target.kind == Target::Kind::kDataset) return ListViews(*target.dataset, from, fn);
    ASSIGN_OR_RETURN(Place place, PlaceOf(target, directory, context));
    return ListPlace(place, from, fn, context);
  }

  absl::Status Read(NodeId node, ByteRange range, absl::FunctionRef<void(absl::string_view)> fn,
                    const CallContext& context) override {
    ASSIGN_OR_RETURN(const Top* top, GetTop(context));
    if (node == top->readme_attr.id) {
      absl::string_view text = top->readme;
      text.remove_prefix(std::min<uint64_t>(range.offset, text.size()));
      fn(text.substr(0, range.length));
      return absl::OkStatus();
    }
    ASSIGN_OR_RETURN(Target target, Find(node));
    if (!target.view || (node.ordinal() & kDirectoryBit)) return NotAFile();
    if (target.kind == Target::Kind::kFamily) {
      return files_.ReadFrame(*target.view, target.number, node.ordinal(), range, fn, context);
    }
    return files_.ReadFile(*target.view, node.ordinal() & ~kFileBit, range, fn, context);
  }

  void Forget(NodeId) override {}

 private:
  static absl::Status NotAFile() { return absl::AbortedError("a directory's node, not a file's"); }

  // A directory inside a view.
  struct Place {
    std::shared_ptr<const View> view;
    ViewDirectory directory;
  };

  // The datasets and the README, made at the first call.
  absl::StatusOr<const Top*> GetTop(const CallContext& context) {
    {
      absl::ReaderMutexLock lock(&mutex_);
      if (top_) return top_.get();
    }
    if (context.lane == Lane::kFast) return WouldBlock();
    ASSIGN_OR_RETURN(std::vector<DatasetEntry> entries, datasets_.List(context));
    ASSIGN_OR_RETURN(std::unique_ptr<const Top> top, MakeTop(std::move(entries)));
    absl::MutexLock lock(&mutex_);
    if (!top_) {
      top_ = std::move(top);
      for (const DatasetNode& node : top_->datasets) AddDataset(node);
    }
    return top_.get();
  }

  absl::StatusOr<std::unique_ptr<const Top>> MakeTop(std::vector<DatasetEntry> entries) {
    auto top = std::make_unique<Top>();
    std::vector<std::string> names;  // of each dataset's slots, one after the other
    for (const DatasetEntry& entry : entries) {
      names.push_back(RecordWriter().Text("dataset").Text(entry.version).Take());
      for (const std::string& view : view_names_) {
        names.push_back(RecordWriter().Text("view").Text(entry.version).Text(view).Take());
      }
    }
    ASSIGN_OR_RETURN(std::vector<uint32_t> slots, SlotsFor(lmdb_, names));
    absl::Time newest = absl::UnixEpoch();
    auto next = slots.begin();
    for (DatasetEntry& entry : entries) {
      auto views = next + 1;
      auto end = views + ptrdiff_t(view_names_.size());
      newest = std::max(newest, entry.modified);
      top->datasets.push_back(
          {.entry = std::move(entry), .slot = *next, .view_slots = {views, end}});
      next = end;
    }
    top->readme = RenderReadme(DatasetNames(*top), view_names_, datasets_.Notes());
    uint32_t ordinal = kFileBit | (uint32_t(Hash64(top->readme)) & (kFileBit - 1));
    top->readme_attr = FileAttr(0, ordinal, top->readme.size(), newest);
    return std::unique_ptr<const Top>(std::move(top));
  }

  static std::vector<std::string> DatasetNames(const Top& top) {
    std::vector<std::string> names;
    for (const DatasetNode& node : top.datasets) names.push_back(node.entry.name);
    return names;
  }

  void AddDataset(const DatasetNode& node) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    targets_[node.slot] = {.kind = Target::Kind::kDataset, .dataset = &node};
    for (uint32_t i = 0; i < node.view_slots.size(); ++i) {
      targets_[node.view_slots[i]] = {
          .kind = Target::Kind::kViewRoot, .dataset = &node, .number = i};
    }
  }

  absl::StatusOr<Target> Find(NodeId node) const {
    absl::ReaderMutexLock lock(&mutex_);
    auto found = targets_.find(node.slot());
    if (found == targets_.end()) return absl::AbortedError("a node of a view that is gone");
    return found->second;
  }

  absl::StatusOr<NodeAttr> LookupTop(const Top& top, absl::string_view name) {
    if (name == kReadmeName) return top.readme_attr;
    for (const DatasetNode& node : top.datasets) {
      if (node.entry.name == name) return DirectoryAttr(node.slot, 0, node.entry.modified);
    }
    return absl::NotFoundError(absl::StrCat("no dataset '", name, "'"));
  }

  absl::Status ListTop(const Top& top, uint64_t from, absl::FunctionRef<bool(const DirEntry&)> fn) {
    for (uint64_t i = from; i <= top.datasets.size(); ++i) {
      bool is_readme = i == top.datasets.size();
      absl::string_view name =
          is_readme ? kReadmeName : absl::string_view(top.datasets[i].entry.name);
      ASSIGN_OR_RETURN(NodeAttr attr, LookupTop(top, name));
      if (!fn({.name = name, .attr = attr, .next = i + 1})) break;
    }
    return absl::OkStatus();
  }

  absl::StatusOr<NodeAttr> LookupView(const DatasetNode& dataset, absl::string_view name) {
    for (size_t i = 0; i < view_names_.size(); ++i) {
      if (view_names_[i] == name)
        return DirectoryAttr(dataset.view_slots[i], 0, dataset.entry.modified);
    }
    return absl::NotFoundError(absl::StrCat("no view '", name, "'"));
  }

  absl::Status ListViews(const DatasetNode& dataset, uint64_t from,
                         absl::FunctionRef<bool(const DirEntry&)> fn) {
    for (uint64_t i = from; i < view_names_.size(); ++i) {
      NodeAttr attr = DirectoryAttr(dataset.view_slots[i], 0, dataset.entry.modified);
      if (!fn({.name = view_names_[i], .attr = attr, .next = i + 1})) break;
    }
    return absl::OkStatus();
  }

  absl::StatusOr<Place> PlaceOf(const Target& target, NodeId directory,
                                const CallContext& context) {
    if (target.kind == Target::Kind::kViewRoot) {
      ASSIGN_OR_RETURN(std::shared_ptr<const View> view,
                       GetView(*target.dataset, target.number, context));
      return Place{.view = std::move(view), .directory = {}};
    }
    if (target.kind != Target::Kind::kPlace) return absl::NotFoundError("not a directory");
    return Place{.view = target.view,
                 .directory = {.place = target.number,
                               .frame_directory = directory.ordinal() & ~kDirectoryBit}};
  }

  // A view, described at its first use.
  absl::StatusOr<std::shared_ptr<const View>> GetView(const DatasetNode& dataset, uint32_t number,
                                                      const CallContext& context) {
    const uint32_t slot = dataset.view_slots[number];
    {
      absl::ReaderMutexLock lock(&mutex_);
      auto known = views_.find(slot);
      if (known != views_.end()) return known->second;
    }
    if (context.lane == Lane::kFast) return WouldBlock();
    ASSIGN_OR_RETURN(std::shared_ptr<const IndexedDataset> data,
                     datasets_.Open(dataset.entry.name, context));
    ASSIGN_OR_RETURN(
        std::shared_ptr<const View> view,
        MakeView(lmdb_, writers_, std::move(data), view_names_[number], dataset.entry.modified));
    absl::MutexLock lock(&mutex_);
    auto [added, is_new] = views_.emplace(slot, std::move(view));
    if (is_new) AddView(added->second);
    return added->second;
  }

  void AddView(const std::shared_ptr<const View>& view) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    for (uint32_t i = 0; i < view->place_slots.size(); ++i) {
      targets_[view->place_slots[i]] = {.kind = Target::Kind::kPlace, .view = view, .number = i};
    }
    for (uint32_t i = 0; i < view->family_slots.size(); ++i) {
      targets_[view->family_slots[i]] = {.kind = Target::Kind::kFamily, .view = view, .number = i};
    }
  }

  absl::Status ListPlace(const Place& place, uint64_t from,
                         absl::FunctionRef<bool(const DirEntry&)> fn, const CallContext& context) {
    absl::Status status;
    RETURN_IF_ERROR(
        ListEntries(place.view->layout, *place.view->dataset, place.directory, from,
                    [&](const ViewEntry& entry, uint64_t next) {
                      absl::StatusOr<NodeAttr> attr = EntryAttr(*place.view, entry, context);
                      status = attr.status();
                      return attr.ok() && fn({.name = entry.name, .attr = *attr, .next = next});
                    }));
    return status;
  }

  absl::StatusOr<NodeAttr> EntryAttr(const View& view, const ViewEntry& entry,
                                     const CallContext& context) {
    switch (entry.kind) {
      case ViewEntry::Kind::kDirectory:
        return DirectoryAttr(view.place_slots[entry.directory.place],
                             entry.directory.frame_directory, view.modified);
      case ViewEntry::Kind::kFile: {
        ASSIGN_OR_RETURN(uint64_t size, files_.FileSize(view, entry.unit, context));
        uint32_t place = view.layout.files()[entry.unit].place;
        return FileAttr(view.place_slots[place], kFileBit | entry.unit, size, view.modified);
      }
      case ViewEntry::Kind::kFrame:
        break;
    }
    if (view.layout.families()[entry.unit].is_media) return MediaAttr(view, entry.rank);
    ASSIGN_OR_RETURN(uint64_t size, files_.FrameSize(view, entry.unit, entry.rank, context));
    return FileAttr(view.family_slots[entry.unit], entry.rank, size, view.modified);
  }

  absl::StatusOr<NodeAttr> MediaAttr(const View& view, Rank rank) {
    ASSIGN_OR_RETURN(std::optional<RowId> row, view.dataset->MediaRow(rank));
    if (!row) return absl::InternalError("a listed image is not in the media map");
    ASSIGN_OR_RETURN(Row found, catalog_.Get(*row));
    return RowAttr(found);
  }

  absl::StatusOr<uint64_t> SizeOf(const Target& target, NodeId node, const CallContext& context) {
    if (target.kind == Target::Kind::kFamily) {
      return files_.FrameSize(*target.view, target.number, node.ordinal(), context);
    }
    return files_.FileSize(*target.view, node.ordinal() & ~kFileBit, context);
  }

  Lmdb& lmdb_;
  Catalog& catalog_;
  Datasets& datasets_;
  const std::vector<std::unique_ptr<Writer>> writers_;
  const std::vector<std::string> view_names_;
  ViewFiles files_;

  mutable absl::Mutex mutex_;
  std::unique_ptr<const Top> top_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<uint32_t, Target> targets_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<uint32_t, std::shared_ptr<const View>> views_
      ABSL_GUARDED_BY(mutex_);  // by slot of the view's root
};

}  // namespace

NodeAttr ViewsRootAttr() { return {.id = kViewsRoot, .is_directory = true}; }

std::unique_ptr<Tree> NewViewTree(Lmdb& lmdb, Catalog& catalog, Datasets& datasets) {
  return std::make_unique<ViewTree>(lmdb, catalog, datasets);
}

}  // namespace annofs
