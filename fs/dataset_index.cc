#include "fs/dataset_index.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "cache/base/digest.h"
#include "cache/base/status.h"
#include "cache/cache_dir.h"
#include "formats/shape_codec.h"
#include "fs/dataset_records.h"

namespace annofs {
namespace {

constexpr absl::string_view kNextPart = "next_dataset_part";
constexpr uint32_t kFramesPerCommit = 4096;
constexpr size_t kMaxProblems = 100000;
constexpr size_t kTermsPerRead = 256;

absl::StatusOr<std::optional<uint32_t>> FindPart(Lmdb& lmdb, const IndexVersion& version) {
  std::optional<uint32_t> part;
  RETURN_IF_ERROR(lmdb.View([&](const LmdbReader& reader) {
    if (auto found = reader.Get(kDatasetsTable, version)) part = ReadKey32(*found);
    return absl::OkStatus();
  }));
  return part;
}

absl::StatusOr<uint32_t> NewPart(Lmdb& lmdb) {
  uint32_t part = 1;
  RETURN_IF_ERROR(lmdb.Update([&](LmdbWriter& writer) {
    if (auto next = writer.Get(kMetaTable, kNextPart)) part = ReadKey32(*next);
    return writer.Put(kMetaTable, kNextPart, Key32(part + 1));
  }));
  return part;
}

absl::Status Publish(Lmdb& lmdb, const IndexVersion& version, uint32_t part) {
  return lmdb.Update(
      [&](LmdbWriter& writer) { return writer.Put(kDatasetsTable, version, Key32(part)); });
}

// Writes one part of the index.
class PartWriter {
 public:
  PartWriter(LmdbWriter& writer, uint32_t part) : writer_(writer), part_(part) {}

  absl::Status Put(RecordKind kind, absl::string_view rest, absl::string_view value) {
    return writer_.Put(kDatasetDataTable, RecordKey(part_, kind, rest), value);
  }

  // Adds a number to the list under the hash of a name (two names may share a hash).
  absl::Status AddName(RecordKind kind, absl::string_view name, uint32_t number) {
    std::string key = RecordKey(part_, kind, Key64(Hash64(name)));
    std::string numbers;
    if (auto known = writer_.Get(kDatasetDataTable, key)) numbers = std::string(*known);
    numbers += RecordWriter().U32(number).Take();
    return writer_.Put(kDatasetDataTable, key, numbers);
  }

