// Which views a configuration shows (ViewOptions::views). Pure.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "formats/writer.h"

namespace annofs {

// Globs over names of views: "yolo", "by-*", "cvat/*", "cvat/COCO 1.0". A wildcard stays in its
// component: "*" is no view of "cvat/", "**" is every view. None: all are shown; reports always
// are.
bool IsShown(absl::string_view view, const std::vector<std::string>& globs);

// Those of the globs that name no view at all, as given: errors of the configuration. A view that
// is not for the dataset (IsFor) is one all the same.
std::vector<std::string> UnknownViews(const std::vector<std::string>& globs,
                                      const std::vector<std::unique_ptr<Writer>>& writers);

}  // namespace annofs
