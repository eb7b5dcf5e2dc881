// A frame's annotations as bytes for the dataset index: compact, exact (doubles bit for bit),
// versioned by the dataset index's format number. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "formats/model.h"

namespace annofs {

// Texts that come again and again (sources, names and values of attributes) as numbers. A text is
// taken in when it comes for the second time and there is room. Not thread safe.
class ShapeTexts {
 public:
  // Bounds of what is taken in.
  struct Limits {
    size_t texts = 65536;
    size_t bytes = 1 << 20;
  };
  explicit ShapeTexts(const Limits& limits) : limits_(limits) {}
  ShapeTexts() : ShapeTexts(Limits()) {}

  // The number that stands for the text, from 1 on; 0: write the text itself.
  uint32_t NumberOf(absl::string_view text);
  // By number - 1.
  const std::vector<std::string>& texts() const { return texts_; }

 private:
  static constexpr size_t kSeen = 16384;

  const Limits limits_;
  std::vector<std::string> texts_;
  absl::flat_hash_map<std::string, uint32_t> numbers_;
  size_t bytes_ = 0;
  std::vector<size_t> seen_;  // hashes of texts that came once; may forget
  std::string last_;          // what came last, mostly the same again
  uint32_t last_number_ = 0;
};

// Skeletons have elements; deeper nesting is none of CVAT's.
inline constexpr int kMaxElementDepth = 4;
bool IsTooDeep(const Shape& shape);

// One shape or tag, behind what `out` holds. REQUIRES: !IsTooDeep(shape).
void AppendShape(const Shape& shape, ShapeTexts& texts, std::string& out);
// A frame's record is the head, then its tags and its shapes, one behind the other.
void AppendShapesHead(uint64_t tags, uint64_t shapes, std::string& out);
// `texts`: of the encoder. kInternal on anything that is no such record; never reads outside.
absl::StatusOr<FrameShapes> DecodeShapes(absl::string_view data,
                                         const std::vector<std::string>& texts);

// The same without common texts.
std::string EncodeShapes(const FrameShapes& shapes);
absl::StatusOr<FrameShapes> DecodeShapes(absl::string_view data);

}  // namespace annofs
