// One annotation object, read by ranges. Not thread safe; owned by the caller of a reader.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace annofs {

class Source {
 public:
  virtual ~Source() = default;
  virtual absl::string_view name() const = 0;  // the object's key
  virtual uint64_t size() const = 0;
  // Exactly `length` bytes; fewer only where the object ends.
  virtual absl::StatusOr<std::string> Read(uint64_t offset, uint64_t length) = 0;
};

}  // namespace annofs
