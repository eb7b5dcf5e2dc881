// An export as one zip: written by minizip, entries stored.
#include <minizip/zip.h>

#include <algorithm>
#include <deque>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "cache/base/worker_pool.h"
#include "tools/export_sink.h"
#include "tools/stack.h"
#include "tools/zip_file.h"

namespace annofs {
namespace {

// Files up to this are read ahead, at most so many and so many bytes of them; what is rendered, by
// batches.
constexpr uint64_t kSmallFile = 1 << 20;
constexpr size_t kAheadFiles = 512;
constexpr uint64_t kAheadBytes = 32 << 20;
constexpr size_t kBatchFiles = 32;
// What one whose size is not known counts of them. Most are smaller; the others are not kept.
constexpr uint64_t kUnknownBytes = kAheadBytes / kAheadFiles;
constexpr uint32_t kUnixFile = 0100644u << 16;  // external attributes: a regular file, rw-r--r--
constexpr uLong kMadeByUnix = 3 << 8 | 45;
constexpr uLong kUtf8Names = 1 << 11;

struct Ahead {
  OutputFile file;
  uint64_t counted = 0;   // of the bytes ahead
  bool is_small = false;  // false once read: it is not, and is read when it is written
  std::string bytes;      // of a small file, once it is read
  absl::Status status;
  absl::Notification done;
};

class ZipSink : public ExportSink {
 public:
  ZipSink(const ExportReader& reader, std::unique_ptr<ZipFile> file, zipFile zip,
          ExportProgress& progress)
      : reader_(reader),
        file_(std::move(file)),
        zip_(zip),
        progress_(progress),
        fetching_(size_t(std::max(2, ConnectionsOf(reader.settings())))),
        rendering_(std::clamp<size_t>(std::thread::hardware_concurrency(), 1, 64)) {}
  ~ZipSink() override {
    SubmitBatch();
    for (const std::shared_ptr<Ahead>& ahead : ahead_) ahead->done.WaitForNotification();
    if (zip_ != nullptr) zipClose(zip_, nullptr);
  }

  absl::Status Directory(const std::string&) override { return absl::OkStatus(); }

  absl::Status File(OutputFile file) override {
    auto ahead = std::make_shared<Ahead>();
    ahead->file = std::move(file);
    ahead->is_small = !ahead->file.has_size || ahead->file.attr.size <= kSmallFile;
    if (ahead->is_small) {
      ahead->counted = ahead->file.has_size ? ahead->file.attr.size : kUnknownBytes;
      bytes_ahead_ += ahead->counted;
      batch_.push_back(ahead);
      if (ahead->file.is_image || batch_.size() >= kBatchFiles) SubmitBatch();
    } else {
      SubmitBatch();  // what waits for its batch is always the last of those ahead
      ahead->done.Notify();
    }
    ahead_.push_back(std::move(ahead));
    while (ahead_.size() > kAheadFiles || bytes_ahead_ > kAheadBytes) RETURN_IF_ERROR(WriteFirst());
    return absl::OkStatus();
  }

  absl::Status Finish() override {
    while (!ahead_.empty()) RETURN_IF_ERROR(WriteFirst());
    RETURN_IF_ERROR(Said(zipClose(std::exchange(zip_, nullptr), nullptr)));
    return file_->Sync();
  }

 private:
  using Batch = std::vector<std::shared_ptr<Ahead>>;

  // An image comes last in its batch: it may be a request that takes long.
  void SubmitBatch() {
    if (batch_.empty()) return;
    WorkerPool& pool = batch_.back()->file.is_image ? fetching_ : rendering_;
    pool.Submit([this, batch = std::exchange(batch_, {})] {
      for (const std::shared_ptr<Ahead>& ahead : batch) {
        ahead->status = ReadWhole(*ahead);
        ahead->done.Notify();
      }
    });
  }

  // Nothing of one that turns out to be larger is kept.
  absl::Status ReadWhole(Ahead& ahead) const {
    if (ahead.file.has_size) ahead.bytes.reserve(ahead.file.attr.size);
    absl::Status read = reader_.Read(ahead.file, [&ahead](absl::string_view piece) {
      ahead.is_small = ahead.bytes.size() + piece.size() <= ahead.counted;
      if (!ahead.is_small) return absl::CancelledError("a large one");
      ahead.bytes.append(piece.data(), piece.size());
      return absl::OkStatus();
    });
    if (ahead.is_small) return read;
    ahead.bytes = {};
    ASSIGN_OR_RETURN(ahead.file.attr, reader_.Sized(ahead.file));
    ahead.file.has_size = true;
    return absl::OkStatus();
  }

