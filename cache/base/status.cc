#include "cache/base/status.h"

#include <errno.h>

#include <string>
#include <system_error>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"

namespace annofs {
namespace {

constexpr char kRetryAfterUrl[] = "annofs/retry-after";
constexpr char kThrottledUrl[] = "annofs/throttled";

// Only codes of the table in the header: absl::ErrnoToStatusCode() answers kFailedPrecondition,
// which means "would block" here, for ENOTDIR.
absl::StatusCode CodeOfErrno(int error) {
  switch (error) {
    case 0:
      return absl::StatusCode::kOk;
    case ENOENT:
    case ENOTDIR:
      return absl::StatusCode::kNotFound;
    case EACCES:
    case EPERM:
    case EROFS:
      return absl::StatusCode::kPermissionDenied;
    case EDQUOT:
    case ENOSPC:
      return absl::StatusCode::kResourceExhausted;
    case ESTALE:
      return absl::StatusCode::kAborted;
    case EINTR:
    case ECANCELED:
      return absl::StatusCode::kCancelled;
    case EINVAL:
    case EISDIR:
      return absl::StatusCode::kInvalidArgument;
    case ENAMETOOLONG:
      return absl::StatusCode::kOutOfRange;
    case ENOSYS:
    case EOPNOTSUPP:
      return absl::StatusCode::kUnimplemented;
    case EAGAIN:
    case ECONNABORTED:
    case ECONNREFUSED:
    case ECONNRESET:
    case EHOSTUNREACH:
    case ENETDOWN:
    case ENETUNREACH:
    case EPIPE:
    case ETIMEDOUT:
      return absl::StatusCode::kUnavailable;
    default:
      return absl::StatusCode::kInternal;
  }
}

}  // namespace

absl::Status WouldBlock() { return absl::FailedPreconditionError("would block"); }

bool IsWouldBlock(const absl::Status& status) { return absl::IsFailedPrecondition(status); }

int ToErrno(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return 0;
    case absl::StatusCode::kNotFound:
      return ENOENT;
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kUnauthenticated:
      return EACCES;
    case absl::StatusCode::kResourceExhausted:
      return EDQUOT;
    case absl::StatusCode::kAborted:
      return ESTALE;
    case absl::StatusCode::kCancelled:
      return EINTR;
    case absl::StatusCode::kInvalidArgument:
      return EINVAL;
    case absl::StatusCode::kOutOfRange:
      return ENAMETOOLONG;
    case absl::StatusCode::kUnimplemented:
      return ENOSYS;
    default:
      return EIO;
  }
}

bool IsRetryable(const absl::Status& status) { return absl::IsUnavailable(status); }

absl::Status Annotate(const absl::Status& status, absl::string_view context) {
  if (status.ok()) return status;
  absl::Status annotated(status.code(), absl::StrCat(context, ": ", status.message()));
  status.ForEachPayload([&](absl::string_view url, const absl::Cord& payload) {
    annotated.SetPayload(url, payload);
  });
  return annotated;
}

absl::Status ErrnoToStatus(int error, absl::string_view what) {
  // strerror() is not thread safe; the category's message is.
  return absl::Status(CodeOfErrno(error),
                      absl::StrCat(what, ": ", std::generic_category().message(error)));
}

absl::Status WithRetryAfter(absl::Status status, absl::Duration delay) {
  status.SetPayload(kRetryAfterUrl, absl::Cord(absl::FormatDuration(delay)));
  return status;
}

std::optional<absl::Duration> RetryAfter(const absl::Status& status) {
  std::optional<absl::Cord> payload;
  if (absl::optional<absl::Cord> found = status.GetPayload(kRetryAfterUrl)) payload = *found;
  absl::Duration delay;
  if (!payload || !absl::ParseDuration(std::string(*payload), &delay)) return std::nullopt;
  return delay;
}

absl::Status Throttled(absl::Status status) {
  status.SetPayload(kThrottledUrl, absl::Cord());
  return status;
}

bool IsThrottled(const absl::Status& status) {
  return status.GetPayload(kThrottledUrl).has_value();
}

}  // namespace annofs
