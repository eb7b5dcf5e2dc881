#include "tests/testing/memory_store.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"

namespace annofs::testing {
namespace {

constexpr absl::Duration kSlice = absl::Milliseconds(5);

// Sleeps by the clock of the context in slices, so that cancellation is seen.
absl::Status SleepFor(absl::Duration duration, const CallContext& context) {
  const absl::Time end = context.clock->Now() + duration;
  while (true) {
    RETURN_IF_ERROR(context.Check());
    const absl::Duration left = end - context.clock->Now();
    if (left <= absl::ZeroDuration()) return absl::OkStatus();
    context.clock->Sleep(std::min({left, kSlice, context.Remaining()}));
  }
}

// The directory below `prefix` that holds `key`, "" if none does.
absl::string_view FoldedDirectory(absl::string_view key, absl::string_view prefix) {
  const size_t slash = key.find('/', prefix.size());
  return slash == key.npos ? absl::string_view() : key.substr(0, slash + 1);
}

}  // namespace

ObjectVersion MemoryStore::Put(absl::string_view key, std::string content, absl::Time modified) {
  absl::MutexLock lock(&mutex_);
  ObjectVersion version{.key = std::string(key),
                        .version = absl::StrCat("v", next_version_++),
                        .size = content.size(),
                        .modified = modified,
                        .digest = DigestOf(DigestKind::kSha1, content)};
  Content stored{version, std::move(content)};
  versions_[version.version] = stored;
  newest_[version.key] = std::move(stored);
  return version;
}

void MemoryStore::Hide(absl::string_view key) {
  absl::MutexLock lock(&mutex_);
  newest_.erase(std::string(key));
}

void MemoryStore::Delete(absl::string_view key) {
  absl::MutexLock lock(&mutex_);
  newest_.erase(std::string(key));
  for (auto it = versions_.begin(); it != versions_.end();) {
    it = it->second.version.key == key ? versions_.erase(it) : std::next(it);
  }
}

ObjectVersion MemoryStore::Newest(absl::string_view key) const {
  absl::MutexLock lock(&mutex_);
  const auto it = newest_.find(std::string(key));
  if (it == newest_.end()) abort();
  return it->second.version;
}

void MemoryStore::AddFault(StoreFault fault) {
  absl::MutexLock lock(&mutex_);
  faults_.push_back(std::move(fault));
}

void MemoryStore::ClearFaults() {
  absl::MutexLock lock(&mutex_);
  faults_.clear();
}

void MemoryStore::SetLatency(absl::Duration latency) {
  absl::MutexLock lock(&mutex_);
  latency_ = latency;
}

void MemoryStore::Hold(StoreOp op) {
  absl::MutexLock lock(&mutex_);
  held_[op] = true;
}

void MemoryStore::Release() {
  absl::MutexLock lock(&mutex_);
  held_.clear();
}

bool MemoryStore::AwaitHeld(int count, absl::Duration timeout) const {
  absl::MutexLock lock(&mutex_);
  auto reached = [&]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return waiting_ >= count; };
  return mutex_.AwaitWithTimeout(absl::Condition(&reached), timeout);
}

int MemoryStore::calls(StoreOp op) const {
  absl::MutexLock lock(&mutex_);
  const auto it = calls_.find(op);
  return it == calls_.end() ? 0 : it->second;
}

uint64_t MemoryStore::bytes() const {
  absl::MutexLock lock(&mutex_);
  return bytes_;
}

std::vector<AskedRange> MemoryStore::asked() const {
  absl::MutexLock lock(&mutex_);
  return asked_;
}

std::vector<ListRequest> MemoryStore::listed() const {
  absl::MutexLock lock(&mutex_);
  return listed_;
}

absl::Status MemoryStore::WaitAtGate(StoreOp op, const CallContext& context) {
  absl::MutexLock lock(&mutex_);
  auto open = [&]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
    const auto it = held_.find(op);
    return it == held_.end() || !it->second;
  };
  ++waiting_;
  absl::Status status = context.Check();
  while (status.ok() && !mutex_.AwaitWithTimeout(absl::Condition(&open), kSlice)) {
    status = context.Check();
  }
  --waiting_;
  return status;
}

