// Each fault of the emulator's script, and what a store above makes of it (reference/b2.md §2, §9).
// Values.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"

namespace annofs::testing {

inline constexpr int kFaultyObjectSize = 100'000;

// What comes of a call whose first request is hit.
struct FaultOutcome {
  enum class Kind {
    kAsUsual,       // the right answer, by one request
    kAfterAnother,  // the right answer, by two
    kRefused,       // `code` after one request, though every further one would be hit too
    kAskedTwice,    // `code` after two requests, if both are hit; the right answer, if one is
    kLate,          // nothing before the deadline
    kUnseen         // success with bytes that nobody can check
  } kind = Kind::kAsUsual;
  absl::StatusCode code = absl::StatusCode::kOk;
};

namespace outcome {
inline constexpr FaultOutcome kAsUsual = {};
inline constexpr FaultOutcome kAfterAnother = {FaultOutcome::Kind::kAfterAnother};
inline constexpr FaultOutcome kLate = {FaultOutcome::Kind::kLate};
inline constexpr FaultOutcome kUnseen = {FaultOutcome::Kind::kUnseen};
inline constexpr FaultOutcome Refused(absl::StatusCode code) {
  return {FaultOutcome::Kind::kRefused, code};
}
inline constexpr FaultOutcome kDataLoss = {FaultOutcome::Kind::kAskedTwice,
                                           absl::StatusCode::kDataLoss};
inline constexpr FaultOutcome kDenied = Refused(absl::StatusCode::kPermissionDenied);
inline constexpr FaultOutcome kExhausted = Refused(absl::StatusCode::kResourceExhausted);
inline constexpr FaultOutcome kGone = Refused(absl::StatusCode::kAborted);
inline constexpr FaultOutcome kInvalid = Refused(absl::StatusCode::kInvalidArgument);
inline constexpr FaultOutcome kNotFound = Refused(absl::StatusCode::kNotFound);
inline constexpr FaultOutcome kUnauthenticated = Refused(absl::StatusCode::kUnauthenticated);
}  // namespace outcome

struct FaultCase {
  std::string effect;  // members of a fault
  FaultOutcome list;   // of List
  FaultOutcome whole;  // of FetchRange of an object of kFaultyObjectSize bytes
  FaultOutcome range;  // of FetchRange of a part of it
};

// Faults that all calls take alike.
inline FaultCase EveryCall(std::string effect, FaultOutcome outcome) {
  return {std::move(effect), outcome, outcome, outcome};
}
// Faults that a listing takes as `list`, a download of all and of a part as `get`.
inline FaultCase ListAndGet(std::string effect, FaultOutcome list, FaultOutcome get) {
  return {std::move(effect), list, get, get};
}

// What both services do.
inline std::vector<FaultCase> CommonFaultCases() {
  using namespace outcome;
  return {
      EveryCall(R"("status":400)", kInvalid),
      ListAndGet(R"("status":404)", kNotFound, kGone),
      EveryCall(R"("status":405)", kInvalid),
      EveryCall(R"("status":408)", kAfterAnother),
      ListAndGet(R"("status":416)", kInvalid, kGone),
      EveryCall(R"("status":429)", kAfterAnother),
      EveryCall(R"("status":429,"retryAfter":1)", kAfterAnother),
      EveryCall(R"("status":500)", kAfterAnother),
      EveryCall(R"("status":501)", kInvalid),
      EveryCall(R"("status":502,"body":"<html>bad gateway</html>")", kAfterAnother),
      EveryCall(R"("status":503)", kAfterAnother),
      EveryCall(R"("status":503,"retryAfter":1)", kAfterAnother),
      EveryCall(R"("status":504)", kAfterAnother),
      EveryCall(R"("delayMs":50,"jitterMs":40)", kAsUsual),
      EveryCall(R"("stall":true)", kLate),
      EveryCall(R"("stallAfterBytes":0)", kLate),
      EveryCall(R"("stallAfterBytes":10)", kLate),
      ListAndGet(R"("stallAfterBytes":40000)", kAsUsual, kLate),
      EveryCall(R"("reset":true)", kAfterAnother),
      EveryCall(R"("cutAfterBytes":0)", kAfterAnother),
      EveryCall(R"("cutAfterBytes":1)", kAfterAnother),
      EveryCall(R"("cutAfterBytes":100)", kAfterAnother),
      ListAndGet(R"("cutAfterBytes":25000)", kAsUsual, kAfterAnother),
      ListAndGet(R"("cutAfterBytes":49999)", kAsUsual, kAfterAnother),
      {R"("cutAfterBytes":99999)", kAsUsual, kAfterAnother, kAsUsual},
      EveryCall(R"("lengthDelta":1)", kDataLoss),
      EveryCall(R"("lengthDelta":-1)", kDataLoss),
      EveryCall(R"("lengthDelta":-1000000)", kDataLoss),
      ListAndGet(R"("wrongContentRange":true)", kAsUsual, kDataLoss),
      {R"("ignoreRange":true)", kAsUsual, kAsUsual, kDataLoss},
      // No digest is of a part: a store cannot tell, and this is where that is said.
      {R"("corrupt":true)", kDataLoss, kAfterAnother, kUnseen},
      EveryCall(R"("body":"")", kDataLoss),
      EveryCall(R"("body":"<html><body>Sign in</body></html>","contentType":"text/html")",
                kDataLoss),
      EveryCall(R"("body":"{\"code\":\"internal_error\",\"message\":\"\",\"status\":500}")",
                kDataLoss),
      EveryCall(R"("body":"<?xml version=\"1.0\"?><Error><Code>InternalError</Code></Error>")",
                kDataLoss),
      EveryCall(R"("body":"\u0001\u0002{]<&\u007f garbage")", kDataLoss),
      EveryCall(R"("status":204,"body":"")", kDataLoss),
      ListAndGet(R"("status":206,"body":"a part of nothing")", kDataLoss, kDataLoss),
      EveryCall(R"("status":302,"headers":{"Location":"http://127.0.0.1:1/"})", kDataLoss),
      EveryCall(R"("closeConnection":true)", kAsUsual),
      ListAndGet(R"("bandwidth":400000)", kAsUsual, kAsUsual),
      ListAndGet(R"("bandwidth":20)", kLate, kLate),
      // Objects may be stored so: what comes is what is stored.
      EveryCall(R"("headers":{"Content-Encoding":"gzip"})", kAsUsual),
  };
}

inline std::vector<FaultCase> B2FaultCases() {
  using namespace outcome;
  std::vector<FaultCase> cases = CommonFaultCases();
  for (FaultCase& one : std::vector<FaultCase>{
           EveryCall(R"("status":401,"code":"expired_auth_token")", kAfterAnother),
           EveryCall(R"("status":401,"code":"bad_auth_token")", kAfterAnother),
           EveryCall(R"("status":401,"body":"")", kAfterAnother),
           EveryCall(R"("status":401,"code":"unauthorized")", kDenied),
           EveryCall(R"("status":403,"code":"access_denied")", kDenied),
           EveryCall(R"("status":403,"code":"transaction_cap_exceeded")", kExhausted),
           EveryCall(R"("status":403,"code":"download_cap_exceeded")", kExhausted),
           EveryCall(R"("status":503,"code":"bad_request")", kAfterAnother),
           ListAndGet(R"("headers":{"x-bz-file-id":"4_zanother"})", kAsUsual, kDataLoss),
           ListAndGet(R"("headers":{"x-bz-file-id":null})", kAsUsual, kDataLoss),
           EveryCall(R"("status":507)", kExhausted),
       }) {
    cases.push_back(std::move(one));
  }
  return cases;
}

inline std::vector<FaultCase> S3FaultCases() {
  using namespace outcome;
  std::vector<FaultCase> cases = CommonFaultCases();
  for (FaultCase& one : std::vector<FaultCase>{
           EveryCall(R"("status":301,"code":"PermanentRedirect")", kInvalid),
           EveryCall(R"("status":400,"code":"ExpiredToken")", kUnauthenticated),
           EveryCall(R"("status":400,"code":"RequestTimeout")", kAfterAnother),
           EveryCall(R"("status":401,"code":"AccessDenied")", kDenied),
           EveryCall(R"("status":403,"code":"AccessDenied")", kDenied),
           EveryCall(R"("status":403,"code":"InvalidAccessKeyId")", kUnauthenticated),
           EveryCall(R"("status":403,"code":"SignatureDoesNotMatch")", kUnauthenticated),
           EveryCall(R"("status":403,"code":"RequestTimeTooSkewed")", kUnauthenticated),
           EveryCall(R"("status":403,"code":"QuotaExceeded")", kExhausted),
           EveryCall(R"("status":404,"code":"NoSuchBucket")", kNotFound),
           ListAndGet(R"("status":404,"code":"NoSuchVersion")", kNotFound, kGone),
           ListAndGet(R"("status":412,"code":"PreconditionFailed")", kInvalid, kGone),
           EveryCall(R"("status":503,"code":"SlowDown")", kAfterAnother),
           EveryCall(R"("status":507,"code":"XMinioStorageFull")", kExhausted),
           ListAndGet(R"("headers":{"ETag":"\"0123456789abcdef0123456789abcdef\""})", kAsUsual,
                      kDataLoss),
           ListAndGet(R"("headers":{"ETag":null})", kAsUsual, kDataLoss),
       }) {
    cases.push_back(std::move(one));
  }
  return cases;
}

}  // namespace annofs::testing
