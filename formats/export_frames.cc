#include "formats/export_frames.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cache/base/status.h"
#include "cache/base/text.h"

namespace annofs {
namespace {

constexpr absl::string_view kVideoPrefix = "frame_";
constexpr size_t kVideoDigits = 6;
constexpr size_t kNamedFrames = 5;

}  // namespace

std::optional<uint32_t> VideoFrameNumber(absl::string_view name) {
  absl::string_view stem = WithoutExtension(name);
  if (!absl::StartsWith(stem, kVideoPrefix)) return std::nullopt;
  stem.remove_prefix(kVideoPrefix.size());
  uint32_t number = 0;
  bool is_number = stem.size() >= kVideoDigits &&
                   std::all_of(stem.begin(), stem.end(),
                               [](char c) { return absl::ascii_isdigit(uint8_t(c)); }) &&
                   absl::SimpleAtoi(stem, &number);
  return is_number ? std::optional(number) : std::nullopt;
}

absl::string_view ExportFrames::Keep(std::string text) {
  kept_.push_back(std::move(text));
  return kept_.back();
}

uint32_t ExportFrames::Subset(absl::string_view name) {
  if (name == "default") name = "";
  auto found = subset_numbers_.find(name);
  if (found != subset_numbers_.end()) return found->second;
  uint32_t number = uint32_t(subsets_.size());
  subsets_.emplace_back(name);
  subset_numbers_.emplace(name, number);
  return number;
}

uint32_t ExportFrames::Find(absl::string_view key) const {
  auto found = by_key_.find(key);
  return found == by_key_.end() ? ExportFrame::kNone : found->second;
}

uint32_t ExportFrames::FindOrAdd(absl::string_view key, absl::string_view name, uint32_t subset) {
  auto [place, is_new] = by_key_.emplace(key, uint32_t(frames_.size()));
  if (is_new) frames_.push_back({.name = name, .subset = subset});
  return place->second;
}

uint32_t ExportFrames::AddListed(absl::string_view key, absl::string_view name, uint32_t subset,
                                 const Problem& where) {
  size_t before = frames_.size();
  uint32_t index = FindOrAdd(key, name, subset);
  if (frames_.size() > before) return index;
  const ExportFrame& first = frames_[index];
  Problem problem = where;
  problem.frame = std::string(name);
  if (first.name == name && first.subset == subset) {
    problem.reason = "listed a second time";
    sink_.AddProblem(std::move(problem));
    return index;
  }
  problem.reason = absl::StrCat("shares its label file with '", first.name, "' of subset '",
                                subsets_[first.subset], "', which keeps the labels");
  sink_.AddProblem(std::move(problem));
  frames_.push_back({.name = name, .subset = subset});
  return uint32_t(frames_.size() - 1);
}

uint32_t ExportFrames::AddImage(absl::string_view key, absl::string_view name, uint32_t subset,
                                uint32_t file) {
  uint32_t index = FindOrAdd(key, name, subset);
  ExportFrame& frame = frames_[index];
  bool is_its_own = frame.name == name || frame.name == WithoutExtension(name);
  if (frame.image != ExportFrame::kNone || !is_its_own) {
    // Two images of one stem: the second is a frame, and the label file is the first one's.
    frames_.push_back({.name = name, .subset = subset, .image = file});
    return uint32_t(frames_.size() - 1);
  }
  frame.name = name;
  frame.image = file;
  return index;
}

uint32_t ExportFrames::AddLabels(absl::string_view key, absl::string_view stem, uint32_t subset,
                                 uint32_t file) {
  uint32_t index = FindOrAdd(key, stem, subset);
  frames_[index].labels = file;
  return index;
}

absl::Status ExportFrames::Push(Sizes sizes) {
  RETURN_IF_ERROR(FindInnerSizes());
  if (sizes == Sizes::kOfAllImages) RETURN_IF_ERROR(FindOuterSizes());
  PushTask();
  for (uint32_t i = 0; i < frames_.size(); ++i) RETURN_IF_ERROR(PushFrame(i));
  return absl::OkStatus();
}

void ExportFrames::PushTask() {
  is_video_ = AreVideoFrames();
  sink_.AddTask({.subset = subsets_.size() == 1 ? subsets_[0] : "", .is_video = is_video_});
}

absl::Status ExportFrames::PushFrame(uint32_t index) {
  ExportFrame& item = frames_[index];
  Frame frame{.name = item.name.empty() ? absl::StrCat("image-", index) : std::string(item.name),
              .number = is_video_ ? VideoFrameNumber(item.name).value_or(index) : index,
              .width = item.width,
              .height = item.height,
              .subset = subsets_[item.subset]};
  if (item.image != ExportFrame::kNone)
    frame.inner = InnerOf(tree_.EntryOf(tree_.files()[item.image]));
  ASSIGN_OR_RETURN(item.frame, sink_.AddFrame(std::move(frame)));
  return absl::OkStatus();
}

absl::Status ExportFrames::FindInnerSizes() {
  std::vector<uint32_t> files, frame_of(tree_.files().size());
  for (size_t i = 0; i < frames_.size(); ++i) {
    if (frames_[i].image == ExportFrame::kNone || frames_[i].width != 0) continue;
    files.push_back(frames_[i].image);
    frame_of[frames_[i].image] = uint32_t(i);
  }
  for (uint32_t number : tree_.InZipOrder(std::move(files))) {
    ASSIGN_OR_RETURN(std::optional<ImageHeader> header, tree_.HeaderOf(tree_.files()[number]));
    if (!header) continue;
    ImageSize size = DisplaySize(*header);
    frames_[frame_of[number]].width = size.width;
    frames_[frame_of[number]].height = size.height;
  }
  return absl::OkStatus();
}

absl::Status ExportFrames::FindOuterSizes() {
  for (ExportFrame& frame : frames_) {
    if (frame.width != 0 && frame.height != 0) continue;
    ASSIGN_OR_RETURN(std::optional<ImageSize> size, source_.SizeOfImage(frame.name));
    if (!size) continue;
    frame.width = size->width;
    frame.height = size->height;
  }
  return absl::OkStatus();
}

bool ExportFrames::AreVideoFrames() const {
  return !frames_.empty() &&
         std::all_of(frames_.begin(), frames_.end(), [](const ExportFrame& frame) {
           return VideoFrameNumber(frame.name).has_value();
         });
}

std::vector<uint32_t> ExportFrames::FramesByLabelFile() const {
  std::vector<uint32_t> frames;
  for (size_t i = 0; i < frames_.size(); ++i) {
    if (frames_[i].labels != ExportFrame::kNone) frames.push_back(uint32_t(i));
  }
  std::sort(frames.begin(), frames.end(), [this](uint32_t a, uint32_t b) {
    auto offset = [this](uint32_t number) {
      return tree_.EntryOf(tree_.files()[frames_[number].labels]).header_offset;
    };
    return offset(a) < offset(b);
  });
  return frames;
}

void ExportFrames::CountUnsized(const ExportFrame& frame) {
  ++unsized_shapes_;
  if (last_unsized_ == frame.frame) return;
  last_unsized_ = frame.frame;
  ++unsized_frames_;
  if (first_unsized_.size() < kNamedFrames) first_unsized_.emplace_back(frame.name);
}

void ExportFrames::ReportUnsized() {
  if (unsized_frames_ == 0) return;
  sink_.AddProblem(
      {.severity = Problem::Severity::kError,
       .source = std::string(source_.name()),
       .reason = absl::StrCat(
           unsized_shapes_, " shapes of ", unsized_frames_,
           " frames are left out: they are relative to the size of an image that is neither in "
           "the zip nor found in the bucket. The first frames: ",
           absl::StrJoin(first_unsized_, ", "))});
}

}  // namespace annofs
