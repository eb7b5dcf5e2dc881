// Names that CVAT's exporters make of others (Datumaro: make_file_name; Python: shlex.quote). Pure.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace annofs {

// A slug of ASCII: Unicode's NFKD without what is not ASCII, lower case, only letters, digits, '_'
// and '-'; every run of spaces and '-' is one '-', none of spaces at the ends. May be empty, and
// different texts may have one slug ("a/b" and "ab").
std::string Slug(absl::string_view text);

// As a word for a shell: as it is if all its characters are harmless, else in single quotes.
std::string ShellWord(absl::string_view text);

}  // namespace annofs
