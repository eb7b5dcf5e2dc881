#include "fs/dataset_index.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "cache/base/thread_slots.h"
#include "cache/cache_dir.h"
#include "formats/info_codec.h"
#include "formats/related_media.h"
#include "fs/dataset_records.h"
#include "fs/frame_finder.h"
#include "fs/index_cursor.h"
#include "fs/inner_code.h"
#include "fs/media_blocks.h"

namespace annofs {
namespace {

constexpr size_t kTermsPerRead = 256;
// Larger ones are not kept: a block of a few frames that have very many shapes.
constexpr size_t kMostOfCursor = 512 << 10;
constexpr size_t kKeyEnd = 32;  // bytes 0xff, which are behind every term of a kind

// Both parts, read from LMDB at each call; of frames and shapes, a block at a time.
class LmdbDataset : public IndexedDataset {
 public:
  // `media`: 0 for none.
  LmdbDataset(Lmdb& lmdb, uint32_t annotations, uint32_t media, std::string id)
      : lmdb_(lmdb), annotations_(annotations), media_(media), id_(std::move(id)) {}

  // Reads what is small and asked often.
  absl::Status Load() {
    return lmdb_.View([this](const LmdbReader& reader) -> absl::Status {
      ASSIGN_OR_RETURN(absl::string_view bytes, Record(reader, RecordKind::kInfo));
      ASSIGN_OR_RETURN(absl::string_view info, Unsealed(bytes));
      ASSIGN_OR_RETURN(info_, DecodeInfo(info));
      info_.id = id_;
      ASSIGN_OR_RETURN(bytes, Record(reader, RecordKind::kTexts));
      ASSIGN_OR_RETURN(texts_, DecodeTexts(bytes));
      ASSIGN_OR_RETURN(bytes, Record(reader, RecordKind::kCounts));
      ASSIGN_OR_RETURN(counts_, DecodeCounts(bytes));
      return absl::OkStatus();
    });
  }

  const DatasetInfo& info() const override { return info_; }
  uint32_t frame_count() const override { return counts_.frames; }
  uint32_t directory_count() const override { return counts_.directories; }

  absl::StatusOr<Frame> GetFrame(Rank rank) const override {
    return FromCursor(&IndexCursor::GetFrame, rank);
  }
  absl::StatusOr<FrameNames> Names(Rank rank) const override {
    return FromCursor(&IndexCursor::Names, rank);
  }
  absl::StatusOr<FrameShapes> Shapes(Rank rank) const override {
    return FromCursor(&IndexCursor::Shapes, rank);
  }

  absl::StatusOr<FrameShapes> ShapesOfTracks(
      Rank rank, absl::FunctionRef<bool(uint32_t label, int32_t track)> wants) const override {
    return FromCursor(&IndexCursor::ShapesOfTracks, rank, wants);
  }

  absl::StatusOr<std::optional<Media>> GetMedia(Rank rank) const override {
    ASSIGN_OR_RETURN(std::optional<MatchedMedia> matched, FromCursor(&IndexCursor::GetMedia, rank));
    if (!matched) return InnerMediaOf(rank);
    return std::optional<Media>(std::move(matched->media));
  }

  absl::StatusOr<std::optional<RowId>> MediaRow(Rank rank) const override {
    return FromCursor(&IndexCursor::MediaRow, rank);
  }

  absl::StatusOr<std::vector<RelatedFile>> RelatedFiles(Rank rank) const override {
    ASSIGN_OR_RETURN(const Frame frame, GetFrame(rank));
    std::vector<RelatedFile> files;
    if (frame.related.empty()) return files;
    const std::vector<uint32_t> numbers = RelatedInOrder(frame);
    RETURN_IF_ERROR(lmdb_.View([&](const LmdbReader& reader) -> absl::Status {
      for (uint32_t i = 0; i < numbers.size(); ++i) {
        ASSIGN_OR_RETURN(std::optional<RelatedFile> file,
                         FindRelated(reader, rank, frame, numbers[i], i));
        if (file) files.push_back(*std::move(file));
      }
      return absl::OkStatus();
    }));
    return files;
  }

