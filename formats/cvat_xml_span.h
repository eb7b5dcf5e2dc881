// What lies between two shapes of a track in a CVAT XML, and whether a file agrees with it. CVAT
// writes the shapes between keyframes out (reference/cvat.md §3.1); computing them again from the
// file's own keyframes (§4) must give the same. Not thread safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "formats/model.h"

namespace annofs {

// Calls `fn` with the shapes on the frames after `from` and before `to`, ascending, as CVAT's
// server draws them. Frames are counted in steps here. A skeleton's elements are matched by their
// labels: one that only `left` has is held, one that only `right` has is not there yet. REQUIRES:
// from < to; of one type.
absl::Status ShapesBetween(int64_t from, const Shape& left, int64_t to, const Shape& right,
                           absl::FunctionRef<absl::Status(int64_t, Shape)> fn);

// Compares the shapes of one track, or of one element of a skeleton, as they come.
//
// Two digits are printed of each number: a keyframe's is off by 0.005 at most, and so is every
// weighted mean of two of them; the shape in between is off by another 0.005 for its own printing.
// So 0.01 are allowed; twice that where Shape::points has the sum of two printed numbers (an
// ellipse's right and top). A difference of rotations around half a turn may go either way.
class CvatXmlSpanCheck {
 public:
  // `last`: of the task's frames, -1 if not known. A keyframe there may be none in CVAT but the
  // place where one beyond the end cuts the span (§4.1); a line drawn from it is another one.
  // `most`: numbers that are kept of the shapes since the last keyframe; of a longer span only its
  // beginning is compared.
  CvatXmlSpanCheck(int64_t last, size_t most) : last_(last), most_(most) {}

  // In steps, ascending; others are passed over.
  void Add(int64_t frame, const Shape& shape);
  void Finish();

  uint64_t differences() const { return differences_; }
  int64_t first_difference() const { return first_difference_; }  // its frame

 private:
  struct Between {
    int64_t frame;
    size_t begin, end;  // its numbers, the rotation the last of them
  };
  void Keep(int64_t frame, const Shape& shape);
  void Compare(int64_t frame, const Shape& right);
  void CompareHeld();
  bool IsSame(const Between& file, const Shape& expected, const Shape* right) const;
  void Differ(int64_t frame);

  const int64_t last_;
  const size_t most_;
  int64_t frame_ = -1;  // the last one that was added
  int64_t left_frame_ = 0;
  std::optional<Shape> left_;     // the last keyframe, without elements
  std::vector<Between> between_;  // since then
  std::vector<double> numbers_;
  uint64_t differences_ = 0;
  int64_t first_difference_ = -1;
};

}  // namespace annofs
