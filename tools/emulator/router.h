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
  kS3,        // everything else, and every request to a bucket's own host
  kUnknown,
};

inline constexpr absl::string_view kAdminPath = "/__emu";
inline constexpr absl::string_view kDownloadByName = "b2_download_file_by_name";

struct Route {
  Api api = Api::kUnknown;
  // As asked for, up to a '/'; kAdmin: the path below /__emu/; kS3: the name for counters.
  std::string operation;
  int version = 0;     // kNative: N, of 1..4
  std::string bucket;  // kDownload, kS3; decoded
  std::string name;    // kDownload, kS3: decoded; kNative: what follows the operation and a '/'
};

// Never fails: what it does not know is kUnknown.
Route RouteOf(const Request& request);

}  // namespace annofs::emulator
