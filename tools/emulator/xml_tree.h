// A small XML document as a tree: the bodies of S3 requests. Values.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace annofs::emulator {

struct XmlNode {
  std::string name;
  std::string text;
  std::vector<XmlNode> children;

  // The first child of that name; an empty node if there is none.
  const XmlNode& operator[](absl::string_view child) const;
  bool Has(absl::string_view child) const;
};

// The outermost element, which must have this name. S3 error MalformedXML for anything else, for
// more than 8 MiB and for more than 20,000 elements.
absl::StatusOr<XmlNode> ParseXmlTree(absl::string_view text, absl::string_view root);

}  // namespace annofs::emulator
