#include "fs/bucket_tree.h"

#include <array>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "cache/base/status.h"
#include "cache/base/text.h"

namespace annofs {
namespace {

// What CVAT takes as an image or a point cloud.
constexpr std::array<absl::string_view, 13> kMediaExtensions = {
    ".jpg",  ".jpeg", ".png",  ".bmp", ".gif", ".tif", ".tiff",
    ".webp", ".jfif", ".avif", ".pcd", ".bin", ".jp2"};

bool IsMediaName(absl::string_view name) {
  absl::string_view extension = Extension(name);
  return absl::c_any_of(kMediaExtensions, [extension](absl::string_view known) {
    return absl::EqualsIgnoreCase(extension, known);
  });
}

// List positions: grafts come first, as 1..n; then rows, as row id + kRowPosition.
constexpr uint64_t kRowPosition = uint64_t{1} << 32;

class BucketTree : public Tree {
 public:
  BucketTree(Catalog& catalog, ObjectReader& reader, std::vector<Graft> grafts)
      : catalog_(catalog), reader_(reader), grafts_(std::move(grafts)) {}

  absl::StatusOr<NodeAttr> Lookup(NodeId directory, absl::string_view name,
                                  const CallContext& context) override {
    if (const Graft* graft = FindGraft(directory, name)) return graft->attr;
    ASSIGN_OR_RETURN(Row row, catalog_.Lookup(directory.row(), name, context));
    return RowAttr(row);
  }

  absl::StatusOr<NodeAttr> Stat(NodeId node, const CallContext&) override {
    ASSIGN_OR_RETURN(Row row, catalog_.Get(node.row()));
    return RowAttr(row);
  }

  absl::Status List(NodeId directory, uint64_t from, absl::FunctionRef<bool(const DirEntry&)> fn,
                    const CallContext& context) override {
    if (from < kRowPosition && !ListGrafts(directory, from, fn)) return absl::OkStatus();
    RowId after = from < kRowPosition ? 0 : from - kRowPosition;
    return catalog_.Children(
        directory.row(), after,
        [&fn](const Row& row) {
          return fn({.name = row.name, .attr = RowAttr(row), .next = row.id + kRowPosition});
        },
        context);
  }

  absl::Status Read(NodeId node, ByteRange range, absl::FunctionRef<void(absl::string_view)> fn,
                    const CallContext& context) override {
    ASSIGN_OR_RETURN(ObjectVersion version, catalog_.Version(node.row()));
    return reader_.Read(version, range, fn, context);
  }

  void Forget(NodeId) override {}

 private:
  const Graft* FindGraft(NodeId directory, absl::string_view name) const {
    if (directory != kRootNode) return nullptr;
    for (const Graft& graft : grafts_) {
      if (graft.name == name) return &graft;
    }
    return nullptr;
  }

  // False if `fn` wants no more.
  bool ListGrafts(NodeId directory, uint64_t from, absl::FunctionRef<bool(const DirEntry&)> fn) {
    if (directory != kRootNode) return true;
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
};

}  // namespace

NodeAttr RowAttr(const Row& row) {
  return {.id = NodeId::Bucket(row.id),
          .is_directory = row.is_directory,
          .size = row.size,
          .modified = row.modified,
          .links = !row.is_directory && IsMediaName(row.name) ? 2u : 1u};
}

std::unique_ptr<Tree> NewBucketTree(Catalog& catalog, ObjectReader& reader,
                                    std::vector<Graft> grafts) {
  return std::make_unique<BucketTree>(catalog, reader, std::move(grafts));
}

}  // namespace annofs
