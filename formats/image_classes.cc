#include "formats/image_classes.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "formats/split.h"

namespace annofs {
namespace {

// By the shapes counted; parts of skeletons are no classes.
bool HasTags(const DatasetInfo& info) { return info.shape_counts[size_t(ShapeType::kTag)] > 0; }

bool IsClass(const DatasetInfo& info, uint32_t label) { return info.labels[label].parent < 0; }

// The images of each class, by label.
absl::StatusOr<std::vector<RankSet>> ByTag(const Dataset& data) {
  std::vector<RankSet> classes(data.info().labels.size());
  RankSet taken;
  for (uint32_t label = 0; label < classes.size(); ++label) {
    if (!IsClass(data.info(), label)) continue;
    ASSIGN_OR_RETURN(const RankSet tagged, data.With(FrameTerm::OfTag(label)));
    classes[label] = Without(tagged, taken);
    taken = UnionOf(taken, tagged);
  }
  return classes;
}

absl::StatusOr<std::vector<RankSet>> ByOnlyLabel(const Dataset& data) {
  std::vector<RankSet> classes(data.info().labels.size());
  RankSet once, twice;
  for (uint32_t label = 0; label < classes.size(); ++label) {
    ASSIGN_OR_RETURN(classes[label], data.WithLabel(label));
    twice = UnionOf(twice, Intersect(once, classes[label]));
    once = UnionOf(once, classes[label]);
  }
  for (uint32_t label = 0; label < classes.size(); ++label) {
    classes[label] = IsClass(data.info(), label) ? Without(classes[label], twice) : RankSet();
  }
  return classes;
}

// Where the class has no image in a part.
RankSet OneOf(const RankSet& frames) { return RankSet::Of({frames[0]}); }

}  // namespace

absl::Status DescribeImageClasses(const Dataset& data, Layout& tree) {
  ASSIGN_OR_RETURN(const std::vector<SplitPart> parts, Split(data));
  ASSIGN_OR_RETURN(const RankSet media, data.WithMedia());
  ASSIGN_OR_RETURN(const std::vector<RankSet> classes,
                   HasTags(data.info()) ? ByTag(data) : ByOnlyLabel(data));
  for (size_t label = 0; label < classes.size(); ++label) {
    const RankSet images = Intersect(classes[label], media);
    if (images.empty()) continue;
    for (const SplitPart& part : parts) {
      if (part.frames.empty()) continue;
      const RankSet here = Intersect(images, part.frames);
      tree.Media(
          absl::StrCat(tree.Directory(part.name, data.info().labels[label].name), "/{stem}{ext}"),
          here.empty() ? OneOf(images) : here);
    }
  }
  return absl::OkStatus();
}

std::vector<absl::string_view> WhyNotClasses(const Dataset& data, const FrameShapes& all) {
  const DatasetInfo& info = data.info();
  const bool has_tags = HasTags(info);
  std::vector<absl::string_view> why;
  uint32_t first = uint32_t(info.labels.size());
  for (const Shape& tag : all.tags) {
    if (IsClass(info, tag.label)) first = std::min(first, tag.label);
  }
  for (const Shape& tag : all.tags)
    why.push_back(tag.label == first ? "" : "an image has one class, that of another tag");
  const bool is_one = std::all_of(all.shapes.begin(), all.shapes.end(), [&](const Shape& shape) {
    return shape.label == all.shapes[0].label;
  });
  for (const Shape& shape : all.shapes) {
    why.push_back(has_tags  ? "the classes of images are their tags"
                  : !is_one ? "the image has shapes of several labels, and so no class"
                  : IsClass(info, shape.label) ? ""
                                               : "its label is a part of a skeleton and no class");
  }
  return why;
}

}  // namespace annofs
