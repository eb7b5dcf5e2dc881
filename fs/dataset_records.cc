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

std::string EncodePosting(const FrameTerm& term, uint32_t number, const RankSet& ranks) {
  std::string bytes(1, char(term.kind));
  AppendNumber(bytes, term.number);
  AppendNumber(bytes, term.label);
  AppendSigned(bytes, term.track);
  AppendText(bytes, term.text);
  AppendText(bytes, term.value);
  AppendNumber(bytes, number);
  const std::string head = Sealed(std::move(bytes));
  return RecordWriter().Text(head).Take() + EncodeRanks(ranks);
}

absl::Status DecodePosting(absl::string_view bytes, FrameTerm* term, uint32_t* number,
                           RankSet* ranks) {
  constexpr size_t kSizeBytes = 4;
  if (bytes.size() < kSizeBytes) return Damaged();
  const size_t size = GetNumber<uint32_t>(bytes.substr(0, kSizeBytes));
  bytes.remove_prefix(kSizeBytes);
  if (size > bytes.size()) return Damaged();
  ASSIGN_OR_RETURN(absl::string_view head, Unsealed(bytes.substr(0, size)));
  CodeReader in(head);
  FrameTerm read;
  read.kind = FrameTerm::Kind(in.Byte());
  read.number = uint32_t(in.Number());
  read.label = uint32_t(in.Number());
  read.track = int32_t(in.Signed());
  read.text = std::string(in.Bytes(in.Number()));
  read.value = std::string(in.Bytes(in.Number()));
  const uint64_t place = in.Number();
  if (!in.ok()) return Damaged();
  if (number != nullptr) *number = uint32_t(place);
  if (term != nullptr) *term = std::move(read);
  if (ranks != nullptr) {
    ASSIGN_OR_RETURN(*ranks, DecodeRanks(bytes.substr(size)));
  }
  return absl::OkStatus();
}

std::string EncodeCounts(const IndexCounts& counts) {
  RecordWriter out;
  out.U32(counts.frames).U32(counts.directories).U32(counts.is_identity).U32(counts.is_in_order);
  out.U32(counts.has_sidecars);
  for (const std::string& extension : counts.extensions) out.Text(extension);
  return Sealed(out.Take());
}

absl::StatusOr<IndexCounts> DecodeCounts(absl::string_view bytes) {
  ASSIGN_OR_RETURN(absl::string_view content, Unsealed(bytes));
  RecordReader in(content);
  IndexCounts counts;
  counts.frames = in.U32();
  counts.directories = in.U32();
  counts.is_identity = in.U32() != 0;
  counts.is_in_order = in.U32() != 0;
  counts.has_sidecars = in.U32() != 0;
  while (in.ok() && !in.empty()) counts.extensions.push_back(in.Text());
  RETURN_IF_ERROR(in.status());
  return counts;
}

std::string EncodeU32s(const std::vector<uint32_t>& numbers) {
  RecordWriter out;
  for (uint32_t number : numbers) out.U32(number);
  return Sealed(out.Take());
}

absl::StatusOr<std::vector<uint32_t>> DecodeU32s(absl::string_view bytes) {
  ASSIGN_OR_RETURN(absl::string_view content, Unsealed(bytes));
  std::vector<uint32_t> numbers(content.size() / 4);
  RecordReader in(content);
  for (uint32_t& number : numbers) number = in.U32();
  return numbers;
}

absl::StatusOr<uint32_t> U32At(absl::string_view bytes, size_t place) {
  ASSIGN_OR_RETURN(absl::string_view content, Unsealed(bytes));
  if (place >= content.size() / 4) return Damaged();
  return GetNumber<uint32_t>(content.substr(4 * place, 4));
}

std::string EncodeTexts(const std::vector<std::string>& texts) {
  RecordWriter out;
  for (const std::string& text : texts) out.Text(text);
  return Sealed(out.Take());
}

absl::StatusOr<std::vector<std::string>> DecodeTexts(absl::string_view bytes) {
  ASSIGN_OR_RETURN(absl::string_view content, Unsealed(bytes));
  std::vector<std::string> texts;
  RecordReader in(content);
  while (in.ok() && !in.empty()) texts.push_back(in.Text());
  RETURN_IF_ERROR(in.status());
  return texts;
}

std::string EncodeDatasetProblem(const Problem& problem) {
  return Sealed(RecordWriter()
                    .U32(uint32_t(problem.severity))
                    .Text(problem.source)
                    .Text(problem.position)
                    .Text(problem.frame)
                    .Text(problem.reason)
                    .Take());
}

absl::StatusOr<Problem> DecodeDatasetProblem(absl::string_view bytes) {
  ASSIGN_OR_RETURN(absl::string_view content, Unsealed(bytes));
  RecordReader in(content);
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
