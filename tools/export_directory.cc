// An export into a directory.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <deque>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "tools/export_sink.h"
#include "tools/stack.h"

namespace annofs {
namespace {

// Files that wait for a thread; those of one batch are written by one, one after the other.
constexpr size_t kBatchFiles = 32;
constexpr size_t kQueuedBatches = 64;

absl::Status WriteAll(int fd, absl::string_view data, const std::string& path) {
  while (!data.empty()) {
    const ssize_t written = write(fd, data.data(), data.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return ErrnoToStatus(errno, absl::StrCat("writing ", path));
    data.remove_prefix(size_t(written));
  }
  return absl::OkStatus();
}

// Closes at the end; Close() tells what that said.
class OpenFile {
 public:
  static absl::StatusOr<OpenFile> Create(const std::string& path) {
    const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0) return ErrnoToStatus(errno, absl::StrCat("creating ", path));
    return OpenFile(fd);
  }
  OpenFile(OpenFile&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  OpenFile& operator=(OpenFile&&) = delete;
  ~OpenFile() {
    if (fd_ >= 0) close(fd_);
  }
  int fd() const { return fd_; }
  absl::Status Close(const std::string& path) {
    if (close(std::exchange(fd_, -1)) == 0) return absl::OkStatus();
    return ErrnoToStatus(errno, absl::StrCat("writing ", path));
  }

 private:
  explicit OpenFile(int fd) : fd_(fd) {}
  int fd_;
};

class DirectorySink : public ExportSink {
 public:
  DirectorySink(const ExportReader& reader, std::string root, std::string source,
                ExportProgress& progress)
      : reader_(reader), root_(std::move(root)), source_(std::move(source)), progress_(progress) {
    const size_t threads = size_t(std::max(2, ConnectionsOf(reader.settings())));
    for (size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { Work(); });
  }
  ~DirectorySink() override {
    {
      absl::MutexLock lock(&mutex_);
      if (status_.ok() && !ended_) status_ = absl::CancelledError("interrupted");
      ended_ = true;
    }
    for (std::thread& thread : threads_) thread.join();
  }

  absl::Status Directory(const std::string& path) override {
    const std::string full = JoinPath(root_, path);
    if (mkdir(full.c_str(), 0777) == 0 || errno == EEXIST) return absl::OkStatus();
    return ErrnoToStatus(errno, absl::StrCat("making ", full));
  }

  absl::Status File(ExportFile file) override {
    batch_.push_back(std::move(file));
    return batch_.size() < kBatchFiles ? absl::OkStatus() : Submit();
  }

  absl::Status Finish() override {
    RETURN_IF_ERROR(Submit());
    {
      absl::MutexLock lock(&mutex_);
      ended_ = true;
      mutex_.Await(absl::Condition(this, &DirectorySink::IsIdle));
      RETURN_IF_ERROR(status_);
    }
    return Sync();
  }

 private:
  using Batch = std::vector<ExportFile>;

  bool HasRoom() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return queue_.size() < kQueuedBatches || !status_.ok();
  }
  bool HasWork() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return !queue_.empty() || ended_; }
  bool IsIdle() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return queue_.empty() && busy_ == 0; }

  absl::Status Submit() {
    absl::MutexLock lock(&mutex_);
    mutex_.Await(absl::Condition(this, &DirectorySink::HasRoom));
    if (status_.ok() && !batch_.empty()) queue_.push_back(std::exchange(batch_, {}));
    return status_;
  }

  void Work() {
    absl::MutexLock lock(&mutex_);
    while (true) {
      mutex_.Await(absl::Condition(this, &DirectorySink::HasWork));
      if (queue_.empty()) return;
      const Batch batch = std::move(queue_.front());
      queue_.pop_front();
      if (!status_.ok()) continue;
      ++busy_;
      mutex_.Unlock();
      absl::Status status = WriteBatch(batch);
      mutex_.Lock();
      --busy_;
      if (status_.ok()) status_ = std::move(status);
    }
  }