  absl::StatusOr<std::vector<RelatedMedia>> Related(Rank rank) const override {
    ASSIGN_OR_RETURN(std::vector<RelatedFile> files, RelatedFiles(rank));
    std::vector<RelatedMedia> related;
    for (RelatedFile& file : files) related.push_back(std::move(file.related));
    return related;
  }

  absl::StatusOr<Rank> InOrder(uint32_t position) const override {
    return counts_.is_in_order ? position : NumberAt(RecordKind::kInOrder, position);
  }
  absl::StatusOr<uint32_t> PositionOf(Rank rank) const override {
    return counts_.is_in_order ? rank : NumberAt(RecordKind::kPositions, rank);
  }
  bool IsInOrder() const override { return counts_.is_in_order; }

  absl::Status ForEachInOrder(uint32_t position,
                              absl::FunctionRef<bool(uint32_t, Rank)> fn) const override {
    if (counts_.is_in_order) return Dataset::ForEachInOrder(position, fn);
    std::vector<uint32_t> block;
    while (position < counts_.frames) {
      ASSIGN_OR_RETURN(block, NumberBlock(RecordKind::kInOrder, position / kOrderBlock));
      for (uint32_t i = position % kOrderBlock; i < block.size(); ++i, ++position) {
        if (!fn(position, block[i])) return absl::OkStatus();
      }
    }
    return absl::OkStatus();
  }

  absl::Status PositionsOf(const RankSet& ranks, std::vector<uint32_t>& positions) const override {
    if (counts_.is_in_order) return Dataset::PositionsOf(ranks, positions);
    absl::StatusOr<std::vector<uint32_t>> block = std::vector<uint32_t>();
    uint32_t number = UINT32_MAX;  // of that block
    ranks.ForEach(0, [&](Rank rank) {
      if (std::exchange(number, rank / kOrderBlock) != rank / kOrderBlock) {
        block = NumberBlock(RecordKind::kPositions, rank / kOrderBlock);
      }
      if (block.ok()) positions.push_back((*block)[rank % kOrderBlock]);
      return block.ok();
    });
    return block.status();
  }

  absl::StatusOr<std::optional<Rank>> FindPath(absl::string_view path) const override {
    std::optional<Rank> rank;
    RETURN_IF_ERROR(Find([&](const FrameFinder& finder) { return finder.FindPath(path, &rank); }));
    return rank;
  }
  absl::StatusOr<std::optional<Rank>> FindSidecar(absl::string_view sidecar) const override {
    std::optional<Rank> rank;
    RETURN_IF_ERROR(
        Find([&](const FrameFinder& finder) { return finder.FindSidecar(sidecar, &rank); }));
    return rank;
  }
  absl::StatusOr<std::optional<Rank>> FindStem(absl::string_view stem) const override {
    std::optional<Rank> rank;
    RETURN_IF_ERROR(Find([&](const FrameFinder& finder) { return finder.FindStem(stem, &rank); }));
    return rank;
  }

  absl::StatusOr<FrameDirectory> Directory(uint32_t number) const override {
    FrameDirectory directory;
    RETURN_IF_ERROR(
        Find([&](const FrameFinder& finder) { return finder.Directory(number, &directory); }));
    return directory;
  }
  absl::StatusOr<std::optional<uint32_t>> FindDirectory(absl::string_view path) const override {
    std::optional<uint32_t> number;
    RETURN_IF_ERROR(
        Find([&](const FrameFinder& finder) { return finder.FindDirectory(path, &number); }));
    return number;
  }

  absl::StatusOr<RankSet> With(const FrameTerm& term) const override {
    RankSet ranks;
    if (term.value.size() > kMaxTermValue) return ranks;
    const std::string key = RecordKey(annotations_, RecordKind::kPosting, TermKey(term));
    RETURN_IF_ERROR(lmdb_.View([&](const LmdbReader& reader) {
      auto found = reader.Get(kDatasetDataTable, key);
      return found ? DecodePosting(*found, nullptr, nullptr, &ranks) : absl::OkStatus();
    }));
    return ranks;
  }

  absl::StatusOr<RankSet> WithMedia() const override {
    return RanksAt(RecordKey(media_, RecordKind::kWithMedia));
  }
  absl::StatusOr<RankSet> WithRelated(uint32_t number) const override {
    return RanksAt(RecordKey(media_, RecordKind::kWithRelated, Key32(number)));
  }

