// The tree of COCO 1.0 and COCO Keypoints 1.0 (reference/cvat.md §9.4; Datumaro: CocoExporter): an
// annotation file for each subset, made of one section of images and one of annotations, and the
// images. Images are numbered from 1 through all subsets (formats/image_numbers.h), annotations
// from 1 in each file.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "formats/dataset.h"
#include "formats/item.h"
#include "formats/layout.h"

namespace annofs {

// The elements of the array "annotations" of one file, as far as they are written.
class CocoAnnotations {
 public:
  // `written`: how many there are before; is counted on.
  CocoAnnotations(uint64_t image, uint64_t& written, std::string& out)
      : image_(image), written_(written), out_(out) {}

  uint64_t image() const { return image_; }
  // Begins the next: writes a comma where one is due. Answers its id.
  uint64_t Next() {
    if (written_ > 0) out_.push_back(',');
    return ++written_;
  }
  std::string& out() { return out_; }

 private:
  const uint64_t image_;
  uint64_t& written_;
  std::string& out_;
};

struct CocoTask {
  absl::string_view name;  // "instances": the files are called so
  std::string categories;  // a JSON array
  // Writes what an item has; ellipses are masks already.
  std::function<void(const DatasetInfo& info, const Item& item, CocoAnnotations& to)> annotations;
};

absl::Status DescribeCoco(const Dataset& data, CocoTask task, Layout& tree);

// The members of a category that both files have: "id":1,"name":"car","supercategory":""
void AppendCocoCategory(const DatasetInfo& info, uint32_t label, std::string& out);

}  // namespace annofs
