// int(), float() and bool() of Python, for attributes that exporters make use of. Pure.
#pragma once

#include <optional>
#include <string>

#include "formats/item.h"

namespace annofs {

// int(value) in decimal digits; nothing where Python raises: a text that is no whole number, or a
// number that is not finite.
std::optional<std::string> PythonIntOf(const ItemValue& value);
// float(value); nothing where Python raises.
std::optional<double> PythonFloatOf(const ItemValue& value);
// bool(value): false for 0 and for the empty text.
bool IsTrue(const ItemValue& value);

}  // namespace annofs
