#include "cache/index_queue.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace annofs {
namespace {

constexpr size_t kMaxPages = 4;  // a page of 10,000 names takes about 3 MB

}  // namespace

void IndexQueue::Push(std::shared_ptr<IndexJob> job) {
  absl::MutexLock lock(&mutex_);
  jobs_.push_back(std::move(job));
}

std::shared_ptr<IndexJob> IndexQueue::Take() {
  absl::MutexLock lock(&mutex_);
  ++waiting_;
  const auto ready = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return closed_ || !jobs_.empty();
  };
  mutex_.Await(absl::Condition(&ready));
  --waiting_;
  if (closed_) return nullptr;
  std::shared_ptr<IndexJob> job = std::move(jobs_.front());
  jobs_.pop_front();
  return job;
}

bool IndexQueue::Deliver(IndexPage page) {
  absl::MutexLock lock(&mutex_);
  const auto room = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return closed_ || pages_.size() < kMaxPages;
  };
  mutex_.Await(absl::Condition(&room));
  if (!closed_) pages_.push_back(std::move(page));
  return !closed_;
}

std::vector<IndexPage> IndexQueue::TakePages(absl::Duration most) {
  absl::MutexLock lock(&mutex_);
  const auto some = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return !pages_.empty(); };
  mutex_.AwaitWithTimeout(absl::Condition(&some), most);
  return std::exchange(pages_, {});
}

void IndexQueue::Close() {
  absl::MutexLock lock(&mutex_);
  closed_ = true;
}

std::string IndexQueue::Bound(const IndexJob& job) {
  absl::MutexLock lock(&mutex_);
  return job.task.until.empty() ? "" : absl::StrCat(job.prefix, job.task.until);
}

void IndexQueue::SetUntil(IndexJob& job, std::string until) {
  absl::MutexLock lock(&mutex_);
  job.task.until = std::move(until);
}

void IndexQueue::Abandon(IndexJob& job) {
  absl::MutexLock lock(&mutex_);
  job.abandoned = true;
}

bool IndexQueue::IsAbandoned(const IndexJob& job) {
  absl::MutexLock lock(&mutex_);
  return job.abandoned;
}

size_t IndexQueue::Idle() {
  absl::MutexLock lock(&mutex_);
  return waiting_ > jobs_.size() ? waiting_ - jobs_.size() : 0;
}

}  // namespace annofs
