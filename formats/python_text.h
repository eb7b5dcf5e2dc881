// Values as CVAT's exporters write them, which are Python (reference/cvat.md §10.4). Numbers:
// PythonFloat() and AppendFixed() of cache/base/text.h; YAML: formats/yaml_dump.h. Pure.
#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "formats/item.h"

namespace annofs {

// float(): spaces around, "1_000", "inf" and "nan" are well. Nothing where Python raises an error.
std::optional<double> ParsePythonFloat(absl::string_view text);

// str(): "True", "3.0", "7", the text itself.
std::string PythonStr(const ItemValue& value);
// As a value of JSON (json.dumps): true, 3.0, 7, "text". A number that JSON has not is null.
void AppendJson(const ItemValue& value, std::string& out);
void AppendJsonNumber(double value, std::string& out);  // repr: 1.0, 1e-05
void AppendJsonText(absl::string_view text, std::string& out);
// {"name": value, …} in order; of equal names the last counts, at the place of the first.
void AppendJsonAttributes(const std::vector<ItemAttribute>& attributes, std::string& out);

// As PythonFloat() writes it, but fast, above all where there are at most two digits behind the
// point.
void AppendRepr(double value, std::string& out);

// A field of Python's csv module (QUOTE_MINIMAL, delimiter ',').
std::string CsvField(absl::string_view text);

}  // namespace annofs
