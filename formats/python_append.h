// What python_text.h writes, behind a text instead of as one of its own: for rows by the million.
// Pure.
#pragma once

#include <cstdint>
#include <string>

#include "formats/item.h"

namespace annofs {

void AppendInt(int64_t value, std::string& out);
// PythonStr().
void AppendPythonStr(const ItemValue& value, std::string& out);

}  // namespace annofs
