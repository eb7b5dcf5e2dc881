#include "tests/testing/memory_store.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"

namespace annofs::testing {
namespace {

constexpr absl::Duration kStep = absl::Milliseconds(5);
constexpr size_t kPieceBytes = 16384;

absl::Status Delay(absl::Duration latency, const CallContext& context) {
  for (absl::Duration left = latency; left > absl::ZeroDuration(); left -= kStep) {
    RETURN_IF_ERROR(context.Check());
    context.clock->Sleep(std::min(left, kStep));
  }
  return context.Check();
}

}  // namespace

class MemoryStore::Visit {
 public:
  explicit Visit(MemoryStore& store) : store_(store) {
    absl::MutexLock lock(&store_.mutex_);
    store_.most_at_once_ = std::max(store_.most_at_once_, ++store_.inside_);
  }
  ~Visit() {
    absl::MutexLock lock(&store_.mutex_);
    --store_.inside_;
  }
  Visit(const Visit&) = delete;
  Visit& operator=(const Visit&) = delete;

 private:
  MemoryStore& store_;
};

MemoryStore::MemoryStore(std::string name) : name_(std::move(name)) {}

ObjectVersion MemoryStore::Put(absl::string_view key, absl::string_view content,
                               absl::Time modified) {
  absl::MutexLock lock(&mutex_);
  ObjectVersion version{.key = std::string(key),
                        .version = absl::StrCat("v", next_version_++),
                        .size = content.size(),
                        .modified = modified,
                        .digest = DigestOf(DigestKind::kSha1, content)};
  names_.Put(version, time_);
  contents_[version.version] = {version.key, std::make_shared<const std::string>(content)};
  return version;
}

std::string MemoryStore::Hide(absl::string_view key) {
  absl::MutexLock lock(&mutex_);
  std::string version = absl::StrCat("v", next_version_++);
  names_.Hide(key, version, time_);
  return version;
}

void MemoryStore::RemoveVersion(absl::string_view key, absl::string_view version) {
  absl::MutexLock lock(&mutex_);
  names_.RemoveVersion(key, version);
  contents_.erase(std::string(version));
}

void MemoryStore::Remove(absl::string_view key) {
  absl::MutexLock lock(&mutex_);
  names_.Remove(key);
  std::erase_if(contents_, [&](const auto& content) { return content.second.key == key; });
}

void MemoryStore::SetTime(absl::Time time) {
  absl::MutexLock lock(&mutex_);
  time_ = time;
}

void MemoryStore::RefuseTimes(absl::Status error) {
  absl::MutexLock lock(&mutex_);
  times_error_ = std::move(error);
}

void MemoryStore::SetLatency(absl::Duration latency) {
  absl::MutexLock lock(&mutex_);
  latency_ = latency;
}

void MemoryStore::Fail(Call call, absl::Status error, int count) {
  absl::MutexLock lock(&mutex_);
  if (count == 0) errors_[call].clear();
  errors_[call].insert(errors_[call].end(), count, error);
}

void MemoryStore::CutNextGet(uint64_t bytes, absl::Status error) {
  absl::MutexLock lock(&mutex_);
  cuts_.push_back({bytes, std::move(error)});
}

void MemoryStore::Hold() {
  absl::MutexLock lock(&mutex_);
  holding_ = true;
}

void MemoryStore::Release() {
  absl::MutexLock lock(&mutex_);
  holding_ = false;
}

void MemoryStore::WaitForHeld(int count) {
  absl::MutexLock lock(&mutex_);
  const auto enough = [this, count]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return held_ >= count; };
  mutex_.Await(absl::Condition(&enough));
}

int MemoryStore::lists() const {
  absl::MutexLock lock(&mutex_);
  const auto it = calls_.find(Call::kList);
  return it == calls_.end() ? 0 : it->second;
}

int MemoryStore::gets() const {
  absl::MutexLock lock(&mutex_);
  const auto it = calls_.find(Call::kGet);
  return it == calls_.end() ? 0 : it->second;
}

