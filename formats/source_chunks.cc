#include "formats/source_chunks.h"

#include <string>

#include "cache/base/status.h"

namespace annofs {
namespace {

constexpr uint64_t kChunkBytes = uint64_t{1} << 20;

class SourceChunks : public ChunkSource {
 public:
  explicit SourceChunks(Source& source) : source_(source) {}
  absl::StatusOr<absl::string_view> Next() override {
    if (offset_ >= source_.size()) return absl::string_view();
    ASSIGN_OR_RETURN(chunk_, source_.Read(offset_, kChunkBytes));
    if (chunk_.empty()) return absl::DataLossError("the object ended before its size");
    offset_ += chunk_.size();
    return absl::string_view(chunk_);
  }

 private:
  Source& source_;
  uint64_t offset_ = 0;
  std::string chunk_;
};

}  // namespace

std::unique_ptr<ChunkSource> NewSourceChunks(Source& source) {
  return std::make_unique<SourceChunks>(source);
}

}  // namespace annofs
