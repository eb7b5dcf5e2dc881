// The labels of several files as one list: of one (parent, name) there is one label (reference/
// cvat.md §1.4). Not thread safe.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "formats/reader.h"

namespace annofs {

class LabelUnion {
 public:
  explicit LabelUnion(DatasetSink& sink) : sink_(sink) {}

  struct Added {
    uint32_t label = 0;  // the sink's
    bool is_new = true;
  };
  // `parent` of the label is the sink's. A label that is there stays as it is.
  Added Add(Label label) {
    const auto [place, is_new] = labels_.try_emplace({label.parent, label.name});
    if (is_new) place->second = sink_.AddLabel(std::move(label));
    return {.label = place->second, .is_new = is_new};
  }

 private:
  DatasetSink& sink_;
  std::map<std::pair<int32_t, std::string>, uint32_t> labels_;
};

}  // namespace annofs
