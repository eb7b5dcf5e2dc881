#include "formats/export_loader.h"

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "formats/shape_check.h"

namespace annofs {

absl::Status ExportLoader::Load() {
  RETURN_IF_ERROR(ReadNames());
  is_naming_ = false;
  RETURN_IF_ERROR(frames_.Push(is_relative() ? ExportFrames::Sizes::kOfAllImages
                                             : ExportFrames::Sizes::kOfInnerImages));
  RETURN_IF_ERROR(ReadShapes());
  frames_.ReportUnsized();
  return absl::OkStatus();
}

std::string ExportLoader::Key(absl::string_view subset, absl::string_view name) {
  return absl::StrCat(subset, "/", WithoutExtension(name));
}

uint32_t ExportLoader::FrameOf(absl::string_view key, absl::string_view name,
                               absl::string_view subset) {
  uint32_t index = frames_.Find(key);
  if (index != ExportFrame::kNone || !is_naming_) return index;
  return frames_.AddListed(frames_.Keep(std::string(key)), frames_.Keep(std::string(name)),
                           frames_.Subset(subset), {});
}

void ExportLoader::AddImages(absl::string_view prefix, absl::string_view subset) {
  for (const ExportFile& file : tree_.StartingWith(prefix)) {
    if (!IsImagePath(file.path)) continue;
    absl::string_view name = file.path.substr(prefix.size());
    frames_.AddImage(frames_.Keep(Key(subset, name)), name, frames_.Subset(subset),
                     uint32_t(&file - tree_.files().data()));
  }
}

absl::Status ExportLoader::AddTag(uint32_t frame, uint32_t label,
                                  std::vector<Attribute> attributes) {
  return sink_.AddShape(
      frames_.frames()[frame].frame,
      {.type = ShapeType::kTag, .label = label, .attributes = std::move(attributes)});
}

absl::Status ExportLoader::AddShape(const ExportFile& file, uint64_t line, uint32_t frame,
                                    Shape shape) {
  const ExportFrame& item = frames_.frames()[frame];
  ShapeVerdict verdict = CheckShape(shape);
  if (!verdict.problem.empty())
    Report(file, line, item.name, absl::StrCat(verdict.keep ? "" : "left out: ", verdict.problem));
  return verdict.keep ? sink_.AddShape(item.frame, std::move(shape)) : absl::OkStatus();
}

void ExportLoader::Report(const ExportFile& file, uint64_t line, absl::string_view frame,
                          std::string why) {
  if (is_naming_) return;
  sink_.AddProblem({.source = tree_.NameOf(file),
                    .position = line == 0 ? "" : absl::StrCat("line ", line),
                    .frame = std::string(frame),
                    .reason = std::move(why)});
}

void ExportLoader::Tell(std::string what) {
  sink_.AddProblem({.source = std::string(source_.name()), .reason = std::move(what)});
}

absl::Status ExportLoader::TellBroken(const ExportFile& file, const absl::Status& status) {
  if (!absl::IsInvalidArgument(status)) return status;
  if (broken_.insert(&file).second) {
    sink_.AddProblem({.severity = Problem::Severity::kError,
                      .source = tree_.NameOf(file),
                      .reason = absl::StrCat("not read: ", status.message())});
  }
  return absl::OkStatus();
}

}  // namespace annofs
