#include "fs/facet_listing.h"

#include "cache/base/status.h"

namespace annofs {
namespace {

constexpr uint32_t kDirectoryBit = 0x80000000;  // of an ordinal (fs/README.md)

absl::Status MayLook(const View& view, FacetDirectory at, const CallContext& context) {
  const bool may = context.lane == Lane::kSlow || view.layout.facet()->IsReady(at);
  return may ? absl::OkStatus() : WouldBlock();
}

NodeAttr ChildAttr(const View& view, FacetDirectory at, const FacetChild& child) {
  const NodePlace place = view.PlaceOf(FacetDirectory{at.level + 1, child.number});
  return {.id = NodeId::Make(TreeNumber::kView, place.slot, kDirectoryBit | place.ordinal),
          .is_directory = true,
          .modified = view.modified};
}

}  // namespace

absl::StatusOr<NodeAttr> LookupChild(const View& view, FacetDirectory at, absl::string_view name,
                                     const CallContext& context) {
  RETURN_IF_ERROR(MayLook(view, at, context));
  ASSIGN_OR_RETURN(const FacetChild child, view.layout.facet()->Find(*view.dataset, at, name));
  return ChildAttr(view, at, child);
}

absl::Status ListChildren(const View& view, FacetDirectory at, uint64_t from,
                          absl::FunctionRef<bool(const DirEntry&)> fn, const CallContext& context) {
  if (from >= kMostFacetNumbers) return absl::OkStatus();
  RETURN_IF_ERROR(MayLook(view, at, context));
  return view.layout.facet()->ForEach(*view.dataset, at, uint32_t(from),
                                      [&](const FacetChild& child) {
                                        return fn({.name = child.name,
                                                   .attr = ChildAttr(view, at, child),
                                                   .next = uint64_t{child.number} + 1});
                                      });
}

}  // namespace annofs
