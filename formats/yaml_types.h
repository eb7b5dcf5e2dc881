// What a plain scalar of YAML 1.1 is taken for, by the rules of PyYAML's resolver: a text that
// reads as something else must be quoted. Pure; linear in the text.
#pragma once

#include "absl/strings/string_view.h"

namespace annofs {

// True if `text`, written plain, is read as a text again: it is no number, truth value, null, date,
// merge key. Says nothing about characters that may not stand in a plain scalar.
bool ReadsAsYamlText(absl::string_view text);

}  // namespace annofs
