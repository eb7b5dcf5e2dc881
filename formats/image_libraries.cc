#include "formats/image_libraries.h"

#include <zlib.h>

#include <opencv2/core/utility.hpp>

#include "absl/strings/str_cat.h"

namespace annofs {

std::string ImageLibraryVersions() {
  return absl::StrCat("OpenCV ", cv::getVersionString(), ", zlib ", zlibVersion());
}

}  // namespace annofs
