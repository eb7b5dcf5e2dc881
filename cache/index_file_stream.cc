#include "cache/index_file_stream.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "cache/base/digest.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "cache/catalog_records.h"
#include "cache/files.h"
#include "cache/lmdb.h"

namespace annofs {
namespace {

constexpr absl::string_view kMagic = "annofs index ";
constexpr size_t kDigestBytes = 32;
constexpr size_t kSnapshotBytes = 1 + 6 * 8;  // EncodeSnapshot()
constexpr size_t kMaxIdentity = 16 << 10;
constexpr size_t kRecordHead = 1 + 4 + 4;
// The longest: a block of one row, whose names and version the store bounds.
constexpr size_t kMaxRecord = 1 << 20;
constexpr size_t kBufferBytes = 256 << 10;
// Blocks of rows are packed already: more effort gains little.
constexpr int kCompressionLevel = 3;

std::string EncodeHeadOf(const IndexFileHead& head) {
  const std::string text =
      absl::StrCat(Key32(static_cast<uint32_t>(head.identity.size())), head.identity,
                   EncodeSnapshot(head.snapshot), Key64(head.next_row));
  return absl::StrCat(kMagic, kIndexFileFormat, "\n", Key32(static_cast<uint32_t>(text.size())),
                      text);
}

// Bytes of a file in order, each once.
class InFile {
 public:
  InFile(int fd, const std::string& path, uint64_t end) : fd_(fd), path_(path), end_(end) {}

  // Up to `size` bytes more; fewer only before the end that was given.
  absl::StatusOr<absl::string_view> Read(size_t size) {
    buffer_.resize(std::min<uint64_t>(size, end_ - offset_));
    for (size_t have = 0; have < buffer_.size();) {
      const ssize_t got = pread(fd_, buffer_.data() + have, buffer_.size() - have, offset_ + have);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return ErrnoToStatus(errno, absl::StrCat("read ", path_));
      if (got == 0) return absl::InvalidArgumentError(absl::StrCat(path_, " has been cut short"));
      have += got;
    }
    offset_ += buffer_.size();
    return buffer_;
  }
  uint64_t offset() const { return offset_; }

 private:
  const int fd_;
  const std::string& path_;
  const uint64_t end_;
  uint64_t offset_ = 0;
  std::string buffer_;
};

class Writer : public IndexFileWriter {
 public:
  explicit Writer(const std::string& path)
      : path_(path), temporary_(absl::StrCat(path, ".tmp-", getpid())) {}
  ~Writer() override {
    if (is_deflating_) deflateEnd(&stream_);
    if (fd_ >= 0) close(fd_);
    if (exists_) unlink(temporary_.c_str());
  }

  absl::Status Open(const IndexFileHead& head) {
    fd_ = open(temporary_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd_ < 0) return ErrnoToStatus(errno, absl::StrCat("make ", temporary_));
    exists_ = true;
    if (deflateInit(&stream_, kCompressionLevel) != Z_OK) {
      return absl::InternalError("zlib could not start");
    }
    is_deflating_ = true;
    return Write(EncodeHeadOf(head));
  }

  absl::Status Add(const IndexRecord& record) override {
    if (record.key.size() + record.value.size() > kMaxRecord) {
      return absl::InternalError("the catalog is damaged: a record that is too long");
    }
    const std::string head = absl::StrCat(std::string(1, static_cast<char>(record.kind)),
                                          Key32(static_cast<uint32_t>(record.key.size())),
                                          Key32(static_cast<uint32_t>(record.value.size())));
    for (absl::string_view part : {absl::string_view(head), record.key, record.value}) {
      RETURN_IF_ERROR(Deflate(part, Z_NO_FLUSH));
    }
    return absl::OkStatus();
  }

  absl::Status Finish() override {
    RETURN_IF_ERROR(Add({.kind = IndexRecordKind::kEnd}));
    RETURN_IF_ERROR(Deflate("", Z_FINISH));
    RETURN_IF_ERROR(WriteRaw(hasher_.Finish().bytes));
    if (fsync(fd_) != 0) return ErrnoToStatus(errno, absl::StrCat("write ", temporary_));
    if (rename(temporary_.c_str(), path_.c_str()) != 0) {
      return ErrnoToStatus(errno, absl::StrCat("rename to ", path_));
    }
    exists_ = false;
    SyncDirectory(std::string(DirName(path_)));
    return absl::OkStatus();
  }

