// A sink that keeps nothing and holds readers to the order and the numbers of DatasetSink. It has
// enough of what is large, so that a fuzzer gets on. Not thread safe.
#pragma once

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/string_view.h"
#include "formats/reader.h"

namespace annofs::testing {

// Ends the program unless it is kept.
inline void Promise(bool kept, const char* promise, absl::string_view what = "") {
  if (kept) return;
  fprintf(stderr, "broken promise: %s: %s\n", promise, absl::CEscape(what).c_str());
  abort();
}

class CheckedSink : public DatasetSink {
 public:
  uint32_t AddTask(Task) override { return tasks_++; }
  uint32_t AddLabel(Label label) override {
    Promise(label.parent < int32_t(labels_), "a label comes after its parent", label.name);
    return labels_++;
  }
  void SpecifyAttributes(uint32_t label, std::vector<AttributeSpec>) override {
    Promise(label < labels_, "attributes are of a label that was added", "");
  }
  uint32_t AddJob(Job) override { return jobs_++; }
  absl::StatusOr<uint32_t> AddFrame(Frame frame) override {
    Promise(!frame.name.empty(), "frames have names");
    if (frames_ == kMost) return Enough();
    return frames_++;
  }
  absl::Status AddToJob(uint32_t job, uint32_t frame) override {
    Promise(job < jobs_ && frame < frames_, "jobs and their frames are there");
    return ++shapes_ < kMost ? absl::OkStatus() : Enough();
  }
  absl::Status AddToPart(absl::string_view, uint32_t) override {
    Promise(false, "no reader divides a dataset");
    return absl::OkStatus();
  }
  absl::Status AddShape(uint32_t frame, Shape shape) override {
    Promise(frame < frames_, "the frame of a shape is there");
    Check(shape);
    for (const Shape& element : shape.elements) {
      Check(element);
      Promise(element.elements.empty(), "elements have no elements");
    }
    return ++shapes_ < kMost ? absl::OkStatus() : Enough();
  }
  void AddProblem(Problem problem) override {
    Promise(!problem.reason.empty(), "a problem says what it is");
  }

  static absl::Status Enough() { return absl::CancelledError("enough"); }

 private:
  static constexpr uint32_t kMost = 5000;

  void Check(const Shape& shape) {
    Promise(shape.label < labels_, "the label of a shape is there");
    for (const double number : shape.points) Promise(std::isfinite(number), "points are numbers");
  }

  uint32_t tasks_ = 0, labels_ = 0, jobs_ = 0, frames_ = 0, shapes_ = 0;
};

}  // namespace annofs::testing
