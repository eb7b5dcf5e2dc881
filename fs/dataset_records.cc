#include "fs/dataset_records.h"

#include "cache/base/status.h"
#include "cache/lmdb.h"

namespace annofs {

std::string RecordKey(uint32_t part, RecordKind kind, absl::string_view rest) {
  std::string key = Key32(part);
  key.push_back(char(kind));
  key.append(rest.data(), rest.size());
  return key;
}

namespace {

template <typename Number>
void PutNumber(std::string& bytes, Number value) {
  for (size_t i = 0; i < sizeof(Number); ++i) bytes.push_back(char(value >> (8 * i)));
}

template <typename Number>
Number GetNumber(absl::string_view bytes) {
  Number value = 0;
  for (size_t i = 0; i < bytes.size(); ++i) value |= Number(uint8_t(bytes[i])) << (8 * i);
  return value;
}

}  // namespace

RecordWriter& RecordWriter::U32(uint32_t value) {
  PutNumber(bytes_, value);
  return *this;
}

RecordWriter& RecordWriter::U64(uint64_t value) {
  PutNumber(bytes_, value);
  return *this;
}

RecordWriter& RecordWriter::Text(absl::string_view value) {
  U32(uint32_t(value.size()));
  bytes_.append(value.data(), value.size());
  return *this;
}

absl::string_view RecordReader::Take(size_t size) {
  if (size > rest_.size()) {
    ok_ = false;
    size = 0;
  }
  absl::string_view bytes = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return bytes;
}

uint32_t RecordReader::U32() { return GetNumber<uint32_t>(Take(4)); }
uint64_t RecordReader::U64() { return GetNumber<uint64_t>(Take(8)); }
std::string RecordReader::Text() { return std::string(Take(U32())); }

absl::Status RecordReader::status() const {
  return ok_ ? absl::OkStatus() : absl::InternalError("a record of the dataset index is damaged");
}

std::string EncodeRanks(const RankSet& ranks) {
  RecordWriter out;
  for (size_t i = 0; i < ranks.size(); ++i) out.U32(ranks[i]);
  return out.Take();
}

absl::StatusOr<RankSet> DecodeRanks(absl::string_view bytes) {
  RecordReader in(bytes);
  std::vector<Rank> ranks(bytes.size() / 4);
  for (Rank& rank : ranks) rank = in.U32();
  return RankSet::Of(std::move(ranks));
}

std::string EncodeFrame(const Frame& frame, const FrameNames& names) {
  RecordWriter out;
  out.Text(frame.name)
      .U32(frame.number)
      .U32(frame.task)
      .U32(frame.width)
      .U32(frame.height)
      .Text(frame.subset)
      .U32(uint32_t(frame.related.size()));
  for (const std::string& name : frame.related) out.Text(name);
  out.U32(frame.inner.has_value());
  if (frame.inner) {
    out.U64(frame.inner->header_offset).U64(frame.inner->size).U32(frame.inner->crc32);
  }
  return out.Text(names.path).Text(names.stem).U32(names.shares_stem).Take();
}

absl::Status DecodeFrame(absl::string_view bytes, Frame* frame, FrameNames* names) {
  RecordReader in(bytes);
  frame->name = in.Text();
  frame->number = in.U32();
  frame->task = in.U32();
  frame->width = in.U32();
  frame->height = in.U32();
  frame->subset = in.Text();
  for (uint32_t left = in.U32(); left > 0 && in.ok(); --left) frame->related.push_back(in.Text());
  if (in.U32() != 0) {
    frame->inner.emplace();
    frame->inner->header_offset = in.U64();
    frame->inner->size = in.U64();
    frame->inner->crc32 = in.U32();
  }
  if (names == nullptr) return in.status();
  names->path = in.Text();
  names->stem = in.Text();
  names->shares_stem = in.U32() != 0;
  return in.status();
}

std::string EncodeDirectory(const FrameDirectory& directory) {
  return RecordWriter().Text(directory.path).U32(directory.begin).U32(directory.end).Take();
}

absl::StatusOr<FrameDirectory> DecodeDirectory(absl::string_view bytes) {
  RecordReader in(bytes);
  FrameDirectory directory;
  directory.path = in.Text();
  directory.begin = in.U32();
  directory.end = in.U32();
  RETURN_IF_ERROR(in.status());
  return directory;
}

std::string EncodeDatasetProblem(const Problem& problem) {
  return RecordWriter()
      .U32(uint32_t(problem.severity))
      .Text(problem.source)
      .Text(problem.position)
      .Text(problem.frame)
      .Text(problem.reason)
      .Take();
}

absl::StatusOr<Problem> DecodeDatasetProblem(absl::string_view bytes) {
  RecordReader in(bytes);
  Problem problem;
  problem.severity = Problem::Severity(in.U32());
  problem.source = in.Text();
  problem.position = in.Text();
  problem.frame = in.Text();
  problem.reason = in.Text();
  RETURN_IF_ERROR(in.status());
  return problem;
}

}  // namespace annofs
