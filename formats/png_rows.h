// The pixels of a PNG file, row by row, by libpng: masks are such files (reference/cvat.md §9.4).
// In memory there is a row, whatever the header claims. Not thread safe.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace annofs {

class PngRows {
 public:
  // Larger pictures are refused: a few bytes of a file can stand for them.
  static constexpr uint64_t kMaxPixels = uint64_t{1} << 26;
  static constexpr uint32_t kMaxSide = 1 << 20;

  // `png` outlives it. kInvalidArgument: no PNG, or a broken one; kUnimplemented: too large, or
  // interlaced.
  static absl::StatusOr<PngRows> Open(absl::string_view png);
  PngRows(PngRows&&) noexcept;
  PngRows& operator=(PngRows&&) noexcept;
  ~PngRows();

  uint32_t width() const;
  uint32_t height() const;
  // Colours, of a palette too; else grey.
  bool is_color() const;
  // The next row: 0xrrggbb, or the grey as it is stored, without its opacity. kInvalidArgument: it
  // cannot be read. REQUIRES: fewer than height() were.
  absl::Status Next(std::vector<uint32_t>& row);

 private:
  struct State;
  explicit PngRows(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace annofs
