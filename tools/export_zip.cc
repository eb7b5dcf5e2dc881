// An export as one zip: written by minizip, entries stored.
#include <fcntl.h>
#include <minizip/zip.h>
#include <unistd.h>

#include <cerrno>
#include <deque>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "cache/base/status.h"
#include "cache/base/worker_pool.h"
#include "tools/export_sink.h"
#include "tools/stack.h"

namespace annofs {
namespace {

// Files up to this are read ahead, at most so many and so many bytes of them.
constexpr uint64_t kSmallFile = 1 << 20;
constexpr size_t kAheadFiles = 512;
constexpr uint64_t kAheadBytes = 32 << 20;
constexpr uint32_t kUnixFile = 0100644u << 16;  // external attributes: a regular file, rw-r--r--
constexpr uLong kMadeByUnix = 3 << 8 | 45;
constexpr uLong kUtf8Names = 1 << 11;

struct Ahead {
  ExportFile file;
  bool is_small = false;
  std::string bytes;  // of a small file, once it is read
  absl::Status status;
  absl::Notification done;
};

class ZipSink : public ExportSink {
 public:
  ZipSink(const ExportReader& reader, zipFile zip, std::string path, ExportProgress& progress)
      : reader_(reader),
        zip_(zip),
        path_(std::move(path)),
        progress_(progress),
        pool_(size_t(std::max(2, ConnectionsOf(reader.settings())))) {}
  ~ZipSink() override {
    for (const std::shared_ptr<Ahead>& ahead : ahead_) ahead->done.WaitForNotification();
    if (zip_ != nullptr) zipClose(zip_, nullptr);
  }

  absl::Status Directory(const std::string&) override { return absl::OkStatus(); }

  absl::Status File(ExportFile file) override {
    auto ahead = std::make_shared<Ahead>();
    ahead->file = std::move(file);
    ahead->is_small = !ahead->file.has_size || ahead->file.attr.size <= kSmallFile;
    if (ahead->is_small) {
      bytes_ahead_ += CountedBytes(ahead->file);
      pool_.Submit([this, ahead] {
        ahead->status = ReadWhole(*ahead);
        ahead->done.Notify();
      });
    } else {
      ahead->done.Notify();
    }
    ahead_.push_back(std::move(ahead));
    while (ahead_.size() > kAheadFiles || bytes_ahead_ > kAheadBytes) RETURN_IF_ERROR(WriteFirst());
    return absl::OkStatus();
  }

  absl::Status Finish() override {
    while (!ahead_.empty()) RETURN_IF_ERROR(WriteFirst());
    RETURN_IF_ERROR(Said(zipClose(std::exchange(zip_, nullptr), nullptr)));
    const int fd = open(path_.c_str(), O_RDONLY | O_CLOEXEC);
    const bool is_synced = fd >= 0 && fsync(fd) == 0;
    const int why = errno;
    if (fd >= 0) close(fd);
    return is_synced ? absl::OkStatus() : ErrnoToStatus(why, absl::StrCat("writing ", path_));
  }

 private:
  // One whose size is not known yet counts as a large one.
  static uint64_t CountedBytes(const ExportFile& file) {
    return file.has_size ? file.attr.size : kSmallFile;
  }

  absl::Status ReadWhole(Ahead& ahead) const {
    ASSIGN_OR_RETURN(const NodeAttr attr, reader_.Sized(ahead.file));
    ahead.bytes.reserve(attr.size);
    return reader_.Read(attr, [&ahead](absl::string_view piece) {
      ahead.bytes.append(piece.data(), piece.size());
      return absl::OkStatus();
    });
  }

  // An answer of minizip; where writing failed errno says why.
  absl::Status Said(int answer) const {
    if (answer == ZIP_OK) return absl::OkStatus();
    return ErrnoToStatus(errno == 0 ? EIO : errno, absl::StrCat("writing ", path_));
  }

  absl::Status WriteFirst() {
    const std::shared_ptr<Ahead> first = std::move(ahead_.front());
    ahead_.pop_front();
    first->done.WaitForNotification();
    if (first->is_small) bytes_ahead_ -= CountedBytes(first->file);
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
          reader_.Read(ahead.file.attr, [this](absl::string_view piece) { return Write(piece); }));
    }
    progress_.bytes.fetch_add(size, std::memory_order_relaxed);
    return Said(zipCloseFileInZip(zip_));
  }

  absl::Status Begin(const ExportFile& file, uint64_t size) {
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
    errno = 0;
    return Said(zipOpenNewFileInZip4_64(
        zip_, file.path.c_str(), &info, nullptr, 0, nullptr, 0, nullptr, 0, 0, 0, -MAX_WBITS,
        DEF_MEM_LEVEL, Z_DEFAULT_STRATEGY, nullptr, 0, kMadeByUnix, kUtf8Names, needs_zip64));
  }

  absl::Status Write(absl::string_view bytes) {
    errno = 0;
    return Said(zipWriteInFileInZip(zip_, bytes.data(), unsigned(bytes.size())));
  }

  const ExportReader& reader_;
  zipFile zip_;
  const std::string path_;
  ExportProgress& progress_;
  std::deque<std::shared_ptr<Ahead>> ahead_;
  uint64_t bytes_ahead_ = 0;
  WorkerPool pool_;  // last: its jobs use the others
};

}  // namespace

absl::StatusOr<std::unique_ptr<ExportSink>> NewZipSink(const ExportReader& reader,
                                                       const std::string& path,
                                                       ExportProgress& progress) {
  errno = 0;
  zipFile zip = zipOpen64(path.c_str(), APPEND_STATUS_CREATE);
  if (zip == nullptr)
    return ErrnoToStatus(errno == 0 ? EIO : errno, absl::StrCat("creating ", path));
  return std::make_unique<ZipSink>(reader, zip, path, progress);
}

}  // namespace annofs
