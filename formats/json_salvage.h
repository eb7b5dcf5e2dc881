// A JSON text of a dataset that is read with all that can be kept of it: what is wrong becomes
// problems that name the text, so that neither its good part nor other texts are lost with it. Not
// thread safe.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cache/base/chunk_source.h"
#include "cache/base/json.h"
#include "formats/model.h"

namespace annofs {

class SalvagedJson {
 public:
  using Reporter = std::function<void(Problem)>;
  // `source`: what problems name.
  SalvagedJson(std::string source, Reporter report)
      : source_(std::move(source)), report_(std::move(report)) {}

  // As StreamJson, but values that lost something, and where the text stops to be one, become
  // problems. Error: of `fn`, or of the store. A text may be read several times, by patterns of
  // its own each time: where it stops is told once.
  absl::Status Stream(absl::StatusOr<std::unique_ptr<ChunkSource>> text,
                      const std::vector<std::string>& patterns,
                      absl::FunctionRef<absl::Status(const JsonItem&)> fn);

  const std::string& source() const { return source_; }
  // So far: did a reading stop before the end?
  bool is_broken() const { return is_broken_; }

 private:
  const std::string source_;
  const Reporter report_;
  bool is_broken_ = false;
};

}  // namespace annofs
