// A frame's annotations as bytes for the dataset index: compact, exact (doubles bit for bit),
// versioned by the dataset index's format number. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
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

// The order in which a source has the static shapes of its frames, told by few of them: only of
// those that z order moves away from it the place is written (AppendShape). Not thread safe.
class SourceOrder {
 public:
  // The place of the next shape of the frame among its static ones; nothing where those without a
  // place say it, which are in the source's order.
  std::optional<uint32_t> PlaceOf(uint32_t frame, const Shape& shape) const;
  // It was written.
  void Add(uint32_t frame, const Shape& shape);

 private:
  struct Seen {
    uint32_t count = 0;   // static shapes
    int32_t highest = 0;  // z order of them
  };
  std::vector<Seen> seen_;  // by frame
};

// One shape or tag, behind what `out` holds. REQUIRES: !IsTooDeep(shape).
void AppendShape(const Shape& shape, ShapeTexts& texts, std::string& out,
                 std::optional<uint32_t> place = std::nullopt);
// A frame's record is the head, then its tags, then its shapes and keyframes outside by z order,
// one behind the other; `shapes` counts both.
void AppendShapesHead(uint64_t tags, uint64_t shapes, std::string& out);
// `texts`: of the encoder. kInternal on anything that is no such record; never reads outside.
absl::StatusOr<FrameShapes> DecodeShapes(absl::string_view data,
                                         const std::vector<std::string>& texts);
// Those of tracks that are wanted (Dataset::ShapesOfTracks); the others are passed over, not made.
absl::StatusOr<FrameShapes> DecodeShapesOfTracks(
    absl::string_view data, const std::vector<std::string>& texts,
    absl::FunctionRef<bool(uint32_t label, int32_t track)> wants);
// What was decoded and is wanted no more: its memory serves what this thread decodes next, where
// shape after shape would ask for some of its own. Whoever goes through many frames does this, and
// now and then does not: each place of a list grows to the largest that was ever in it.
void GiveBack(FrameShapes&& shapes);

// The same without common texts.
std::string EncodeShapes(const FrameShapes& shapes);
absl::StatusOr<FrameShapes> DecodeShapes(absl::string_view data);

}  // namespace annofs
