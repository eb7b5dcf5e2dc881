// The tree of one time in the past: the bucket's names as they were then, with the views of that
// time in its root. Thread safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/call_once.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "cache/catalog.h"
#include "cache/object_reader.h"
#include "fs/datasets.h"
#include "fs/slot_owners.h"
#include "fs/view_tree.h"

namespace annofs {

inline constexpr size_t kMaxMoments = 1024;  // of one mount

// What all moments of a mount are made with; outlives them.
struct MomentGround {
  Lmdb& lmdb;
  Catalog& present;  // whose rows the files of a moment are
  ObjectStore& store;
  ObjectReader& reader;
  BlockCache* blocks;  // may be null
  SlotOwners& owners;
  CatalogOptions::Names names;  // kFresh, or kOffline: no request
  std::string views_name;       // "": no views
  DatasetsOptions datasets;
  size_t most = kMaxMoments;
};

class Moment {
 public:
  // Lists the root as it was: a store that does not know what was is told of here (kUnimplemented,
  // kPermissionDenied…; never kNotFound). `text` names the moment, and no two of a mount have the
  // same; `slot`: of its directories, and of its views.
  static absl::StatusOr<std::unique_ptr<Moment>> Open(const MomentGround& ground, std::string text,
                                                      absl::Time time, uint32_t slot,
                                                      const CallContext& context);

  const std::string& text() const { return text_; }
  NodeAttr RootAttr() const;

  absl::StatusOr<NodeAttr> Lookup(NodeId directory, absl::string_view name,
                                  const CallContext& context);
  absl::StatusOr<NodeAttr> Stat(NodeId node, const CallContext& context);
  absl::Status List(NodeId directory, uint64_t from, absl::FunctionRef<bool(const DirEntry&)> fn,
                    const CallContext& context);

  // From the moment's root; as ViewTree::PathOf(). kAborted: none of its nodes.
  absl::StatusOr<std::string> PathOf(NodeId node);

  // Names of that time that are not shown as they were.
  std::vector<CatalogProblem> Problems();

 private:
  Moment(const MomentGround& ground, std::string text, uint32_t slot,
         std::unique_ptr<Catalog> catalog);
  void MakeViews();

  const MomentGround& ground_;
  const std::string text_;
  const uint32_t slot_;
  const std::unique_ptr<Catalog> catalog_;
  const std::unique_ptr<Tree> bucket_;
  bool has_views_name_ = false;  // the bucket had that name itself; set once, by Open()
  absl::once_flag views_made_;   // when first touched
  std::unique_ptr<Datasets> datasets_;
  std::unique_ptr<ViewTree> views_;
  std::atomic<const Datasets*> made_datasets_{nullptr};  // once they are made
  std::atomic<ViewTree*> made_views_{nullptr};           // the same
};

}  // namespace annofs