 private:
  LmdbWriter& writer_;
  const uint32_t part_;
};

absl::Status WriteFrame(PartWriter& out, const Dataset& data, Rank rank) {
  ASSIGN_OR_RETURN(Frame frame, data.GetFrame(rank));
  ASSIGN_OR_RETURN(FrameNames names, data.Names(rank));
  ASSIGN_OR_RETURN(FrameShapes shapes, data.Shapes(rank));
  std::string key = Key32(rank);
  RETURN_IF_ERROR(out.Put(RecordKind::kFrame, key, EncodeFrame(frame, names)));
  RETURN_IF_ERROR(out.Put(RecordKind::kShapes, key, EncodeShapes(shapes)));
  RETURN_IF_ERROR(out.AddName(RecordKind::kPath, names.path, rank));
  RETURN_IF_ERROR(out.AddName(RecordKind::kSidecar, names.sidecar(), rank));
  return out.AddName(RecordKind::kStem, names.stem, rank);
}

absl::Status WriteFrames(Lmdb& lmdb, uint32_t part, const Dataset& data) {
  for (Rank begin = 0; begin < data.frame_count(); begin += kFramesPerCommit) {
    Rank end = std::min(begin + kFramesPerCommit, data.frame_count());
    RETURN_IF_ERROR(lmdb.Update([&](LmdbWriter& writer) {
      PartWriter out(writer, part);
      for (Rank rank = begin; rank < end; ++rank) RETURN_IF_ERROR(WriteFrame(out, data, rank));
      return absl::OkStatus();
    }));
  }
  return absl::OkStatus();
}

absl::Status WriteTerms(PartWriter& out, const Dataset& data, FrameTerm::Kind kind) {
  std::vector<FrameTerm> terms;
  RETURN_IF_ERROR(data.Terms(FrameTerm::FirstOf(kind), [&terms](const FrameTerm& term) {
    terms.push_back(term);
    return true;
  }));
  for (const FrameTerm& term : terms) {
    ASSIGN_OR_RETURN(RankSet ranks, data.With(term));
    RETURN_IF_ERROR(out.Put(RecordKind::kPosting, TermKey(term), EncodePosting(term, ranks)));
  }
  return absl::OkStatus();
}

absl::Status WriteSets(PartWriter& out, const Dataset& data) {
  for (int kind = 0; kind <= int(FrameTerm::Kind::kAttribute); ++kind) {
    RETURN_IF_ERROR(WriteTerms(out, data, FrameTerm::Kind(kind)));
  }
  return absl::OkStatus();
}

absl::Status WriteDirectories(PartWriter& out, const Dataset& data) {
  for (uint32_t number = 0; number < data.directory_count(); ++number) {
    ASSIGN_OR_RETURN(FrameDirectory directory, data.Directory(number));
    RETURN_IF_ERROR(out.Put(RecordKind::kDirectory, Key32(number), EncodeDirectory(directory)));
    RETURN_IF_ERROR(out.AddName(RecordKind::kFolder, directory.path, number));
  }
  return absl::OkStatus();
}

absl::Status WriteProblems(PartWriter& out, const std::vector<Problem>& problems) {
  for (uint32_t i = 0; i < problems.size() && i < kMaxProblems; ++i) {
    RETURN_IF_ERROR(out.Put(RecordKind::kProblem, Key32(i), EncodeDatasetProblem(problems[i])));
  }
  return absl::OkStatus();
}

absl::Status WriteWhole(Lmdb& lmdb, uint32_t part, const Dataset& data) {
  ASSIGN_OR_RETURN(std::vector<Problem> problems, data.Problems());
  return lmdb.Update([&](LmdbWriter& writer) {
    PartWriter out(writer, part);
    RETURN_IF_ERROR(out.Put(RecordKind::kInfo, "", EncodeInfo(data.info())));
    RETURN_IF_ERROR(
        out.Put(RecordKind::kCounts, "",
                RecordWriter().U32(data.frame_count()).U32(data.directory_count()).Take()));
    RETURN_IF_ERROR(WriteDirectories(out, data));
    RETURN_IF_ERROR(WriteSets(out, data));
    return WriteProblems(out, problems);
  });
}

// Both parts, read from LMDB at each call.
class LmdbDataset : public IndexedDataset {
 public:
  LmdbDataset(Lmdb& lmdb, uint32_t annotations, uint32_t media, std::string id)
      : lmdb_(lmdb), annotations_(annotations), media_(media), id_(std::move(id)) {}

  // Reads what is small and asked often.
  absl::Status Load() {
    ASSIGN_OR_RETURN(std::string info, Fetch(annotations_, RecordKind::kInfo));
    ASSIGN_OR_RETURN(info_, DecodeInfo(info));
    info_.id = id_;
    ASSIGN_OR_RETURN(std::string counts, Fetch(annotations_, RecordKind::kCounts));
    RecordReader in(counts);
    frame_count_ = in.U32();
    directory_count_ = in.U32();
    RETURN_IF_ERROR(in.status());
    return absl::OkStatus();
  }

  const DatasetInfo& info() const override { return info_; }
  uint32_t frame_count() const override { return frame_count_; }
  uint32_t directory_count() const override { return directory_count_; }

  absl::StatusOr<Frame> GetFrame(Rank rank) const override {
    Frame frame;
    RETURN_IF_ERROR(FetchFrame(rank, &frame, nullptr));
    return frame;
  }

  absl::StatusOr<FrameNames> Names(Rank rank) const override {
    Frame frame;
    FrameNames names;
    RETURN_IF_ERROR(FetchFrame(rank, &frame, &names));
    return names;
  }

  absl::StatusOr<FrameShapes> Shapes(Rank rank) const override {
    FrameShapes shapes;
    RETURN_IF_ERROR(With(annotations_, RecordKind::kShapes, Key32(rank),
                         [&](absl::string_view bytes) -> absl::Status {
                           ASSIGN_OR_RETURN(shapes, DecodeShapes(bytes));
                           return absl::OkStatus();
                         }));
    return shapes;
  }

  absl::StatusOr<std::optional<Media>> GetMedia(Rank rank) const override {
    ASSIGN_OR_RETURN(std::optional<MatchedMedia> matched, Matched(rank));
    if (!matched) return std::optional<Media>();
    return std::optional<Media>(std::move(matched->media));
  }

  absl::StatusOr<std::optional<RowId>> MediaRow(Rank rank) const override {
    ASSIGN_OR_RETURN(std::optional<MatchedMedia> matched, Matched(rank));
    if (!matched) return std::optional<RowId>();
    return std::optional<RowId>(matched->row);
  }

