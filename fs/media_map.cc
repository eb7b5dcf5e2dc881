#include "fs/media_map.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cache/base/digest.h"
#include "cache/base/status.h"
#include "fs/media_blocks.h"
#include "fs/problem_spool.h"
#include "fs/spill_file.h"

namespace annofs {
namespace {

// What matching finds, before it is known whether it is new: blocks wait in a file.
class MediaMap {
 public:
  MediaMap(const std::string& directory, const Dataset& data, const IndexVersion& annotations)
      : data_(data), blocks_(directory), problems_(directory, kMediaProblemLimits) {
    hasher_.Update(annotations);
  }

  absl::Status Match(const MediaMatch& match, const MediaMatchHooks& hooks) {
    if (hooks.begin) RETURN_IF_ERROR(hooks.begin(data_));
    for (Rank rank = 0; rank < data_.frame_count(); ++rank) {
      ASSIGN_OR_RETURN(Frame frame, data_.GetFrame(rank));
      ASSIGN_OR_RETURN(std::optional<MatchedMedia> media, match(frame));
      if (media) RETURN_IF_ERROR(Add(rank, frame, *media));
      if (media || frame.inner) with_media_.Add(rank);
    }
    RETURN_IF_ERROR(Flush());
    if (hooks.problems) RETURN_IF_ERROR(Report(hooks.problems()));
    version_ = hasher_.Finish().bytes.substr(0, 16);
    stored_ = Sha256Bytes(version_ + rows_.Finish().bytes).substr(0, 16);
    return absl::OkStatus();
  }

  const IndexVersion& version() const { return version_; }
  // With this host's rows, which may change under one version: names the part.
  const IndexVersion& stored() const { return stored_; }

  absl::Status Write(Lmdb& lmdb) {
    ASSIGN_OR_RETURN(std::unique_ptr<PartWriter> out, PartWriter::Begin(lmdb));
    RETURN_IF_ERROR(WriteBlocks(*out));
    RETURN_IF_ERROR(out->Put(RecordKind::kWithMedia, "", EncodeRanks(with_media_.Take())));
    RETURN_IF_ERROR(problems_.Take([&out](uint32_t number, absl::string_view record) {
      return out->Put(RecordKind::kProblem, Key32(number), record);
    }));
    return out->Publish(stored_);
  }

 private:
  absl::Status Add(Rank rank, const Frame& frame, const MatchedMedia& matched) {
    hasher_.Update(RecordWriter()
                       .U32(rank)
                       .Text(matched.media.key)
                       .Text(matched.version)
                       .U64(matched.media.size)
                       .Text(matched.media.digest)
                       .Take());
    rows_.Update(Key64(matched.row));
    if (block_.Add(rank, frame.name, matched)) return absl::OkStatus();
    RETURN_IF_ERROR(Flush());
    block_.Add(rank, frame.name, matched);
    return absl::OkStatus();
  }

  // The bytes of a report depend on them: they are part of the version.
  absl::Status Report(const std::vector<Problem>& problems) {
    for (const Problem& problem : problems) {
      hasher_.Update(EncodeDatasetProblem(problem));
      RETURN_IF_ERROR(problems_.Add(problem));
    }
    return absl::OkStatus();
  }

  absl::Status Flush() {
    if (block_.empty()) return absl::OkStatus();
    const uint32_t rank = block_.first_rank();
    const std::string block = block_.Take();
    RETURN_IF_ERROR(blocks_.Append(RecordWriter().U32(rank).U32(uint32_t(block.size())).Take()));
    return blocks_.Append(block);
  }

  absl::Status WriteBlocks(PartWriter& out) {
    SpillReader reader(blocks_, 0, blocks_.size(), 64 << 10);
    while (!reader.empty()) {
      absl::string_view bytes;
      RETURN_IF_ERROR(reader.Peek(8, &bytes));
      RecordReader head(bytes);
      const uint32_t rank = head.U32(), size = head.U32();
      reader.Skip(8);
      RETURN_IF_ERROR(reader.Peek(size, &bytes));
      RETURN_IF_ERROR(out.Put(RecordKind::kMedia, Key32(rank), bytes.substr(0, size)));
      reader.Skip(size);
    }
    return absl::OkStatus();
  }

  const Dataset& data_;
  Hasher hasher_{DigestKind::kSha256}, rows_{DigestKind::kSha256};
  IndexVersion version_, stored_;
  MediaBlockWriter block_;
  SpillFile blocks_;
  RankCollector with_media_;
  ProblemSpool problems_;
};

}  // namespace

absl::StatusOr<MediaPart> MatchMedia(Lmdb& lmdb, const Dataset& data,
                                     const IndexVersion& annotations, const MediaMatch& match,
                                     const MediaMatchHooks& hooks) {
  MediaMap map(lmdb.path(), data, annotations);
  RETURN_IF_ERROR(map.Match(match, hooks));
  ASSIGN_OR_RETURN(std::optional<uint32_t> part, FindPart(lmdb, map.stored()));
  if (!part) {
    RETURN_IF_ERROR(map.Write(lmdb));
    ASSIGN_OR_RETURN(part, FindPart(lmdb, map.stored()));
  }
  if (!part) return absl::InternalError("the media map that was written is not there");
  return MediaPart{.part = *part, .version = map.version()};
}

}  // namespace annofs
