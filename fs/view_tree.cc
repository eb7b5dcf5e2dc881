#include "fs/view_tree.h"

#include <algorithm>
#include <deque>
#include <map>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "cache/base/digest.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "formats/layout_walk.h"
#include "fs/bucket_tree.h"
#include "fs/dataset_records.h"
#include "fs/facet_leaves.h"
#include "fs/facet_listing.h"
#include "fs/frame_facts.h"
#include "fs/frame_images.h"
#include "fs/inner_code.h"
#include "fs/inner_media.h"
#include "fs/readme.h"
#include "fs/shared_jobs.h"
#include "fs/slots.h"
#include "fs/view_files.h"
#include "fs/view_frames.h"
#include "fs/view_groups.h"
#include "fs/view_paths.h"
#include "fs/view_targets.h"
#include "fs/views.h"

namespace annofs {
namespace {

// Ordinals of a slot: a directory, a single file, or the rank of a frame.
constexpr uint32_t kDirectoryBit = 0x80000000;
constexpr uint32_t kFileBit = 0x40000000;
// Of the memory for drawing, what answers that hold images take beside it.
constexpr uint64_t kImagesShare = 4;

struct Readme {
  std::string text;
  NodeAttr attr;
};

// What stands in views/, as one list of datasets says.
struct Top {
  uint64_t revision = 0;  // of that list
  std::vector<std::shared_ptr<const DatasetNode>> datasets;
  std::shared_ptr<const Readme> readme;
};

NodeAttr DirectoryAttr(uint32_t slot, uint32_t number, absl::Time modified) {
  return {.id = NodeId::Make(TreeNumber::kView, slot, kDirectoryBit | number),
          .is_directory = true,
          .modified = modified};
}

NodeAttr FileAttr(uint32_t slot, uint32_t ordinal, uint64_t size, absl::Time modified) {
  return {.id = NodeId::Make(TreeNumber::kView, slot, ordinal), .size = size, .modified = modified};
}

class ViewTreeImpl : public ViewTree {
 public:
  ViewTreeImpl(Lmdb& lmdb, Catalog& catalog, ObjectReader& reader, Datasets& datasets,
               const ViewTreeOptions& options)
      : lmdb_(lmdb),
        catalog_(catalog),
        reader_(reader),
        datasets_(datasets),
        options_(options),
        writers_(options.writers()),
        view_names_(ViewNames(writers_)),
        groups_(view_names_, writers_),
        images_(catalog, reader, options.drawing_memory / kImagesShare),
        files_(lmdb, options.blocks, options.drawing_memory - options.drawing_memory / kImagesShare,
               &images_) {}

  absl::StatusOr<NodeAttr> Lookup(NodeId directory, absl::string_view name,
                                  const CallContext& context) override {
    ASSIGN_OR_RETURN(std::shared_ptr<const Top> top, GetTop(context));
    if (directory == ViewsRoot(options_.root_slot)) return LookupTop(*top, name);
    ASSIGN_OR_RETURN(const ViewNode node, FindNode(directory));
    if (node.target.kind == Target::Kind::kDataset) {
      return LookupView(*node.target.dataset, directory.ordinal() & ~kDirectoryBit, name, context);
    }
    ASSIGN_OR_RETURN(Place place, PlaceOf(node, context));
    if (place.level) return LookupChild(*place.view, *place.level, name, context);
    const ViewOwnNames names(files_.own_names(), *place.view, context);
    ASSIGN_OR_RETURN(ViewEntry entry, FindEntry(place.view->layout, *place.view->dataset, names,
                                                place.directory, name));
    return EntryAttr(*place.view, entry, context);
  }

