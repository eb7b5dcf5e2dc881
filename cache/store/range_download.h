// Checks of one ranged download over HTTP, whatever the service: the bytes that reach the sink are
// the asked range of an object of the version's size, and nothing else. That they are of the asked
// version is what the store checks beside Accept(). One download each; not thread safe.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "cache/store/http.h"
#include "cache/store/object_store.h"

namespace annofs {

class RangeDownload {
 public:
  RangeDownload(const ObjectVersion& version, ByteRange range, Sink sink)
      : version_(version), range_(range), sink_(sink) {}

  std::string RangeValue() const;  // "bytes=0-99", of the header Range

  // The headers of a 2xx answer: kDataLoss if they are not of what was asked.
  absl::Status Accept(const HttpResponse& response) const;
  // Bytes for the sink; kDataLoss before one too many is given.
  absl::Status Data(absl::string_view data);
  // At the end: kUnavailable if bytes are missing.
  absl::Status Complete() const;

  // kDataLoss that names the object.
  absl::Status Wrong(absl::string_view what) const;

 private:
  absl::Status CheckStatus(const HttpResponse& response) const;

  const ObjectVersion& version_;
  const ByteRange range_;
  const Sink sink_;
  uint64_t received_ = 0;
};

}  // namespace annofs
