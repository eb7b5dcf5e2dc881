#include "tools/stats_page_drawing.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "formats/box.h"
#include "formats/item.h"
#include "formats/label_colors.h"
#include "formats/train_objects.h"
#include "tools/stats_page_html.h"

namespace annofs {
namespace {

constexpr size_t kMaxPoints = 400;  // of one outline
constexpr size_t kMaxRings = 50;    // of one mask
// Of one frame: of masks beyond that the box is drawn.
constexpr size_t kMaxMaskRuns = 200000;
constexpr size_t kMaxElements = 200;  // of one skeleton
constexpr double kFar = 1e6;          // pixels

std::string Number(double value) {
  if (!std::isfinite(value)) return "0";
  return absl::StrFormat("%g", std::round(std::clamp(value, -kFar, kFar) * 10) / 10);
}

std::string Points(const std::vector<double>& points) {
  const size_t count = points.size() / 2;
  const size_t step = std::max<size_t>(1, (count + kMaxPoints - 1) / kMaxPoints);
  std::string text;
  for (size_t i = 0; i < count; i += step) {
    absl::StrAppend(&text, text.empty() ? "" : " ", Number(points[2 * i]), ",",
                    Number(points[2 * i + 1]));
  }
  return text;
}

class Pen {
 public:
  Pen(const DatasetInfo& info, const Frame& frame, const FrameShapes& all)
      : info_(info), frame_(frame), all_(all) {
    dot_ = std::max(2.0, std::max(frame.width, frame.height) / 160.0);
  }

  // A group in the label's colour, with what the shape is as its title.
  std::string Draw(uint32_t number) {
    const Shape& shape = all_.shapes[number];
    const std::string body = Body(shape, number);
    if (body.empty()) return "";
    const Label& label = info_.labels[shape.label];
    const bool is_open = shape.type == ShapeType::kPolyline;
    return absl::StrCat(
        "<g stroke=\"", HexColorOf(label), "\" fill=\"", is_open ? "none" : HexColorOf(label),
        "\" fill-opacity=\"", shape.type == ShapeType::kMask ? ".4" : ".12", "\"",
        shape.occluded ? " stroke-dasharray=\"6 4\"" : "", "><title>", Escaped(label.name), ", ",
        ShapeTypeName(shape.type), shape.occluded ? ", occluded" : "", "</title>", body, "</g>\n");
  }

 private:
  std::string Body(const Shape& shape, uint32_t number) {
    switch (shape.type) {
      case ShapeType::kPolygon:
        return absl::StrCat("<polygon points=\"", Points(shape.points), "\"/>");
      case ShapeType::kPolyline:
        return absl::StrCat("<polyline points=\"", Points(shape.points), "\"/>");
      case ShapeType::kPoints:
        return Dots(shape.points);
      case ShapeType::kCuboid:
        return Cuboid(shape.points);
      case ShapeType::kMask:
        return Mask(shape, number);
      case ShapeType::kSkeleton:
        return Skeleton(shape);
      case ShapeType::kTag:
        return "";
      default:
        return BoxOf(shape);
    }
  }

  // Rectangles and ellipses as they are turned; the box of a mask.
  static std::string BoxOf(const Shape& shape) {
    const std::optional<Box> box = OwnBox(shape);
    if (!box) return "";
    const double x = box->left + box->width() / 2, y = box->top + box->height() / 2;
    const std::string turned = shape.rotation == 0 || !std::isfinite(shape.rotation)
                                   ? ""
                                   : absl::StrCat(" transform=\"rotate(", Number(shape.rotation),
                                                  " ", Number(x), " ", Number(y), ")\"");
    if (shape.type == ShapeType::kEllipse) {
      return absl::StrCat("<ellipse cx=\"", Number(x), "\" cy=\"", Number(y), "\" rx=\"",
                          Number(std::abs(box->width() / 2)), "\" ry=\"",
                          Number(std::abs(box->height() / 2)), "\"", turned, "/>");
    }
    return absl::StrCat("<rect x=\"", Number(box->left), "\" y=\"", Number(box->top), "\" width=\"",
                        Number(std::abs(box->width())), "\" height=\"",
                        Number(std::abs(box->height())), "\"", turned, "/>");
  }

  std::string Dot(double x, double y) const {
    return absl::StrCat("<circle cx=\"", Number(x), "\" cy=\"", Number(y), "\" r=\"", Number(dot_),
                        "\" fill-opacity=\"1\"/>");
  }

