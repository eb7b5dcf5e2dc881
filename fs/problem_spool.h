// Problems that wait for the index: the first 99,999 are kept, outside of memory where they are
// many; the rest are counted. Not thread safe.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "formats/model.h"
#include "fs/dataset_records.h"
#include "fs/spill_file.h"

namespace annofs {

// Lines of one part; the last one then says how many more there are.
inline constexpr size_t kMaxProblems = 100000;

inline Problem MoreProblems(uint64_t count) {
  return {.reason = absl::StrCat(count, " more problems are not listed")};
}

class ProblemSpool {
 public:
  explicit ProblemSpool(std::string directory) : file_(std::move(directory)) {}

  absl::Status Add(const Problem& problem) {
    if (++count_ >= kMaxProblems) return absl::OkStatus();
    const std::string record = EncodeDatasetProblem(problem);
    RETURN_IF_ERROR(file_.Append(RecordWriter().U32(uint32_t(record.size())).Take()));
    return file_.Append(record);
  }

  // Gives each one's record, in order. `fn`: its number, and the record.
  absl::Status Take(absl::FunctionRef<absl::Status(uint32_t, absl::string_view)> fn) {
    uint32_t number = 0;
    SpillReader reader(file_, 0, file_.size(), 64 << 10);
    while (!reader.empty()) {
      absl::string_view bytes;
      RETURN_IF_ERROR(reader.Peek(4, &bytes));
      const uint32_t size = RecordReader(bytes).U32();
      reader.Skip(4);
      RETURN_IF_ERROR(reader.Peek(size, &bytes));
      RETURN_IF_ERROR(fn(number++, bytes.substr(0, size)));
      reader.Skip(size);
    }
    if (count_ < kMaxProblems) return absl::OkStatus();
    return fn(number, EncodeDatasetProblem(MoreProblems(count_ - number)));
  }

 private:
  SpillFile file_;
  uint64_t count_ = 0;
};

}  // namespace annofs
