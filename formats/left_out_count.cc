#include "formats/left_out_count.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace annofs {

void LeftOutCount::AddKeyframesOf(const Track& track) {
  if (deleted_.empty()) return;
  for (const Keyframe& keyframe : track.keyframes) {
    if (deleted_.contains(keyframe.frame)) ++keyframes_;
  }
  for (const Track& element : track.elements) AddKeyframesOf(element);
}

void LeftOutCount::Report(const Problem& where, DatasetSink& sink) const {
  const auto report = [&](uint64_t count, absl::string_view what) {
    if (count == 0) return;
    Problem problem = where;
    problem.reason = absl::StrCat("left out, as in CVAT's exports: ", count, " ", what);
    sink.AddProblem(std::move(problem));
  };
  report(on_deleted_, "tags and shapes on deleted frames");
  report(keyframes_, "keyframes of tracks on deleted frames");
  report(on_others_, "tags and shapes on placeholders of honeypots or frames of other jobs");
}

}  // namespace annofs
