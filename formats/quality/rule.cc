#include "formats/quality/rule.h"

#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cache/base/text.h"

namespace annofs {
namespace {

constexpr size_t kMostOfText = 100;  // bytes

bool IsFinite(const Box& box) {
  return std::isfinite(box.left) && std::isfinite(box.top) && std::isfinite(box.right) &&
         std::isfinite(box.bottom);
}

std::optional<Box> Finite(std::optional<Box> box) {
  return box && IsFinite(*box) ? box : std::nullopt;
}

}  // namespace

std::string LabelPath(const DatasetInfo& info, uint32_t label) {
  const std::vector<Label>& labels = info.labels;
  if (label >= labels.size()) return "";
  const int32_t parent = labels[label].parent;
  if (parent < 0 || size_t(parent) >= labels.size()) return labels[label].name;
  return absl::StrCat(labels[size_t(parent)].name, "/", labels[label].name);
}

std::string Rounded(double value) {
  const double hundredths = std::round(value * 100);
  return ShortFloat(std::isfinite(hundredths) ? hundredths / 100 : value);
}

std::string Quoted(absl::string_view text) {
  if (text.size() <= kMostOfText) return absl::StrCat("'", text, "'");
  size_t end = kMostOfText;
  while (end > 0 && (uint8_t(text[end]) & 0xc0) == 0x80) --end;  // no half of a UTF-8 character
  return absl::StrCat("'", text.substr(0, end), "…' (", text.size(), " bytes)");
}

SeenFrame::SeenFrame(const Dataset& data, uint32_t position, Rank rank, const Frame& frame,
                     const FrameShapes& all)
    : data_(data), frame_(frame), all_(all) {
  Become(position, rank);
}

void SeenFrame::Become(uint32_t position, Rank rank) {
  position_ = position;
  rank_ = rank;
  is_point_cloud_ = IsPointCloud(data_.info(), frame_);
  own_.assign(all_.shapes.size(), std::nullopt);
  enclosing_.assign(all_.shapes.size(), std::nullopt);
  if (is_point_cloud_) return;
  for (size_t i = 0; i < all_.shapes.size(); ++i) {
    own_[i] = Finite(OwnBox(all_.shapes[i]));
    enclosing_[i] = all_.shapes[i].rotation == 0 ? own_[i] : Finite(EnclosingBox(all_.shapes[i]));
  }
}

QualityPlace SeenFrame::Place(std::string detail) const {
  QualityPlace place{.rank = rank_, .detail = std::move(detail)};
  absl::StatusOr<FrameNames> names = data_.Names(rank_);
  if (names.ok()) {
    place.frame = std::move(names->path);
  } else {
    status_ = names.status();
  }
  return place;
}

QualityPlace SeenFrame::OfTag(size_t number, std::string detail) const {
  QualityPlace place = Place(std::move(detail));
  place.label = LabelPath(data_.info(), all_.tags[number].label);
  place.object = absl::StrCat("tag ", number);
  return place;
}

QualityPlace SeenFrame::OfShape(size_t number, std::string detail) const {
  const Shape& shape = all_.shapes[number];
  QualityPlace place = Place(std::move(detail));
  place.label = LabelPath(data_.info(), shape.label);
  place.object = absl::StrCat("shape ", number);
  if (shape.track >= 0) absl::StrAppend(&place.object, " of track ", shape.track);
  return place;
}

QualityPlace SeenFrame::OfElement(size_t shape, size_t element, std::string detail) const {
  QualityPlace place = OfShape(shape, std::move(detail));
  place.label = LabelPath(data_.info(), all_.shapes[shape].elements[element].label);
  absl::StrAppend(&place.object, ", element ", element);
  return place;
}

}  // namespace annofs