  absl::StatusOr<std::optional<Rank>> FindPath(absl::string_view path) const override {
    return FindFrame(RecordKind::kPath, path,
                     [path](const FrameNames& names) { return names.path == path; });
  }
  absl::StatusOr<std::optional<Rank>> FindSidecar(absl::string_view sidecar) const override {
    return FindFrame(RecordKind::kSidecar, sidecar,
                     [sidecar](const FrameNames& names) { return names.sidecar() == sidecar; });
  }
  absl::StatusOr<std::optional<Rank>> FindStem(absl::string_view stem) const override {
    return FindFrame(RecordKind::kStem, stem,
                     [stem](const FrameNames& names) { return names.stem == stem; });
  }

  absl::StatusOr<FrameDirectory> Directory(uint32_t number) const override {
    ASSIGN_OR_RETURN(std::string bytes, Fetch(annotations_, RecordKind::kDirectory, Key32(number)));
    return DecodeDirectory(bytes);
  }

  absl::StatusOr<std::optional<uint32_t>> FindDirectory(absl::string_view path) const override {
    ASSIGN_OR_RETURN(std::vector<uint32_t> numbers,
                     Numbers(RecordKind::kFolder, Key64(Hash64(path))));
    for (size_t i = 0; i < numbers.size(); ++i) {
      ASSIGN_OR_RETURN(FrameDirectory directory, Directory(numbers[i]));
      if (directory.path == path) return std::optional<uint32_t>(numbers[i]);
    }
    return std::optional<uint32_t>();
  }

  absl::StatusOr<RankSet> With(const FrameTerm& term) const override {
    RankSet ranks;
    if (term.value.size() > kMaxTermValue) return ranks;
    const std::string key = RecordKey(annotations_, RecordKind::kPosting, TermKey(term));
    RETURN_IF_ERROR(lmdb_.View([&](const LmdbReader& reader) {
      auto found = reader.Get(kDatasetDataTable, key);
      return found ? DecodePosting(*found, nullptr, &ranks) : absl::OkStatus();
    }));
    return ranks;
  }
  absl::StatusOr<RankSet> WithMedia() const override {
    return Set(media_, RecordKind::kWithMedia, "");
  }
  absl::Status Terms(const FrameTerm& from,
                     absl::FunctionRef<bool(const FrameTerm&)> fn) const override {
    std::string kind = RecordKey(annotations_, RecordKind::kPosting) + char(from.kind);
    std::string next = RecordKey(annotations_, RecordKind::kPosting, TermKey(from));
    std::vector<FrameTerm> batch;
    do {
      batch.clear();
      RETURN_IF_ERROR(ReadTerms(kind, next, batch));
      for (const FrameTerm& term : batch) {
        if (!fn(term)) return absl::OkStatus();
      }
    } while (batch.size() == kTermsPerRead);
    return absl::OkStatus();
  }

  absl::StatusOr<std::vector<Problem>> Problems() const override {
    std::vector<Problem> problems;
    auto add = [&problems](absl::string_view value) {
      ASSIGN_OR_RETURN(Problem problem, DecodeDatasetProblem(value));
      if (problems.size() < kMaxProblems) problems.push_back(std::move(problem));
      return absl::OkStatus();
    };
    RETURN_IF_ERROR(ScanPart(annotations_, RecordKind::kProblem, add));
    RETURN_IF_ERROR(ScanPart(media_, RecordKind::kProblem, add));
    return problems;
  }

 private:
  absl::StatusOr<std::string> Fetch(uint32_t part, RecordKind kind,
                                    absl::string_view rest = "") const {
    std::string value;
    RETURN_IF_ERROR(With(part, kind, rest, [&value](absl::string_view bytes) {
      value.assign(bytes.data(), bytes.size());
      return absl::OkStatus();
    }));
    return value;
  }

  // Gives a record to `fn` where it lies.
  absl::Status With(uint32_t part, RecordKind kind, absl::string_view rest,
                    absl::FunctionRef<absl::Status(absl::string_view)> fn) const {
    return lmdb_.View([&](const LmdbReader& reader) {
      auto found = reader.Get(kDatasetDataTable, RecordKey(part, kind, rest));
      return found ? fn(*found) : absl::InternalError("a record of the dataset index is missing");
    });
  }

  absl::Status FetchFrame(Rank rank, Frame* frame, FrameNames* names) const {
    return With(annotations_, RecordKind::kFrame, Key32(rank),
                [&](absl::string_view bytes) { return DecodeFrame(bytes, frame, names); });
  }