  absl::Status Terms(const FrameTerm& from,
                     absl::FunctionRef<bool(const FrameTerm&)> fn) const override {
    std::string kind = RecordKey(annotations_, RecordKind::kPosting) + char(from.kind);
    std::string next = RecordKey(annotations_, RecordKind::kPosting, TermKey(from));
    std::vector<FrameTerm> batch;
    // Whoever wants one term only does not pay for many.
    size_t most = 1;
    for (bool is_more = true; is_more; most = std::min(4 * most, kTermsPerRead)) {
      batch.clear();
      ASSIGN_OR_RETURN(is_more, ReadTerms(kind, next, most, batch));
      for (const FrameTerm& term : batch) {
        if (!fn(term)) return absl::OkStatus();
      }
    }
    return absl::OkStatus();
  }

  absl::StatusOr<uint32_t> TermCount(FrameTerm::Kind kind) const override {
    const std::string prefix = RecordKey(annotations_, RecordKind::kPosting) + char(kind);
    uint32_t last = UINT32_MAX;
    RETURN_IF_ERROR(lmdb_.View([&](const LmdbReader& reader) {
      auto found = reader.Floor(kDatasetDataTable, prefix + std::string(kKeyEnd, '\xff'));
      if (!found || !absl::StartsWith(found->key, prefix)) return absl::OkStatus();
      return DecodePosting(found->value, nullptr, &last, nullptr);
    }));
    return last + 1;
  }

  absl::StatusOr<std::optional<uint32_t>> TermNumber(const FrameTerm& term) const override {
    std::optional<uint32_t> number;
    if (term.value.size() > kMaxTermValue) return number;
    const std::string key = RecordKey(annotations_, RecordKind::kPosting, TermKey(term));
    RETURN_IF_ERROR(lmdb_.View([&](const LmdbReader& reader) {
      auto found = reader.Get(kDatasetDataTable, key);
      if (!found) return absl::OkStatus();
      return DecodePosting(*found, nullptr, &number.emplace(), nullptr);
    }));
    return number;
  }

  absl::StatusOr<std::optional<FrameTerm>> TermAt(FrameTerm::Kind kind,
                                                  uint32_t number) const override {
    std::optional<FrameTerm> term;
    const std::string kinds = RecordKey(annotations_, RecordKind::kPosting) + char(kind);
    absl::Status status;
    RETURN_IF_ERROR(lmdb_.View([&](const LmdbReader& reader) -> absl::Status {
      auto block = reader.Get(
          kDatasetDataTable,
          RecordKey(annotations_, RecordKind::kTermAt, char(kind) + Key32(number / kTermBlock)));
      if (!block) return absl::OkStatus();
      ASSIGN_OR_RETURN(absl::string_view first, Unsealed(*block));
      uint32_t left = number % kTermBlock;
      reader.Scan(kDatasetDataTable, RecordKey(annotations_, RecordKind::kPosting, first),
                  [&](absl::string_view key, absl::string_view value) {
                    if (!absl::StartsWith(key, kinds)) return false;
                    if (left-- > 0) return true;
                    status = DecodePosting(value, &term.emplace(), nullptr, nullptr);
                    return false;
                  });
      return status;
    }));
    return term;
  }

  absl::StatusOr<std::vector<Problem>> Problems() const override {
    std::vector<Problem> problems;
    RETURN_IF_ERROR(ReadProblems(annotations_, problems));
    if (media_ != 0) RETURN_IF_ERROR(ReadProblems(media_, problems));
    return problems;
  }

 private:
  absl::StatusOr<RankSet> RanksAt(const std::string& key) const {
    RankSet ranks;
    RETURN_IF_ERROR(lmdb_.View([&](const LmdbReader& reader) -> absl::Status {
      auto found = reader.Get(kDatasetDataTable, key);
      if (!found) return absl::OkStatus();
      ASSIGN_OR_RETURN(ranks, DecodeRanks(*found));
      return absl::OkStatus();
    }));
    return ranks;
  }

  absl::StatusOr<std::optional<Media>> InnerMediaOf(Rank rank) const {
    ASSIGN_OR_RETURN(const Frame frame, GetFrame(rank));
    if (!frame.inner || info_.sources.empty()) return std::optional<Media>();
    return std::optional<Media>(InnerMediaOf(frame.name, *frame.inner));
  }

