#include "tools/emulator/digests.h"

#include <unistd.h>

#include <vector>

#include "cache/base/digest.h"

namespace annofs::emulator {
namespace {

constexpr size_t kPiece = 256 << 10;

// Nothing unless the file has exactly the bytes that its stamp says.
std::optional<FileDigests> DigestFile(const OpenFile& open) {
  Hasher sha1(DigestKind::kSha1);
  Hasher md5(DigestKind::kMd5);
  std::vector<char> buffer(kPiece);
  uint64_t offset = 0;
  while (true) {
    ssize_t got = pread(open.file.get(), buffer.data(), buffer.size(), static_cast<off_t>(offset));
    if (got < 0) return std::nullopt;
    if (got == 0) break;
    offset += static_cast<uint64_t>(got);
    absl::string_view piece(buffer.data(), static_cast<size_t>(got));
    sha1.Update(piece);
    md5.Update(piece);
  }
  if (offset != open.stamp.size || StampOfOpen(open.file.get()) != open.stamp) return std::nullopt;
  return FileDigests{.sha1 = sha1.Finish().Hex(), .md5 = md5.Finish().Hex()};
}

}  // namespace

std::optional<FileDigests> DigestCache::Find(const FileStamp& stamp) const {
  absl::MutexLock lock(&mutex_);
  auto found = known_.find(stamp);
  if (found == known_.end()) return std::nullopt;
  return found->second;
}

std::optional<FileDigests> DigestCache::Compute(const OpenFile& file) {
  std::optional<FileDigests> digests = DigestFile(file);
  if (!digests) return std::nullopt;
  absl::MutexLock lock(&mutex_);
  known_.insert_or_assign(file.stamp, *digests);
  return digests;
}

}  // namespace annofs::emulator