int MemoryStore::connects() const {
  absl::MutexLock lock(&mutex_);
  const auto it = calls_.find(Call::kConnect);
  return it == calls_.end() ? 0 : it->second;
}

uint64_t MemoryStore::bytes() const {
  absl::MutexLock lock(&mutex_);
  return bytes_;
}

int MemoryStore::most_at_once() const {
  absl::MutexLock lock(&mutex_);
  return most_at_once_;
}

void MemoryStore::ResetCounts() {
  absl::MutexLock lock(&mutex_);
  calls_.clear();
  bytes_ = 0;
  most_at_once_ = inside_;
}

absl::Status MemoryStore::Enter(Call call, const CallContext& context) {
  if (context.lane == Lane::kFast) return WouldBlock();
  absl::Duration latency;
  absl::Status error;
  {
    absl::MutexLock lock(&mutex_);
    ++calls_[call];
    latency = latency_;
    if (std::deque<absl::Status>& errors = errors_[call]; !errors.empty()) {
      error = std::move(errors.front());
      errors.pop_front();
    }
  }
  RETURN_IF_ERROR(Delay(latency, context));
  return error;
}

absl::Status MemoryStore::AwaitRelease(const CallContext& context) {
  absl::MutexLock lock(&mutex_);
  const auto released = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return !holding_; };
  ++held_;
  absl::Status status = context.Check();
  while (status.ok() && !mutex_.AwaitWithTimeout(absl::Condition(&released), kStep)) {
    status = context.Check();
  }
  --held_;
  return status;
}

absl::StatusOr<ListPage> MemoryStore::List(const ListRequest& request, const CallContext& context) {
  Visit visit(*this);
  RETURN_IF_ERROR(Enter(Call::kList, context));
  absl::MutexLock lock(&mutex_);
  if (request.at.has_value()) RETURN_IF_ERROR(times_error_);
  return names_.Page(request);
}

absl::StatusOr<std::shared_ptr<const std::string>> MemoryStore::Find(
    const ObjectVersion& version) const {
  absl::MutexLock lock(&mutex_);
  const auto it = contents_.find(version.version);
  if (it == contents_.end() || it->second.key != version.key) {
    return absl::AbortedError(absl::StrCat(version.key, ": this version is gone"));
  }
  return it->second.bytes;
}

bool MemoryStore::TakeCut(Cut& cut) {
  absl::MutexLock lock(&mutex_);
  if (cuts_.empty()) return false;
  cut = std::move(cuts_.front());
  cuts_.pop_front();
  return true;
}

absl::Status MemoryStore::Get(const ObjectVersion& version, ByteRange range, Sink sink,
                              const CallContext& context) {
  Visit visit(*this);
  RETURN_IF_ERROR(Enter(Call::kGet, context));
  RETURN_IF_ERROR(AwaitRelease(context));
  ASSIGN_OR_RETURN(const std::shared_ptr<const std::string> content, Find(version));
  if (range.length == 0 || range.offset > content->size() ||
      range.length > content->size() - range.offset) {
    return absl::InvalidArgumentError(absl::StrCat(version.key, ": a range outside the object"));
  }
  Cut cut{range.length, absl::OkStatus()};
  TakeCut(cut);
  absl::string_view left =
      absl::string_view(*content).substr(range.offset, std::min(cut.bytes, range.length));
  for (; !left.empty(); left.remove_prefix(std::min(left.size(), kPieceBytes))) {
    const absl::string_view piece = left.substr(0, kPieceBytes);
    RETURN_IF_ERROR(sink(piece));
    absl::MutexLock lock(&mutex_);
    bytes_ += piece.size();
  }
  return cut.error;
}

absl::Status MemoryStore::Connect(const CallContext& context) {
  Visit visit(*this);
  return Enter(Call::kConnect, context);
}

}  // namespace annofs::testing