  // The next terms whose keys begin so, and the key to go on from.
  absl::Status ReadTerms(const std::string& kind, std::string& next,
                         std::vector<FrameTerm>& batch) const {
    absl::Status status;
    RETURN_IF_ERROR(lmdb_.View([&](const LmdbReader& reader) {
      reader.Scan(kDatasetDataTable, next, [&](absl::string_view key, absl::string_view value) {
        if (key.substr(0, kind.size()) != kind) return false;
        next.assign(key.data(), key.size());
        if (batch.size() == kTermsPerRead) return false;
        status = DecodePosting(value, &batch.emplace_back(), nullptr);
        return status.ok();
      });
      return absl::OkStatus();
    }));
    return status;
  }

  // A list of numbers; an absent record is an empty list.
  absl::StatusOr<RankSet> Set(uint32_t part, RecordKind kind, absl::string_view rest) const {
    RankSet ranks;
    RETURN_IF_ERROR(lmdb_.View([&](const LmdbReader& reader) {
      auto found = reader.Get(kDatasetDataTable, RecordKey(part, kind, rest));
      if (!found) return absl::OkStatus();
      ASSIGN_OR_RETURN(ranks, DecodeRanks(*found));
      return absl::OkStatus();
    }));
    return ranks;
  }

  absl::StatusOr<std::vector<uint32_t>> Numbers(RecordKind kind, absl::string_view rest) const {
    std::vector<uint32_t> numbers;
    RETURN_IF_ERROR(lmdb_.View([&](const LmdbReader& reader) {
      auto found = reader.Get(kDatasetDataTable, RecordKey(annotations_, kind, rest));
      if (!found) return absl::OkStatus();
      RecordReader in(*found);
      numbers.resize(found->size() / 4);
      for (uint32_t& number : numbers) number = in.U32();
      return in.status();
    }));
    return numbers;
  }

  template <typename Matches>
  absl::StatusOr<std::optional<Rank>> FindFrame(RecordKind kind, absl::string_view name,
                                                Matches matches) const {
    ASSIGN_OR_RETURN(std::vector<uint32_t> ranks, Numbers(kind, Key64(Hash64(name))));
    for (size_t i = 0; i < ranks.size(); ++i) {
      ASSIGN_OR_RETURN(FrameNames names, Names(ranks[i]));
      if (matches(names)) return std::optional<Rank>(ranks[i]);
    }
    return std::optional<Rank>();
  }

  absl::StatusOr<std::optional<MatchedMedia>> Matched(Rank rank) const {
    std::optional<MatchedMedia> matched;
    RETURN_IF_ERROR(lmdb_.View([&](const LmdbReader& reader) {
      auto found =
          reader.Get(kDatasetDataTable, RecordKey(media_, RecordKind::kMedia, Key32(rank)));
      if (!found) return absl::OkStatus();
      RecordReader in(*found);
      matched.emplace();
      matched->row = in.U64();
      matched->media.key = in.Text();
      matched->media.size = in.U64();
      matched->media.digest = in.Text();
      return in.status();
    }));
    return matched;
  }

