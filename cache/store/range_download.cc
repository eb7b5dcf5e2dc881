#include "cache/store/range_download.h"

#include "absl/strings/str_cat.h"
#include "cache/base/log.h"
#include "cache/base/status.h"
#include "cache/store/excerpt.h"

namespace annofs {

std::string RangeDownload::RangeValue() const {
  return absl::StrCat("bytes=", range_.offset, "-", range_.end() - 1);
}

absl::Status RangeDownload::Wrong(absl::string_view what) const {
  return absl::DataLossError(Excerpt(absl::StrCat("download of ", version_.key, ": ", what)));
}

absl::Status RangeDownload::CheckStatus(const HttpResponse& response) const {
  if (response.status == 206) {
    const std::string asked =
        absl::StrCat("bytes ", range_.offset, "-", range_.end() - 1, "/", version_.size);
    const absl::string_view given = response.Header("content-range");
    if (given == asked) return absl::OkStatus();
    return Wrong(absl::StrCat("asked for ", asked, ", the answer says '", given, "'"));
  }
  const bool whole = range_.offset == 0 && range_.length == version_.size;
  if (response.status == 200 && whole) return absl::OkStatus();
  return Wrong(absl::StrCat("asked for a range, the answer has status ", response.status));
}

absl::Status RangeDownload::Accept(const HttpResponse& response) const {
  RETURN_IF_ERROR(CheckStatus(response));
  const absl::string_view length = response.Header("content-length");
  if (!length.empty() && length != absl::StrCat(range_.length)) {
    return Wrong(absl::StrCat("asked for ", range_.length, " bytes, the answer has ", length));
  }
  return absl::OkStatus();
}

absl::Status RangeDownload::Data(absl::string_view data) {
  if (data.size() > range_.length - received_) return Wrong("more bytes than asked for");
  received_ += data.size();
  return sink_(data);
}

absl::Status RangeDownload::Complete() const {
  if (received_ == range_.length) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("download of ", Redact(version_.key), " ends after ",
                                             received_, " of ", range_.length, " bytes"));
}

}  // namespace annofs
