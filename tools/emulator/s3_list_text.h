// Names in the XML of listings: as they are, or percent-encoded where the request says
// encoding-type=url. Values.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cache/base/sigv4.h"
#include "tools/emulator/s3_error.h"
#include "tools/emulator/s3_request.h"
#include "tools/emulator/xml_writer.h"

namespace annofs::emulator {

class ListText {
 public:
  // S3 error InvalidArgument for another encoding.
  static absl::StatusOr<ListText> Of(const Request& request) {
    absl::string_view type = ParameterOf(request, "encoding-type");
    if (!type.empty() && type != "url") {
      return S3Error("InvalidArgument", "Invalid Encoding Method specified in Request");
    }
    ListText text;
    text.encoded_ = !type.empty();
    return text;
  }

  std::string Name(absl::string_view name) const {
    return encoded_ ? SigV4Path(name) : std::string(name);
  }
  void WriteEncoding(XmlWriter& xml) const {
    if (encoded_) xml.Text("EncodingType", "url");
  }

 private:
  bool encoded_ = false;
};

}  // namespace annofs::emulator
