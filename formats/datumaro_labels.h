// The labels of a Datumaro file, which annotations name by position (reference/cvat.md §9.2 step 2,
// §9.4).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cache/base/json.h"
#include "formats/label_union.h"
#include "formats/reader.h"

namespace annofs {

struct DatumaroLabel {
  uint32_t label = 0;               // the sink's
  std::vector<uint32_t> keypoints;  // of a skeleton: the sink's labels, in the order of its points
};

class DatumaroLabels {
 public:
  // `source`: what problems name.
  DatumaroLabels(std::string source, LabelUnion& labels, DatasetSink& sink)
      : source_(std::move(source)), union_(labels), sink_(sink) {}

  // Pushes the labels of `categories`. A label is a skeleton if others name it as their parent.
  void Add(JsonValue categories);
  // nullptr: there is no such label.
  const DatumaroLabel* Find(JsonValue label_id) const;

 private:
  struct Entry {
    std::string name;
    int64_t parent = -1;  // position
    std::vector<std::string> attributes;
    std::vector<std::string> keypoints;
    std::string svg;
    bool is_skeleton = false;
    bool names_keypoints = false;
    bool is_tried = false;   // to be pushed
    bool is_pushed = false;  // there may be too many
    DatumaroLabel pushed;
  };
  void Parse(JsonValue labels);
  void FindParents(JsonValue labels);
  void ParseSkeletons(JsonValue items);
  void Push(Entry& entry);
  void AddChildren();
  void FindKeypoints(Entry& entry);
  void Report(int64_t position, std::string reason);

  const std::string source_;
  LabelUnion& union_;
  DatasetSink& sink_;
  std::vector<Entry> entries_;
};

}  // namespace annofs
