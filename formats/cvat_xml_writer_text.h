// XML as CVAT writes it (CVAT: create_xml_dumper, which is Python's XMLGenerator;
// reference/cvat.md §2.2): two spaces for each level, an element a line, values in double quotes
// unless they hold one and no single one. A character that XML cannot hold becomes U+FFFD (Python
// writes it, and no parser takes the file). All append; pure.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace annofs {

// Character data.
void AppendXmlText(absl::string_view text, std::string& out);
// ` name="value"`.
void AppendXmlAttribute(absl::string_view name, absl::string_view value, std::string& out);
void AppendXmlAttribute(absl::string_view name, int64_t value, std::string& out);
// With two digits, as "{:.2f}".
void AppendXmlAttribute2(absl::string_view name, double value, std::string& out);

// A line break and the spaces of a level, behind whatever stands there.
void AppendXmlIndent(int level, std::string& out);
// A line of its own: `<name>text</name>`.
void AppendXmlLeaf(int level, absl::string_view name, absl::string_view text, std::string& out);
void AppendXmlOpen(int level, absl::string_view name, std::string& out);   // <name>
void AppendXmlClose(int level, absl::string_view name, std::string& out);  // </name>

}  // namespace annofs
