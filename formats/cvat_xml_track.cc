#include "formats/cvat_xml_track.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"

namespace annofs {
namespace {

// More than any template has; an element beyond is shown where the file has it, and not checked.
constexpr size_t kMaxElements = 256;
// Of the elements of one skeleton, in bytes.
constexpr uint64_t kMaxSources = uint64_t{16} << 20;
// Of the shapes between two keyframes: 50,000 boxes; 1,300 points of each element.
constexpr size_t kCheckedNumbers = 1 << 18, kCheckedNumbersOfElement = 1 << 12;

bool AllOutside(const Shape& skeleton) {
  return std::all_of(skeleton.elements.begin(), skeleton.elements.end(),
                     [](const Shape& element) { return element.outside; });
}

bool IsAnyKeyframe(const std::vector<Shape>& elements) {
  return std::any_of(elements.begin(), elements.end(),
                     [](const Shape& element) { return element.keyframe; });
}

// Where a skeleton's own track goes outside the file has a last keyframe of it, whose elements go
// outside too. It does not say that the skeleton is: an element may still be there, when its own
// end is on a deleted frame, which does not count (reference/cvat.md §4.1). Then nothing that is
// a keyframe is visible. REQUIRES: the next frame has no skeleton, or the skeleton is back there.
bool IsClosing(const Shape& skeleton) {
  if (skeleton.type != ShapeType::kSkeleton || !skeleton.keyframe) return false;
  bool ends = false;
  for (const Shape& element : skeleton.elements) {
    if (element.keyframe && !element.outside) return false;
    ends |= element.keyframe;
  }
  return ends;
}

}  // namespace

CvatXmlTrack::CvatXmlTrack(Info info, CvatXmlTracks& tracks, CvatXmlVideoFrames& frames,
                           DatasetSink& sink)
    : info_(std::move(info)),
      tracks_(tracks),
      frames_(frames),
      sink_(sink),
      last_step_(frames.last() < 0 ? -1 : Steps(frames.last())),
      check_(last_step_, kCheckedNumbers) {}

void CvatXmlTrack::LeaveOut(ProblemTally& tally, uint64_t line, absl::string_view reason) const {
  tally.Add([&] {
    Problem problem = info_.where;
    problem.position = absl::StrCat("line ", line);
    problem.reason = absl::StrCat("track ", info_.number, ": left out: ", reason);
    return problem;
  });
}

bool CvatXmlTrack::Takes(int64_t frame, const Shape& shape, uint64_t line) {
  if (!frames_.Has(frame)) {
    LeaveOut(out_of_range_, line, absl::StrCat("frame ", frame, " is none of the task"));
    return false;
  }
  if (frame <= frame_) {
    LeaveOut(backwards_, line, absl::StrCat("frame ", frame, " after frame ", frame_));
    return false;
  }
  if (last_ && shape.type != last_->type) {
    LeaveOut(other_type_, line,
             absl::StrCat("a ", ShapeTypeName(shape.type), " in a track that begins with a ",
                          ShapeTypeName(last_->type)));
    return false;
  }
  return true;
}

absl::Status CvatXmlTrack::Add(int64_t frame, Shape shape, uint64_t line) {
  if (!Takes(frame, shape, line)) return absl::OkStatus();
  // The source is repeated on each shape and element.
  const uint64_t sources = info_.source.size() * (1 + shape.elements.size());
  if (sources > kMaxSources && !shape.elements.empty()) {
    LeaveOut(too_long_, line, "its elements repeat a long source");
    return absl::OkStatus();
  }
  if (!Charge(sources)) return absl::OkStatus();
  Complete(shape);
  if (shape.type == ShapeType::kSkeleton && shape.elements.empty()) {
    if (!nested_) nested_ = std::make_unique<CvatXmlNestedTrack>();
    if (!nested_->AddSkeleton(Steps(frame), std::move(shape))) {
      LeaveOut(too_long_, line, "too long for its kind");
    }
    return absl::OkStatus();
  }
  if (shape.type == ShapeType::kSkeleton) {
    CheckElements(frame, shape);
    shape.outside = AllOutside(shape);
  } else {
    check_.Add(Steps(frame), shape);
  }
  if (!shape.keyframe) RETURN_IF_ERROR(tracks_.gaps.SetDense());
  if (last_) {
    // A skeleton that comes back begins with a keyframe.
    if (shape.keyframe && frame - frame_ > frames_.step() && IsClosing(*last_)) {
      last_->outside = true;
    }
    RETURN_IF_ERROR(Fill(frame, shape));
    RETURN_IF_ERROR(Push(frame_, *std::move(last_)));
  }
  last_ = std::move(shape);
  frame_ = frame;
  return absl::OkStatus();
}

// What the file says of the whole track.
void CvatXmlTrack::Complete(Shape& shape) const {
  shape.label = info_.label;
  shape.group = info_.group;
  shape.source = info_.source;
  shape.track = info_.number;
  for (Shape& element : shape.elements) element.source = info_.source;
}

CvatXmlTrack::Element* CvatXmlTrack::FindElement(uint32_t label) {
  for (Element& element : elements_) {
    if (element.label == label) return &element;
  }
  if (elements_.size() >= kMaxElements) return nullptr;
  return &elements_.emplace_back(
      Element{.label = label, .check = CvatXmlSpanCheck(last_step_, kCheckedNumbersOfElement)});
}

// An element that is outside is written once, where it becomes so; it is part of the skeletons that
// follow (reference/cvat.md §4.4).
void CvatXmlTrack::CheckElements(int64_t frame, Shape& shape) {
  size_t held = 0;
  for (Shape& written : shape.elements) {
    Element* element = FindElement(written.label);
    if (element == nullptr) continue;
    element->check.Add(Steps(frame), written);
    element->outside.reset();
  }
  const size_t written = shape.elements.size();
  for (Element& element : elements_) {
    if (!element.outside || !Charge(BytesOf(*element.outside))) continue;
    shape.elements.push_back(*element.outside);
    ++held;
  }
  for (size_t i = 0; i < written; ++i) {
    if (!shape.elements[i].outside) continue;
    if (Element* element = FindElement(shape.elements[i].label)) {
      element->outside = shape.elements[i];
      element->outside->keyframe = false;
    }
  }
  if (held == 0) return;
  // In the order of their first appearance, as where all are written.
  auto place = [this](const Shape& one) {
    const auto found = std::find_if(elements_.begin(), elements_.end(),
                                    [&](const Element& each) { return each.label == one.label; });
    return found - elements_.begin();
  };
  std::stable_sort(shape.elements.begin(), shape.elements.end(),
                   [&](const Shape& a, const Shape& b) { return place(a) < place(b); });
}

absl::Status CvatXmlTrack::Fill(int64_t until, const Shape& next) {
  const int64_t step = frames_.step();
  const int64_t first = frame_ + step, last = until - step;
  if (last_->outside || first > last) return absl::OkStatus();
  const auto count = uint64_t((last - first) / step + 1);
  if (!Charge(count * (BytesOf(*last_) + BytesOf(next)))) return absl::OkStatus();
  return tracks_.gaps.Add({.frames = &frames_,
                           .track = info_.number,
                           .from = frame_,
                           .until = until,
                           .left = *last_,
                           .right = next});
}

absl::Status CvatXmlTrack::Push(int64_t frame, Shape shape) {
  if (shape.outside) {
    const bool is_told = shape.keyframe || IsAnyKeyframe(shape.elements);
    return is_told ? frames_.AddOutside(frame, std::move(shape)) : absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const uint32_t index, frames_.IndexOf(frame));
  return sink_.AddShape(index, std::move(shape));
}

bool CvatXmlTrack::Charge(uint64_t bytes) {
  if (bytes <= tracks_.bytes_left) {
    tracks_.bytes_left -= bytes;
    return true;
  }
  tracks_.too_much.Add([&] {
    Problem problem = info_.where;
    problem.reason =
        absl::StrCat("track ", info_.number,
                     ": the tracks stand for more shapes between those of the file than are shown");
    return problem;
  });
  return false;
}

void CvatXmlTrack::StartNested(uint32_t label) {
  if (!nested_) nested_ = std::make_unique<CvatXmlNestedTrack>();
  nested_->StartElement(label);
}

void CvatXmlTrack::AddNested(int64_t frame, Shape shape, uint64_t line) {
  if (!frames_.Has(frame)) {
    LeaveOut(out_of_range_, line, absl::StrCat("frame ", frame, " is none of the task"));
  } else if (!nested_->AddElement(Steps(frame), std::move(shape))) {
    LeaveOut(too_long_, line, "too long for its kind");
  }
}

absl::Status CvatXmlTrack::FinishNested() {
  std::vector<std::string> problems;
  const absl::Status status = nested_->Resolve(
      [&](int64_t steps, Shape shape) {
        if (!Charge(BytesOf(shape))) return absl::CancelledError("too much");
        shape.track = info_.number;
        return Push(steps * frames_.step() + frames_.phase(), std::move(shape));
      },
      problems);
  for (std::string& problem : problems) {
    Problem told = info_.where;
    told.reason = absl::StrCat("track ", info_.number, ": ", problem);
    sink_.AddProblem(std::move(told));
  }
  return absl::IsCancelled(status) ? absl::OkStatus() : status;
}

absl::Status CvatXmlTrack::Finish() {
  if (last_) {
    if (Steps(frame_) < last_step_ && IsClosing(*last_)) last_->outside = true;
    RETURN_IF_ERROR(Push(frame_, *std::move(last_)));
  }
  last_.reset();
  if (nested_) RETURN_IF_ERROR(FinishNested());
  for (ProblemTally* tally : {&out_of_range_, &backwards_, &other_type_, &too_long_}) {
    tally->Flush(sink_);
  }
  ReportDifferences();
  return absl::OkStatus();
}

void CvatXmlTrack::ReportDifferences() {
  uint64_t differences = 0;
  int64_t first = -1;
  auto add = [&](CvatXmlSpanCheck& check) {
    check.Finish();
    if (check.differences() == 0) return;
    differences += check.differences();
    if (first < 0 || check.first_difference() < first) first = check.first_difference();
  };
  add(check_);
  for (Element& element : elements_) add(element.check);
  if (differences == 0) return;
  Problem problem = info_.where;
  problem.frame = CvatXmlVideoFrames::NameOf(first * frames_.step() + frames_.phase());
  problem.reason = absl::StrCat("track ", info_.number, ": ", differences,
                                " shapes are not what CVAT draws between the keyframes; shown as "
                                "they are in the file");
  sink_.AddProblem(std::move(problem));
}

}  // namespace annofs
