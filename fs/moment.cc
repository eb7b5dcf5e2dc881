#include "fs/moment.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "fs/bucket_tree.h"
#include "fs/never_absent.h"

namespace annofs {
namespace {

std::vector<Graft> ViewsGraft(const MomentGround& ground, uint32_t slot) {
  if (ground.views_name.empty()) return {};
  return {{.name = ground.views_name, .attr = ViewsRootAttr(slot)}};
}

}  // namespace

absl::StatusOr<std::unique_ptr<Moment>> Moment::Open(const MomentGround& ground, std::string text,
                                                     absl::Time time, uint32_t slot,
                                                     const CallContext& context) {
  absl::StatusOr<std::unique_ptr<Catalog>> catalog =
      OpenCatalog(ground.lmdb, ground.store,
                  {.names = ground.names, .at = time, .source = ground.present.source()});
  RETURN_IF_ERROR(NeverAbsent(catalog.status()));
  std::unique_ptr<Moment> moment(new Moment(ground, std::move(text), slot, *std::move(catalog)));
  if (ground.views_name.empty()) {
    RETURN_IF_ERROR(NeverAbsent(moment->catalog_->Children(
        kRootRow, 0, [](const Row&) { return false; }, context)));
    return moment;
  }
  absl::StatusOr<Row> taken = moment->catalog_->Lookup(kRootRow, ground.views_name, context);
  if (!taken.ok() && !absl::IsNotFound(taken.status())) return taken.status();
  moment->has_views_name_ = taken.ok();
  return moment;
}

Moment::Moment(const MomentGround& ground, std::string text, uint32_t slot,
               std::unique_ptr<Catalog> catalog)
    : ground_(ground),
      text_(std::move(text)),
      slot_(slot),
      catalog_(std::move(catalog)),
      bucket_(NewBucketTree(*catalog_, ground.reader, ViewsGraft(ground, slot), slot)) {}

NodeAttr Moment::RootAttr() const {
  return {.id = NodeId::Make(TreeNumber::kAt, slot_, uint32_t(kRootRow)), .is_directory = true};
}

absl::StatusOr<NodeAttr> Moment::Lookup(NodeId directory, absl::string_view name,
                                        const CallContext& context) {
  if (directory == RootAttr().id && name == ground_.views_name) MakeViews();
  return bucket_->Lookup(directory, name, context);
}

absl::StatusOr<NodeAttr> Moment::Stat(NodeId node, const CallContext& context) {
  return bucket_->Stat(node, context);
}

absl::Status Moment::List(NodeId directory, uint64_t from,
                          absl::FunctionRef<bool(const DirEntry&)> fn, const CallContext& context) {
  if (directory == RootAttr().id) MakeViews();
  return bucket_->List(directory, from, fn, context);
}

std::vector<CatalogProblem> Moment::Problems() {
  std::vector<CatalogProblem> problems = catalog_->Problems();
  if (has_views_name_) {
    problems.push_back({.key = ground_.views_name,
                        .reason = "the bucket had this name itself then: not shown (choose another "
                                  "name for the views with --views-name)"});
  }
  const Datasets* datasets = made_datasets_.load();
  const std::string wrong = datasets == nullptr ? "" : datasets->ConfigurationError();
  if (!wrong.empty()) {
    problems.push_back({.key = std::string(kConfigurationName),
                        .reason = absl::StrCat("no views are shown of that time: ", wrong)});
  }
  return problems;
}

absl::StatusOr<std::string> Moment::PathOf(NodeId node) {
  if (node.tree() == TreeNumber::kAt) {
    ASSIGN_OR_RETURN(const std::string key, catalog_->Key(node.ordinal()));
    return std::string(absl::StripSuffix(key, "/"));
  }
  ViewTree* views = made_views_.load();
  if (views == nullptr) return absl::AbortedError("none of its nodes");
  return views->PathOf(node, ground_.views_name);
}

void Moment::MakeViews() {
  if (ground_.views_name.empty()) return;
  absl::call_once(views_made_, [this] {
    datasets_ = NewDatasets(ground_.lmdb, *catalog_, ground_.reader, ground_.datasets);
    views_ = NewViewTree(
        ground_.lmdb, *catalog_, ground_.reader, *datasets_,
        {.root_slot = slot_, .salt = text_, .owners = &ground_.owners, .blocks = ground_.blocks});
    ground_.owners.Claim({slot_}, *views_);
    made_datasets_ = datasets_.get();
    made_views_ = views_.get();
  });
}

}  // namespace annofs
