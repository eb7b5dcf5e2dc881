#include "cache/listing_view.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "cache/cache_dir.h"
#include "cache/row_block.h"

namespace annofs {

bool ListingView::Knows(absl::string_view name) const {
  return is_whole_ || (txn_ != nullptr && last_ >= absl::StrCat(name, "/"));
}

bool ListingView::KnowsAllAs(absl::string_view name) const {
  return is_whole_ || (Knows(name) && !absl::StrContains(name, ".object"));
}

absl::StatusOr<std::optional<Row>> ListingView::Find(absl::string_view name) const {
  ListingCursor cursor(*txn_, source_, head_.listing);
  RETURN_IF_ERROR(cursor.Seek(name));
  std::optional<Row> object;
  if (cursor.valid() && cursor.Compare(name) == 0) object = cursor.row();
  // A directory of the name wins; there is one only where the object was put aside.
  if (object.has_value() && head_.asides == 0) return object;
  const std::string directory = absl::StrCat(name, "/");
  if (cursor.valid() && cursor.Compare(directory) < 0) {
    RETURN_IF_ERROR(cursor.Seek(directory));
  }
  if (cursor.valid() && cursor.Compare(directory) == 0) {
    return std::optional<Row>(cursor.row());
  }
  if (object.has_value()) return object;
  return head_.asides == 0 ? std::nullopt : FindAside(name);
}

absl::StatusOr<std::optional<Row>> ListingView::FindAside(absl::string_view name) const {
  const auto id = txn_->Get(kListingsTable, AsideKey(source_, head_.listing, name));
  if (!id.has_value() || id->size() != 8) return std::nullopt;
  ASSIGN_OR_RETURN(std::optional<Row> row, FindRow(*txn_, source_, ReadKey64(*id)));
  if (!row.has_value() || row->is_directory || row->parent != directory_) {
    return absl::InternalError("the catalog is damaged: an aside that is no object of its listing");
  }
  row->key_name = std::exchange(row->name, std::string(name));
  return row;
}

std::optional<std::string> ListingView::ShownAs(const Row& object) const {
  const auto shown = txn_->Get(kListingsTable, ShownKey(source_, head_.listing, object.id));
  if (!shown.has_value()) return object.name;
  if (shown->empty()) return std::nullopt;
  return std::string(*shown);
}

absl::Status ListingView::Collect(absl::string_view from, size_t most, std::vector<Row>& rows,
                                  bool& at_end) const {
  at_end = false;
  if (txn_ == nullptr) return absl::OkStatus();
  ListingCursor cursor(*txn_, source_, head_.listing);
  RETURN_IF_ERROR(cursor.Seek(from));
  while (cursor.valid()) {
    if (rows.size() == most) return absl::OkStatus();
    if (!is_whole_ && cursor.Compare(settled_) >= 0) return absl::OkStatus();
    AddShown(cursor.row(), rows);
    RETURN_IF_ERROR(cursor.Next());
  }
  at_end = is_whole_;
  return absl::OkStatus();
}

// The row, under the name that it is shown under, if it is.
void ListingView::AddShown(const Row& row, std::vector<Row>& rows) const {
  std::optional<std::string> shown = row.name;
  if (!row.is_directory && head_.asides != 0) shown = ShownAs(row);
  if (!shown.has_value()) return;
  Row& added = rows.emplace_back(row);
  if (*shown != row.name) added.key_name = std::exchange(added.name, *std::move(shown));
}

std::optional<Head> HeadOf(const LmdbReader& txn, SourceNumber source, const SnapshotInfo& snapshot,
                           RowId directory) {
  const auto own = txn.Get(kHeadsTable, HeadKey(source, snapshot.number, directory));
  if (own.has_value() || snapshot.base == 0) {
    return own.has_value() ? DecodeHead(*own) : std::nullopt;
  }
  return FindHead(txn, source, snapshot.base, directory);
}

}  // namespace annofs
