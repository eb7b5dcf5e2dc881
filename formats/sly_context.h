// The context images of a point cloud in a Supervisely project (reference/cvat.md §9.4; Datumaro:
// SuperviselyPointCloudConverter). Pure.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "formats/model.h"

namespace annofs {

// Their names in the cloud's directory: without their own directories. Datumaro writes one image
// over another of the same name; here the later one gets `-` and 8 hex digits of its whole name.
std::vector<std::string> SlyContextNames(const std::vector<RelatedMedia>& images);

// The JSON beside one: its name, and matrices of zeros, as CVAT knows no cameras.
std::string RenderSlyContext(absl::string_view name);

}  // namespace annofs