  absl::StatusOr<NodeAttr> Stat(NodeId node, const CallContext& context) override {
    if (node == ViewsRoot(options_.root_slot)) return ViewsRootAttr(options_.root_slot);
    RETURN_IF_ERROR(GetTop(context).status());
    if (std::shared_ptr<const Readme> readme = FindReadme(node)) return readme->attr;
    ASSIGN_OR_RETURN(const ViewNode found, FindNode(node));
    const Target& target = found.target;
    if (node.ordinal() & kDirectoryBit) {
      absl::Time modified = target.view ? target.view->modified : ModifiedOf(*target.dataset);
      return DirectoryAttr(node.slot(), node.ordinal() & ~kDirectoryBit, modified);
    }
    if (target.kind == Target::Kind::kInner) {
      ASSIGN_OR_RETURN(InnerMedia media, InnerImageOf(target, node.ordinal(), context));
      return InnerAttr(target.dataset->inner_slot, node.ordinal(), media.size,
                       ModifiedOf(*target.dataset, media));
    }
    if (!target.view) return NotAFile();
    ASSIGN_OR_RETURN(uint64_t size, SizeOf(target, found.ordinal, context));
    return FileAttr(node.slot(), node.ordinal(), size, target.view->modified);
  }

  absl::Status List(NodeId directory, uint64_t from, absl::FunctionRef<bool(const DirEntry&)> fn,
                    const CallContext& context) override {
    ASSIGN_OR_RETURN(std::shared_ptr<const Top> top, GetTop(context));
    if (directory == ViewsRoot(options_.root_slot)) return ListTop(*top, from, fn);
    ASSIGN_OR_RETURN(const ViewNode node, FindNode(directory));
    if (node.target.kind == Target::Kind::kDataset) {
      return ListViews(*node.target.dataset, directory.ordinal() & ~kDirectoryBit, from, fn,
                       context);
    }
    ASSIGN_OR_RETURN(Place place, PlaceOf(node, context));
    if (place.level) return ListChildren(*place.view, *place.level, from, fn, context);
    return ListPlace(place, from, fn, context);
  }

  absl::Status Read(NodeId node, ByteRange range, PiecesFn fn,
                    const CallContext& context) override {
    RETURN_IF_ERROR(GetTop(context).status());
    if (std::shared_ptr<const Readme> readme = FindReadme(node)) {
      GiveRange(readme->text, range, fn);
      return absl::OkStatus();
    }
    ASSIGN_OR_RETURN(const ViewNode found, FindNode(node));
    const Target& target = found.target;
    if (target.kind == Target::Kind::kInner) {
      ASSIGN_OR_RETURN(InnerMedia media, InnerImageOf(target, node.ordinal(), context));
      const std::vector<PlannedSource>& sources = target.dataset->dataset->sources();
      if (media.source >= sources.size()) return NotAFile();
      return ReadInnerMedia(reader_, sources[media.source].found.object, media, range, fn, context);
    }
    if (!target.view || (node.ordinal() & kDirectoryBit)) return NotAFile();
    if (target.kind == Target::Kind::kFamily) {
      return files_.ReadFrame(*target.view, target.number, found.ordinal, range, fn, context);
    }
    return files_.ReadFile(target.view, found.ordinal & ~kFileBit, range, fn, context);
  }

  absl::StatusOr<std::vector<Fact>> Facts(NodeId node, const CallContext& context) override {
    if (context.lane == Lane::kFast) return WouldBlock();
    std::vector<FrameAt> frames;
    const bool is_file = (node.ordinal() & (kDirectoryBit | kFileBit)) == 0;
    if (is_file) {
      ASSIGN_OR_RETURN(const ViewNode found, FindNode(node));
      ASSIGN_OR_RETURN(const std::optional<ViewFrame> frame, FrameOf(found, context));
      if (frame && !frame->related) frames.push_back({frame->dataset, frame->rank});
    }
    return frame_facts_.Of(frames);
  }

  void Forget(NodeId) override {}

  absl::StatusOr<std::vector<std::string>> Refresh() override {
    std::vector<std::string> names;
    std::shared_ptr<const DatasetList> list = datasets_.Known();
    std::shared_ptr<const Top> before = KnownTop();
    if (!list || (before && before->revision == list->revision)) return names;
    ASSIGN_OR_RETURN(std::shared_ptr<const Top> top, MakeTop(*list));
    Show(top);
    // Before that nobody was told anything.
    if (before) names = ChangedNames(*before, *top);
    return names;
  }

