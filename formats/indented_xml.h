// XML as lxml's pretty_print writes it (PASCAL VOC and LabelMe of reference/cvat.md §9.4): two
// spaces a level, no declaration, elements with text on one line. Not thread safe.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace annofs {

// Character data: `&`, `<`, `>` and CR escaped. What XML 1.0 cannot hold (control characters,
// U+FFFE, U+FFFF, broken UTF-8) becomes U+FFFD: lxml refuses it, and with it CVAT's whole export.
void AppendLxmlText(absl::string_view text, std::string& out);

class IndentedXml {
 public:
  // Element names are literals. An element between Open() and Close() has children.
  void Open(absl::string_view element);
  void Close();
  // "<x>text</x>", also where the text is empty.
  void Leaf(absl::string_view element, absl::string_view text);

  // REQUIRES: everything is closed. Leaves the document empty.
  std::string Take() { return std::move(text_); }

 private:
  void Indent() { text_.append(2 * open_.size(), ' '); }
  void AppendTag(absl::string_view begin, absl::string_view element, absl::string_view end);

  std::string text_;
  std::vector<absl::string_view> open_;
};

}  // namespace annofs
