// What a rule of the check is: it sees every frame once, or twice, and counts what it finds. A new
// one is a file that makes its RuleGroup, and a line in rules.cc. One check has rules of its own.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "formats/box.h"
#include "formats/quality/findings.h"
#include "formats/quality/tally.h"

namespace annofs {

// A frame as rules see it. Not thread safe.
class SeenFrame {
 public:
  // All outlive it.
  SeenFrame(const Dataset& data, uint32_t position, Rank rank, const Frame& frame,
            const FrameShapes& all);

  // The next frame, in the same memory.
  void Become(uint32_t position, Rank rank);

  uint32_t position() const { return position_; }  // in CVAT's order
  Rank rank() const { return rank_; }
  const Frame& frame() const { return frame_; }
  const FrameShapes& all() const { return all_; }
  const std::vector<Shape>& shapes() const { return all_.shapes; }
  const std::vector<Shape>& tags() const { return all_.tags; }
  bool is_point_cloud() const { return is_point_cloud_; }
  bool has_size() const { return frame_.width > 0 && frame_.height > 0; }
  // Of each of shapes(): OwnBox() and EnclosingBox(); nothing where a number is not finite, and of
  // all shapes of a point cloud.
  const std::vector<std::optional<Box>>& own_boxes() const { return own_; }
  const std::vector<std::optional<Box>>& boxes() const { return enclosing_; }

  // Places here: the frame itself, a tag, a shape, an element of a skeleton.
  QualityPlace Place(std::string detail) const;
  QualityPlace OfTag(size_t number, std::string detail) const;
  QualityPlace OfShape(size_t number, std::string detail) const;
  QualityPlace OfElement(size_t shape, size_t element, std::string detail) const;
  // An error of the dataset that kept a place from its frame's path; OK if there was none.
  const absl::Status& status() const { return status_; }

 private:
  const Dataset& data_;
  uint32_t position_;
  Rank rank_;
  const Frame& frame_;
  const FrameShapes& all_;
  bool is_point_cloud_ = false;
  std::vector<std::optional<Box>> own_, enclosing_;
  mutable absl::Status status_;
};

// A tag, a shape or an element of a skeleton, and where it is.
struct Annotation {
  const SeenFrame& seen;
  const Shape& shape;
  size_t number;  // of the tag or shape
  std::optional<size_t> element;

  QualityPlace Place(std::string detail) const {
    if (element) return seen.OfElement(number, *element, std::move(detail));
    if (shape.type == ShapeType::kTag) return seen.OfTag(number, std::move(detail));
    return seen.OfShape(number, std::move(detail));
  }
};
// Calls `fn` with each of the frame: tags, then shapes, each before its elements.
template <typename Fn>
void ForEachAnnotation(const SeenFrame& seen, Fn fn) {
  for (size_t i = 0; i < seen.tags().size(); ++i) fn(Annotation{seen, seen.tags()[i], i, {}});
  for (size_t i = 0; i < seen.shapes().size(); ++i) {
    const Shape& shape = seen.shapes()[i];
    fn(Annotation{seen, shape, i, {}});
    for (size_t e = 0; e < shape.elements.size(); ++e) {
      fn(Annotation{seen, shape.elements[e], i, e});
    }
  }
}

// What a rule is made with. All outlives it.
struct RuleGround {
  const Dataset& data;
  const QualityOptions& options;
  Tallies& tallies;

  const DatasetInfo& info() const { return data.info(); }
  const QualityThresholds& thresholds() const { return options.thresholds; }
};

class Rule {
 public:
  virtual ~Rule() = default;
  // Every frame, in CVAT's order.
  virtual absl::Status Look(const SeenFrame&) { return absl::OkStatus(); }
  // Asked behind the last frame: every frame once more, in the same order.
  virtual bool WantsSecondLook() const { return false; }
  virtual absl::Status LookAgain(const SeenFrame&) { return absl::OkStatus(); }
  // Once, at the end.
  virtual absl::Status Finish() { return absl::OkStatus(); }
};

// Rules that share what they count. `rules`: in the order in which make() makes their tallies.
struct RuleGroup {
  std::vector<QualityRule> rules;
  std::unique_ptr<Rule> (*make)(const RuleGround& ground);
};
template <typename Group>
std::unique_ptr<Rule> MakeRule(const RuleGround& ground) {
  return std::make_unique<Group>(ground);
}

// "person/nose" for a part of a skeleton; "" for a number that is no label's.
std::string LabelPath(const DatasetInfo& info, uint32_t label);
// A number with at most two decimals; and quoted text, cut where it is long.
std::string Rounded(double value);
std::string Quoted(absl::string_view text);

}  // namespace annofs
