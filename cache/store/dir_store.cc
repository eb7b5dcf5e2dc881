#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "cache/store/beneath.h"
#include "cache/store/dir_listing.h"
#include "cache/store/list_page.h"
#include "cache/store/range.h"
#include "cache/store/stores.h"
#include "cache/store/waiting.h"

namespace annofs {
namespace {

constexpr size_t kChunkBytes = 256 << 10;

class DirStore : public ObjectStore {
 public:
  explicit DirStore(std::string directory) : directory_(std::move(directory)) {}

  absl::StatusOr<ListPage> List(const ListRequest& request, const CallContext& context) override;
  absl::Status Get(const ObjectVersion& version, ByteRange range, Sink sink,
                   const CallContext& context) override;
  absl::Status Connect(const CallContext& context) override;
  std::string name() const override { return absl::StrCat("file://", directory_); }

 private:
  const std::string directory_;
  EntryCache entries_;
};

absl::Status Gone(const ObjectVersion& version) {
  return absl::AbortedError(absl::StrCat(version.key, ": changed or removed since it was listed"));
}

absl::Status CheckVersion(int file, const ObjectVersion& version) {
  ASSIGN_OR_RETURN(const struct stat status, StatOf(file));
  if (!S_ISREG(status.st_mode) || VersionOf(status) != version.version) return Gone(version);
  return absl::OkStatus();
}

// Reads the range chunk by chunk; kAborted at an early end.
absl::Status ReadRange(int file, const ObjectVersion& version, ByteRange range, Sink sink,
                       const CallContext& context) {
  std::string buffer(std::min<uint64_t>(range.length, kChunkBytes), '\0');
  uint64_t at = range.offset;
  while (at < range.end()) {
    RETURN_IF_ERROR(context.Check());
    const size_t wanted = std::min<uint64_t>(buffer.size(), range.end() - at);
    const ssize_t count = pread(file, buffer.data(), wanted, static_cast<off_t>(at));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return annofs::ErrnoToStatus(errno, version.key);
    if (count == 0) return Gone(version);
    RETURN_IF_ERROR(sink(absl::string_view(buffer.data(), static_cast<size_t>(count))));
    at += static_cast<uint64_t>(count);
  }
  return absl::OkStatus();
}

absl::StatusOr<ListPage> DirStore::List(const ListRequest& request, const CallContext& context) {
  RETURN_IF_ERROR(MayWait(context));
  RETURN_IF_ERROR(CheckAfter(request));
  if (request.at.has_value()) {
    return absl::UnimplementedError("a local directory keeps no earlier versions of its files");
  }
  ASSIGN_OR_RETURN(const OwnedFd root, OpenDirectory(directory_));
  return ListDirectory(root.get(), request, entries_, context);
}

absl::Status DirStore::Get(const ObjectVersion& version, ByteRange range, Sink sink,
                           const CallContext& context) {
  RETURN_IF_ERROR(MayWait(context));
  RETURN_IF_ERROR(CheckRange(version, range));
  ASSIGN_OR_RETURN(const OwnedFd root, OpenDirectory(directory_));
  // Not blocking: what is a FIFO by now must not hold us.
  const absl::StatusOr<OwnedFd> file =
      OpenBeneath(root.get(), version.key, O_RDONLY | O_NONBLOCK | O_NOCTTY, Links::kWithin);
  if (absl::IsNotFound(file.status())) return Gone(version);
  RETURN_IF_ERROR(file.status());
  RETURN_IF_ERROR(CheckVersion(file->get(), version));
  RETURN_IF_ERROR(ReadRange(file->get(), version, range, sink, context));
  return CheckVersion(file->get(), version);  // what was read while it changed is not the version
}

absl::Status DirStore::Connect(const CallContext& context) {
  RETURN_IF_ERROR(MayWait(context));
  ASSIGN_OR_RETURN(const OwnedFd root, OpenDirectory(directory_));
  return ReadEntries(root.get(), "").status();
}

}  // namespace

std::unique_ptr<ObjectStore> NewDirStore(std::string directory) {
  return std::make_unique<DirStore>(std::move(directory));
}

}  // namespace annofs
