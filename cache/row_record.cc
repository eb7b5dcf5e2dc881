#include "cache/row_record.h"

#include "absl/strings/str_cat.h"
#include "cache/base/digest.h"
#include "cache/lmdb.h"

namespace annofs {
namespace {

constexpr char kDirectory = 'd';
constexpr char kObject = 'o';

// A text with its length before it.
std::string Counted(absl::string_view text) {
  return absl::StrCat(Key32(static_cast<uint32_t>(text.size())), text);
}

// Takes fields off the front of a record; after the first that is not there, all are empty.
class FieldReader {
 public:
  explicit FieldReader(absl::string_view record) : rest_(record) {}

  absl::string_view Bytes(size_t count) {
    if (count > rest_.size()) ok_ = false;
    if (!ok_) return "";
    const absl::string_view bytes = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return bytes;
  }
  uint64_t Number64() {
    const absl::string_view bytes = Bytes(8);
    return ok_ ? ReadKey64(bytes) : 0;
  }
  absl::string_view Text() {
    const absl::string_view length = Bytes(4);
    return ok_ ? Bytes(ReadKey32(length)) : "";
  }
  bool AtEnd() const { return ok_ && rest_.empty(); }

 private:
  absl::string_view rest_;
  bool ok_ = true;
};

void ReadObject(FieldReader& fields, Row& row) {
  row.key_name = std::string(fields.Text());
  row.version = std::string(fields.Text());
  row.size = fields.Number64();
  row.modified = absl::FromUnixNanos(static_cast<int64_t>(fields.Number64()));
  const absl::string_view kind = fields.Bytes(1);
  if (!kind.empty()) row.digest.kind = static_cast<DigestKind>(kind[0]);
  row.digest.bytes = std::string(fields.Text());
}

std::string Head(const Row& row) {
  return absl::StrCat(absl::string_view(row.is_directory ? &kDirectory : &kObject, 1),
                      Key64(row.parent), Counted(row.name));
}

// What tells one version of a name from another.
std::string VersionFields(const Row& row) {
  return absl::StrCat(Counted(row.key_name), Counted(row.version), Key64(row.size),
                      Key64(static_cast<uint64_t>(absl::ToUnixNanos(row.modified))));
}

}  // namespace

std::string EncodeRow(const Row& row) {
  if (row.is_directory) return Head(row);
  const char kind = static_cast<char>(row.digest.kind);
  return absl::StrCat(Head(row), VersionFields(row), absl::string_view(&kind, 1),
                      Counted(row.digest.bytes));
}

std::optional<Row> DecodeRow(RowId id, absl::string_view record) {
  FieldReader fields(record);
  const absl::string_view kind = fields.Bytes(1);
  Row row;
  row.id = id;
  row.parent = fields.Number64();
  row.name = std::string(fields.Text());
  row.is_directory = !kind.empty() && kind[0] == kDirectory;
  if (!row.is_directory) ReadObject(fields, row);
  if (!fields.AtEnd() || (kind[0] != kDirectory && kind[0] != kObject)) return std::nullopt;
  return row;
}

std::string RowIdentity(const Row& row) {
  std::string text = Head(row);
  if (!row.is_directory) absl::StrAppend(&text, VersionFields(row));
  return Sha256Bytes(text).substr(0, 16);
}

}  // namespace annofs
