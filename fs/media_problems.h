// What is wrong with the media of a dataset's frames, as lines of its problems: so many of each
// kind, then how many more there are. Not thread safe.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "formats/model.h"

namespace annofs {

inline constexpr uint64_t kMostMediaProblems = 1000;  // lines of one kind

class MediaProblems {
 public:
  // `info` outlives the result.
  explicit MediaProblems(const DatasetInfo& info);

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
  absl::string_view NorInZip() const;
  void Add(Kind& kind, absl::string_view frame, std::string reason);
  Problem Line(absl::string_view frame, std::string reason) const;

  const DatasetInfo& info_;
  Kind missing_, ambiguous_, related_;
  std::vector<uint64_t> video_frames_;  // without image, by task
  bool too_many_ = false;
};

}  // namespace annofs
