#include "fs/dataset_records.h"

#include <utility>

#include "cache/base/number_code.h"
#include "cache/base/status.h"
#include "cache/block_format.h"
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

void AppendText(std::string& bytes, absl::string_view text) {
  AppendNumber(bytes, text.size());
  bytes.append(text.data(), text.size());
}

absl::Status Damaged() { return absl::InternalError("a record of the dataset index is damaged"); }

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

std::string Sealed(std::string bytes) {
  uint32_t sum = Crc32c(bytes);
  PutNumber(bytes, sum);
  return bytes;
}

absl::StatusOr<absl::string_view> Unsealed(absl::string_view bytes) {
  if (bytes.size() < 4) return Damaged();
  absl::string_view content = bytes.substr(0, bytes.size() - 4);
  if (GetNumber<uint32_t>(bytes.substr(content.size())) != Crc32c(content)) return Damaged();
  return content;
}

std::string EncodeRanks(const RankSet& ranks) { return Sealed(ranks.Encode()); }

absl::StatusOr<RankSet> DecodeRanks(absl::string_view bytes) {
  ASSIGN_OR_RETURN(absl::string_view content, Unsealed(bytes));
  return RankSet::Decode(content);
}

std::string EncodePosting(const FrameTerm& term, const RankSet& ranks) {
  std::string bytes(1, char(term.kind));
  AppendNumber(bytes, term.number);
  AppendNumber(bytes, term.label);
  AppendSigned(bytes, term.track);
  AppendText(bytes, term.text);
  AppendText(bytes, term.value);
  return Sealed(bytes + ranks.Encode());
}

absl::Status DecodePosting(absl::string_view bytes, FrameTerm* term, RankSet* ranks) {
  ASSIGN_OR_RETURN(absl::string_view content, Unsealed(bytes));
  CodeReader in(content);
  FrameTerm read;
  read.kind = FrameTerm::Kind(in.Byte());
  read.number = uint32_t(in.Number());
  read.label = uint32_t(in.Number());
  read.track = int32_t(in.Signed());
  read.text = std::string(in.Bytes(in.Number()));
  read.value = std::string(in.Bytes(in.Number()));
  if (!in.ok()) return Damaged();
  if (term != nullptr) *term = std::move(read);
  if (ranks != nullptr) {
    ASSIGN_OR_RETURN(*ranks, RankSet::Decode(in.rest()));
  }
  return absl::OkStatus();
}

std::string EncodeFrame(const Frame& frame, const FrameNames& names) {
  return RecordWriter()
      .Text(frame.name)
      .U32(frame.number)
      .U32(frame.task)
      .U32(frame.width)
      .U32(frame.height)
      .Text(frame.subset)
      .Text(names.path)
      .Text(names.stem)
      .U32(names.shares_stem)
      .Take();
}

absl::Status DecodeFrame(absl::string_view bytes, Frame* frame, FrameNames* names) {
  RecordReader in(bytes);
  frame->name = in.Text();
  frame->number = in.U32();
  frame->task = in.U32();
  frame->width = in.U32();
  frame->height = in.U32();
  frame->subset = in.Text();
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
