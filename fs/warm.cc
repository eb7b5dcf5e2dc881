#include "fs/warm.h"

#include <algorithm>
#include <utility>

#include "cache/base/status.h"
#include "cache/base/text.h"
#include "cache/block_layout.h"

namespace annofs {
namespace {

// What of a large object is on its way at once (ObjectReader::Warm()).
constexpr uint64_t kPartBytes = 4 << 20;
constexpr absl::Duration kCancellationPoll = absl::Milliseconds(50);

}  // namespace

Warmer::Warmer(Filesystem& tree, BlockCache& blocks, const WarmOptions& options)
    : tree_(tree),
      blocks_(blocks),
      options_(options),
      finder_(options.names != nullptr ? *options.names : tree,
              {.views_name = options.views_name,
               .timeout = options.timeout,
               .cancellation = options.cancellation}),
      pace_(blocks, options.unwritten),
      pool_(options.readers) {
  blocks.Flush();  // what other processes have removed is not there
}

Warmer::~Warmer() { Finish(); }

absl::Status Warmer::Add(absl::string_view path) {
  const absl::Status status = finder_.Find(
      path,
      [&](absl::string_view directory, absl::string_view name, const NodeAttr& file) {
        return Plan(JoinPath(directory, name), file);
      },
      [&](absl::string_view directory, const absl::Status& status) {
        if (!absl::IsCancelled(status)) Fail(directory, status);
      });
  if (cancelled()) return absl::CancelledError("interrupted");
  if (!status.ok()) Fail(path, status);
  return absl::OkStatus();
}

absl::Status Warmer::AddEscaped(absl::string_view line) {
  const absl::StatusOr<std::string> path = TsvUnescape(line);
  if (path.ok()) return Add(*path);
  Fail(line, path.status());
  return absl::OkStatus();
}

absl::Status Warmer::Plan(absl::string_view path, const NodeAttr& file) {
  {
    absl::MutexLock lock(&mutex_);
    if (file.id.tree() != TreeNumber::kBucket) {
      ++progress_.made;
      return absl::OkStatus();
    }
    if (!seen_.Insert(file.id.value)) return absl::OkStatus();
    ++progress_.objects;
    progress_.bytes += file.size;
  }
  const absl::StatusOr<ObjectVersion> version = tree_.Object(file.id);
  if (!version.ok()) {
    Fail(path, version.status());
    return absl::OkStatus();
  }
  const FetchCost cost = tree_.objects().CostToWarm(*version);
  const bool is_missing =
      cost.requests > 0 || (options_.keep == Keep::kPinned && Missing(*version) > 0);
  {
    absl::MutexLock lock(&mutex_);
    progress_.missing.bytes += cost.bytes;
    progress_.missing.requests += cost.requests;
    ++(is_missing ? progress_.missing_objects : progress_.cached);
  }
  const bool is_wanted = is_missing && options_.action == WarmOptions::Action::kFetch;
  return is_wanted ? Enqueue(file.id) : absl::OkStatus();
}

absl::Status Warmer::Enqueue(NodeId object) {
  absl::MutexLock lock(&mutex_);
  auto has_room = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return queue_.size() < options_.queue;
  };
  do {
    if (cancelled()) return absl::CancelledError("interrupted");
  } while (!mutex_.AwaitWithTimeout(absl::Condition(&has_room), kCancellationPoll));
  queue_.push_back(object);
  if (reading_ < options_.readers) {
    ++reading_;
    pool_.Submit([this] { ReadAll(); });
  }
  return absl::OkStatus();
}

uint64_t Warmer::Missing(const ObjectVersion& version) const {
  if (version.size == 0) return 0;
  const CachedObject object = tree_.objects().Identify(version);
  const BlockLayout layout(version.size);
  uint64_t bytes = 0;
  for (uint32_t index = 0; index < layout.count(); ++index) {
    if (!blocks_.Has(object.Block(index), options_.keep)) bytes += layout.Bytes(index).length;
  }
  return bytes;
}

// A reader: until there is nothing to read.
void Warmer::ReadAll() {
  NodeId object;
  while (TakeNext(object)) Fetch(object);
}

bool Warmer::TakeNext(NodeId& object) {
  absl::MutexLock lock(&mutex_);
  if (cancelled()) queue_.clear();
  if (queue_.empty()) {
    --reading_;
    return false;
  }
  object = queue_.front();
  queue_.pop_front();
  return true;
}

void Warmer::Fetch(NodeId object) {
  const absl::StatusOr<ObjectVersion> version = tree_.Object(object);
  if (!version.ok()) return Fail("a row of the catalog", version.status());
  const uint64_t held = pace_.Begin(std::min(version->size, kPartBytes));
  // Without a deadline: how long it may take is a matter of its size, and each of its requests has
  // a timeout.
  const absl::StatusOr<FetchCost> cost =
      tree_.objects().Warm(*version, options_.keep, {.cancellation = options_.cancellation});
  pace_.End(held);
  if (absl::IsCancelled(cost.status())) return;
  if (!cost.ok()) return Fail(version->key, cost.status());
  absl::MutexLock lock(&mutex_);
  fetched_.Insert(object.value);
  ++progress_.fetched;
  progress_.cost.bytes += cost->bytes;
  progress_.cost.requests += cost->requests;
}

void Warmer::Fail(absl::string_view path, const absl::Status& status) {
  absl::MutexLock lock(&mutex_);
  ++progress_.failed;
  if (progress_.failures.size() == kMostNamedFailures) return;
  progress_.failures.push_back({std::string(path), std::string(status.message())});
}

void Warmer::Finish() {
  {
    absl::MutexLock lock(&mutex_);
    auto is_idle = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return reading_ == 0; };
    mutex_.Await(absl::Condition(&is_idle));
  }
  blocks_.Flush();
}

WarmProgress Warmer::Progress() const {
  absl::MutexLock lock(&mutex_);
  return progress_;
}

uint64_t Warmer::NotKept() {
  RowSet fetched;
  {
    absl::MutexLock lock(&mutex_);
    std::swap(fetched, fetched_);
  }
  uint64_t bytes = 0;
  fetched.ForEach([&](uint64_t row) {
    if (cancelled()) return;
    const absl::StatusOr<ObjectVersion> version = tree_.Object(NodeId::Bucket(row));
    if (version.ok()) bytes += Missing(*version);
  });
  return bytes;
}

}  // namespace annofs
