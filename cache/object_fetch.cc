#include "cache/object_fetch.h"

#include <cstring>

#include "absl/strings/str_cat.h"
#include "cache/base/digest.h"
#include "cache/base/log.h"
#include "cache/base/status.h"

namespace annofs {
namespace {

absl::Status GetOnce(ObjectStore& store, const ObjectVersion& version, ByteRange range,
                     char* buffer, Counter& fetched, const CallContext& context) {
  uint64_t got = 0;
  auto sink = [&](absl::string_view piece) {
    if (piece.size() > range.length - got)
      return absl::DataLossError("the store sends more bytes than asked for");
    std::memcpy(buffer + got, piece.data(), piece.size());
    got += piece.size();
    return absl::OkStatus();
  };
  absl::Status status = store.Get(version, range, sink, context);
  fetched.Add(got);
  if (status.ok() && got != range.length) {
    status =
        absl::DataLossError(absl::StrCat("the store sends ", got, " of ", range.length, " bytes"));
  }
  return Annotate(status, absl::StrCat("reading ", version.key));
}

bool Matches(const Digest& digest, absl::string_view content) {
  return digest.kind == DigestKind::kNone || DigestOf(digest.kind, content) == digest;
}

}  // namespace

absl::Status FetchRange(ObjectStore& store, const ObjectVersion& version, ByteRange range,
                        char* buffer, Counter& fetched, const CallContext& context) {
  RETURN_IF_ERROR(GetOnce(store, version, range, buffer, fetched, context));
  const absl::string_view content(buffer, range.length);
  if (range.length != version.size || Matches(store.DigestToCheck(version), content))
    return absl::OkStatus();
  LogWarning(absl::StrCat(version.key,
                          ": the bytes do not match the store's digest, fetching them again"));
  RETURN_IF_ERROR(GetOnce(store, version, range, buffer, fetched, context));
  if (Matches(store.DigestToCheck(version), content)) return absl::OkStatus();
  return absl::DataLossError(
      absl::StrCat("reading ", version.key, ": the bytes do not match the store's digest"));
}

}  // namespace annofs