 private:
  absl::Status Deflate(absl::string_view data, int flush) {
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(data.data()));
    stream_.avail_in = static_cast<uInt>(data.size());
    int code = Z_OK;
    do {
      stream_.next_out = reinterpret_cast<Bytef*>(buffer_.data());
      stream_.avail_out = static_cast<uInt>(buffer_.size());
      code = deflate(&stream_, flush);
      RETURN_IF_ERROR(Write({buffer_.data(), buffer_.size() - stream_.avail_out}));
    } while (stream_.avail_in > 0 || (flush == Z_FINISH && code == Z_OK));
    return absl::OkStatus();
  }

  absl::Status Write(absl::string_view data) {
    hasher_.Update(data);
    return WriteRaw(data);
  }

  absl::Status WriteRaw(absl::string_view data) {
    while (!data.empty()) {
      const ssize_t written = write(fd_, data.data(), data.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return ErrnoToStatus(errno, absl::StrCat("write ", temporary_));
      data.remove_prefix(static_cast<size_t>(written));
    }
    return absl::OkStatus();
  }

  const std::string path_;
  const std::string temporary_;
  int fd_ = -1;
  bool exists_ = false;  // the temporary file
  z_stream stream_{};
  bool is_deflating_ = false;
  std::vector<char> buffer_ = std::vector<char>(kBufferBytes);
  Hasher hasher_{DigestKind::kSha256};
};

class Reader : public IndexFileReader {
 public:
  explicit Reader(const std::string& path) : path_(path) {}
  ~Reader() override {
    if (is_inflating_) inflateEnd(&stream_);
    if (fd_ >= 0) close(fd_);
  }

  absl::Status Open() {
    // A FIFO without a writer must not be waited for: what is no regular file is refused.
    fd_ = open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd_ < 0) return ErrnoToStatus(errno, absl::StrCat("open ", path_));
    struct stat info;
    if (fstat(fd_, &info) != 0) return ErrnoToStatus(errno, absl::StrCat("open ", path_));
    if (!S_ISREG(info.st_mode)) {
      return absl::InvalidArgumentError(absl::StrCat(path_, " is no regular file"));
    }
    const uint64_t size = static_cast<uint64_t>(info.st_size);
    RETURN_IF_ERROR(CheckMagic(size));
    RETURN_IF_ERROR(CheckDigest(size));
    file_ = std::make_unique<InFile>(fd_, path_, size - kDigestBytes);
    RETURN_IF_ERROR(ReadHead());
    if (inflateInit(&stream_) != Z_OK) return absl::InternalError("zlib could not start");
    is_inflating_ = true;
    return absl::OkStatus();
  }

  const IndexFileHead& head() const override { return head_; }
  uint64_t offset() const override { return file_->offset(); }

  absl::StatusOr<IndexRecord> Next() override {
    RETURN_IF_ERROR(Inflate(kRecordHead, record_head_));
    const absl::string_view lengths = absl::string_view(record_head_).substr(1);
    const uint64_t key = ReadKey32(lengths);
    const uint64_t value = ReadKey32(lengths.substr(4));
    if (key + value > kMaxRecord) return Malformed("a record that is too long");
    RETURN_IF_ERROR(Inflate(key + value, record_));
    const IndexRecord record{.kind = static_cast<IndexRecordKind>(record_head_[0]),
                             .key = absl::string_view(record_).substr(0, key),
                             .value = absl::string_view(record_).substr(key)};
    if (record.kind == IndexRecordKind::kEnd) RETURN_IF_ERROR(CheckEnd());
    return record;
  }

 private:
  absl::Status CheckMagic(uint64_t size) {
    InFile file(fd_, path_, size);
    ASSIGN_OR_RETURN(const absl::string_view begin, file.Read(kMagic.size() + 12));
    const size_t line = begin.find('\n');
    uint32_t format = 0;
    if (!absl::StartsWith(begin, kMagic) || line == absl::string_view::npos ||
        !absl::SimpleAtoi(begin.substr(kMagic.size(), line - kMagic.size()), &format)) {
      return absl::InvalidArgumentError(
          absl::StrCat(path_, " is not an index file (`annofs index --export` writes them)"));
    }
    if (format == kIndexFileFormat) return absl::OkStatus();
    return absl::InvalidArgumentError(
        absl::StrCat(path_, " is an index file of format ", format,
                     ", and this program reads format ", kIndexFileFormat,
                     format > kIndexFileFormat ? ": use the annofs that wrote it, or a newer one"
                                               : ": write it again with `annofs index --export`"));
  }