  // An answer of minizip; where writing failed the file says why.
  absl::Status Said(int answer) const {
    RETURN_IF_ERROR(file_->status());
    if (answer == ZIP_OK) return absl::OkStatus();
    return absl::InternalError(absl::StrCat("the zip cannot be written (minizip: ", answer, ")"));
  }

  absl::Status WriteFirst() {
    if (ahead_.size() <= batch_.size()) SubmitBatch();  // it is among them
    const std::shared_ptr<Ahead> first = std::move(ahead_.front());
    ahead_.pop_front();
    first->done.WaitForNotification();
    bytes_ahead_ -= first->counted;
    absl::Status written = first->status.ok() ? WriteEntry(*first) : first->status;
    if (!written.ok()) return Annotate(written, first->file.path);
    progress_.files.fetch_add(1, std::memory_order_relaxed);
    return absl::OkStatus();
  }

  absl::Status WriteEntry(const Ahead& ahead) {
    const uint64_t size = ahead.is_small ? ahead.bytes.size() : ahead.file.attr.size;
    RETURN_IF_ERROR(Begin(ahead.file, size));
    if (ahead.is_small) {
      RETURN_IF_ERROR(Write(ahead.bytes));
    } else {
      RETURN_IF_ERROR(
          reader_.Read(ahead.file, [this](absl::string_view piece) { return Write(piece); }));
    }
    progress_.bytes.fetch_add(size, std::memory_order_relaxed);
    return Said(zipCloseFileInZip(zip_));
  }

  absl::Status Begin(const OutputFile& file, uint64_t size) {
    zip_fileinfo info = {};
    const absl::CivilSecond time = absl::ToCivilSecond(file.attr.modified, absl::UTCTimeZone());
    info.tmz_date = {.tm_sec = uInt(time.second()),
                     .tm_min = uInt(time.minute()),
                     .tm_hour = uInt(time.hour()),
                     .tm_mday = uInt(time.day()),
                     .tm_mon = uInt(time.month() - 1),
                     .tm_year = uInt(std::clamp<int64_t>(time.year(), 1980, 2107))};
    info.external_fa = kUnixFile;
    const int needs_zip64 = size >= 0xffffffff;
    const uLong flags = IsValidUtf8(file.path) ? kUtf8Names : 0;
    return Said(zipOpenNewFileInZip4_64(
        zip_, file.path.c_str(), &info, nullptr, 0, nullptr, 0, nullptr, 0, 0, 0, -MAX_WBITS,
        DEF_MEM_LEVEL, Z_DEFAULT_STRATEGY, nullptr, 0, kMadeByUnix, flags, needs_zip64));
  }

  absl::Status Write(absl::string_view bytes) {
    return Said(zipWriteInFileInZip(zip_, bytes.data(), unsigned(bytes.size())));
  }

  const ExportReader& reader_;
  const std::unique_ptr<ZipFile> file_;
  zipFile zip_;
  ExportProgress& progress_;
  std::deque<std::shared_ptr<Ahead>> ahead_;
  uint64_t bytes_ahead_ = 0;
  Batch batch_;                      // the last of those ahead, not yet given to a pool
  WorkerPool fetching_, rendering_;  // last: their jobs use the others
};

}  // namespace

absl::StatusOr<std::unique_ptr<ExportSink>> NewZipSink(const ExportReader& reader,
                                                       const std::string& path,
                                                       ExportProgress& progress) {
  ASSIGN_OR_RETURN(std::unique_ptr<ZipFile> file, ZipFile::Create(path));
  zlib_filefunc64_def functions = file->Functions();
  zipFile zip = zipOpen2_64(path.c_str(), APPEND_STATUS_CREATE, nullptr, &functions);
  if (zip == nullptr) return absl::ResourceExhaustedError(absl::StrCat("creating ", path));
  return std::make_unique<ZipSink>(reader, std::move(file), zip, progress);
}

}  // namespace annofs
