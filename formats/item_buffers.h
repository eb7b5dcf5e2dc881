// Items of many frames, one after the other (formats/item.h), in objects whose memory is used
// again: of frames that are alike hardly any is asked for. For segments, which render frame after
// frame. Thread safe: a thread mostly gets the item that it had before.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "cache/base/thread_slots.h"
#include "formats/item.h"

namespace annofs {

class ItemBuffers {
 public:
  // Calls `fn` with what ItemOf() answers. It may be changed, and is gone afterwards.
  absl::Status WithItem(const Dataset& data, Rank rank, absl::FunctionRef<absl::Status(Item&)> fn);

 private:
  // An item of so many bytes of shapes is not kept. Each place of a list grows to the largest that
  // was ever in it: after so many bytes an item is made anew, so that no order of frames makes
  // every place as large as the largest.
  static constexpr uint64_t kMostOfFrame = 64 << 10, kMostUsed = 512 << 10;

  struct Used {
    std::shared_ptr<FrameShapes> shapes;
    Item item;
    uint64_t bytes = 0;
  };
  ThreadSlots<Used, 2> slots_;  // few: they are there as long as the segments are
};

}  // namespace annofs
