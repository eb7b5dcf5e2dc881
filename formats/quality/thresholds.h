// Every number from which on something counts as doubtful, with where it comes from. Names of
// Datumaro are those of its datumaro/plugins/validators.py.
#pragma once

#include <cstddef>
#include <cstdint>

namespace annofs {

struct QualityThresholds {
  // A label, or a value of an attribute, with at most so many annotations has few
  // (DEFAULT_FEW_SAMPLES_THR).
  uint64_t few_samples = 1;
  // So many times as many annotations as another has are too many (DEFAULT_IMBALANCE_RATIO_THR).
  double imbalance_ratio = 50;
  // A value is far from its label's mean beyond so many standard deviations
  // (DEFAULT_FAR_FROM_MEAN_THR).
  double far_from_mean = 5;
  // The values of a label are in one class of ten (DEFAULT_TOPK_BINS of numpy's usual ten bins) if
  // such a part of them is (DEFAULT_DOMINANCE_RATIO_THR).
  double dominance_ratio = 0.8;
  // Fewer boxes of a label have no statistics: of n values none lies further than (n - 1) / sqrt(n)
  // standard deviations from their mean, and that is less than 5 up to 26.
  uint64_t least_boxes = 27;
  // A dataset of tags alone has one tag a frame if such a part of its tagged frames has. Our own.
  double single_tag_share = 0.9;
  // Pixels that a shape may lie beyond its frame, and that equal points may differ by. Our own:
  // half a pixel is what rounding to whole pixels does.
  double pixel_tolerance = 0.5;
  // Rectangles with such an intersection over union are one twice. Our own.
  double same_overlap = 0.99;
  // A side of less than a pixel is no side (Datumaro: NegativeLength, "val < 1").
  double least_side = 1;
  // A track jumps that moves between neighbouring frames by more than so many of its diagonals, and
  // by such a part of its frame's diagonal. Our own.
  double jump_diagonals = 3;
  double jump_frame_share = 0.1;
};

}  // namespace annofs
