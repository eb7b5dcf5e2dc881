// Annotations of a Datumaro file as shapes (reference/cvat.md §9.2 step 4, §9.4). Not thread safe.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cache/base/json.h"
#include "formats/attribute_types.h"
#include "formats/datumaro_labels.h"
#include "formats/model.h"
#include "formats/shape_budget.h"

namespace annofs {

class DatumaroShapes {
 public:
  // `types` gets the attributes of all annotations.
  DatumaroShapes(const DatumaroLabels& labels, ShapeBudget& budget, AttributeTypes& types)
      : labels_(labels), budget_(budget), types_(types) {}

  // kInvalidArgument: it cannot be kept. kUnimplemented: of a type that CVAT has not, counted in
  // unread_types(). kResourceExhausted: reading ends. What was mended is in problems().
  absl::StatusOr<Shape> Parse(JsonValue annotation);
  const std::vector<std::string>& problems() const { return problems_; }

  // Of all annotations so far: types, and members that are not read.
  const std::map<std::string, uint64_t>& unread_types() const { return unread_types_; }
  const std::set<std::string>& unread_members() const { return unread_members_; }

 private:
  absl::Status ParsePoints(absl::string_view type, JsonValue json, const DatumaroLabel& label,
                           Shape& shape);
  absl::Status ParseSkeleton(JsonValue json, const DatumaroLabel& label, Shape& skeleton);
  void AddAttributes(JsonValue attributes, Shape& shape);

  const DatumaroLabels& labels_;
  ShapeBudget& budget_;
  AttributeTypes& types_;
  std::vector<std::string> problems_;
  std::map<std::string, uint64_t> unread_types_;
  std::set<std::string> unread_members_;
};

}  // namespace annofs
