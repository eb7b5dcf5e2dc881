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

Problem MissingMedia(const DatasetInfo& info, const Frame& frame) {
  return {.source = info.sources.empty() ? "" : info.sources[0].key,
          .frame = frame.name,
          .reason = "no image of that name in the bucket: labels are shown, the image is not"};
}

Problem MissingVideo(const DatasetInfo& info, uint32_t task) {
  return {.source = info.sources.empty() ? "" : info.sources[0].key,
          .reason =
              absl::StrCat("task '", info.tasks[task].name,
                           "' is a video whose frames are not in the bucket as images: labels are "
                           "shown, images are not")};
}

// What matching finds, before it is known whether it is new: blocks wait in a file.
class MediaMap {
 public:
  MediaMap(const std::string& directory, const Dataset& data, const IndexVersion& annotations)
      : data_(data), reported_(data.info().tasks.size()), blocks_(directory), problems_(directory) {
    hasher_.Update(annotations);
  }

  absl::Status Match(const MediaMatch& match) {
    for (Rank rank = 0; rank < data_.frame_count(); ++rank) {
      ASSIGN_OR_RETURN(Frame frame, data_.GetFrame(rank));
      ASSIGN_OR_RETURN(std::optional<MatchedMedia> media, match(frame));
      if (media) {
        RETURN_IF_ERROR(Add(rank, frame, *media));
      } else {
        RETURN_IF_ERROR(Miss(frame));
      }
    }
    RETURN_IF_ERROR(Flush());
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
    RETURN_IF_ERROR(out->Put(RecordKind::kWithMedia, "", EncodeRanks(found_.Take())));
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
    found_.Add(rank);
    if (block_.Add(rank, frame.name, matched)) return absl::OkStatus();
    RETURN_IF_ERROR(Flush());
    block_.Add(rank, frame.name, matched);
    return absl::OkStatus();
  }

  absl::Status Miss(const Frame& frame) {
    if (frame.task >= reported_.size() || !data_.info().tasks[frame.task].is_video) {
      return problems_.Add(MissingMedia(data_.info(), frame));
    }
    if (std::exchange(reported_[frame.task], true)) return absl::OkStatus();
    return problems_.Add(MissingVideo(data_.info(), frame.task));
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
  std::vector<char> reported_;  // by task
  Hasher hasher_{DigestKind::kSha256}, rows_{DigestKind::kSha256};
  IndexVersion version_, stored_;
  MediaBlockWriter block_;
  SpillFile blocks_;
  RankCollector found_;
  ProblemSpool problems_;
};

}  // namespace

absl::StatusOr<MediaPart> MatchMedia(Lmdb& lmdb, const Dataset& data,
                                     const IndexVersion& annotations, const MediaMatch& match) {
  MediaMap map(lmdb.path(), data, annotations);
  RETURN_IF_ERROR(map.Match(match));
  ASSIGN_OR_RETURN(std::optional<uint32_t> part, FindPart(lmdb, map.stored()));
  if (!part) {
    RETURN_IF_ERROR(map.Write(lmdb));
    ASSIGN_OR_RETURN(part, FindPart(lmdb, map.stored()));
  }
  if (!part) return absl::InternalError("the media map that was written is not there");
  return MediaPart{.part = *part, .version = map.version()};
}

}  // namespace annofs
