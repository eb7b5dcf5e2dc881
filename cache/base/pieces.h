// Bytes that lie in several places, in order: what a read gives, without a copy that joins them.
#pragma once

#include <cstddef>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace annofs {

// A view: the bytes, and the list, outlive it.
using Pieces = absl::Span<const absl::string_view>;
// Is called once with all the bytes, which are valid during the call.
using PiecesFn = absl::FunctionRef<void(Pieces)>;

inline size_t BytesOf(Pieces pieces) {
  size_t bytes = 0;
  for (absl::string_view piece : pieces) bytes += piece.size();
  return bytes;
}
inline std::string Join(Pieces pieces) { return absl::StrJoin(pieces, ""); }

}  // namespace annofs
