// Tells ThreadSanitizer of Abseil's locks. Debian's Abseil is not built with the sanitizer, so that
// every access under an absl::Mutex would be reported as a race. The linker (--wrap, see the top
// CMakeLists.txt) leads the calls of this project through the functions below, which say what
// happens before what. Only in the `tsan` preset.
#include <sanitizer/tsan_interface.h>

#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"

extern "C" {
// Of the sanitizer's runtime, without a header.
void AnnotateIgnoreReadsBegin(const char* file, int line);
void AnnotateIgnoreReadsEnd(const char* file, int line);
}

namespace annofs {
namespace {

// Abseil evaluates conditions of waiting threads in whichever thread holds the lock, also while it
// unlocks: these reads are right but happen outside of what acquire and release say.
class Conditions {
 public:
  Conditions() { AnnotateIgnoreReadsBegin(__FILE__, __LINE__); }
  ~Conditions() { AnnotateIgnoreReadsEnd(__FILE__, __LINE__); }
};

// Runs `wait`, during which the lock is given up and taken again.
template <typename Wait>
auto WhileUnlocked(absl::Mutex* mutex, Wait wait) {
  __tsan_release(mutex);
  const auto result = [&] {
    const Conditions conditions;
    return wait();
  }();
  __tsan_acquire(mutex);
  return result;
}

}  // namespace

using absl::Condition;
using absl::CondVar;
using absl::Duration;
using absl::Mutex;
using absl::Notification;
using absl::Time;

void RealLock(Mutex*) asm("__real__ZN4absl7debian35Mutex4LockEv");
void WrapLock(Mutex*) asm("__wrap__ZN4absl7debian35Mutex4LockEv");
void WrapLock(Mutex* mutex) {
  RealLock(mutex);
  __tsan_acquire(mutex);
}

bool RealTryLock(Mutex*) asm("__real__ZN4absl7debian35Mutex7TryLockEv");
bool WrapTryLock(Mutex*) asm("__wrap__ZN4absl7debian35Mutex7TryLockEv");
bool WrapTryLock(Mutex* mutex) {
  const bool locked = RealTryLock(mutex);
  if (locked) __tsan_acquire(mutex);
  return locked;
}

void RealUnlock(Mutex*) asm("__real__ZN4absl7debian35Mutex6UnlockEv");
void WrapUnlock(Mutex*) asm("__wrap__ZN4absl7debian35Mutex6UnlockEv");
void WrapUnlock(Mutex* mutex) {
  __tsan_release(mutex);
  const Conditions conditions;
  RealUnlock(mutex);
}

void RealReaderLock(Mutex*) asm("__real__ZN4absl7debian35Mutex10ReaderLockEv");
void WrapReaderLock(Mutex*) asm("__wrap__ZN4absl7debian35Mutex10ReaderLockEv");
void WrapReaderLock(Mutex* mutex) {
  RealReaderLock(mutex);
  __tsan_acquire(mutex);
}

void RealReaderUnlock(Mutex*) asm("__real__ZN4absl7debian35Mutex12ReaderUnlockEv");
void WrapReaderUnlock(Mutex*) asm("__wrap__ZN4absl7debian35Mutex12ReaderUnlockEv");
void WrapReaderUnlock(Mutex* mutex) {
  __tsan_release(mutex);
  const Conditions conditions;
  RealReaderUnlock(mutex);
}

void RealLockWhen(Mutex*,
                  const Condition*) asm("__real__ZN4absl7debian35Mutex8LockWhenERKNS0_9ConditionE");
void WrapLockWhen(Mutex*,
                  const Condition*) asm("__wrap__ZN4absl7debian35Mutex8LockWhenERKNS0_9ConditionE");
void WrapLockWhen(Mutex* mutex, const Condition* condition) {
  {
    const Conditions conditions;
    RealLockWhen(mutex, condition);
  }
  __tsan_acquire(mutex);
}

void RealAwait(Mutex*,
               const Condition*) asm("__real__ZN4absl7debian35Mutex5AwaitERKNS0_9ConditionE");
void WrapAwait(Mutex*,
               const Condition*) asm("__wrap__ZN4absl7debian35Mutex5AwaitERKNS0_9ConditionE");
void WrapAwait(Mutex* mutex, const Condition* condition) {
  WhileUnlocked(mutex, [=] {
    RealAwait(mutex, condition);
    return true;
  });
}

bool RealAwaitTimeout(Mutex*, const Condition*, Duration) asm(
    "__real__ZN4absl7debian35Mutex16AwaitWithTimeoutERKNS0_9ConditionENS0_8DurationE");
bool WrapAwaitTimeout(Mutex*, const Condition*, Duration) asm(
    "__wrap__ZN4absl7debian35Mutex16AwaitWithTimeoutERKNS0_9ConditionENS0_8DurationE");
bool WrapAwaitTimeout(Mutex* mutex, const Condition* condition, Duration timeout) {
  return WhileUnlocked(mutex, [=] { return RealAwaitTimeout(mutex, condition, timeout); });
}

bool RealAwaitDeadline(Mutex*, const Condition*, Time) asm(
    "__real__ZN4absl7debian35Mutex17AwaitWithDeadlineERKNS0_9ConditionENS0_4TimeE");
bool WrapAwaitDeadline(Mutex*, const Condition*, Time) asm(
    "__wrap__ZN4absl7debian35Mutex17AwaitWithDeadlineERKNS0_9ConditionENS0_4TimeE");
bool WrapAwaitDeadline(Mutex* mutex, const Condition* condition, Time deadline) {
  return WhileUnlocked(mutex, [=] { return RealAwaitDeadline(mutex, condition, deadline); });
}

void RealWait(CondVar*, Mutex*) asm("__real__ZN4absl7debian37CondVar4WaitEPNS0_5MutexE");
void WrapWait(CondVar*, Mutex*) asm("__wrap__ZN4absl7debian37CondVar4WaitEPNS0_5MutexE");
void WrapWait(CondVar* condition, Mutex* mutex) {
  WhileUnlocked(mutex, [=] {
    RealWait(condition, mutex);
    return true;
  });
}

bool RealWaitTimeout(CondVar*, Mutex*, Duration) asm(
    "__real__ZN4absl7debian37CondVar15WaitWithTimeoutEPNS0_5MutexENS0_8DurationE");
bool WrapWaitTimeout(CondVar*, Mutex*, Duration) asm(
    "__wrap__ZN4absl7debian37CondVar15WaitWithTimeoutEPNS0_5MutexENS0_8DurationE");
bool WrapWaitTimeout(CondVar* condition, Mutex* mutex, Duration timeout) {
  return WhileUnlocked(mutex, [=] { return RealWaitTimeout(condition, mutex, timeout); });
}

bool RealWaitDeadline(CondVar*, Mutex*, Time) asm(
    "__real__ZN4absl7debian37CondVar16WaitWithDeadlineEPNS0_5MutexENS0_4TimeE");
bool WrapWaitDeadline(CondVar*, Mutex*, Time) asm(
    "__wrap__ZN4absl7debian37CondVar16WaitWithDeadlineEPNS0_5MutexENS0_4TimeE");
bool WrapWaitDeadline(CondVar* condition, Mutex* mutex, Time deadline) {
  return WhileUnlocked(mutex, [=] { return RealWaitDeadline(condition, mutex, deadline); });
}

void RealNotify(Notification*) asm("__real__ZN4absl7debian312Notification6NotifyEv");
void WrapNotify(Notification*) asm("__wrap__ZN4absl7debian312Notification6NotifyEv");
void WrapNotify(Notification* notification) {
  __tsan_release(notification);
  RealNotify(notification);
}

void RealWaitFor(Notification*) asm(
    "__real__ZNK4absl7debian312Notification19WaitForNotificationEv");
void WrapWaitFor(Notification*) asm(
    "__wrap__ZNK4absl7debian312Notification19WaitForNotificationEv");
void WrapWaitFor(Notification* notification) {
  RealWaitFor(notification);
  __tsan_acquire(notification);
}

bool RealWaitForTimeout(Notification*, Duration) asm(
    "__real__ZNK4absl7debian312Notification30WaitForNotificationWithTimeoutENS0_8DurationE");
bool WrapWaitForTimeout(Notification*, Duration) asm(
    "__wrap__ZNK4absl7debian312Notification30WaitForNotificationWithTimeoutENS0_8DurationE");
bool WrapWaitForTimeout(Notification* notification, Duration timeout) {
  const bool notified = RealWaitForTimeout(notification, timeout);
  if (notified) __tsan_acquire(notification);
  return notified;
}

}  // namespace annofs
