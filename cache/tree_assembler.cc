#include "cache/tree_assembler.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "cache/listing_cursor.h"
#include "cache/row_block.h"

namespace annofs {
namespace {

std::unique_ptr<ListingBuilder> NewBuilder(const TreeAssembler::Root& root, RowId directory,
                                           absl::string_view prefix) {
  return std::make_unique<ListingBuilder>(ListingBuilder::Target{.source = root.source,
                                                                 .snapshot = root.snapshot,
                                                                 .mount = root.mount,
                                                                 .directory = directory,
                                                                 .prefix = std::string(prefix)});
}

}  // namespace

TreeAssembler::TreeAssembler(Root root) : root_(std::move(root)) {
  Open& open = open_.emplace_back();
  open.prefix = root_.prefix;
  open.directory = root_.directory;
  if (root_.is == RootListing::kMade)
    open.builder = NewBuilder(root_, root_.directory, open.prefix);
}

absl::Status TreeAssembler::Add(CatalogBatch& batch, const ObjectVersion& object) {
  const absl::string_view key = object.key;
  if (!absl::StartsWith(key, root_.prefix)) {
    return absl::DataLossError(
        absl::StrCat("the store lists ", key, " in the directory ", root_.prefix));
  }
  if (!skipped_.empty() && absl::StartsWith(key, skipped_)) return absl::OkStatus();
  while (!absl::StartsWith(key, open_.back().prefix)) RETURN_IF_ERROR(Close(batch));
  for (;;) {
    const size_t slash = key.find('/', open_.back().prefix.size());
    if (slash == absl::string_view::npos) break;
    const std::string child(key.substr(0, slash + 1));
    ASSIGN_OR_RETURN(const RowId row, RowOfChild(batch, child));
    if (row == 0) {
      skipped_ = child;
      return absl::OkStatus();
    }
    open_.push_back({.prefix = child,
                     .directory = row,
                     .page = pages_,
                     .builder = NewBuilder(root_, row, child)});
  }
  if (open_.back().builder == nullptr || key.size() == open_.back().prefix.size()) {
    return absl::OkStatus();  // of a listing that is known, or a directory's own marker
  }
  ++objects_;
  return open_.back().builder->Add(batch, key, &object).status();
}

absl::Status TreeAssembler::Save(CatalogBatch& batch) {
  for (Open& open : open_) {
    if (open.builder != nullptr) RETURN_IF_ERROR(open.builder->Save(batch));
  }
  return absl::OkStatus();
}

absl::Status TreeAssembler::Finish(CatalogBatch& batch) {
  while (!open_.empty()) RETURN_IF_ERROR(Close(batch));
  return absl::OkStatus();
}

absl::Status TreeAssembler::Close(CatalogBatch& batch) {
  if (open_.size() == 2) done_ = open_.back().prefix.substr(root_.prefix.size());
  if (open_.back().builder != nullptr) {
    RETURN_IF_ERROR(open_.back().builder->Finish(batch));
    ++directories_;
  }
  open_.pop_back();
  return absl::OkStatus();
}

// The row of a directory in the innermost one; 0 if it is not shown.
absl::StatusOr<RowId> TreeAssembler::RowOfChild(CatalogBatch& batch, const std::string& key) {
  Open& parent = open_.back();
  if (parent.builder != nullptr) {
    ASSIGN_OR_RETURN(const auto row, parent.builder->Add(batch, key, nullptr));
    return row.value_or(0);
  }
  const absl::string_view order_key = absl::string_view(key).substr(parent.prefix.size());
  ListingCursor cursor(batch.txn(), root_.source, root_.listing);
  RETURN_IF_ERROR(cursor.Seek(order_key));
  const bool found = cursor.valid() && CompareOrder(cursor.row(), order_key) == 0;
  return found ? cursor.row().id : 0;
}

}  // namespace annofs