  absl::StatusOr<std::string> PathOf(NodeId node, absl::string_view views) override {
    if (node == ViewsRoot(options_.root_slot)) return std::string(views);
    if (FindReadme(node)) return JoinPath(views, kReadmeName);
    const CallContext context{.lane = Lane::kFast};
    ASSIGN_OR_RETURN(const Target target, targets_.Find(node.slot()));
    if (target.kind == Target::Kind::kInner) return InnerImagePath(target, node.ordinal(), context);
    if (target.dataset) {
      return JoinPath(views, DatasetPath(target, node.ordinal(), view_names_, groups_));
    }
    ASSIGN_OR_RETURN(const ViewNode found, FindNode(node));
    const ViewOwnNames names(files_.own_names(), *found.target.view, context);
    ASSIGN_OR_RETURN(const std::string path, PathInView(*target.view, found, names));
    const std::string view = JoinPath(target.view->dataset->info().name, target.view->name);
    return JoinPath(JoinPath(views, view), path);
  }

 private:
  static absl::Status NotAFile() { return absl::AbortedError("a directory's node, not a file's"); }

  // A directory inside a view. `level`: of its facet, over the leaves.
  struct Place {
    std::shared_ptr<const View> view;
    ViewDirectory directory;
    std::optional<FacetDirectory> level;
  };

  absl::StatusOr<ViewNode> FindNode(NodeId node) {
    ASSIGN_OR_RETURN(Target target, targets_.Find(node.slot()));
    if (target.kind == Target::Kind::kFacet) return leaves_.Find(target, node);
    return ViewNode{.target = std::move(target), .ordinal = node.ordinal()};
  }

  // The datasets and the README, made at the first call.
  absl::StatusOr<std::shared_ptr<const Top>> GetTop(const CallContext& context) {
    if (std::shared_ptr<const Top> known = KnownTop()) return known;
    if (context.lane == Lane::kFast) return WouldBlock();
    ASSIGN_OR_RETURN(std::shared_ptr<const DatasetList> list, datasets_.List(context));
    ASSIGN_OR_RETURN(std::shared_ptr<const Top> top, MakeTop(*list));
    return Show(std::move(top));
  }

  std::shared_ptr<const Top> KnownTop() const {
    absl::ReaderMutexLock lock(&mutex_);
    return top_;
  }

  absl::StatusOr<std::shared_ptr<const Top>> MakeTop(const DatasetList& list) {
    auto top = std::make_shared<Top>();
    top->revision = list.revision;
    std::vector<std::string> names;  // of each dataset's slots, one after the other
    for (const std::shared_ptr<DatasetVersion>& dataset : list.datasets) {
      names.push_back(SlotName("dataset", dataset->entry(), ""));
      names.push_back(InnerSlotName(dataset->entry()));
      for (const std::string& view : view_names_) {
        names.push_back(SlotName("view", dataset->entry(), view));
      }
    }
    ASSIGN_OR_RETURN(std::vector<uint32_t> slots, SlotsFor(lmdb_, names));
    absl::Time newest = absl::UnixEpoch();
    auto next = slots.begin();
    for (const std::shared_ptr<DatasetVersion>& dataset : list.datasets) {
      auto views = next + 2;
      auto end = views + ptrdiff_t(view_names_.size());
      newest = std::max(newest, dataset->entry().modified);
      top->datasets.push_back(
          std::make_shared<DatasetNode>(DatasetNode{.dataset = dataset,
                                                    .slot = *next,
                                                    .inner_slot = *(next + 1),
                                                    .view_slots = {views, end}}));
      next = end;
    }
    auto readme = std::make_shared<Readme>();
    readme->text = RenderReadme(ReadmeDatasets(*top), groups_.Explained(writers_), list.notes,
                                DescribeOrigin(list.configured));
    uint32_t ordinal = kFileBit | (uint32_t(Hash64(readme->text)) & (kFileBit - 1));
    readme->attr = FileAttr(options_.root_slot, ordinal, readme->text.size(), newest);
    top->readme = std::move(readme);
    return std::shared_ptr<const Top>(std::move(top));
  }

