// CVAT for images 1.1 (reference/cvat.md §2): annotations.xml, an <image> for each frame with all
// its shapes and tags, and the images. Tracked shapes are shapes like others: which track they are
// of is lost.
#include <memory>
#include <optional>
#include <string>

#include "absl/strings/str_format.h"
#include "cache/base/status.h"
#include "formats/box.h"
#include "formats/cvat_export.h"
#include "formats/cvat_xml_writer_frames.h"
#include "formats/cvat_xml_writer_meta.h"
#include "formats/cvat_xml_writer_shape.h"
#include "formats/cvat_xml_writer_tasks.h"
#include "formats/cvat_xml_writer_text.h"
#include "formats/subset_names.h"
#include "formats/writer.h"

namespace annofs {
namespace {

// In a project that of its medium, where images share a name (ProjectData._init_frame_info).
absl::StatusOr<std::string> NameOf(const Dataset& data, const CvatXmlWriterTasks& tasks, Rank rank,
                                   const Frame& frame) {
  if (tasks.is_project()) {
    ASSIGN_OR_RETURN(const FrameNames names, data.Names(rank));
    ASSIGN_OR_RETURN(std::optional<std::string> path, PathInSubset(data, rank, names.path));
    if (path) return *std::move(path);
  }
  const bool is_video = tasks.Meta(data.info(), frame.task).is_video;
  return is_video ? absl::StrFormat("frame_%06d", frame.number) : frame.name;
}

absl::Status AppendImage(const Dataset& data, const CvatXmlWriterTasks& tasks, Rank rank,
                         std::string& out) {
  const DatasetInfo& info = data.info();
  ASSIGN_OR_RETURN(const Frame frame, data.GetFrame(rank));
  ASSIGN_OR_RETURN(const FrameShapes all, data.Shapes(rank));
  ASSIGN_OR_RETURN(const std::string name, NameOf(data, tasks, rank, frame));
  AppendXmlIndent(1, out);
  out += "<image";
  AppendXmlAttribute("id", int64_t(tasks.NumberOf(frame)), out);
  AppendXmlAttribute("name", name, out);
  if (tasks.is_project()) {
    AppendXmlAttribute("subset", CvatXmlSubset(frame.subset), out);
    AppendXmlAttribute("task_id", tasks[frame.task].id, out);
  }
  AppendXmlAttribute("width", int64_t{frame.width}, out);
  AppendXmlAttribute("height", int64_t{frame.height}, out);
  out.push_back('>');
  for (const Shape& shape : all.shapes) {
    if (WhyNotInCvatXml(shape).empty()) AppendImageShape(info, shape, out);
  }
  for (const Shape& tag : all.tags) AppendImageTag(info, tag, out);
  AppendXmlClose(1, "image", out);
  return absl::OkStatus();
}

class CvatImages : public Writer {
 public:
  WriterInfo Info() const override {
    return {.name = "cvat/CVAT for images 1.1",
            .summary = "CVAT's own XML by images: annotations.xml, images/",
            .keeps = AllShapeTypes()};
  }

  absl::Status Describe(const Dataset& data, Layout& tree) const override {
    ASSIGN_OR_RETURN(const CvatXmlWriterTasksPtr tasks, CvatXmlWriterTasks::Of(data));
    ASSIGN_OR_RETURN(Section images, CvatXmlSection(data, tasks));
    ASSIGN_OR_RETURN(images.before, RenderCvatXmlHead(data, *tasks));
    images.segment = [tasks](const Dataset& data, const SegmentAt& at, Running&, std::string& out) {
      return AppendImage(data, *tasks, at.rank, out);
    };
    Segments xml{.tail = std::string(kCvatXmlTail)};
    xml.sections.push_back(std::move(images));
    tree.Segmented("annotations.xml", std::move(xml));
    return AddCvatXmlImages(data, *tasks, tree);
  }

  std::vector<absl::string_view> WhyDropped(const Dataset& data, const Frame& frame,
                                            const FrameShapes& all) const override {
    const bool is_cloud = IsPointCloud(data.info(), frame);
    std::vector<absl::string_view> why(all.tags.size(), is_cloud ? kNotForPointClouds : "");
    for (const Shape& shape : all.shapes) {
      why.push_back(is_cloud ? kNotForPointClouds : WhyNotInCvatXml(shape));
    }
    return why;
  }
};

}  // namespace

std::unique_ptr<Writer> NewCvatImagesWriter() { return std::make_unique<CvatImages>(); }

}  // namespace annofs
