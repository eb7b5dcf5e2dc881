// A store that can be left: what is fetched on nobody's account (a fetch whose reader has gone is
// finished for the cache) ends, too, when the program wants to end.
#pragma once

#include <memory>

#include "cache/base/call_context.h"
#include "cache/store/object_store.h"

namespace annofs {

// Calls without a cancellation of their own have `leaving`, which outlives the store. Thread safe.
std::unique_ptr<ObjectStore> NewLeavingStore(std::unique_ptr<ObjectStore> store,
                                             const Cancellation& leaving);

}  // namespace annofs
