// What is wrong with the media of a dataset's frames, as lines of its problems: so many of each
// kind, then how many more there are. Not thread safe.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "formats/model.h"
#include "fs/media_ground.h"

namespace annofs {

inline constexpr uint64_t kMostMediaProblems = 1000;  // lines of one kind

class MediaProblems {
 public:
  // Both outlive the result.
  MediaProblems(const DatasetInfo& info, const MediaGround& ground);

  // Of a video one line tells of all its frames.
  void Missing(const Frame& frame);
  void Ambiguous(const Frame& frame, absl::string_view key, absl::string_view other_key);
  void MissingRelated(const Frame& frame, absl::string_view name);
  void AmbiguousRelated(const Frame& frame, absl::string_view name, absl::string_view key,
                        absl::string_view other_key);
  // The bucket has more objects than are looked through.
  void TooMany();

  std::vector<Problem> Take();

 private:
  struct Kind {
    std::vector<Problem> lines;
    uint64_t count = 0;
  };
  // Of the annotation object that the task is of.
  absl::string_view NorInZip(uint32_t task) const;
  std::string SourceOf(uint32_t task) const;
  void Add(Kind& kind, const Frame& frame, std::string reason);
  // Of the dataset.
  Problem Line(std::string reason) const;

  const DatasetInfo& info_;
  const MediaGround& ground_;
  Kind missing_, ambiguous_, related_;
  std::vector<uint64_t> video_frames_;  // without image, by task
  bool too_many_ = false;
};

}  // namespace annofs
