// The JSON files that make one dataset, one for each subset: entries of a zip, or a file and those
// beside it. Not thread safe.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "cache/base/chunk_source.h"
#include "formats/json_head.h"
#include "formats/model.h"
#include "formats/source.h"
#include "formats/zip_directory.h"

namespace annofs {

struct JsonPart {
  std::string key;   // what problems name: "a.zip!annotations/train.json"
  std::string path;  // in the zip, or in the bucket
  JsonHead head;
};

class JsonParts {
 public:
  using IsWanted = absl::FunctionRef<bool(const JsonHead& head)>;
  // What a file beside another is to it.
  enum class Beside {
    kNothing,
    kSubset,   // one of the same dataset, as the other is to it
    kCovered,  // has nothing of its own to show: it is a companion, and the other none of it
  };
  // Of `other`, beside `name` in a directory `directory`.
  using Relation = absl::FunctionRef<Beside(absl::string_view directory, absl::string_view name,
                                            absl::string_view other)>;

  // The first of them alone, and the names of the others beside it; for a probe. Looks at the heads
  // of 8 files of a zip; an error where none of them is wanted and one cannot be read. Of files
  // that belong together the first in byte order has the others.
  struct Found {
    std::vector<std::string> companions;
    bool has_subsets = false;  // other files of the same dataset among them
  };
  static absl::StatusOr<std::optional<Found>> Probe(Source& source, IsWanted is_wanted,
                                                    Relation relation);
  // All of them, at most 1,000; the source outlives them.
  static absl::StatusOr<JsonParts> Open(Source& source, IsWanted is_wanted, Relation relation);

  const std::vector<JsonPart>& parts() const { return parts_; }
  // JSON entries of the zip that cannot be read at all.
  const std::vector<Problem>& problems() const { return problems_; }
  absl::StatusOr<std::unique_ptr<ChunkSource>> OpenText(const JsonPart& part);
  bool is_zip() const { return zip_ != nullptr; }
  // An image in the zip: the first of `paths` that is there. REQUIRES: is_zip().
  std::optional<InnerMedia> FindMedia(const std::vector<std::string>& paths) const;

 private:
  explicit JsonParts(Source& source) : source_(&source) {}
  absl::Status AddEntries(IsWanted is_wanted);

  Source* source_;
  std::shared_ptr<const ZipDirectory> zip_;
  std::vector<std::unique_ptr<Source>> siblings_;  // those of parts_ behind the first
  std::vector<JsonPart> parts_;
  std::vector<Problem> problems_;
};

}  // namespace annofs
