// The views of one dataset, described and given slots: what the view tree walks. Thread safe once
// made.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "cache/base/call_context.h"
#include "cache/store/object_store.h"
#include "formats/facet.h"
#include "formats/layout.h"
#include "formats/layout_walk.h"
#include "formats/writer.h"
#include "fs/dataset_index.h"
#include "fs/facet_nodes.h"

namespace annofs {

// Where the images are that lie in a dataset's sources, as files: one slot for all views.
struct InnerPlace {
  uint32_t slot = 0;
  std::vector<ObjectVersion> zips;  // by InnerMedia::source
};

// Where the size of a frame's file is remembered: the batch, and the place in it.
struct SizePlace {
  uint32_t slot = 0, batch = 0;
  uint32_t index = 0;
};

// Made by MakeView(): a job that renders it keeps it. Of a view with a facet there are leaves, too,
// which are views as others are, but that their nodes are places in the range of the whole one.
struct View : std::enable_shared_from_this<View> {
  std::shared_ptr<const IndexedDataset> dataset;
  std::string name;  // "yolo"
  Layout layout;
  absl::Time modified;                      // of every file that it makes
  std::vector<uint32_t> place_slots;        // by number of place: directories and single files
  std::vector<uint32_t> family_slots;       // by number of family: one file per frame
  std::vector<std::string> family_recipes;  // what the bytes of its files depend on, but the rank
  InnerPlace inner;

  // Of a view with a facet and its leaves: the first slot of the range.
  uint32_t facet_slot = 0;
  FacetNodes facet_nodes;
  std::optional<uint32_t> leaf;  // of a leaf: its number; place_slots and family_slots are empty

  NodePlace PlaceOf(ViewDirectory directory) const;
  NodePlace PlaceOf(FacetDirectory directory) const;  // REQUIRES: it has a facet; not the root
  NodePlace PlaceOfFrame(uint32_t family, Rank rank) const;
  // REQUIRES: a family of text that has the frame.
  SizePlace SizePlaceOf(uint32_t family, Rank rank) const;
};

inline constexpr absl::string_view kReportsName = "reports";

// Describes a view and takes its slots (slow lane). `modified`: the newest of the dataset's
// sources; the nanoseconds are made from the recipe (design/product.md §2, rule 5). `salt`: see
// slots.h. kNotFound: no such view. The context's error once it has ended.
absl::StatusOr<std::shared_ptr<const View>> MakeView(
    Lmdb& lmdb, const std::vector<std::unique_ptr<Writer>>& writers,
    std::shared_ptr<const IndexedDataset> dataset, absl::string_view name, absl::Time modified,
    absl::string_view salt = "", const InnerPlace& inner = {}, const CallContext& context = {});

// A leaf of a view with a facet. kNotFound: it has none of that number.
absl::StatusOr<std::shared_ptr<const View>> MakeLeaf(const View& whole, uint32_t number);

// What `view` rendered has not the size that was told: tells the log, and answers kInternal.
absl::Status SizeBug(const View& view, absl::string_view what, uint64_t told, uint64_t rendered);

// "reports", then the writers' names, sorted.
std::vector<std::string> ViewNames(const std::vector<std::unique_ptr<Writer>>& writers);

}  // namespace annofs
