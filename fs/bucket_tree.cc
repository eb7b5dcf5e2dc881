#include "fs/bucket_tree.h"

#include <limits>
#include <optional>
#include <utility>

#include "cache/base/status.h"
#include "formats/media_names.h"
#include "fs/recent_objects.h"

namespace annofs {
namespace {

// List positions: grafts come first, as 1..n; then rows, as row id + kRowPosition.
constexpr uint64_t kRowPosition = uint64_t{1} << 32;

class BucketTree : public Tree {
 public:
  BucketTree(Catalog& catalog, ObjectReader& reader, std::vector<Graft> grafts, uint32_t moment)
      : catalog_(catalog), reader_(reader), grafts_(std::move(grafts)), moment_(moment) {}

  absl::StatusOr<NodeAttr> Lookup(NodeId directory, absl::string_view name,
                                  const CallContext& context) override {
    if (const Graft* graft = FindGraft(directory, name)) return graft->attr;
    ASSIGN_OR_RETURN(Row row, catalog_.Lookup(RowOf(directory), name, context));
    return AttrOf(row);
  }

  absl::StatusOr<NodeAttr> Stat(NodeId node, const CallContext&) override {
    ASSIGN_OR_RETURN(Row row, catalog_.Get(RowOf(node)));
    return AttrOf(row);
  }

  absl::Status List(NodeId directory, uint64_t from, absl::FunctionRef<bool(const DirEntry&)> fn,
                    const CallContext& context) override {
    if (from < kRowPosition && !ListGrafts(directory, from, fn)) return absl::OkStatus();
    RowId after = from < kRowPosition ? 0 : from - kRowPosition;
    absl::Status status;
    RETURN_IF_ERROR(catalog_.Children(
        RowOf(directory), after,
        [&](const Row& row) {
          if (FindGraft(directory, row.name) != nullptr) return true;
          absl::StatusOr<NodeAttr> attr = AttrOf(row);
          status = attr.status();
          return attr.ok() && fn({.name = row.name, .attr = *attr, .next = row.id + kRowPosition});
        },
        context));
    return status;
  }

  absl::Status Read(NodeId node, ByteRange range, PiecesFn fn,
                    const CallContext& context) override {
    const RowId row = RowOf(node);
    const std::optional<CachedObject> known = recent_.Find(row);
    if (known && context.lane == Lane::kFast) {
      return reader_.ReadCached(*known, range, fn) ? absl::OkStatus() : WouldBlock();
    }
    ASSIGN_OR_RETURN(const ObjectVersion version, catalog_.Version(row));
    if (!known) recent_.Put(row, reader_.Identify(version));
    return reader_.Read(version, range, fn, context);
  }

  void Forget(NodeId) override {}

 private:
  RowId RowOf(NodeId node) const {
    return node.tree() == TreeNumber::kAt ? node.ordinal() : node.row();
  }

  absl::StatusOr<NodeAttr> AttrOf(const Row& row) const {
    NodeAttr attr = RowAttr(row);
    if (moment_ == 0 || !row.is_directory) return attr;
    if (row.id > std::numeric_limits<uint32_t>::max()) {
      return absl::InternalError("a directory's row has no place in the tree of a past time");
    }
    attr.id = NodeId::Make(TreeNumber::kAt, moment_, uint32_t(row.id));
    return attr;
  }

  const Graft* FindGraft(NodeId directory, absl::string_view name) const {
    if (RowOf(directory) != kRootRow) return nullptr;
    for (const Graft& graft : grafts_) {
      if (graft.name == name) return &graft;
    }
    return nullptr;
  }

  // False if `fn` wants no more.
  bool ListGrafts(NodeId directory, uint64_t from, absl::FunctionRef<bool(const DirEntry&)> fn) {
    if (RowOf(directory) != kRootRow) return true;
    for (uint64_t i = from; i < grafts_.size(); ++i) {
      const Graft& graft = grafts_[i];
      if (graft.listing == Graft::Listing::kHidden) continue;
      if (!fn({.name = graft.name, .attr = graft.attr, .next = i + 1})) return false;
    }
    return true;
  }

  Catalog& catalog_;
  ObjectReader& reader_;
  const std::vector<Graft> grafts_;
  const uint32_t moment_;
  RecentObjects recent_;
};

}  // namespace

NodeAttr RowAttr(const Row& row) {
  // The name that the key has, whatever it is shown as: attributes are of the node.
  absl::string_view name = row.key_name.empty() ? row.name : row.key_name;
  return {.id = NodeId::Bucket(row.id),
          .is_directory = row.is_directory,
          .size = row.size,
          .modified = row.modified,
          .links = !row.is_directory && IsMediaName(name) ? 2u : 1u};
}

std::unique_ptr<Tree> NewBucketTree(Catalog& catalog, ObjectReader& reader,
                                    std::vector<Graft> grafts, uint32_t moment) {
  return std::make_unique<BucketTree>(catalog, reader, std::move(grafts), moment);
}

}  // namespace annofs