  // Slots are given out by what is shown, so that they are the same on every mount; the revisions
  // of one mount are different nodes.
  std::string SlotName(absl::string_view kind, const DatasetEntry& entry, absl::string_view view) {
    RecordWriter parts;
    parts.Text(kind).Text(entry.version);
    if (!view.empty()) parts.Text(view);
    if (entry.revision != 0) parts.Text("revision").U64(entry.revision);
    return SaltedSlotName(parts.Take(), options_.salt);
  }

  // One for all moments and revisions: the bytes are those of one version of the source.
  static std::string InnerSlotName(const DatasetEntry& entry) {
    return RecordWriter().Text("inner media").Text(entry.version).Take();
  }

  void Claim(const std::vector<uint32_t>& slots) {
    if (options_.owners != nullptr) options_.owners->Claim(slots, *this);
  }

  // Shows `top` unless a newer one is shown; answers what is shown.
  std::shared_ptr<const Top> Show(std::shared_ptr<const Top> top) {
    absl::MutexLock lock(&mutex_);
    if (top_ && top_->revision >= top->revision) return top_;
    for (const std::shared_ptr<const DatasetNode>& node : top->datasets) {
      targets_.AddDataset(node);
      // After that: others may ask for nodes that all moments share.
      Claim({node->slot, node->inner_slot});
      Claim(node->view_slots);
    }
    if (top_) Retire(*top_, *top);
    readmes_.push_back(top->readme);
    if (readmes_.size() > 1 + kMaxOldDatasets) readmes_.pop_front();
    top_ = std::move(top);
    return top_;
  }

  // Datasets that are not shown any more: the newest of them go on answering.
  void Retire(const Top& before, const Top& after) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    for (const std::shared_ptr<const DatasetNode>& node : before.datasets) {
      bool is_shown = absl::c_any_of(
          after.datasets, [&node](const auto& other) { return other->slot == node->slot; });
      if (!is_shown) retired_.push_back(node);
    }
    for (; retired_.size() > kMaxOldDatasets; retired_.pop_front()) {
      targets_.DropDataset(*retired_.front());
    }
  }

  static std::vector<std::string> ChangedNames(const Top& before, const Top& after) {
    std::map<std::string, uint32_t> slots;  // of those before, less those that are the same
    for (const auto& node : before.datasets) slots[node->dataset->entry().name] = node->slot;
    std::vector<std::string> names;
    for (const auto& node : after.datasets) {
      const std::string& name = node->dataset->entry().name;
      auto known = slots.find(name);
      if (known == slots.end() || known->second != node->slot) names.push_back(name);
      if (known != slots.end()) slots.erase(known);
    }
    for (const auto& [name, slot] : slots) names.push_back(name);
    if (!(before.readme->attr.id == after.readme->attr.id)) names.emplace_back(kReadmeName);
    return names;
  }

  std::shared_ptr<const Readme> FindReadme(NodeId node) const {
    absl::ReaderMutexLock lock(&mutex_);
    for (const std::shared_ptr<const Readme>& readme : readmes_) {
      if (readme->attr.id == node) return readme;
    }
    return nullptr;
  }

  static std::vector<ReadmeDataset> ReadmeDatasets(const Top& top) {
    std::vector<ReadmeDataset> datasets;
    for (const auto& node : top.datasets) {
      ReadmeDataset& dataset = datasets.emplace_back();
      dataset.name = node->dataset->entry().name;
      for (const PlannedSource& source : node->dataset->sources()) {
        dataset.sources.push_back(source.found.object.key);
        dataset.size += source.found.object.size;
      }
    }
    return datasets;
  }

  static absl::Time ModifiedOf(const DatasetNode& node) { return node.dataset->entry().modified; }

  absl::StatusOr<NodeAttr> LookupTop(const Top& top, absl::string_view name) {
    if (name == kReadmeName) return top.readme->attr;
    for (const auto& node : top.datasets) {
      if (node->dataset->entry().name == name) {
        return DirectoryAttr(node->slot, 0, ModifiedOf(*node));
      }
    }
    return absl::NotFoundError(absl::StrCat("no dataset '", name, "'"));
  }

