#include "fs/views.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cache/base/digest.h"
#include "cache/base/log.h"
#include "cache/base/status.h"
#include "formats/image_libraries.h"
#include "fs/dataset_records.h"
#include "fs/ending_dataset.h"
#include "fs/size_store.h"
#include "fs/slots.h"

namespace annofs {
namespace {

// The reports' own revision: goes up when their bytes change.
constexpr int kReportsRevision = 5;

// Whole seconds of `modified`, and nanoseconds from the recipe: another recipe is another mtime.
absl::Time RecipeTime(absl::Time modified, absl::string_view recipe) {
  return absl::FromUnixSeconds(absl::ToUnixSeconds(modified)) +
         absl::Nanoseconds(int64_t(Hash64(recipe) % 1000000000));
}

std::string SlotName(absl::string_view recipe, absl::string_view kind, const std::string& what) {
  return RecordWriter().Text(recipe).Text(kind).Text(what).Take();
}

// Of a layout's families that no pattern tells from each other: the how manieth of its directory.
std::string FamilyName(const Layout& layout, uint32_t number) {
  const Family& family = layout.families()[number];
  const Place& place = layout.places()[family.place];
  constexpr absl::string_view kKinds[] = {"t", "p", "m", "d"};
  std::string name =
      absl::StrCat(place.path, "/", int(family.style), kKinds[int(family.kind)], family.suffix);
  if (family.style != NameStyle::kOwn) return name;
  const auto nth = std::find(place.families.begin(), place.families.end(), number);
  return absl::StrCat(name, nth - place.families.begin());
}

absl::Status TakeSlots(Lmdb& lmdb, absl::string_view recipe, absl::string_view salt, View& view) {
  std::vector<std::string> names;
  for (const Place& place : view.layout.places())
    names.push_back(SlotName(recipe, "place", place.path));
  for (uint32_t i = 0; i < view.layout.families().size(); ++i) {
    names.push_back(SlotName(recipe, "family", FamilyName(view.layout, i)));
  }
  view.family_recipes.assign(names.begin() + ptrdiff_t(view.layout.places().size()), names.end());
  for (size_t i = 0; i < view.family_recipes.size(); ++i) {
    if (view.layout.families()[i].kind != FamilyKind::kPixels) continue;
    view.family_recipes[i] += ImageLibraryVersions();
  }
  for (std::string& name : names) name = SaltedSlotName(std::move(name), salt);
  ASSIGN_OR_RETURN(std::vector<uint32_t> slots, SlotsFor(lmdb, names));
  auto places_end = slots.begin() + ptrdiff_t(view.layout.places().size());
  view.place_slots.assign(slots.begin(), places_end);
  view.family_slots.assign(places_end, slots.end());
  return absl::OkStatus();
}

absl::Status TakeRange(Lmdb& lmdb, absl::string_view recipe, absl::string_view salt, View& view) {
  ASSIGN_OR_RETURN(view.facet_nodes,
                   FacetNodes::For(*view.layout.facet(), view.dataset->frame_count(),
                                   view.dataset->directory_count()));
  const uint32_t count = std::max(view.facet_nodes.slot_count(), 1u);
  ASSIGN_OR_RETURN(view.facet_slot,
                   SlotRangeFor(lmdb, SaltedSlotName(SlotName(recipe, "facet", ""), salt), count));
  return absl::OkStatus();
}

// The reports say what each view drops: they change with every view.
void AddWriters(const std::vector<std::unique_ptr<Writer>>& writers, RecordWriter& parts) {
  for (const std::unique_ptr<Writer>& writer : writers) {
    parts.Text(writer->Info().name).U32(uint32_t(writer->Info().revision));
  }
}

const Writer* FindWriter(const std::vector<std::unique_ptr<Writer>>& writers,
                         absl::string_view name) {
  for (const std::unique_ptr<Writer>& writer : writers) {
    if (writer->Info().name == name) return writer.get();
  }
  return nullptr;
}

}  // namespace

absl::Status SizeBug(const View& view, absl::string_view what, uint64_t told, uint64_t rendered) {
  std::string message =
      absl::StrCat("view '", view.name, "' of dataset '", view.dataset->info().name, "', ", what,
                   ": rendered ", rendered, " bytes, told ", told, " (a bug: please report it)");
  LogError(message);
  return absl::InternalError(message);
}

absl::StatusOr<std::shared_ptr<const View>> MakeView(
    Lmdb& lmdb, const std::vector<std::unique_ptr<Writer>>& writers,
    std::shared_ptr<const IndexedDataset> dataset, absl::string_view name, absl::Time modified,
    absl::string_view salt, const InnerPlace& inner, const CallContext& context) {
  auto view = std::make_shared<View>();
  view->name = std::string(name);
  view->inner = inner;
  const EndingDataset ending(*dataset, context);
  int revision = kReportsRevision;
  if (name == kReportsName) {
    RETURN_IF_ERROR(DescribeReports(ending, writers, view->layout));
  } else {
    const Writer* writer = FindWriter(writers, name);
    if (writer == nullptr) return absl::NotFoundError(absl::StrCat("no view '", name, "'"));
    revision = writer->Info().revision;
    RETURN_IF_ERROR(writer->Describe(ending, view->layout));
  }
  RecordWriter parts;
  parts.Text(name).U32(uint32_t(revision)).Text(dataset->info().id);
  if (name == kReportsName) AddWriters(writers, parts);
  std::string recipe = parts.Take();
  view->modified = RecipeTime(modified, recipe);
  RETURN_IF_ERROR(TakeSlots(lmdb, recipe, salt, *view));
  view->dataset = std::move(dataset);
  if (view->layout.facet() != nullptr) RETURN_IF_ERROR(TakeRange(lmdb, recipe, salt, *view));
  return std::shared_ptr<const View>(std::move(view));
}

absl::StatusOr<std::shared_ptr<const View>> MakeLeaf(const View& whole, uint32_t number) {
  auto leaf = std::make_shared<View>();
  RETURN_IF_ERROR(whole.layout.facet()->DescribeLeaf(*whole.dataset, number, leaf->layout));
  leaf->dataset = whole.dataset;
  leaf->name = whole.name;
  leaf->modified = whole.modified;
  leaf->inner = whole.inner;
  leaf->facet_slot = whole.facet_slot;
  leaf->facet_nodes = whole.facet_nodes;
  leaf->leaf = number;
  return std::shared_ptr<const View>(std::move(leaf));
}

NodePlace View::PlaceOf(ViewDirectory directory) const {
  if (!leaf) return {place_slots[directory.place], directory.frame_directory};
  NodePlace place = facet_nodes.OfLeaf(*leaf, directory.frame_directory);
  place.slot += facet_slot;
  return place;
}

NodePlace View::PlaceOf(FacetDirectory directory) const {
  NodePlace place = facet_nodes.OfDirectory(directory);
  place.slot += facet_slot;
  return place;
}

NodePlace View::PlaceOfFrame(uint32_t family, Rank rank) const {
  if (!leaf) return {family_slots[family], rank};
  NodePlace place = facet_nodes.OfFile(*leaf, family, rank);
  place.slot += facet_slot;
  return place;
}

SizePlace View::SizePlaceOf(uint32_t family, Rank rank) const {
  if (!leaf) return {family_slots[family], rank / kBatch, rank % kBatch};
  const uint32_t index = uint32_t(layout.families()[family].frames.LowerBound(rank));
  const uint32_t batches = (dataset->frame_count() + kBatch - 1) / kBatch;
  const NodePlace place = facet_nodes.OfPart(*leaf, family, batches, index / kBatch);
  return {facet_slot + place.slot, place.ordinal, index % kBatch};
}

std::vector<std::string> ViewNames(const std::vector<std::unique_ptr<Writer>>& writers) {
  std::vector<std::string> names = {std::string(kReportsName)};
  for (const std::unique_ptr<Writer>& writer : writers) names.emplace_back(writer->Info().name);
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace annofs
