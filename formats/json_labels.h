// Labels as CVAT writes them in JSON: in a task.json or project.json, and in an answer of its
// server (reference/cvat.md §1.4, §5.1, §6). Pure.
#pragma once

#include <string>
#include <vector>

#include "cache/base/json.h"
#include "formats/model.h"

namespace annofs {

// `labels`: the array. Sublabels stand right after their skeleton, in CVAT's order; `parent` is an
// index into the result. A label without a name is left out.
std::vector<Label> ParseJsonLabels(JsonValue labels);

// One label without its sublabels; `parent` is -1.
Label ParseJsonLabel(JsonValue label);

// The text of an attribute's value: a string as it is; numbers, true and false as CVAT would write
// them into one; "" for anything else.
std::string JsonText(JsonValue value);

}  // namespace annofs