  absl::Status ListTop(const Top& top, uint64_t from, absl::FunctionRef<bool(const DirEntry&)> fn) {
    for (uint64_t i = from; i <= top.datasets.size(); ++i) {
      bool is_readme = i == top.datasets.size();
      absl::string_view name =
          is_readme ? kReadmeName : absl::string_view(top.datasets[i]->dataset->entry().name);
      ASSIGN_OR_RETURN(NodeAttr attr, LookupTop(top, name));
      if (!fn({.name = name, .attr = attr, .next = i + 1})) break;
    }
    return absl::OkStatus();
  }

  // `group`: 0 for the dataset's own directory, n for that of the n-th group.
  absl::StatusOr<NodeAttr> LookupView(const DatasetNode& dataset, uint32_t group,
                                      absl::string_view name, const CallContext& context) {
    ASSIGN_OR_RETURN(std::vector<ViewGroups::Entry> entries, EntriesOf(dataset, group, context));
    for (const ViewGroups::Entry& entry : entries) {
      if (entry.name == name) return ViewAttr(dataset, entry);
    }
    return absl::NotFoundError(absl::StrCat("no view '", name, "'"));
  }

  absl::Status ListViews(const DatasetNode& dataset, uint32_t group, uint64_t from,
                         absl::FunctionRef<bool(const DirEntry&)> fn, const CallContext& context) {
    ASSIGN_OR_RETURN(std::vector<ViewGroups::Entry> entries, EntriesOf(dataset, group, context));
    for (size_t i = from; i < entries.size(); ++i) {
      NodeAttr attr = ViewAttr(dataset, entries[i]);
      if (!fn({.name = entries[i].name, .attr = attr, .next = i + 1})) break;
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::vector<ViewGroups::Entry>> EntriesOf(const DatasetNode& dataset,
                                                           uint32_t group,
                                                           const CallContext& context) {
    if (group == 0) return groups_.Top(dataset.dataset->entry().views);
    if (context.lane == Lane::kFast && !dataset.dataset->is_open()) return WouldBlock();
    ASSIGN_OR_RETURN(std::shared_ptr<const IndexedDataset> data, dataset.dataset->Open(context));
    return groups_.Of(group, data->info());
  }

  static NodeAttr ViewAttr(const DatasetNode& dataset, const ViewGroups::Entry& entry) {
    if (entry.group > 0) return DirectoryAttr(dataset.slot, entry.group, ModifiedOf(dataset));
    return DirectoryAttr(dataset.view_slots[entry.view], 0, ModifiedOf(dataset));
  }

  absl::StatusOr<Place> PlaceOf(const ViewNode& node, const CallContext& context) {
    const Target& target = node.target;
    if (target.kind == Target::Kind::kViewRoot) {
      ASSIGN_OR_RETURN(std::shared_ptr<const View> view,
                       GetView(target.dataset, target.number, context));
      Place root{.view = std::move(view)};
      if (root.view->layout.facet() != nullptr) root.level.emplace();
      return root;
    }
    if (node.level) return Place{.view = target.view, .level = node.level};
    if (target.kind != Target::Kind::kPlace) return absl::NotFoundError("not a directory");
    return Place{
        .view = target.view,
        .directory = {.place = target.number, .frame_directory = node.ordinal & ~kDirectoryBit}};
  }

  using ViewJobs = SharedJobs<std::shared_ptr<const View>>;

  // A view, described at its first use: once, however many ask and however short they wait.
  absl::StatusOr<std::shared_ptr<const View>> GetView(
      const std::shared_ptr<const DatasetNode>& dataset, uint32_t number,
      const CallContext& context) {
    if (std::shared_ptr<const View> known = targets_.FindView(*dataset, number)) return known;
    if (context.lane == Lane::kFast) return WouldBlock();
    ASSIGN_OR_RETURN(std::shared_ptr<const IndexedDataset> data, dataset->dataset->Open(context));
    ViewJobs::Job describe = [this, dataset, number,
                              data = std::move(data)](const CallContext& own) {
      return DescribeView(*dataset, number, data, own);
    };
    absl::StatusOr<std::shared_ptr<const View>> view =
        describing_.Run(dataset->view_slots[number], std::move(describe), context);
    if (!absl::IsDeadlineExceeded(view.status())) return view;
    return Annotate(view.status(), absl::StrCat("view '", view_names_[number],
                                                "' is still being made, which goes on"));
  }

  absl::StatusOr<std::shared_ptr<const View>> DescribeView(
      const DatasetNode& dataset, uint32_t number,
      const std::shared_ptr<const IndexedDataset>& data, const CallContext& context) {
    // It may have been described since it was asked for.
    if (std::shared_ptr<const View> known = targets_.FindView(dataset, number)) return known;
    InnerPlace inner{.slot = dataset.inner_slot};
    for (const PlannedSource& source : dataset.dataset->sources()) {
      inner.zips.push_back(source.found.object);
    }
    ASSIGN_OR_RETURN(std::shared_ptr<const View> view,
                     MakeView(lmdb_, writers_, data, view_names_[number], ModifiedOf(dataset),
                              options_.salt, inner, context));
    Claim(view->place_slots);
    Claim(view->family_slots);
    if (view->layout.facet() != nullptr && options_.owners != nullptr) {
      options_.owners->ClaimRange(view->facet_slot, view->facet_nodes.slot_count(), *this);
    }
    return targets_.AddView(dataset, number, std::move(view));
  }

  absl::Status ListPlace(const Place& place, uint64_t from,
                         absl::FunctionRef<bool(const DirEntry&)> fn, const CallContext& context) {
    absl::Status status;
    const ViewOwnNames names(files_.own_names(), *place.view, context);
    RETURN_IF_ERROR(ListEntries(
        place.view->layout, *place.view->dataset, names, place.directory, from,
        [&](const ViewEntry& entry, uint64_t next) {
          absl::StatusOr<NodeAttr> attr = ListedAttr(*place.view, entry, context);
          status = attr.status();
          const bool has_size = IsListedSized(*place.view, entry);
          return attr.ok() &&
                 fn({.name = entry.name, .attr = *attr, .next = next, .has_size = has_size});
        }));
    return status;
  }

  bool IsListedSized(const View& view, const ViewEntry& entry) const {
    if (entry.kind != ViewEntry::Kind::kFrame) return true;
    const FamilyKind kind = view.layout.families()[entry.unit].kind;
    return kind == FamilyKind::kMedia ||
           (kind != FamilyKind::kPixels && options_.sizes == ListedSizes::kTold);
  }

  // A listing makes no file of pixels: whoever wants its size looks it up.
  absl::StatusOr<NodeAttr> ListedAttr(const View& view, const ViewEntry& entry,
                                      const CallContext& context) {
    if (IsListedSized(view, entry)) return EntryAttr(view, entry, context);
    return FrameAttr(view, entry, 0);
  }

  static NodeAttr FrameAttr(const View& view, const ViewEntry& entry, uint64_t size) {
    const NodePlace at = view.PlaceOfFrame(entry.unit, entry.rank);
    return FileAttr(at.slot, at.ordinal, size, view.modified);
  }

  absl::StatusOr<NodeAttr> EntryAttr(const View& view, const ViewEntry& entry,
                                     const CallContext& context) {
    switch (entry.kind) {
      case ViewEntry::Kind::kDirectory: {
        const NodePlace at = view.PlaceOf(entry.directory);
        return DirectoryAttr(at.slot, at.ordinal, view.modified);
      }
      case ViewEntry::Kind::kFile: {
        ASSIGN_OR_RETURN(uint64_t size, files_.FileSize(view, entry.unit, context));
        uint32_t place = view.layout.files()[entry.unit].place;
        return FileAttr(view.place_slots[place], kFileBit | entry.unit, size, view.modified);
      }
      case ViewEntry::Kind::kFrame:
        break;
    }
    const Family& family = view.layout.families()[entry.unit];
    if (family.media > 0) return RelatedAttr(view, entry.rank, family.media - 1);
    if (family.is_media()) return MediaAttr(view, entry.rank);
    ASSIGN_OR_RETURN(uint64_t size, files_.FrameSize(view, entry.unit, entry.rank, context));
    return FrameAttr(view, entry, size);
  }

  absl::StatusOr<NodeAttr> MediaAttr(const View& view, Rank rank) {
    ASSIGN_OR_RETURN(std::optional<RowId> row, view.dataset->MediaRow(rank));
    if (!row) {
      ASSIGN_OR_RETURN(const Frame frame, view.dataset->GetFrame(rank));
      if (frame.inner)
        return InnerAttr(view.inner.slot, rank, frame.inner->size, ModifiedOf(view, *frame.inner));
      return absl::InternalError("a listed image is not in the media map");
    }
    ASSIGN_OR_RETURN(Row found, catalog_.Get(*row));
    return RowAttr(found);
  }

  absl::StatusOr<NodeAttr> RelatedAttr(const View& view, Rank rank, uint32_t number) {
    ASSIGN_OR_RETURN(const std::vector<RelatedFile> files, view.dataset->RelatedFiles(rank));
    if (number >= files.size()) {
      return absl::InternalError("a listed context image is not in the media map");
    }
    const RelatedFile& file = files[number];
    if (file.row) {
      ASSIGN_OR_RETURN(const Row found, catalog_.Get(*file.row));
      return RowAttr(found);
    }
    const std::optional<uint32_t> ordinal =
        InnerRelatedOrdinal(view.dataset->frame_count(), rank, file.number);
    if (!ordinal || !file.inner) return absl::InternalError("a context image without a place");
    return InnerAttr(view.inner.slot, *ordinal, file.inner->size, ModifiedOf(view, *file.inner));
  }

  static absl::Time ModifiedOf(const View& view, const InnerMedia& media) {
    const std::vector<ObjectVersion>& zips = view.inner.zips;
    return media.source < zips.size() ? zips[media.source].modified : absl::UnixEpoch();
  }
  static absl::Time ModifiedOf(const DatasetNode& node, const InnerMedia& media) {
    const std::vector<PlannedSource>& sources = node.dataset->sources();
    return media.source < sources.size() ? sources[media.source].found.object.modified
                                         : absl::UnixEpoch();
  }

  // A file that a view can show: 2 links (design/product.md §2, rule 1).
  static NodeAttr InnerAttr(uint32_t slot, uint32_t ordinal, uint64_t size, absl::Time modified) {
    NodeAttr attr = FileAttr(slot, ordinal, size, modified);
    attr.links = 2;
    return attr;
  }

  absl::StatusOr<uint64_t> SizeOf(const Target& target, uint32_t ordinal,
                                  const CallContext& context) {
    if (target.kind == Target::Kind::kFamily) {
      return files_.FrameSize(*target.view, target.number, ordinal, context);
    }
    return files_.FileSize(*target.view, ordinal & ~kFileBit, context);
  }

  Lmdb& lmdb_;
  Catalog& catalog_;
  ObjectReader& reader_;
  Datasets& datasets_;
  const ViewTreeOptions options_;
  const std::vector<std::unique_ptr<Writer>> writers_;
  const std::vector<std::string> view_names_;
  const ViewGroups groups_;
  FrameImages images_;  // outlives the files that hold images
  ViewFiles files_;

  ViewTargets targets_;
  FacetLeaves leaves_;
  FrameFacts frame_facts_;

  mutable absl::Mutex mutex_;
  std::shared_ptr<const Top> top_ ABSL_GUARDED_BY(mutex_);
  std::deque<std::shared_ptr<const DatasetNode>> retired_ ABSL_GUARDED_BY(mutex_);
  std::deque<std::shared_ptr<const Readme>> readmes_ ABSL_GUARDED_BY(mutex_);  // newest last

  ViewJobs describing_;  // by slot of the view; ends before what it uses
};

}  // namespace

NodeId ViewsRoot(uint32_t slot) { return NodeId::Make(TreeNumber::kView, slot, kDirectoryBit); }

NodeAttr ViewsRootAttr(uint32_t slot) { return {.id = ViewsRoot(slot), .is_directory = true}; }

std::unique_ptr<ViewTree> NewViewTree(Lmdb& lmdb, Catalog& catalog, ObjectReader& reader,
                                      Datasets& datasets, const ViewTreeOptions& options) {
  return std::make_unique<ViewTreeImpl>(lmdb, catalog, reader, datasets, options);
}

}  // namespace annofs
