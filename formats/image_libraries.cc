#include "formats/image_libraries.h"

#include <png.h>
#include <zlib.h>

#include <opencv2/core/utility.hpp>

#include "absl/strings/str_cat.h"

namespace annofs {

std::string ImageLibraryVersions() {
  return absl::StrCat("OpenCV ", cv::getVersionString(), ", libpng ", png_get_libpng_ver(nullptr),
                      ", zlib ", zlibVersion());
}

}  // namespace annofs
