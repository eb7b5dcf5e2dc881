#include "fs/media_map.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "cache/base/digest.h"
#include "cache/base/status.h"
#include "formats/related_media.h"
#include "fs/inner_code.h"
#include "fs/media_blocks.h"
#include "fs/problem_spool.h"
#include "fs/spill_file.h"

namespace annofs {
namespace {

// What matching finds, before it is known whether it is new: blocks wait in a file.
class MediaMap {
 public:
  MediaMap(const std::string& directory, const Dataset& data, const IndexVersion& annotations)
      : data_(data),
        blocks_(directory),
        related_blocks_(directory),
        problems_(directory, kMediaProblemLimits) {
    hasher_.Update(annotations);
  }

  absl::Status Match(const MediaMatch& match, const MediaMatchHooks& hooks) {
    if (hooks.begin) RETURN_IF_ERROR(hooks.begin(data_));
    for (Rank rank = 0; rank < data_.frame_count(); ++rank) {
      ASSIGN_OR_RETURN(Frame frame, data_.GetFrame(rank));
      ASSIGN_OR_RETURN(std::optional<MatchedMedia> media, match(frame));
      if (media) RETURN_IF_ERROR(Add(rank, frame, *media));
      if (media || frame.inner) with_media_.Add(rank);
      if (!frame.related.empty()) RETURN_IF_ERROR(MatchRelated(rank, frame, hooks));
    }
    RETURN_IF_ERROR(Flush(block_, blocks_));
    RETURN_IF_ERROR(Flush(related_block_, related_blocks_));
    if (hooks.problems) RETURN_IF_ERROR(Report(hooks.problems()));
    RETURN_IF_ERROR(ReportHidden());
    version_ = hasher_.Finish().bytes.substr(0, 16);
    stored_ = Sha256Bytes(version_ + rows_.Finish().bytes).substr(0, 16);
    return absl::OkStatus();
  }

  const IndexVersion& version() const { return version_; }
  // With this host's rows, which may change under one version: names the part.
  const IndexVersion& stored() const { return stored_; }

  absl::Status Write(Lmdb& lmdb) {
    ASSIGN_OR_RETURN(std::unique_ptr<PartWriter> out, PartWriter::Begin(lmdb));
    RETURN_IF_ERROR(WriteBlocks(blocks_, [&out](uint64_t rank, absl::string_view block) {
      return out->Put(RecordKind::kMedia, Key32(uint32_t(rank)), block);
    }));
    RETURN_IF_ERROR(out->Put(RecordKind::kWithMedia, "", EncodeRanks(with_media_.Take())));
    RETURN_IF_ERROR(WriteBlocks(related_blocks_, [&out](uint64_t place, absl::string_view block) {
      return out->Put(RecordKind::kRelated, Key64(place), block);
    }));
    for (uint32_t number = 0; number < with_related_.size(); ++number) {
      RETURN_IF_ERROR(out->Put(RecordKind::kWithRelated, Key32(number),
                               EncodeRanks(with_related_[number].Take())));
    }
    RETURN_IF_ERROR(problems_.Take([&out](uint32_t number, absl::string_view record) {
      return out->Put(RecordKind::kProblem, Key32(number), record);
    }));
    return out->Publish(stored_);
  }

 private:
  absl::Status Add(Rank rank, const Frame& frame, const MatchedMedia& matched) {
    Hash(RecordWriter().U32(rank), matched);
    return AddTo(block_, blocks_, rank, frame.name, matched);
  }

  void Hash(RecordWriter place, const MatchedMedia& matched) {
    hasher_.Update(place.Text(matched.media.key)
                       .Text(matched.version)
                       .U64(matched.media.size)
                       .Text(matched.media.digest)
                       .Take());
    rows_.Update(Key64(matched.row));
  }

  static absl::Status AddTo(MediaBlockWriter& block, SpillFile& blocks, uint64_t place,
                            absl::string_view name, const MatchedMedia& matched) {
    if (block.Add(place, name, matched)) return absl::OkStatus();
    RETURN_IF_ERROR(Flush(block, blocks));
    block.Add(place, name, matched);
    return absl::OkStatus();
  }

  absl::Status MatchRelated(Rank rank, const Frame& frame, const MediaMatchHooks& hooks) {
    if (HasTooManyRelated(frame)) ++too_many_related_;
    const std::vector<uint32_t> numbers = RelatedInOrder(frame);
    size_t found = 0;
    for (uint32_t i = 0; i < numbers.size(); ++i) {
      const uint32_t number = numbers[i];
      if (number < frame.related_inner.size() && frame.related_inner[number]) {
        const bool is_shown = InnerRelatedOrdinal(data_.frame_count(), rank, i).has_value();
        (is_shown ? found : without_place_) += 1;
        continue;
      }
      if (!hooks.related) continue;
      const std::string& name = frame.related[number];
      ASSIGN_OR_RETURN(const std::optional<MatchedMedia> matched, hooks.related(frame, name));
      if (!matched) continue;
      Hash(RecordWriter().Text("related").U32(rank).U32(i), *matched);
      RETURN_IF_ERROR(
          AddTo(related_block_, related_blocks_, RelatedPlace(rank, i), name, *matched));
      ++found;
    }
    if (with_related_.size() < found) with_related_.resize(found);
    for (size_t i = 0; i < found; ++i) with_related_[i].Add(rank);
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

  // What the trees cannot show.
  absl::Status ReportHidden() {
    const DatasetInfo& info = data_.info();
    const std::string source = info.sources.empty() ? "" : info.sources[0].key;
    std::vector<Problem> problems;
    if (too_many_related_ > 0) {
      problems.push_back(
          {.source = source,
           .reason = absl::StrCat(too_many_related_, " frames have more than ", kMostRelated,
                                  " context images: the others are not shown")});
    }
    if (without_place_ > 0) {
      problems.push_back({.source = source,
                          .reason = absl::StrCat(without_place_,
                                                 " context images in the source are not shown: "
                                                 "there are too many frames for that")});
    }
    return Report(problems);
  }

  static absl::Status Flush(MediaBlockWriter& block, SpillFile& blocks) {
    if (block.empty()) return absl::OkStatus();
    const uint64_t place = block.first_place();
    const std::string bytes = block.Take();
    RETURN_IF_ERROR(blocks.Append(RecordWriter().U64(place).U32(uint32_t(bytes.size())).Take()));
    return blocks.Append(bytes);
  }

  static absl::Status WriteBlocks(
      SpillFile& blocks, absl::FunctionRef<absl::Status(uint64_t, absl::string_view)> write) {
    SpillReader reader(blocks, 0, blocks.size(), 64 << 10);
    while (!reader.empty()) {
      constexpr size_t kHead = 12;
      absl::string_view bytes;
      RETURN_IF_ERROR(reader.Peek(kHead, &bytes));
      RecordReader head(bytes);
      const uint64_t place = head.U64();
      const uint32_t size = head.U32();
      reader.Skip(kHead);
      RETURN_IF_ERROR(reader.Peek(size, &bytes));
      RETURN_IF_ERROR(write(place, bytes.substr(0, size)));
      reader.Skip(size);
    }
    return absl::OkStatus();
  }

  const Dataset& data_;
  Hasher hasher_{DigestKind::kSha256}, rows_{DigestKind::kSha256};
  IndexVersion version_, stored_;
  MediaBlockWriter block_, related_block_;
  SpillFile blocks_, related_blocks_;
  RankCollector with_media_;
  std::vector<RankCollector> with_related_;  // by number
  size_t too_many_related_ = 0, without_place_ = 0;
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