  absl::Status CheckDigest(uint64_t size) {
    const absl::Status damaged = absl::InvalidArgumentError(absl::StrCat(
        path_,
        " is damaged or cut short: its checksum is wrong; copy it again, or write it again "
        "with `annofs index --export`"));
    if (size < kDigestBytes) return damaged;
    Hasher hasher(DigestKind::kSha256);
    InFile file(fd_, path_, size);
    while (file.offset() < size - kDigestBytes) {
      ASSIGN_OR_RETURN(
          const absl::string_view bytes,
          file.Read(std::min<uint64_t>(kBufferBytes, size - kDigestBytes - file.offset())));
      hasher.Update(bytes);
    }
    ASSIGN_OR_RETURN(const absl::string_view digest, file.Read(kDigestBytes));
    return hasher.Finish().bytes == digest ? absl::OkStatus() : damaged;
  }

  absl::Status ReadHead() {
    const size_t line = absl::StrCat(kMagic, kIndexFileFormat, "\n").size();
    ASSIGN_OR_RETURN(const absl::string_view lead, file_->Read(line + 4));
    if (lead.size() < line + 4) return Malformed("no head");
    const uint32_t size = ReadKey32(lead.substr(line));
    if (size > kMaxIdentity) return Malformed("a head that is too long");
    ASSIGN_OR_RETURN(absl::string_view text, file_->Read(size));
    if (text.size() < 4 || text.size() - 4 < ReadKey32(text)) return Malformed("a short head");
    head_.identity = std::string(text.substr(4, ReadKey32(text)));
    text.remove_prefix(4 + head_.identity.size());
    if (text.size() != kSnapshotBytes + 8) return Malformed("a head of another length");
    head_.snapshot = DecodeSnapshot(0, text.substr(0, kSnapshotBytes)).value_or(SnapshotInfo());
    head_.next_row = ReadKey64(text.substr(kSnapshotBytes));
    return absl::OkStatus();
  }

  // Exactly `size` bytes.
  absl::Status Inflate(size_t size, std::string& out) {
    out.resize(size);
    stream_.next_out = reinterpret_cast<Bytef*>(out.data());
    stream_.avail_out = static_cast<uInt>(size);
    while (stream_.avail_out > 0) {
      if (stream_.avail_in == 0) RETURN_IF_ERROR(Fill());
      const int code = inflate(&stream_, Z_NO_FLUSH);
      if (code == Z_STREAM_END && stream_.avail_out > 0) return Malformed("no last record");
      if (code != Z_OK && code != Z_STREAM_END) return Malformed("broken compression");
      is_at_end_ = code == Z_STREAM_END;
    }
    return absl::OkStatus();
  }

  absl::Status Fill() {
    ASSIGN_OR_RETURN(const absl::string_view bytes, file_->Read(kBufferBytes));
    if (bytes.empty()) return Malformed("no end of the compression");
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream_.avail_in = static_cast<uInt>(bytes.size());
    return absl::OkStatus();
  }

  // Nothing comes behind the last record.
  absl::Status CheckEnd() {
    char more;
    int code = is_at_end_ ? Z_STREAM_END : Z_OK;
    while (code == Z_OK) {
      stream_.next_out = reinterpret_cast<Bytef*>(&more);
      stream_.avail_out = 1;
      if (stream_.avail_in == 0) RETURN_IF_ERROR(Fill());
      code = inflate(&stream_, Z_NO_FLUSH);
      if (stream_.avail_out == 0) return Malformed("more behind the last record");
    }
    if (code != Z_STREAM_END || stream_.avail_in > 0) return Malformed("more behind the end");
    ASSIGN_OR_RETURN(const absl::string_view rest, file_->Read(1));
    return rest.empty() ? absl::OkStatus() : Malformed("more behind the end");
  }

  absl::Status Malformed(absl::string_view what) const { return MalformedIndexFile(path_, what); }

  const std::string path_;
  int fd_ = -1;
  std::unique_ptr<InFile> file_;
  IndexFileHead head_;
  z_stream stream_{};
  bool is_inflating_ = false;
  bool is_at_end_ = false;  // of the compressed part
  std::string record_head_;
  std::string record_;
};

}  // namespace

absl::Status MalformedIndexFile(absl::string_view path, absl::string_view what) {
  return absl::InvalidArgumentError(
      absl::StrCat(path, " is not a good index file (", what,
                   ") though its checksum is right: write it again with `annofs index --export`"));
}

absl::StatusOr<std::unique_ptr<IndexFileWriter>> IndexFileWriter::Create(
    const std::string& path, const IndexFileHead& head) {
  auto writer = std::make_unique<Writer>(path);
  RETURN_IF_ERROR(writer->Open(head));
  return writer;
}

absl::StatusOr<std::unique_ptr<IndexFileReader>> IndexFileReader::Open(const std::string& path) {
  auto reader = std::make_unique<Reader>(path);
  RETURN_IF_ERROR(reader->Open());
  return reader;
}

}  // namespace annofs
