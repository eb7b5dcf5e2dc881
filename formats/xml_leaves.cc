#include "formats/xml_leaves.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace annofs {

absl::Status XmlLeaves::Start(absl::string_view element, const XmlAttributes&,
                              XmlPosition position) {
  absl::StrAppend(&path_, path_.empty() ? "" : "/", element);
  Opened(path_, position.line);
  return absl::OkStatus();
}

absl::Status XmlLeaves::End(absl::string_view, absl::string_view text, XmlPosition position) {
  Closed(path_, absl::StripAsciiWhitespace(text), position.line);
  size_t slash = path_.rfind('/');
  path_.resize(slash == std::string::npos ? 0 : slash);
  return absl::OkStatus();
}

absl::Status XmlLeaves::TextTooLong(size_t limit, XmlPosition position) {
  Cut({.line = position.line,
       .what = absl::StrCat("a text longer than ", limit >> 20, " MiB, cut there")});
  return absl::OkStatus();
}

}  // namespace annofs
