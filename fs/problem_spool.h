// Problems that wait for the index, outside of memory where they are many: those that have a line
// (formats/problem_kinds.h). Not thread safe.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "cache/base/status.h"
#include "formats/problem_kinds.h"
#include "fs/dataset_records.h"
#include "fs/spill_file.h"

namespace annofs {

class ProblemSpool {
 public:
  explicit ProblemSpool(std::string directory, const ProblemLimits& limits = {})
      : file_(std::move(directory)), kinds_(limits) {}

  absl::Status Add(const Problem& problem) {
    if (!kinds_.Add(problem)) return absl::OkStatus();
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
    for (const Problem& rest : kinds_.Rest()) {
      RETURN_IF_ERROR(fn(number++, EncodeDatasetProblem(rest)));
    }
    return absl::OkStatus();
  }

 private:
  SpillFile file_;
  ProblemKinds kinds_;
};

}  // namespace annofs
