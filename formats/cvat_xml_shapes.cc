#include "formats/cvat_xml_shapes.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "formats/shape_check.h"

namespace annofs {
namespace {

constexpr size_t kMaxAddedLabels = 10000;
// Of one shape's attributes and elements: a few bytes of text can stand for many in memory.
constexpr size_t kMaxShapeBytes = size_t{32} << 20;

}  // namespace

Problem CvatXmlShapes::Where(XmlPosition position) const {
  Problem problem = where_;
  problem.position = absl::StrCat("line ", position.line);
  return problem;
}

void CvatXmlShapes::Report(XmlPosition position, std::string reason) {
  Problem problem = Where(position);
  problem.reason = std::move(reason);
  sink_.AddProblem(std::move(problem));
}

void CvatXmlShapes::ReportCut(size_t limit, XmlPosition position) {
  Report(position, absl::StrCat("a text longer than ", limit >> 20, " MiB, cut there"));
}

void CvatXmlShapes::Start(absl::string_view element, const XmlAttributes& attributes,
                          XmlPosition position, std::optional<uint32_t> label) {
  ++depth_;
  if (skip_ > 0) return;
  if (element == "attribute" && !open_.empty() && !in_attribute_) return StartAttribute(attributes);
  const std::optional<ShapeType> type = ShapeTypeOfElement(element);
  if (type && !in_attribute_) return StartShape(*type, attributes, position, label);
  Report(position, absl::StrCat("element <", element.substr(0, 64), "> is not known and not read"));
  skip_ = depth_;
}

void CvatXmlShapes::StartAttribute(const XmlAttributes& attributes) {
  in_attribute_ = true;
  const absl::string_view name = attributes.Get("name");
  Charge(sizeof(Attribute) + name.size());
  if (open_.back().bad.empty()) {
    open_.back().finished.shape.attributes.push_back({.name = std::string(name)});
  }
}

// A shape that is too large is left out as a whole.
void CvatXmlShapes::Charge(size_t bytes) {
  bytes_ += bytes;
  if (bytes_ <= kMaxShapeBytes) return;
  for (Open& open : open_) {
    if (!open.bad.empty()) continue;
    open.bad = "its attributes and elements are too many";
    open.finished.shape.attributes = {};
    open.finished.shape.elements = {};
  }
}

void CvatXmlShapes::StartShape(ShapeType type, const XmlAttributes& attributes,
                               XmlPosition position, std::optional<uint32_t> label) {
  const bool is_element = !open_.empty();
  if (is_element) open_.back().finished.has_elements = true;
  if (open_.size() > 1 ||
      (is_element && open_.back().finished.shape.type != ShapeType::kSkeleton)) {
    Report(position, absl::StrCat(ShapeTypeName(type),
                                  " left out: it is inside a shape that is no skeleton"));
    skip_ = depth_;
    return;
  }
  if (!is_element) bytes_ = 0;
  open_.emplace_back().finished.shape.type = type;
  if (is_element) Charge(sizeof(Shape));
  Open& open = open_.back();
  if (!open.bad.empty()) return;
  absl::StatusOr<CvatXmlShape> parsed = ParseShape(type, attributes);
  if (!parsed.ok()) {
    open.bad = std::string(parsed.status().message());
    return;
  }
  if (!parsed->problem.empty()) Report(position, std::move(parsed->problem));
  if (is_element) Charge(parsed->shape.points.size() * sizeof(double));
  open.finished.shape = std::move(parsed->shape);
  open.finished.frame = parsed->frame;
  if (label && !is_element) {
    open.finished.shape.label = *label;
  } else if (!is_element || open_.front().bad.empty()) {
    const int32_t parent = is_element ? int32_t(open_.front().finished.shape.label) : -1;
    const std::optional<uint32_t> known = FindLabel(parent, parsed->label, position);
    if (!known) open.bad = "a shape without a label";
    open.finished.shape.label = known.value_or(0);
  }
}

std::optional<uint32_t> CvatXmlShapes::FindLabel(int32_t parent, absl::string_view name,
                                                 XmlPosition position) {
  if (name.empty()) return std::nullopt;
  if (last_label_ && last_parent_ == parent && last_name_ == name) return *last_label_;
  std::optional<uint32_t> label = labels_.Find(parent, name);
  if (!label && added_labels_ == kMaxAddedLabels) return std::nullopt;
  if (!label) {
    ++added_labels_;
    label = labels_.FindOrAdd(parent, name, Where(position));
  }
  last_name_.assign(name.data(), name.size());
  last_parent_ = parent;
  last_label_ = label;
  return label;
}

std::optional<CvatXmlShapes::Finished> CvatXmlShapes::End(absl::string_view text,
                                                          XmlPosition position) {
  const size_t ended = depth_--;
  if (skip_ > 0) {
    if (skip_ == ended) skip_ = 0;
    return std::nullopt;
  }
  if (in_attribute_) {
    Charge(text.size());
    if (open_.back().bad.empty()) {
      open_.back().finished.shape.attributes.back().value.assign(text.data(), text.size());
    }
    in_attribute_ = false;
    return std::nullopt;
  }
  return FinishShape(position);
}

std::optional<CvatXmlShapes::Finished> CvatXmlShapes::FinishShape(XmlPosition position) {
  Open ended = std::move(open_.back());
  open_.pop_back();
  Shape& shape = ended.finished.shape;
  if (!open_.empty() && !open_.front().bad.empty()) return std::nullopt;  // goes with it
  if (!ended.bad.empty()) {
    Report(position, absl::StrCat(ShapeTypeName(shape.type), " left out: ", ended.bad));
    return std::nullopt;
  }
  if (!open_.empty()) {
    open_.back().finished.shape.elements.push_back(std::move(shape));
    return std::nullopt;
  }
  ShapeVerdict verdict = CheckShape(shape);
  if (!verdict.problem.empty()) {
    Report(position, absl::StrCat(verdict.keep ? "" : "left out: ", verdict.problem));
  }
  if (!verdict.keep) return std::nullopt;
  return std::move(ended.finished);
}

}  // namespace annofs
