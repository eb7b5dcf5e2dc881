#include "cache/ring_files.h"

#include <sched.h>

#include <algorithm>
#include <utility>

#include "cache/base/clock.h"

namespace annofs {
namespace {

// Times of files move on in steps: a change within the step in which the directory was looked at
// would not be seen.
constexpr absl::Duration kStep = absl::Milliseconds(50);

absl::Time Settled(absl::Time changed) {
  return RealClock().Now() - changed > kStep ? changed : absl::InfinitePast();
}

bool IsSame(const RingFile& file, const RingDirectory& directory, uint32_t number) {
  return file.path() == directory.FilePath(number) && file.inode() == directory.Inode(number);
}

}  // namespace

RingFiles::RingFiles(const RingDirectory& evictable, const RingDirectory& pinned)
    : evictable_(evictable), pinned_(pinned), seen_{absl::InfinitePast(), absl::InfinitePast()} {
  for (Shard& shard : shards_) {
    absl::MutexLock lock(&shard.mutex);
    shard.list = std::make_shared<const RingFileList>();
  }
}

std::shared_ptr<const RingFileList> RingFiles::Get() {
  if (!known_.load(std::memory_order_acquire)) Rescan();
  return Published();
}

std::shared_ptr<const RingFileList> RingFiles::Published() {
  const int cpu = sched_getcpu();
  Shard& shard = shards_[cpu < 0 ? 0 : static_cast<size_t>(cpu) % kShards];
  absl::MutexLock lock(&shard.mutex);
  return shard.list;
}

bool RingFiles::Refresh() {
  if (!scan_mutex_.TryLock()) return false;
  bool changed = seen_[0] == absl::InfinitePast() || seen_[0] != evictable_.Changed() ||
                 seen_[1] == absl::InfinitePast() || seen_[1] != pinned_.Changed();
  if (changed) changed = Scan();
  scan_mutex_.Unlock();
  return changed;
}

void RingFiles::Rescan() {
  absl::MutexLock lock(&scan_mutex_);
  Scan();
  known_.store(true, std::memory_order_release);
}

void RingFiles::Forget() {
  absl::MutexLock lock(&scan_mutex_);
  known_.store(false, std::memory_order_release);
  seen_ = {absl::InfinitePast(), absl::InfinitePast()};
  Publish(RingFileList());
}

bool RingFiles::Scan() {
  // Before it is looked at: what changes meanwhile is looked at again.
  seen_ = {Settled(evictable_.Changed()), Settled(pinned_.Changed())};
  const std::shared_ptr<const RingFileList> before = Published();
  RingFileList list;
  Add(pinned_, *before, list);
  list.pinned = list.files.size();
  Add(evictable_, *before, list);
  if (list.files == before->files) return false;
  Publish(list);
  return true;
}

void RingFiles::Add(const RingDirectory& directory, const RingFileList& before,
                    RingFileList& list) const {
  for (uint32_t number : directory.Numbers()) {
    const auto known =
        std::find_if(before.files.begin(), before.files.end(),
                     [&](const auto& file) { return IsSame(*file, directory, number); });
    if (known != before.files.end()) {
      list.files.push_back(*known);
      continue;
    }
    auto file = RingFile::Open(directory.FilePath(number), number, directory.UsePath(number));
    // One that cannot be opened is none; who writes removes it.
    if (file.ok()) list.files.push_back(*std::move(file));
  }
}

void RingFiles::Publish(const RingFileList& list) {
  for (Shard& shard : shards_) {
    // A count of its own for each.
    auto copy = std::make_shared<const RingFileList>(list);
    absl::MutexLock lock(&shard.mutex);
    shard.list.swap(copy);
  }
}

}  // namespace annofs
