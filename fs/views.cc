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
#include "fs/slots.h"

namespace annofs {
namespace {

// The reports' own revision: goes up when their bytes change.
constexpr int kReportsRevision = 3;

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
  return std::shared_ptr<const View>(std::move(view));
}

std::vector<std::string> ViewNames(const std::vector<std::unique_ptr<Writer>>& writers) {
  std::vector<std::string> names = {std::string(kReportsName)};
  for (const std::unique_ptr<Writer>& writer : writers) names.emplace_back(writer->Info().name);
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace annofs
