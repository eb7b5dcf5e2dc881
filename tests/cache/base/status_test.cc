#include "cache/base/status.h"

#include <errno.h>

#include <memory>
#include <string>

#include "absl/strings/cord.h"
#include "gtest/gtest.h"

namespace annofs {
namespace {

TEST(StatusTest, EachCodeHasTheErrnoOfTheTable) {
  EXPECT_EQ(ToErrno(absl::OkStatus()), 0);
  EXPECT_EQ(ToErrno(absl::NotFoundError("")), ENOENT);
  EXPECT_EQ(ToErrno(absl::PermissionDeniedError("")), EACCES);
  EXPECT_EQ(ToErrno(absl::UnauthenticatedError("")), EACCES);
  EXPECT_EQ(ToErrno(absl::ResourceExhaustedError("")), EDQUOT);
  EXPECT_EQ(ToErrno(absl::AbortedError("")), ESTALE);
  EXPECT_EQ(ToErrno(absl::CancelledError("")), EINTR);
  EXPECT_EQ(ToErrno(absl::DeadlineExceededError("")), EIO);
  EXPECT_EQ(ToErrno(absl::UnavailableError("")), EIO);
  EXPECT_EQ(ToErrno(absl::DataLossError("")), EIO);
  EXPECT_EQ(ToErrno(absl::InvalidArgumentError("")), EINVAL);
  EXPECT_EQ(ToErrno(absl::OutOfRangeError("")), ENAMETOOLONG);
  EXPECT_EQ(ToErrno(absl::UnimplementedError("")), ENOSYS);
  EXPECT_EQ(ToErrno(absl::InternalError("")), EIO);
  EXPECT_EQ(ToErrno(WouldBlock()), EIO);
}

TEST(StatusTest, AnErrnoComesBackFromItsStatus) {
  for (int error : {ENOENT, EACCES, EDQUOT, ESTALE, EINTR, EINVAL, ENAMETOOLONG, ENOSYS, EIO}) {
    EXPECT_EQ(ToErrno(ErrnoToStatus(error, "reading")), error) << error;
  }
}

TEST(StatusTest, NoErrnoMeansWouldBlock) {
  for (int error = 1; error < 140; ++error) {
    EXPECT_FALSE(IsWouldBlock(ErrnoToStatus(error, ""))) << error;
    EXPECT_NE(ToErrno(ErrnoToStatus(error, "")), 0) << error;
  }
  EXPECT_EQ(ErrnoToStatus(0, ""), absl::OkStatus());
}

TEST(StatusTest, TheMessageOfAnErrnoSaysWhatFailedAndWhy) {
  EXPECT_EQ(ErrnoToStatus(ENOENT, "/a/b").message(), "/a/b: No such file or directory");
}

TEST(StatusTest, OnlyUnavailableIsTriedAgain) {
  EXPECT_TRUE(IsRetryable(absl::UnavailableError("")));
  EXPECT_FALSE(IsRetryable(absl::OkStatus()));
  EXPECT_FALSE(IsRetryable(absl::DeadlineExceededError("")));
  EXPECT_FALSE(IsRetryable(absl::ResourceExhaustedError("")));
}

TEST(StatusTest, WouldBlockIsRecognised) {
  EXPECT_TRUE(IsWouldBlock(WouldBlock()));
  EXPECT_FALSE(IsWouldBlock(absl::OkStatus()));
  EXPECT_FALSE(IsWouldBlock(absl::UnavailableError("")));
}

TEST(StatusTest, AnnotateKeepsCodeAndPayload) {
  absl::Status status = WithRetryAfter(absl::UnavailableError("503"), absl::Seconds(3));
  status = Annotate(Annotate(status, "page 2"), "listing");
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(status.message(), "listing: page 2: 503");
  EXPECT_EQ(RetryAfter(status), absl::Seconds(3));
}

TEST(StatusTest, AnnotatedOkStaysOk) {
  EXPECT_EQ(Annotate(absl::OkStatus(), "x"), absl::OkStatus());
}

TEST(StatusTest, RetryAfterIsExactToTheMillisecond) {
  const absl::Status status = WithRetryAfter(absl::UnavailableError(""), absl::Milliseconds(1'234));
  EXPECT_EQ(RetryAfter(status), absl::Milliseconds(1'234));
}

TEST(StatusTest, WithoutRetryAfterThereIsNone) {
  EXPECT_EQ(RetryAfter(absl::UnavailableError("")), std::nullopt);
  EXPECT_EQ(RetryAfter(absl::OkStatus()), std::nullopt);
}

TEST(StatusTest, AThrottleIsKeptWithItsRetryAfterAndByAnnotate) {
  const absl::Status status = Annotate(
      Throttled(WithRetryAfter(absl::UnavailableError("429"), absl::Seconds(2))), "listing");
  EXPECT_TRUE(IsThrottled(status));
  EXPECT_EQ(RetryAfter(status), absl::Seconds(2));
}

TEST(StatusTest, NothingElseIsAThrottle) {
  EXPECT_FALSE(IsThrottled(absl::OkStatus()));
  EXPECT_FALSE(IsThrottled(Throttled(absl::OkStatus())));
  EXPECT_FALSE(IsThrottled(absl::UnavailableError("")));
  EXPECT_FALSE(IsThrottled(WithRetryAfter(absl::UnavailableError(""), absl::Seconds(2))));
}

absl::StatusOr<std::unique_ptr<std::string>> Make(const absl::Status& status) {
  if (!status.ok()) return status;
  return std::make_unique<std::string>("made");
}

absl::StatusOr<std::string> Use(const absl::Status& first, const absl::Status& second) {
  RETURN_IF_ERROR(first);
  ASSIGN_OR_RETURN(std::unique_ptr<std::string> made, Make(second));
  return *made;
}

TEST(StatusTest, TheMacrosReturnTheFirstError) {
  EXPECT_EQ(*Use(absl::OkStatus(), absl::OkStatus()), "made");
  EXPECT_EQ(Use(absl::AbortedError("1"), absl::InternalError("2")).status(),
            absl::AbortedError("1"));
  EXPECT_EQ(Use(absl::OkStatus(), absl::InternalError("2")).status(), absl::InternalError("2"));
}

class Holder {
 public:
  explicit Holder(absl::Status status) : status_(std::move(status)) {}
  absl::Status Check() const {
    RETURN_IF_ERROR(status_);
    return absl::OkStatus();
  }

 private:
  absl::Status status_;
};

TEST(StatusTest, TheMacroReadsTheMemberOfAnyName) {
  EXPECT_EQ(Holder(absl::AbortedError("1")).Check(), absl::AbortedError("1"));
  EXPECT_EQ(Holder(absl::OkStatus()).Check(), absl::OkStatus());
}

}  // namespace
}  // namespace annofs
