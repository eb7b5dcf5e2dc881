// Images in folders named after labels, as ImageNet, VGGFace2, WiderFace and LFW have them: the
// same image lies in several. Sets of frames for them.
#pragma once

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "formats/dataset.h"
#include "formats/layout.h"

namespace annofs {

// What exporters call the folder of images without a label.
inline constexpr absl::string_view kNoLabelFolder = "no_label";

// The names of all labels, a line each, the last without its end.
std::string LabelNames(const DatasetInfo& info);

// Those of `frames` whose first tag has the label: by label idx. Only frames with tags of several
// labels are read.
absl::StatusOr<std::vector<RankSet>> FramesByFirstTag(const Dataset& data, const RankSet& frames);

// A set of frames under a label's name; labels of one name (parts of two skeletons) are one.
struct NamedFrames {
  std::string name;
  RankSet frames;
};
// In the order of the labels. REQUIRES: one set for each label.
std::vector<NamedFrames> ByName(const DatasetInfo& info, std::vector<RankSet> by_label);

// The directories of a view for names of labels. CVAT makes a '/' in a name a directory of its own;
// names that are no path are made safe. Of names that differ only by case the later ones get a
// hash, as Layout::Directory says.
class LabelFolders {
 public:
  // `pattern`: of the images' own names (formats/layout.h): {path} or {item_path}.
  explicit LabelFolders(Layout& tree, absl::string_view pattern = "{path}")
      : tree_(tree), pattern_(pattern) {}
  // The path of the directory; the same one for the same name.
  std::string Of(absl::string_view parent, absl::string_view name);

  // Images of the frames, "<parent>/<name>/<path>"; but a path that begins with the name, as a
  // directory, stays as it is below `parent`: "car/a.jpg" and not "car/car/a.jpg". Call Finish() at
  // the end.
  absl::Status AddImages(const Dataset& data, absl::string_view parent, const NamedFrames& images);
  // Adds the images that stay as they are.
  void Finish(absl::string_view parent);

 private:
  std::string Folder(const std::string& parent, absl::string_view name);

  Layout& tree_;
  const std::string pattern_;
  absl::flat_hash_map<std::string, std::string> paths_;  // by parent and name
  RankSet as_they_are_;
};

}  // namespace annofs
