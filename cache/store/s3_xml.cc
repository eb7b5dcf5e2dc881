#include "cache/store/s3_xml.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "cache/base/xml.h"

namespace annofs {
namespace {

// Far more than any answer has.
constexpr XmlLimits kLimits{.max_depth = 16, .max_text = 16 << 10, .max_token = 64 << 10};

absl::string_view LocalName(absl::string_view name) {
  const size_t colon = name.find(':');
  return colon == name.npos ? name : name.substr(colon + 1);
}

class PathReader : public XmlHandler {
 public:
  using Callback = absl::FunctionRef<absl::Status(absl::string_view, absl::string_view)>;
  explicit PathReader(Callback fn) : fn_(fn) {}

  absl::Status Start(absl::string_view element, const XmlAttributes&, XmlPosition) override {
    ends_.push_back(path_.size());
    absl::StrAppend(&path_, path_.empty() ? "" : "/", LocalName(element));
    return absl::OkStatus();
  }

  absl::Status End(absl::string_view, absl::string_view text, XmlPosition) override {
    RETURN_IF_ERROR(fn_(path_, text));
    path_.resize(ends_.back());
    ends_.pop_back();
    return absl::OkStatus();
  }

 private:
  const Callback fn_;
  std::string path_;
  std::vector<size_t> ends_;  // of the path before each open element
};

}  // namespace

absl::Status ReadS3Xml(absl::string_view body,
                       absl::FunctionRef<absl::Status(absl::string_view, absl::string_view)> fn) {
  TextChunks chunks(body);
  PathReader reader(fn);
  return ParseXml(chunks, reader, kLimits);
}

}  // namespace annofs
