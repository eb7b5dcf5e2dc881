// by-class: per label the frames that have it, their annotations cut down to that label; _none/ =
// frames without any.
#include "cache/base/status.h"
#include "formats/people_files.h"
#include "formats/writer.h"

namespace annofs {
namespace {

class ByClass : public Writer {
 public:
  WriterInfo Info() const override {
    return {.name = "by-class",
            .summary =
                "per label the frames that have it, with only that label's annotations; _none/ = "
                "frames without any",
            .keeps = AllShapeTypes()};
  }

  absl::Status Describe(const Dataset& data, Layout& tree) const override {
    ASSIGN_OR_RETURN(RankSet media, data.WithMedia());
    ASSIGN_OR_RETURN(RankSet none, data.WithoutLabels());
    AddPeopleFiles(tree.Directory("", "_none"), none, media, nullptr, tree);
    for (uint32_t label = 0; label < data.info().labels.size(); ++label) {
      if (data.info().labels[label].parent >= 0) continue;  // elements go with their skeleton
      ASSIGN_OR_RETURN(RankSet frames, data.WithLabel(label));
      AddPeopleFiles(
          tree.Directory("", data.info().labels[label].name), frames, media,
          [label](const Shape& shape) { return shape.label == label; }, tree);
    }
    return absl::OkStatus();
  }

  // A source may put a skeleton's sublabel on a shape of its own.
  std::vector<absl::string_view> WhyDropped(const Dataset& data, const Frame&,
                                            const FrameShapes& all) const override {
    std::vector<absl::string_view> why;
    for (const std::vector<Shape>* list : {&all.tags, &all.shapes}) {
      for (const Shape& shape : *list) {
        bool is_part = data.info().labels[shape.label].parent >= 0;
        why.push_back(is_part ? "its label is a part of a skeleton and has no directory" : "");
      }
    }
    return why;
  }
};

}  // namespace

std::unique_ptr<Writer> NewByClassWriter() { return std::make_unique<ByClass>(); }

}  // namespace annofs
