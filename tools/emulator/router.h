// Which operation of which API a request is for. Pure functions.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "tools/emulator/http.h"

namespace annofs::emulator {

enum class Api {
  kNative,    // /b2api/vN/OPERATION
  kDownload,  // /file/BUCKET/NAME
  kAdmin,     // /__emu/...
  kUnknown,
};

inline constexpr absl::string_view kAdminPath = "/__emu";
inline constexpr absl::string_view kDownloadByName = "b2_download_file_by_name";

struct Route {
  Api api = Api::kUnknown;
  std::string operation;  // as asked for, up to a '/'; kAdmin: the path below /__emu/
  int version = 0;        // kNative: N, of 1..4
  std::string bucket;     // kDownload, decoded
  std::string name;       // kDownload, decoded; kNative: what follows the operation and a '/'
};

// Never fails: what it does not know is kUnknown.
Route RouteOf(const Target& target);

}  // namespace annofs::emulator