  template <typename Fn>
  absl::Status ScanPart(uint32_t part, RecordKind kind, Fn fn) const {
    const std::string prefix = RecordKey(part, kind);
    absl::Status status;
    RETURN_IF_ERROR(lmdb_.View([&](const LmdbReader& reader) {
      reader.Scan(kDatasetDataTable, prefix, [&](absl::string_view key, absl::string_view value) {
        if (key.substr(0, prefix.size()) != prefix) return false;
        status = fn(value);
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
  uint32_t frame_count_ = 0;
  uint32_t directory_count_ = 0;
};

// What matching found, before it is known whether it is new.
struct MediaMap {
  std::vector<std::pair<Rank, MatchedMedia>> found;
  std::vector<Problem> problems;
  IndexVersion version;  // the same on every host: names the dataset
  IndexVersion stored;  // with this host's rows, which may change under one version: names the part
};

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

absl::StatusOr<MediaMap> MatchAll(const Dataset& data, const IndexVersion& annotations,
                                  const MediaMatch& match) {
  MediaMap map;
  Hasher hasher(DigestKind::kSha256), rows(DigestKind::kSha256);
  hasher.Update(annotations);
  std::vector<char> reported(data.info().tasks.size());
  for (Rank rank = 0; rank < data.frame_count(); ++rank) {
    ASSIGN_OR_RETURN(Frame frame, data.GetFrame(rank));
    ASSIGN_OR_RETURN(std::optional<MatchedMedia> media, match(frame));
    if (media) {
      hasher.Update(RecordWriter()
                        .U32(rank)
                        .Text(media->media.key)
                        .Text(media->version)
                        .U64(media->media.size)
                        .Text(media->media.digest)
                        .Take());
      rows.Update(Key64(media->row));
      map.found.emplace_back(rank, *std::move(media));
    } else if (frame.task < reported.size() && data.info().tasks[frame.task].is_video) {
      if (!reported[frame.task]) map.problems.push_back(MissingVideo(data.info(), frame.task));
      reported[frame.task] = true;
    } else if (map.problems.size() < kMaxProblems) {
      map.problems.push_back(MissingMedia(data.info(), frame));
    }
  }
  map.version = hasher.Finish().bytes.substr(0, 16);
  map.stored = Sha256Bytes(map.version + rows.Finish().bytes).substr(0, 16);
  return map;
}

absl::Status WriteMatched(PartWriter& out, Rank rank, const MatchedMedia& matched) {
  return out.Put(RecordKind::kMedia, Key32(rank),
                 RecordWriter()
                     .U64(matched.row)
                     .Text(matched.media.key)
                     .U64(matched.media.size)
                     .Text(matched.media.digest)
                     .Take());
}

absl::Status WriteMediaMap(Lmdb& lmdb, const MediaMap& map) {
  ASSIGN_OR_RETURN(uint32_t part, NewPart(lmdb));
  for (size_t begin = 0; begin < map.found.size(); begin += kFramesPerCommit) {
    size_t end = std::min(begin + kFramesPerCommit, map.found.size());
    RETURN_IF_ERROR(lmdb.Update([&](LmdbWriter& writer) {
      PartWriter out(writer, part);
      for (size_t i = begin; i < end; ++i) {
        RETURN_IF_ERROR(WriteMatched(out, map.found[i].first, map.found[i].second));
      }
      return absl::OkStatus();
    }));
  }
  std::vector<Rank> ranks;
  for (const auto& [rank, media] : map.found) ranks.push_back(rank);
  RETURN_IF_ERROR(lmdb.Update([&](LmdbWriter& writer) {
    PartWriter out(writer, part);
    RETURN_IF_ERROR(
        out.Put(RecordKind::kWithMedia, "", EncodeRanks(RankSet::Of(std::move(ranks)))));
    return WriteProblems(out, map.problems);
  }));
  return Publish(lmdb, map.stored, part);
}

}  // namespace

absl::StatusOr<bool> HasAnnotationIndex(Lmdb& lmdb, const IndexVersion& annotations) {
  ASSIGN_OR_RETURN(std::optional<uint32_t> part, FindPart(lmdb, annotations));
  return part.has_value();
}

absl::Status WriteAnnotationIndex(Lmdb& lmdb, const IndexVersion& annotations,
                                  const Dataset& data) {
  ASSIGN_OR_RETURN(uint32_t part, NewPart(lmdb));
  RETURN_IF_ERROR(WriteFrames(lmdb, part, data));
  RETURN_IF_ERROR(WriteWhole(lmdb, part, data));
  return Publish(lmdb, annotations, part);
}

absl::StatusOr<std::shared_ptr<const IndexedDataset>> OpenDataset(Lmdb& lmdb,
                                                                  const IndexVersion& annotations,
                                                                  const MediaMatch& match) {
  ASSIGN_OR_RETURN(std::optional<uint32_t> part, FindPart(lmdb, annotations));
  if (!part) return absl::InternalError("the annotation index is not there");
  LmdbDataset unmatched(lmdb, *part, 0, "");
  RETURN_IF_ERROR(unmatched.Load());
  ASSIGN_OR_RETURN(MediaMap map, MatchAll(unmatched, annotations, match));
  ASSIGN_OR_RETURN(std::optional<uint32_t> media, FindPart(lmdb, map.stored));
  if (!media) {
    RETURN_IF_ERROR(WriteMediaMap(lmdb, map));
    ASSIGN_OR_RETURN(media, FindPart(lmdb, map.stored));
  }
  auto dataset =
      std::make_shared<LmdbDataset>(lmdb, *part, *media, absl::BytesToHexString(map.version));
  RETURN_IF_ERROR(dataset->Load());
  return std::shared_ptr<const IndexedDataset>(std::move(dataset));
}

}  // namespace annofs