  absl::Status WriteBatch(const Batch& batch) const {
    for (const ExportFile& file : batch) {
      absl::Status written = WriteOne(file);
      if (!written.ok()) return Annotate(written, file.path);
    }
    return absl::OkStatus();
  }

  absl::Status WriteOne(const ExportFile& file) const {
    const std::string path = JoinPath(root_, file.path);
    ASSIGN_OR_RETURN(const NodeAttr attr, reader_.Sized(file));
    RETURN_IF_ERROR(PutThere(file, attr, path));
    progress_.files.fetch_add(1, std::memory_order_relaxed);
    progress_.bytes.fetch_add(attr.size, std::memory_order_relaxed);
    return absl::OkStatus();
  }

  absl::Status PutThere(const ExportFile& file, const NodeAttr& attr,
                        const std::string& path) const {
    if (file.is_image && !source_.empty()) {
      ASSIGN_OR_RETURN(const std::string target, reader_.LocalPath(attr, source_));
      if (!target.empty()) return Link(target, path);
    }
    const timespec modified = absl::ToTimespec(attr.modified);
    struct stat info;
    const bool is_there = lstat(path.c_str(), &info) == 0;
    if (is_there && S_ISREG(info.st_mode) && uint64_t(info.st_size) == attr.size &&
        info.st_mtim.tv_sec == modified.tv_sec && info.st_mtim.tv_nsec == modified.tv_nsec) {
      progress_.kept.fetch_add(1, std::memory_order_relaxed);
      return absl::OkStatus();
    }
    // What is there may be a second name of a source's file.
    if (is_there && unlink(path.c_str()) != 0)
      return ErrnoToStatus(errno, absl::StrCat("replacing ", path));
    return Write(attr, path, modified);
  }

  // The time is set last: a file that was cut short has another one.
  absl::Status Write(const NodeAttr& attr, const std::string& path,
                     const timespec& modified) const {
    ASSIGN_OR_RETURN(OpenFile out, OpenFile::Create(path));
    RETURN_IF_ERROR(reader_.Read(
        attr, [&](absl::string_view piece) { return WriteAll(out.fd(), piece, path); }));
    const timespec times[2] = {modified, modified};
    if (futimens(out.fd(), times) != 0)
      return ErrnoToStatus(errno, absl::StrCat("setting the time of ", path));
    return out.Close(path);
  }

  // A second name of the file where the disk allows it, else a symbolic link.
  static absl::Status Link(const std::string& target, const std::string& path) {
    if (unlink(path.c_str()) != 0 && errno != ENOENT)
      return ErrnoToStatus(errno, absl::StrCat("replacing ", path));
    if (link(target.c_str(), path.c_str()) == 0) return absl::OkStatus();
    if (symlink(target.c_str(), path.c_str()) == 0) return absl::OkStatus();
    return ErrnoToStatus(errno, absl::StrCat("linking ", path, " to ", target));
  }

  absl::Status Sync() const {
    const int fd = open(root_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return ErrnoToStatus(errno, root_);
    const bool is_synced = syncfs(fd) == 0;
    const int why = errno;
    close(fd);
    return is_synced ? absl::OkStatus() : ErrnoToStatus(why, absl::StrCat("writing ", root_));
  }

  const ExportReader& reader_;
  const std::string root_;
  const std::string source_;
  ExportProgress& progress_;
  Batch batch_;

  absl::Mutex mutex_;
  std::deque<Batch> queue_ ABSL_GUARDED_BY(mutex_);
  size_t busy_ ABSL_GUARDED_BY(mutex_) = 0;
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Status status_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::thread> threads_;  // last: they use the others
};

}  // namespace

std::unique_ptr<ExportSink> NewDirectorySink(const ExportReader& reader, std::string root,
                                             std::string source, ExportProgress& progress) {
  return std::make_unique<DirectorySink>(reader, std::move(root), std::move(source), progress);
}

}  // namespace annofs
