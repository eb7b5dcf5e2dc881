// Images in a folder for each class, as torchvision's ImageFolder, Keras and Ultralytics'
// classifier read them (reference/training-tools.md §1.2). An image has one class: of its tags'
// labels the first in CVAT's order; in a dataset without tags, the label that all its shapes have.
// Pure.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "formats/dataset.h"
#include "formats/layout.h"

namespace annofs {

// <part>/<class>/<stem><ext>; nothing else: any other directory would be a class. A class that has
// images in one part has some in all, since loaders number the directories that they find: where
// there is none, its first image of another part is shown again.
absl::Status DescribeImageClasses(const Dataset& data, Layout& tree);

// As Writer::WhyDropped().
std::vector<absl::string_view> WhyNotClasses(const Dataset& data, const FrameShapes& all);

}  // namespace annofs