  Media InnerMediaOf(absl::string_view name, const InnerMedia& inner) const {
    const absl::string_view source =
        info_.sources.empty() ? absl::string_view() : info_.sources[0].key;
    return {.key = absl::StrCat(source, "!", name), .size = inner.size};
  }

  // The frame's context image of that number, which is the `nth` in order.
  absl::StatusOr<std::optional<RelatedFile>> FindRelated(const LmdbReader& reader, Rank rank,
                                                         const Frame& frame, uint32_t number,
                                                         uint32_t nth) const {
    RelatedFile file{.number = nth};
    file.related.name = frame.related[number];
    if (number < frame.related_inner.size() && frame.related_inner[number]) {
      if (!InnerRelatedOrdinal(counts_.frames, rank, nth)) return std::optional<RelatedFile>();
      file.inner = frame.related_inner[number];
      file.related.media = InnerMediaOf(file.related.name, *file.inner);
      return std::optional<RelatedFile>(std::move(file));
    }
    const uint64_t place = RelatedPlace(rank, nth);
    const std::string kind = RecordKey(media_, RecordKind::kRelated);
    auto block = reader.Floor(kDatasetDataTable, kind + Key64(place));
    if (!block || !absl::StartsWith(block->key, kind)) return std::optional<RelatedFile>();
    ASSIGN_OR_RETURN(std::optional<MatchedMedia> matched,
                     FindMedia(block->value, ReadKey64(block->key.substr(kind.size())), place,
                               file.related.name));
    if (!matched) return std::optional<RelatedFile>();
    file.row = matched->row;
    file.related.media = std::move(matched->media);
    return std::optional<RelatedFile>(std::move(file));
  }

  absl::StatusOr<absl::string_view> Record(const LmdbReader& reader, RecordKind kind) const {
    auto found = reader.Get(kDatasetDataTable, RecordKey(annotations_, kind));
    if (!found) return absl::InternalError("a record of the dataset index is missing");
    return *found;
  }

  // Threads go through frames in order, mostly: each finds the place again where it was.
  template <typename T, typename... Args>
  absl::StatusOr<T> FromCursor(absl::StatusOr<T> (IndexCursor::*get)(Args...), Args... args) const {
    std::unique_ptr<IndexCursor> cursor = cursors_.Take();
    if (cursor == nullptr) {
      cursor =
          std::make_unique<IndexCursor>(IndexGround{lmdb_, annotations_, media_, counts_, texts_});
    }
    absl::StatusOr<T> answer = (cursor.get()->*get)(args...);
    if (cursor->bytes() <= kMostOfCursor) cursors_.Give(std::move(cursor));
    return answer;
  }

  absl::Status Find(absl::FunctionRef<absl::Status(const FrameFinder&)> fn) const {
    return lmdb_.View(
        [&](const LmdbReader& reader) { return fn(FrameFinder(reader, annotations_, counts_)); });
  }

  // The block of a table of numbers that has one for `place`.
  absl::StatusOr<absl::string_view> Numbers(const LmdbReader& reader, RecordKind kind,
                                            uint32_t place) const {
    auto found =
        reader.Get(kDatasetDataTable, RecordKey(annotations_, kind, Key32(place / kOrderBlock)));
    if (!found) return absl::InternalError("a record of the dataset index is missing");
    return *found;
  }

  absl::StatusOr<uint32_t> NumberAt(RecordKind kind, uint32_t place) const {
    uint32_t number = 0;
    RETURN_IF_ERROR(lmdb_.View([&](const LmdbReader& reader) -> absl::Status {
      ASSIGN_OR_RETURN(absl::string_view numbers, Numbers(reader, kind, place));
      ASSIGN_OR_RETURN(number, U32At(numbers, place % kOrderBlock));
      return absl::OkStatus();
    }));
    if (number >= counts_.frames) return DamagedOrder();
    return number;
  }

