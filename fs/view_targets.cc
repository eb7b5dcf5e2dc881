#include "fs/view_targets.h"

#include <utility>

namespace annofs {
namespace {

absl::Status Gone() { return absl::AbortedError("a node of a view that is gone"); }

}  // namespace

void ViewTargets::AddDataset(const std::shared_ptr<const DatasetNode>& node) {
  absl::MutexLock lock(&mutex_);
  if (targets_.contains(node->slot)) return;
  Add(node->slot, {.kind = Target::Kind::kDataset, .dataset = node});
  if (node->inner_slot != 0) {
    Add(node->inner_slot, {.kind = Target::Kind::kInner, .dataset = node});
  }
  for (uint32_t i = 0; i < node->view_slots.size(); ++i) {
    Add(node->view_slots[i], {.kind = Target::Kind::kViewRoot, .dataset = node, .number = i});
  }
}

absl::StatusOr<std::shared_ptr<const View>> ViewTargets::AddView(const DatasetNode& node,
                                                                 uint32_t number,
                                                                 std::shared_ptr<const View> view) {
  absl::MutexLock lock(&mutex_);
  if (!targets_.contains(node.slot)) return Gone();
  auto [added, is_new] = views_.emplace(node.view_slots[number], view);
  if (!is_new) return added->second;
  for (uint32_t i = 0; i < view->place_slots.size(); ++i) {
    Add(view->place_slots[i], {.kind = Target::Kind::kPlace, .view = view, .number = i});
  }
  for (uint32_t i = 0; i < view->family_slots.size(); ++i) {
    Add(view->family_slots[i], {.kind = Target::Kind::kFamily, .view = view, .number = i});
  }
  if (view->layout.facet() != nullptr) {
    Add(ranges_[view->facet_slot], {.kind = Target::Kind::kFacet, .view = view});
  }
  return view;
}

void ViewTargets::DropDataset(const DatasetNode& node) {
  absl::MutexLock lock(&mutex_);
  for (uint32_t slot : node.view_slots) {
    auto view = views_.find(slot);
    if (view == views_.end()) continue;
    Release(view->second->place_slots);
    Release(view->second->family_slots);
    auto range = ranges_.find(view->second->facet_slot);
    if (range != ranges_.end() && --range->second.uses == 0) ranges_.erase(range);
    views_.erase(view);
  }
  Release(node.view_slots);
  Release({node.slot, node.inner_slot});
}

absl::StatusOr<Target> ViewTargets::Find(uint32_t slot) const {
  absl::ReaderMutexLock lock(&mutex_);
  auto found = targets_.find(slot);
  if (found != targets_.end()) return found->second.target;
  auto range = ranges_.upper_bound(slot);
  if (range == ranges_.begin()) return Gone();
  --range;
  Target target = range->second.target;
  target.number = slot - range->first;
  if (target.number >= target.view->facet_nodes.slot_count()) return Gone();
  return target;
}

std::shared_ptr<const View> ViewTargets::FindView(const DatasetNode& node, uint32_t number) const {
  absl::ReaderMutexLock lock(&mutex_);
  auto found = views_.find(node.view_slots[number]);
  return found == views_.end() ? nullptr : found->second;
}

void ViewTargets::Add(uint32_t slot, Target target) { Add(targets_[slot], std::move(target)); }

void ViewTargets::Add(Counted& counted, Target target) {
  if (counted.uses++ == 0) counted.target = std::move(target);
}

void ViewTargets::Release(const std::vector<uint32_t>& slots) {
  for (uint32_t slot : slots) {
    auto found = targets_.find(slot);
    if (found != targets_.end() && --found->second.uses == 0) targets_.erase(found);
  }
}

}  // namespace annofs
