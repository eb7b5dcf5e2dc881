// Status helpers over Abseil: what an error means to the kernel and to the retry layer.
// Every fallible function of the project returns absl::Status or absl::StatusOr; nothing throws.
//
// Codes and their meaning here (the only ones in use):
//   kNotFound            no such name                       ENOENT
//   kPermissionDenied    the store refuses                  EACCES
//   kUnauthenticated     credentials missing or refused     EACCES
//   kResourceExhausted   cap or quota of the store          EDQUOT
//   kAborted             this version is gone               ESTALE
//   kCancelled           interrupted                        EINTR
//   kDeadlineExceeded    deadline                           EIO
//   kUnavailable         network, 5xx, 429: may be retried  EIO
//   kDataLoss            bytes that fail a check            EIO
//   kInvalidArgument     malformed input, wrong usage       EINVAL
//   kOutOfRange          a name that is too long            ENAMETOOLONG
//   kUnimplemented       not offered                        ENOSYS
//   kFailedPrecondition  "would block": see WouldBlock()    never leaves the daemon
//   kInternal, others    a bug or a damaged cache           EIO
#pragma once

#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace annofs {

// The answer of the fast lane when an operation would wait (architecture: two lanes). The
// operation is run again on the slow lane. kFailedPrecondition is used for nothing else.
absl::Status WouldBlock();
bool IsWouldBlock(const absl::Status& status);

// The errno of the table above; 0 for OK.
int ToErrno(const absl::Status& status);

// True if the same call may succeed when tried again: kUnavailable only.
bool IsRetryable(const absl::Status& status);

// `status` with "context: " before its message; code and payloads are kept. OK stays OK.
absl::Status Annotate(const absl::Status& status, absl::string_view context);

// The status of a failed system call: "what: strerror(error)".
absl::Status ErrnoToStatus(int error, absl::string_view what);

// A server's Retry-After travels with the status.
absl::Status WithRetryAfter(absl::Status status, absl::Duration delay);
std::optional<absl::Duration> RetryAfter(const absl::Status& status);

// The server asks us to slow down (429, 503, S3's SlowDown): that travels with the status too.
absl::Status Throttled(absl::Status status);
bool IsThrottled(const absl::Status& status);

}  // namespace annofs

#define ANNOFS_CONCAT_INNER(a, b) a##b
#define ANNOFS_CONCAT(a, b) ANNOFS_CONCAT_INNER(a, b)

// The name must be nobody else's: a member `status_` would initialise itself.
#define RETURN_IF_ERROR(expression) \
  RETURN_IF_ERROR_INNER(ANNOFS_CONCAT(annofs_status_, __LINE__), expression)
#define RETURN_IF_ERROR_INNER(status, expression)                        \
  do {                                                                   \
    if (absl::Status status = (expression); !status.ok()) return status; \
  } while (false)

#define ASSIGN_OR_RETURN(target, expression) \
  ASSIGN_OR_RETURN_INNER(ANNOFS_CONCAT(annofs_result_, __LINE__), target, expression)
#define ASSIGN_OR_RETURN_INNER(result, target, expression) \
  auto result = (expression);                              \
  if (!result.ok()) return std::move(result).status();     \
  target = *std::move(result)
