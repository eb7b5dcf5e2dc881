#include "formats/shape_overlap.h"

#include <geos_c.h>

#include <algorithm>
#include <cmath>
#include <memory>

namespace annofs {
namespace {

// Bounds of a shape: x0 <= x1, y0 <= y1.
struct Box {
  double x0 = 0, y0 = 0, x1 = 0, y1 = 0;

  double Area() const { return (x1 - x0) * (y1 - y0); }
};

Box BoxOf(double xa, double ya, double xb, double yb) {
  return {std::min(xa, xb), std::min(ya, yb), std::max(xa, xb), std::max(ya, yb)};
}

Box BoundsOf(const std::vector<double>& points) {
  Box box{points[0], points[1], points[0], points[1]};
  for (size_t i = 0; i + 1 < points.size(); i += 2) {
    box.x0 = std::min(box.x0, points[i]);
    box.x1 = std::max(box.x1, points[i]);
    box.y0 = std::min(box.y0, points[i + 1]);
    box.y1 = std::max(box.y1, points[i + 1]);
  }
  return box;
}

// Without area where they do not meet.
Box Common(const Box& a, const Box& b) {
  Box common{std::max(a.x0, b.x0), std::max(a.y0, b.y0), std::min(a.x1, b.x1),
             std::min(a.y1, b.y1)};
  common.x1 = std::max(common.x0, common.x1);
  common.y1 = std::max(common.y0, common.y1);
  return common;
}

double OverUnion(double common, double a, double b) {
  return a == 0 || b == 0 ? 0 : common / (a + b - common);
}

double Overlap(const Box& a, const Box& b) {
  return OverUnion(Common(a, b).Area(), a.Area(), b.Area());
}

// A cuboid in space along x and `axis` (1: seen from above, 2: from the side).
Box ViewOf(const std::vector<double>& points, size_t axis) {
  const double x = points[0], width = points[6], y = points[axis], height = points[6 + axis];
  return BoxOf(x - width / 2, y - height / 2, x + width / 2, y + height / 2);
}

// GEOS, each thread with a context of its own.
class Geos {
 public:
  static GEOSContextHandle_t Context() {
    thread_local const Geos geos;
    return geos.context_;
  }

 private:
  Geos() : context_(GEOS_init_r()) {}
  ~Geos() { GEOS_finish_r(context_); }

  const GEOSContextHandle_t context_;
};

struct Destroy {
  void operator()(GEOSGeometry* geometry) const { GEOSGeom_destroy_r(Geos::Context(), geometry); }
};
using Geometry = std::unique_ptr<GEOSGeometry, Destroy>;

// Null if GEOS refuses it.
Geometry PolygonOf(const std::vector<double>& points) {
  GEOSContextHandle_t geos = Geos::Context();
  const unsigned count = unsigned(points.size() / 2);
  GEOSCoordSequence* corners = GEOSCoordSeq_create_r(geos, count + 1, 2);
  if (corners == nullptr) return nullptr;
  for (unsigned i = 0; i <= count; ++i) {
    const size_t at = size_t(i % count) * 2;
    GEOSCoordSeq_setXY_r(geos, corners, i, points[at], points[at + 1]);
  }
  GEOSGeometry* ring = GEOSGeom_createLinearRing_r(geos, corners);
  return Geometry(ring == nullptr ? nullptr
                                  : GEOSGeom_createPolygon_r(geos, ring, /*holes=*/nullptr, 0));
}

double AreaOf(const Geometry& geometry) {
  double area = 0;
  return GEOSArea_r(Geos::Context(), geometry.get(), &area) == 1 ? area : 0;
}

bool IsValid(const Geometry& geometry) {
  return geometry != nullptr && GEOSisValid_r(Geos::Context(), geometry.get()) == 1;
}

}  // namespace

double BoxOverlap(const std::vector<double>& a, const std::vector<double>& b) {
  return Overlap(BoxOf(a[0], a[1], a[2], a[3]), BoxOf(b[0], b[1], b[2], b[3]));
}

bool DoBoundsMeet(const std::vector<double>& a, const std::vector<double>& b) {
  return Common(BoundsOf(a), BoundsOf(b)).Area() > 0;
}

std::optional<double> PolygonOverlap(const std::vector<double>& a, const std::vector<double>& b) {
  if (!DoBoundsMeet(a, b)) return 0;
  if (double(a.size()) * double(b.size()) / 4 > kMaxPolygonCrossings) return std::nullopt;
  const Geometry first = PolygonOf(a), second = PolygonOf(b);
  if (!IsValid(first) || !IsValid(second)) return 0;
  const Geometry common(GEOSIntersection_r(Geos::Context(), first.get(), second.get()));
  if (common == nullptr) return 0;
  return OverUnion(AreaOf(common), AreaOf(first), AreaOf(second));
}

std::optional<double> ShapeSimilarity(const Shape& a, const Shape& b, bool is_3d) {
  if (a.type != b.type || a.label != b.label) return 0;
  if (a.type == ShapeType::kRectangle) return BoxOverlap(a.points, b.points);
  if (a.type == ShapeType::kPolygon) return PolygonOverlap(a.points, b.points);
  if (a.type != ShapeType::kCuboid || !is_3d) return 0;
  return Overlap(ViewOf(a.points, 1), ViewOf(b.points, 1)) *
         Overlap(ViewOf(a.points, 2), ViewOf(b.points, 2));
}

}  // namespace annofs
