// Checks of one b2_download_file_by_id (reference/b2.md §1.8): the bytes that reach the sink are
// the asked range of the asked version and nothing else. One download each; not thread safe.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "cache/store/http.h"
#include "cache/store/object_store.h"

namespace annofs {

class B2Download {
 public:
  B2Download(const ObjectVersion& version, ByteRange range, Sink sink)
      : version_(version), range_(range), sink_(sink) {}

  std::string RangeHeader() const;  // "Range: bytes=0-99"

  // The headers of a 2xx answer: kDataLoss if they are not of what was asked.
  absl::Status Accept(const HttpResponse& response) const;
  // Bytes for the sink; kDataLoss before one too many is given.
  absl::Status Data(absl::string_view data);
  // At the end: kUnavailable if bytes are missing.
  absl::Status Complete() const;

 private:
  absl::Status CheckStatus(const HttpResponse& response) const;
  absl::Status Wrong(absl::string_view what) const;

  const ObjectVersion& version_;
  const ByteRange range_;
  const Sink sink_;
  uint64_t received_ = 0;
};

}  // namespace annofs
