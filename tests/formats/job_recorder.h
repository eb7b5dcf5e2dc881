// A sink that keeps which frames a reader gave to which job.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "formats/memory_dataset.h"

namespace annofs::testing {

class JobRecorder : public DatasetBuilder {
 public:
  absl::StatusOr<uint32_t> AddFrame(Frame frame) override {
    const uint32_t number = frame.number;
    absl::StatusOr<uint32_t> index = DatasetBuilder::AddFrame(std::move(frame));
    if (index.ok()) numbers_[*index] = number;
    return index;
  }
  absl::Status AddToJob(uint32_t job, uint32_t frame) override {
    frames_[job].push_back(numbers_[frame]);
    return DatasetBuilder::AddToJob(job, frame);
  }
  // Their numbers, ascending.
  std::vector<uint32_t> FramesOf(uint32_t job) const {
    const auto found = frames_.find(job);
    if (found == frames_.end()) return {};
    std::vector<uint32_t> frames = found->second;
    std::sort(frames.begin(), frames.end());
    return frames;
  }

 private:
  std::map<uint32_t, uint32_t> numbers_;
  std::map<uint32_t, std::vector<uint32_t>> frames_;
};

}  // namespace annofs::testing
