#include "fs/media_problems.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "formats/missing_image.h"

namespace annofs {
namespace {

constexpr size_t kMostNameBytes = 1024;  // a longer name is no object's

// Lines are many, and names as long as a source makes them.
std::string Shortened(absl::string_view name) {
  if (name.size() <= kMostNameBytes) return std::string(name);
  return absl::StrCat(name.substr(0, kMostNameBytes), "… (", name.size(), " bytes)");
}

}  // namespace

MediaProblems::MediaProblems(const DatasetInfo& info, const MediaGround& ground)
    : info_(info), ground_(ground), video_frames_(info.tasks.size()) {}

void MediaProblems::Missing(const Frame& frame) {
  const bool is_video = frame.task < info_.tasks.size() && info_.tasks[frame.task].is_video;
  if (is_video) {
    ++video_frames_[frame.task];
    return;
  }
  Add(missing_, frame,
      absl::StrCat(kNoImageOfThatName, NorInZip(frame.task),
                   ": labels are shown, the image is not"));
}

void MediaProblems::Ambiguous(const Frame& frame, absl::string_view key,
                              absl::string_view other_key) {
  Add(ambiguous_, frame,
      absl::StrCat("more than one object of the bucket could be its image, such as '", key,
                   "' and '", other_key, "': none is taken; labels are shown, the image is not"));
}

void MediaProblems::MissingRelated(const Frame& frame, absl::string_view name) {
  Add(related_, frame,
      absl::StrCat("its context image '", Shortened(name), "' is not in the bucket",
                   NorInZip(frame.task), ": it is not shown"));
}

void MediaProblems::AmbiguousRelated(const Frame& frame, absl::string_view name,
                                     absl::string_view key, absl::string_view other_key) {
  Add(related_, frame,
      absl::StrCat("more than one object of the bucket could be its context image '",
                   Shortened(name), "', such as '", key, "' and '", other_key,
                   "': none is taken, it is not shown"));
}

// Of what is in a zip only what lies there as it is can be shown.
absl::string_view MediaProblems::NorInZip(uint32_t task) const {
  const bool is_zip = absl::EndsWithIgnoreCase(SourceOf(task), ".zip");
  return is_zip ? ", nor uncompressed in the zip" : "";
}

void MediaProblems::TooMany() { too_many_ = true; }

std::vector<Problem> MediaProblems::Take() {
  std::vector<Problem> all;
  for (size_t task = 0; task < video_frames_.size(); ++task) {
    if (video_frames_[task] == 0) continue;
    Problem& video = all.emplace_back(Line(
        absl::StrCat("task '", info_.tasks[task].name, "' is a video, and ", video_frames_[task],
                     " of its frames are not in the bucket as images: labels "
                     "are shown, images are not")));
    video.source = SourceOf(uint32_t(task));
  }
  if (too_many_) {
    all.push_back(
        Line("the bucket has too many objects for images to be looked for "
             "everywhere: only where a frame's name says was looked"));
  }
  const std::pair<Kind*, absl::string_view> kinds[] = {
      {&missing_, "frames have no image in the bucket"},
      {&ambiguous_, "frames have more than one object that could be their image"},
      {&related_, "context images could not be found"}};
  for (const auto& [kind, what] : kinds) {
    for (Problem& problem : kind->lines) all.push_back(std::move(problem));
    if (kind->count <= kMostMediaProblems) continue;
    all.push_back(Line(absl::StrCat("in all ", kind->count, " ", what, "; the first ",
                                    kMostMediaProblems, " have a line each")));
  }
  return all;
}

void MediaProblems::Add(Kind& kind, const Frame& frame, std::string reason) {
  if (++kind.count > kMostMediaProblems) return;
  kind.lines.push_back({.source = SourceOf(frame.task),
                        .frame = Shortened(frame.name),
                        .reason = std::move(reason)});
}

std::string MediaProblems::SourceOf(uint32_t task) const {
  if (ground_.objects.size() > 1) return ground_.objects[ground_.ObjectOf(task)].key;
  return info_.sources.empty() ? "" : info_.sources[0].key;
}

Problem MediaProblems::Line(std::string reason) const {
  return {.source = ground_.objects.size() > 1 ? "" : SourceOf(0), .reason = std::move(reason)};
}

}  // namespace annofs
