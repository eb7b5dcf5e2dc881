// XML whose elements hold text only or elements only, told by paths: "annotation/object/name".
// For small documents of known shape (VOC, LabelMe).
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "cache/base/xml.h"

namespace annofs {

// A text that was not kept whole.
struct CutText {
  uint64_t line = 0;  // where it was cut
  std::string what;   // "a text longer than 16 MiB, cut there"
};

class XmlLeaves : public XmlHandler {
 public:
  absl::Status Start(absl::string_view element, const XmlAttributes&, XmlPosition position) final;
  absl::Status End(absl::string_view element, absl::string_view text, XmlPosition position) final;
  absl::Status TextTooLong(size_t limit, XmlPosition position) final;

 protected:
  // `path`: of element names from the root on; `line`: where it starts, or ends.
  virtual void Opened(absl::string_view path, uint64_t line) = 0;
  // Every element when it ends; `text` is what stands directly in it, without blanks around.
  virtual void Closed(absl::string_view path, absl::string_view text, uint64_t line) = 0;
  // The text of the innermost open element is longer than is kept: it is cut.
  virtual void Cut(CutText cut) = 0;

 private:
  std::string path_;
};

}  // namespace annofs
