// What all listings that come over a network have in common. Pure functions.
#pragma once

#include "cache/store/object_store.h"

namespace annofs {

// The contract of a page, also for a server that sorts by other rules than bytes.
void SortByBytes(ListPage& page);

}  // namespace annofs
