// The directories of a view that terms make, as a tree answers for them (formats/facet.h). Thread
// safe.
#pragma once

#include <cstdint>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cache/base/call_context.h"
#include "fs/tree.h"
#include "fs/views.h"

namespace annofs {

// Fast lane: WouldBlock() where all names of the directory have to be looked at first. REQUIRES:
// the view has a facet; `at` is a directory over its leaves.
absl::StatusOr<NodeAttr> LookupChild(const View& view, FacetDirectory at, absl::string_view name,
                                     const CallContext& context);
// As Tree::List(); positions are the numbers of children to go on from.
absl::Status ListChildren(const View& view, FacetDirectory at, uint64_t from,
                          absl::FunctionRef<bool(const DirEntry&)> fn, const CallContext& context);

}  // namespace annofs
