// JSON as Datumaro's exporters write it: COCO files through orjson (no spaces, UTF-8 as it is),
// Datumaro's own through json.dumps (a space behind ':' and ',', ASCII only). Pure; everything is
// appended. Bytes that are no UTF-8 become U+FFFD each: the result is always JSON. Numbers:
// AppendJsonNumber (formats/python_text.h).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "formats/item.h"

namespace annofs {

enum class JsonDialect : uint8_t { kCompact, kPython };

void AppendJsonString(JsonDialect dialect, absl::string_view text, std::string& out);
void AppendJsonInt(int64_t value, std::string& out);
// [1.0, 2.5]
void AppendJsonFloats(JsonDialect dialect, absl::Span<const double> values, std::string& out);

// The dict of an annotation's attributes. Of equal names (a label's attribute may be called
// "occluded") the last value counts, at the place of the first name. Those of `without` are left
// out.
void AppendJsonAttributes(JsonDialect dialect, const std::vector<ItemAttribute>& attributes,
                          absl::Span<const absl::string_view> without, std::string& out);

}  // namespace annofs
