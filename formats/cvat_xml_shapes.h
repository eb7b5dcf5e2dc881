// The shape elements below an <image> or <track>, put together: a shape, its <attribute>s, a
// skeleton's elements. Fed with all elements below the one that holds them. Not thread safe.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "cache/base/xml.h"
#include "formats/cvat_xml_shape.h"
#include "formats/label_table.h"
#include "formats/reader.h"

namespace annofs {

class CvatXmlShapes {
 public:
  struct Finished {
    Shape shape;
    std::optional<int64_t> frame;
    bool has_elements = false;  // also those that were left out
  };

  // Both outlive this.
  CvatXmlShapes(LabelTable& labels, DatasetSink& sink) : labels_(labels), sink_(sink) {}

  // Where the shapes to come stand; problems are told with it.
  void SetSource(std::string source) { where_.source = std::move(source); }
  void SetFrame(std::string name) { where_.frame = std::move(name); }
  Problem Where(XmlPosition position) const;
  void Report(XmlPosition position, std::string reason);
  // A text of more than `limit` bytes is cut (XmlHandler::TextTooLong).
  void ReportCut(size_t limit, XmlPosition position);

  // `label`: of the track; nothing: the element itself names its label.
  void Start(absl::string_view element, const XmlAttributes& attributes, XmlPosition position,
             std::optional<uint32_t> label);
  // A shape that is complete and that CVAT would take (formats/shape_check.h). What is left out has
  // been told.
  std::optional<Finished> End(absl::string_view text, XmlPosition position);
  // Nothing: the name is empty, or more labels are not declared than a text can be trusted with.
  std::optional<uint32_t> FindLabel(int32_t parent, absl::string_view name, XmlPosition position);
  // No shape is open.
  bool is_idle() const { return depth_ == 0; }

 private:
  struct Open {
    Finished finished;
    std::string bad;  // why it cannot be read; it is left out
  };
  void StartShape(ShapeType type, const XmlAttributes& attributes, XmlPosition position,
                  std::optional<uint32_t> label);
  void StartAttribute(const XmlAttributes& attributes);
  void Charge(size_t bytes);
  std::optional<Finished> FinishShape(XmlPosition position);

  LabelTable& labels_;
  DatasetSink& sink_;
  Problem where_;            // source and frame
  std::vector<Open> open_;   // a shape; in a skeleton, its element too
  size_t depth_ = 0;         // of the open elements
  size_t bytes_ = 0;         // of the shape that is open, without its points
  size_t added_labels_ = 0;  // not declared
  size_t skip_ = 0;          // the depth of an element that is not read with all that is in it
  bool in_attribute_ = false;
  // The label that was looked up last: most shapes have that of their neighbour.
  std::string last_name_;
  int32_t last_parent_ = -1;
  std::optional<uint32_t> last_label_;
};

}  // namespace annofs
