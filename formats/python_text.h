// Values as CVAT's exporters write them, which are Python (reference/cvat.md §10.4). Numbers:
// PythonFloat() and AppendFixed() of cache/base/text.h. Pure.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "formats/item.h"

namespace annofs {

// str(): "True", "3.0", "7", the text itself.
std::string PythonStr(const ItemValue& value);
// As a value of JSON (json.dumps): true, 3.0, 7, "text". A number that JSON has not is null.
void AppendJson(const ItemValue& value, std::string& out);
void AppendJsonNumber(double value, std::string& out);  // repr: 1.0, 1e-05
void AppendJsonText(absl::string_view text, std::string& out);
// {"name": value, …} in order; of equal names the last counts, at the place of the first.
void AppendJsonAttributes(const std::vector<ItemAttribute>& attributes, std::string& out);

// A number with at most two digits behind the point, shortest as repr() writes it. Fast.
void AppendRepr(double value, std::string& out);

// A field of Python's csv module (QUOTE_MINIMAL, delimiter ',').
std::string CsvField(absl::string_view text);
// A scalar of a mapping as PyYAML's default dumper writes it: plain where it may be, else quoted,
// characters beyond ASCII escaped.
std::string YamlScalar(absl::string_view text);

}  // namespace annofs