  // All of a block, whole.
  absl::StatusOr<std::vector<uint32_t>> NumberBlock(RecordKind kind, uint32_t block) const {
    std::vector<uint32_t> numbers;
    const uint32_t begin = block * kOrderBlock;
    RETURN_IF_ERROR(lmdb_.View([&](const LmdbReader& reader) -> absl::Status {
      ASSIGN_OR_RETURN(absl::string_view bytes, Numbers(reader, kind, begin));
      ASSIGN_OR_RETURN(numbers, DecodeU32s(bytes));
      return absl::OkStatus();
    }));
    if (numbers.size() != std::min(kOrderBlock, counts_.frames - begin)) return DamagedOrder();
    for (uint32_t number : numbers) {
      if (number >= counts_.frames) return DamagedOrder();
    }
    return numbers;
  }

  static absl::Status DamagedOrder() {
    return absl::InternalError("the order of frames in the dataset index is damaged");
  }

  // The next terms whose keys begin so. True: there are more, from `next` on.
  absl::StatusOr<bool> ReadTerms(const std::string& kind, std::string& next, size_t most,
                                 std::vector<FrameTerm>& batch) const {
    absl::Status status;
    bool is_more = false;
    RETURN_IF_ERROR(lmdb_.View([&](const LmdbReader& reader) {
      reader.Scan(kDatasetDataTable, next, [&](absl::string_view key, absl::string_view value) {
        if (!absl::StartsWith(key, kind)) return false;
        is_more = batch.size() == most;
        if (is_more) {
          next.assign(key.data(), key.size());
          return false;
        }
        status = DecodePosting(value, &batch.emplace_back(), nullptr, nullptr);
        return status.ok();
      });
      return absl::OkStatus();
    }));
    RETURN_IF_ERROR(status);
    return is_more;
  }

  absl::Status ReadProblems(uint32_t part, std::vector<Problem>& problems) const {
    const std::string prefix = RecordKey(part, RecordKind::kProblem);
    absl::Status status;
    RETURN_IF_ERROR(lmdb_.View([&](const LmdbReader& reader) {
      reader.Scan(kDatasetDataTable, prefix, [&](absl::string_view key, absl::string_view value) {
        if (!absl::StartsWith(key, prefix)) return false;
        absl::StatusOr<Problem> problem = DecodeDatasetProblem(value);
        status = problem.status();
        if (status.ok()) problems.push_back(*std::move(problem));
        return status.ok();
      });
      return absl::OkStatus();
    }));
    return status;
  }

  Lmdb& lmdb_;
  const uint32_t annotations_;
  const uint32_t media_;
  const std::string id_;
  DatasetInfo info_;
  std::vector<std::string> texts_;
  IndexCounts counts_;
  mutable ThreadSlots<IndexCursor> cursors_;
};

}  // namespace

absl::StatusOr<bool> HasAnnotationIndex(Lmdb& lmdb, const IndexVersion& annotations) {
  ASSIGN_OR_RETURN(std::optional<uint32_t> part, FindPart(lmdb, annotations));
  return part.has_value();
}

absl::StatusOr<std::shared_ptr<const IndexedDataset>> OpenAnnotations(
    Lmdb& lmdb, const IndexVersion& annotations) {
  ASSIGN_OR_RETURN(std::optional<uint32_t> part, FindPart(lmdb, annotations));
  if (!part) return absl::InternalError("the annotation index is not there");
  auto dataset = std::make_shared<LmdbDataset>(lmdb, *part, 0, "");
  RETURN_IF_ERROR(dataset->Load());
  return std::shared_ptr<const IndexedDataset>(std::move(dataset));
}

absl::StatusOr<std::shared_ptr<const IndexedDataset>> OpenDataset(Lmdb& lmdb,
                                                                  const IndexVersion& annotations,
                                                                  const MediaMatch& match,
                                                                  const MediaMatchHooks& hooks) {
  ASSIGN_OR_RETURN(std::optional<uint32_t> part, FindPart(lmdb, annotations));
  if (!part) return absl::InternalError("the annotation index is not there");
  LmdbDataset unmatched(lmdb, *part, 0, "");
  RETURN_IF_ERROR(unmatched.Load());
  ASSIGN_OR_RETURN(MediaPart media, MatchMedia(lmdb, unmatched, annotations, match, hooks));
  auto dataset =
      std::make_shared<LmdbDataset>(lmdb, *part, media.part, absl::BytesToHexString(media.version));
  RETURN_IF_ERROR(dataset->Load());
  return std::shared_ptr<const IndexedDataset>(std::move(dataset));
}

}  // namespace annofs