absl::Status MemoryStore::TakeFault(StoreOp op, absl::string_view key, uint64_t& deliver) {
  for (auto it = faults_.begin(); it != faults_.end(); ++it) {
    if (it->op != op || (!it->key.empty() && it->key != key)) continue;
    if (it->skip > 0) {
      --it->skip;
      continue;
    }
    const absl::Status status = it->status;
    deliver = it->deliver;
    if (--it->count == 0) faults_.erase(it);
    return status;
  }
  return absl::OkStatus();
}

absl::Status MemoryStore::Enter(StoreOp op, absl::string_view key, const CallContext& context,
                                uint64_t& deliver) {
  if (context.lane == Lane::kFast) return WouldBlock();
  absl::Duration latency;
  {
    absl::MutexLock lock(&mutex_);
    ++calls_[op];
    latency = latency_;
  }
  RETURN_IF_ERROR(WaitAtGate(op, context));
  RETURN_IF_ERROR(SleepFor(latency, context));
  absl::MutexLock lock(&mutex_);
  return TakeFault(op, key, deliver);
}

absl::StatusOr<ListPage> MemoryStore::List(const ListRequest& request, const CallContext& context) {
  {
    absl::MutexLock lock(&mutex_);
    listed_.push_back(request);
  }
  uint64_t unused = 0;
  RETURN_IF_ERROR(Enter(StoreOp::kList, request.prefix, context, unused));
  absl::MutexLock lock(&mutex_);
  ListPage page;
  uint32_t names = 0;
  for (auto it = newest_.lower_bound(std::max(request.prefix, request.start));
       it != newest_.end() && absl::StartsWith(it->first, request.prefix); ++it) {
    const absl::string_view directory =
        request.recursive ? absl::string_view() : FoldedDirectory(it->first, request.prefix);
    const bool seen = !page.directories.empty() && page.directories.back() == directory;
    if (!directory.empty() && seen) continue;
    if (names++ == request.max) {
      page.next = it->first;
      break;
    }
    if (directory.empty()) {
      page.objects.push_back(it->second.version);
    } else {
      page.directories.emplace_back(directory);
    }
  }
  return page;
}

absl::StatusOr<std::string> MemoryStore::Slice(const ObjectVersion& version,
                                               ByteRange range) const {
  absl::MutexLock lock(&mutex_);
  const auto it = versions_.find(version.version);
  if (it == versions_.end() || it->second.version.key != version.key) {
    return absl::AbortedError(absl::StrCat(version.key, ": this version is gone"));
  }
  const std::string& bytes = it->second.bytes;
  if (range.length == 0 || range.offset > bytes.size() ||
      range.length > bytes.size() - range.offset) {
    return absl::InvalidArgumentError(absl::StrCat(version.key, ": range is empty or too long"));
  }
  return bytes.substr(range.offset, range.length);
}

absl::Status MemoryStore::Get(const ObjectVersion& version, ByteRange range, Sink sink,
                              const CallContext& context) {
  if (context.lane == Lane::kSlow) {
    absl::MutexLock lock(&mutex_);
    asked_.push_back({version.key, version.version, range});
  }
  uint64_t deliver = 0;
  const absl::Status fault = Enter(StoreOp::kGet, version.key, context, deliver);
  if (!fault.ok() && deliver == 0) return fault;
  ASSIGN_OR_RETURN(std::string bytes, Slice(version, range));
  if (!fault.ok()) bytes.resize(std::min<uint64_t>(deliver, bytes.size()));
  {
    absl::MutexLock lock(&mutex_);
    bytes_ += bytes.size();
  }
  RETURN_IF_ERROR(sink(bytes));
  return fault;
}

absl::Status MemoryStore::Connect(const CallContext& context) {
  uint64_t unused = 0;
  return Enter(StoreOp::kConnect, "", context, unused);
}

}  // namespace annofs::testing