  std::string Dots(const std::vector<double>& points) const {
    std::string html;
    const size_t count = std::min(points.size() / 2, kMaxPoints);
    for (size_t i = 0; i < count; ++i) html += Dot(points[2 * i], points[2 * i + 1]);
    return html;
  }

  // Its eight corners in CVAT's order (reference/cvat.md §1.2) are the ends of four upright edges.
  static std::string Cuboid(const std::vector<double>& points) {
    if (points.size() < 16) return "";
    std::string html;
    auto face = [&](std::initializer_list<size_t> corners) {
      std::vector<double> ring;
      for (size_t corner : corners) {
        ring.push_back(points[2 * corner]);
        ring.push_back(points[2 * corner + 1]);
      }
      absl::StrAppend(&html, "<polygon points=\"", Points(ring), "\"/>");
    };
    face({0, 1, 3, 2});
    face({2, 3, 5, 4});
    face({4, 5, 7, 6});
    face({6, 7, 1, 0});
    return html;
  }

  std::string Mask(const Shape& shape, uint32_t number) {
    const bool is_known = frame_.width != 0 && frame_.height != 0;
    if (!is_known || shape.points.size() > mask_runs_) return BoxOf(shape);
    mask_runs_ -= shape.points.size();
    const absl::StatusOr<std::vector<Ring>> rings =
        OutlinesOf(frame_, all_, {.label = shape.label, .parts = {number}});
    if (!rings.ok() || rings->size() > kMaxRings) return BoxOf(shape);
    std::string path;
    for (const Ring& ring : *rings) absl::StrAppend(&path, "M", Points(ring), "Z");
    return path.empty() ? "" : absl::StrCat("<path fill-rule=\"evenodd\" d=\"", path, "\"/>");
  }

  std::string Skeleton(const Shape& shape) {
    const auto [found, is_new] = templates_.try_emplace(shape.label);
    if (is_new) found->second = SkeletonTemplateOf(info_, shape.label);
    const SkeletonTemplate& form = found->second;
    const size_t elements = std::min(shape.elements.size(), kMaxElements);
    auto find = [&](int position) -> const Shape* {
      if (position < 1 || size_t(position) > form.sublabels.size()) return nullptr;
      const uint32_t label = form.sublabels[size_t(position - 1)];
      for (size_t i = 0; i < elements; ++i) {
        const Shape& element = shape.elements[i];
        if (element.label == label && !element.outside && element.points.size() >= 2)
          return &element;
      }
      return nullptr;
    };
    std::string html;
    for (size_t i = 0; i < std::min(form.joints.size(), kMaxElements); ++i) {
      const Shape* from = find(form.joints[i].first);
      const Shape* to = find(form.joints[i].second);
      if (from == nullptr || to == nullptr) continue;
      absl::StrAppend(&html, "<line x1=\"", Number(from->points[0]), "\" y1=\"",
                      Number(from->points[1]), "\" x2=\"", Number(to->points[0]), "\" y2=\"",
                      Number(to->points[1]), "\"/>");
    }
    for (size_t i = 0; i < elements; ++i) {
      const Shape& element = shape.elements[i];
      if (!element.outside && element.points.size() >= 2)
        html += Dot(element.points[0], element.points[1]);
    }
    return html;
  }

  const DatasetInfo& info_;
  const Frame& frame_;
  const FrameShapes& all_;
  double dot_ = 2;                                  // radius
  size_t mask_runs_ = kMaxMaskRuns;                 // that may still be drawn
  std::map<uint32_t, SkeletonTemplate> templates_;  // by label
};

}  // namespace

Drawing DrawShapes(const DatasetInfo& info, const Frame& frame, const FrameShapes& all) {
  Drawing drawing;
  Pen pen(info, frame, all);
  const bool is_flat = !IsPointCloud(info, frame);
  size_t drawn = 0;
  for (const Shape& tag : all.tags) drawing.labels.push_back(tag.label);
  for (uint32_t i = 0; i < all.shapes.size(); ++i) {
    drawing.labels.push_back(all.shapes[i].label);
    if (!is_flat) continue;
    const std::string one = drawn < kMaxDrawn ? pen.Draw(i) : "";
    if (one.empty() || drawing.svg.size() + one.size() > kMaxDrawingBytes) {
      ++drawing.left_out;
      continue;
    }
    absl::StrAppend(&drawing.svg, one);
    ++drawn;
  }
  std::sort(drawing.labels.begin(), drawing.labels.end());
  drawing.labels.erase(std::unique(drawing.labels.begin(), drawing.labels.end()),
                       drawing.labels.end());
  return drawing;
}

}  // namespace annofs
