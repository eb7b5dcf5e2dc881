// The operations of the native API, one function each. They find the caller authorized for the
// capability that the table of native_api.cc names; buckets and names are theirs to check. Thread
// safe. Errors are B2Error().
#pragma once

#include "absl/status/statusor.h"
#include "tools/emulator/api_context.h"
#include "tools/emulator/http.h"
#include "tools/emulator/params.h"
#include "tools/emulator/router.h"

namespace annofs::emulator {

struct Call {
  const ApiContext& context;
  const Route& route;
  Request& request;
  const Params& params;
  KeyPointer key;  // of the caller; null: a download without a token or by a download token

  absl::Time now() const { return context.clock.Now(); }
  // The time that a new version gets: of whole seconds if the switches say so.
  absl::Time UploadTime() const {
    absl::Time time = now();
    if (!context.settings.Now().second_timestamps) return time;
    return absl::FromUnixSeconds(absl::ToUnixSeconds(time));
  }
  // How many entries a page has for which so many (at least 1) are asked.
  int64_t PageSize(int64_t asked) const {
    return static_cast<int64_t>(context.settings.DrawPageSize(static_cast<size_t>(asked)));
  }
  // When a token ends that is given out now.
  absl::Time TokenEnd() const {
    return now() + absl::Seconds(context.settings.Now().token_life_seconds);
  }
};

// §1.3; checks the key itself.
absl::StatusOr<Reply> AuthorizeAccount(const Call& call);
// §1.12, §1.14
absl::StatusOr<Reply> ListBuckets(const Call& call);
absl::StatusOr<Reply> CreateBucket(const Call& call);
absl::StatusOr<Reply> UpdateBucket(const Call& call);
absl::StatusOr<Reply> DeleteBucket(const Call& call);
absl::StatusOr<Reply> GetNotificationRules(const Call& call);
absl::StatusOr<Reply> SetNotificationRules(const Call& call);
// §1.13
absl::StatusOr<Reply> CreateKey(const Call& call);
absl::StatusOr<Reply> ListKeys(const Call& call);
absl::StatusOr<Reply> DeleteKey(const Call& call);
absl::StatusOr<Reply> GetDownloadAuthorization(const Call& call);
// §1.6, §1.7, §1.11
absl::StatusOr<Reply> ListFileNames(const Call& call);
absl::StatusOr<Reply> ListFileVersions(const Call& call);
absl::StatusOr<Reply> GetFileInfo(const Call& call);
absl::StatusOr<Reply> HideFile(const Call& call);
absl::StatusOr<Reply> DeleteFileVersion(const Call& call);
absl::StatusOr<Reply> CopyFile(const Call& call);
// §1.8; by name and public buckets: check tokens themselves.
absl::StatusOr<Reply> DownloadFileById(const Call& call);
absl::StatusOr<Reply> DownloadFileByName(const Call& call);
// §1.9
absl::StatusOr<Reply> GetUploadUrl(const Call& call);
absl::StatusOr<Reply> UploadFile(const Call& call);
// §1.10
absl::StatusOr<Reply> StartLargeFile(const Call& call);
absl::StatusOr<Reply> GetUploadPartUrl(const Call& call);
absl::StatusOr<Reply> UploadPart(const Call& call);
absl::StatusOr<Reply> CopyPart(const Call& call);
absl::StatusOr<Reply> ListParts(const Call& call);
absl::StatusOr<Reply> FinishLargeFile(const Call& call);
absl::StatusOr<Reply> CancelLargeFile(const Call& call);
absl::StatusOr<Reply> ListUnfinishedLargeFiles(const Call& call);
// §1.14
absl::StatusOr<Reply> UpdateFileRetention(const Call& call);
absl::StatusOr<Reply> UpdateFileLegalHold(const Call& call);

}  // namespace annofs::emulator
