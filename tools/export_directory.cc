// An export into a directory.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "cache/base/worker_pool.h"
#include "tools/export_sink.h"
#include "tools/stack.h"

namespace annofs {
namespace {

// Files of one batch are written by one thread, one after the other; so many wait for one at most.
constexpr size_t kBatchFiles = 32;
constexpr size_t kMostWaiting = 2048;

// Threads that render: more of them would only wait for each other, at the processor and at the
// directory's lock.
size_t Renderers() { return std::clamp<size_t>(std::thread::hardware_concurrency(), 1, 64); }

absl::Status WriteAll(int fd, absl::string_view data) {
  while (!data.empty()) {
    const ssize_t written = write(fd, data.data(), data.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return ErrnoToStatus(errno, "writing");
    data.remove_prefix(size_t(written));
  }
  return absl::OkStatus();
}

// Closes at the end; Close() tells what that said.
class OpenFile {
 public:
  explicit OpenFile(int fd) : fd_(fd) {}
  OpenFile(OpenFile&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  OpenFile& operator=(OpenFile&&) = delete;
  ~OpenFile() {
    if (fd_ >= 0) close(fd_);
  }
  int fd() const { return fd_; }
  absl::Status Close() {
    if (close(std::exchange(fd_, -1)) == 0) return absl::OkStatus();
    return ErrnoToStatus(errno, "writing");
  }

 private:
  int fd_;
};

class DirectorySink : public ExportSink {
 public:
  // `directory`: that of `root`, opened.
  DirectorySink(const ExportReader& reader, OpenFile directory, std::string root,
                std::string source, ExportProgress& progress)
      : reader_(reader),
        directory_(std::move(directory)),
        root_(std::move(root)),
        source_(std::move(source)),
        progress_(progress),
        fetching_(size_t(std::max(2, ConnectionsOf(reader.settings())))),
        rendering_(Renderers()) {}
  ~DirectorySink() override {
    absl::MutexLock lock(&mutex_);
    if (status_.ok()) status_ = absl::CancelledError("interrupted");
    mutex_.Await(absl::Condition(this, &DirectorySink::IsIdle));
  }

  absl::Status Directory(const std::string& path) override {
    if (path.empty() || mkdirat(directory_.fd(), path.c_str(), 0777) == 0 || errno == EEXIST)
      return absl::OkStatus();
    return ErrnoToStatus(errno, absl::StrCat("making ", JoinPath(root_, path)));
  }

  absl::Status File(OutputFile file) override {
    // Each may be a request that takes long; what is rendered is short work.
    if (file.is_image) return Submit(fetching_, {std::move(file)});
    batch_.push_back(std::move(file));
    return batch_.size() < kBatchFiles ? absl::OkStatus() : Submit(rendering_, TakeBatch());
  }

  absl::Status Finish() override {
    RETURN_IF_ERROR(Submit(rendering_, TakeBatch()));
    {
      absl::MutexLock lock(&mutex_);
      mutex_.Await(absl::Condition(this, &DirectorySink::IsIdle));
      RETURN_IF_ERROR(status_);
    }
    return Sync();
  }

 private:
  using Batch = std::vector<OutputFile>;

  bool HasRoom() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return waiting_ < kMostWaiting || !status_.ok();
  }
  bool IsIdle() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return waiting_ == 0; }

  Batch TakeBatch() { return std::exchange(batch_, {}); }

  absl::Status Submit(WorkerPool& pool, Batch batch) {
    {
      absl::MutexLock lock(&mutex_);
      mutex_.Await(absl::Condition(this, &DirectorySink::HasRoom));
      RETURN_IF_ERROR(status_);
      waiting_ += batch.size();
    }
    pool.Submit([this, batch = std::move(batch)] { Work(batch); });
    return absl::OkStatus();
  }

  void Work(const Batch& batch) {
    absl::Status status = Failure();
    if (status.ok()) status = WriteBatch(batch);
    absl::MutexLock lock(&mutex_);
    waiting_ -= batch.size();
    if (status_.ok()) status_ = std::move(status);
  }

  // Of another thread: then the rest is not worth its time.
  absl::Status Failure() const {
    absl::ReaderMutexLock lock(&mutex_);
    return status_;
  }

  absl::Status WriteBatch(const Batch& batch) const {
    for (const OutputFile& file : batch) {
      absl::Status written = WriteOne(file);
      if (!written.ok()) return Annotate(written, file.path);
    }
    return absl::OkStatus();
  }

  absl::Status WriteOne(const OutputFile& file) const {
    ASSIGN_OR_RETURN(const uint64_t size, PutThere(file));
    progress_.files.fetch_add(1, std::memory_order_relaxed);
    progress_.bytes.fetch_add(size, std::memory_order_relaxed);
    return absl::OkStatus();
  }

  // The size of what is there then.
  absl::StatusOr<uint64_t> PutThere(const OutputFile& file) const {
    if (file.is_image && !source_.empty()) {
      ASSIGN_OR_RETURN(const std::string target, reader_.LocalPath(file.attr, source_));
      if (!target.empty()) {
        RETURN_IF_ERROR(Link(target, file.path));
        return file.attr.size;
      }
    }
    // Nearly always nothing is there: looking first would cost another walk to the name.
    int fd = Create(file.path);
    if (fd < 0 && errno == EEXIST) {
      ASSIGN_OR_RETURN(const NodeAttr attr, reader_.Sized(file));
      if (IsThere(attr, file.path)) {
        progress_.kept.fetch_add(1, std::memory_order_relaxed);
        return attr.size;
      }
      // What is there may be a second name of a source's file.
      if (unlinkat(directory_.fd(), file.path.c_str(), 0) != 0)
        return ErrnoToStatus(errno, "replacing");
      fd = Create(file.path);
    }
    if (fd < 0) return ErrnoToStatus(errno, "creating");
    return Write(file, OpenFile(fd));
  }

  int Create(const std::string& path) const {
    return openat(directory_.fd(), path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  }

  bool IsThere(const NodeAttr& attr, const std::string& path) const {
    const timespec modified = absl::ToTimespec(attr.modified);
    struct stat info;
    return fstatat(directory_.fd(), path.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0 &&
           S_ISREG(info.st_mode) && uint64_t(info.st_size) == attr.size &&
           info.st_mtim.tv_sec == modified.tv_sec && info.st_mtim.tv_nsec == modified.tv_nsec;
  }

  // The time is set last: a file that was cut short has another one.
  absl::StatusOr<uint64_t> Write(const OutputFile& file, OpenFile out) const {
    uint64_t size = 0;
    RETURN_IF_ERROR(reader_.Read(file, [&](absl::string_view piece) {
      size += piece.size();
      return WriteAll(out.fd(), piece);
    }));
    const timespec modified = absl::ToTimespec(file.attr.modified);
    const timespec times[2] = {modified, modified};
    if (futimens(out.fd(), times) != 0) return ErrnoToStatus(errno, "setting its time");
    RETURN_IF_ERROR(out.Close());
    return size;
  }

  // A second name of the file where the disk allows it, else a symbolic link.
  absl::Status Link(const std::string& target, const std::string& path) const {
    if (IsSameFile(target, path)) {
      progress_.kept.fetch_add(1, std::memory_order_relaxed);
      return absl::OkStatus();
    }
    const int root = directory_.fd();
    if (unlinkat(root, path.c_str(), 0) != 0 && errno != ENOENT)
      return ErrnoToStatus(errno, "replacing");
    // Of a link in the source, what it points to.
    if (linkat(AT_FDCWD, target.c_str(), root, path.c_str(), AT_SYMLINK_FOLLOW) == 0 ||
        symlinkat(target.c_str(), root, path.c_str()) == 0)
      return absl::OkStatus();
    return ErrnoToStatus(errno, absl::StrCat("linking to ", target));
  }

  bool IsSameFile(const std::string& target, const std::string& path) const {
    struct stat one, other;
    return fstatat(directory_.fd(), path.c_str(), &other, 0) == 0 &&
           stat(target.c_str(), &one) == 0 && one.st_dev == other.st_dev &&
           one.st_ino == other.st_ino;
  }

  absl::Status Sync() const {
    if (syncfs(directory_.fd()) == 0) return absl::OkStatus();
    return ErrnoToStatus(errno, absl::StrCat("writing ", root_));
  }

  const ExportReader& reader_;
  const OpenFile directory_;
  const std::string root_;
  const std::string source_;
  ExportProgress& progress_;
  Batch batch_;

  mutable absl::Mutex mutex_;
  size_t waiting_ ABSL_GUARDED_BY(mutex_) = 0;  // files that are given to a pool and not done
  absl::Status status_ ABSL_GUARDED_BY(mutex_);
  WorkerPool fetching_, rendering_;  // last: their jobs use the others
};

}  // namespace

absl::StatusOr<std::unique_ptr<ExportSink>> NewDirectorySink(const ExportReader& reader,
                                                             std::string root, std::string source,
                                                             ExportProgress& progress) {
  const int fd = open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return ErrnoToStatus(errno, root);
  return std::make_unique<DirectorySink>(reader, OpenFile(fd), std::move(root), std::move(source),
                                         progress);
}

}  // namespace annofs
