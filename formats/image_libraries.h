// The libraries that draw and compress files of pixels. Pure.
#pragma once

#include <string>

namespace annofs {

// Names and versions of those that are loaded: the bytes of such a file depend on them.
std::string ImageLibraryVersions();

}  // namespace annofs
