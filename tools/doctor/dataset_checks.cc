#include "tools/doctor/dataset_checks.h"

#include <algorithm>
#include <memory>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "formats/export_names.h"
#include "formats/rank_set.h"
#include "tools/doctor/image_checks.h"
#include "tools/doctor/name_checks.h"
#include "tools/people.h"

namespace annofs::doctor {
namespace {

constexpr size_t kMostNamed = 5;
constexpr size_t kMostNotes = 20;
constexpr uint64_t kEnds = 1 << 20;

std::string TextOf(const Problem& problem) {
  std::string text = problem.source;
  for (const std::string* part : {&problem.position, &problem.frame}) {
    if (!part->empty()) absl::StrAppend(&text, text.empty() ? "" : ", ", *part);
  }
  return absl::StrCat(text, text.empty() ? "" : ": ", problem.reason);
}

class DataChecker {
 public:
  DataChecker(Filesystem& fs, absl::string_view views_name, const DataBounds& bounds,
              absl::FunctionRef<void(absl::string_view)> progress,
              absl::FunctionRef<CallContext()> context)
      : fs_(fs), views_name_(views_name), bounds_(bounds), progress_(progress), context_(context) {}

  std::vector<AreaReport> Run() {
    progress_("looking for annotations");
    const auto names = fs_.DatasetNames(context_());
    if (!names.ok()) return {NotSearched(names.status())};
    left_ = uint32_t(std::max<size_t>(names->size(), 1));
    for (const std::string& name : *names) {
      LookAt(name);
      if (absl::IsCancelled(datasets_.back().opened)) break;
      --left_;
    }
    const auto notes = fs_.SearchNotes(context_());
    std::vector<AreaReport> reports = {
        CheckDatasets(datasets_, notes.ok() ? *notes : std::vector<std::string>())};
    if (!notes.ok()) reports[0].Unchecked("what is not read", notes.status().message());
    if (frames_ == 0) return reports;
    reports.push_back(names_.Take(frames_));
    reports.push_back(CheckImages(images_, frames_with_image_));
    if (is_cut_) {
      reports.back().Unchecked("more images",
                               absl::StrCat("they are larger than the sample may be"));
    }
    for (const std::string& name : without_by_frame_) {
      reports.back().Unchecked(absl::StrCat("images in zips of ", name),
                               "its configuration leaves the view by-frame out");
    }
    return reports;
  }

 private:
  static AreaReport NotSearched(const absl::Status& error) {
    AreaReport report{.area = "annotations"};
    report.Add(Severity::kError, "annotations-not-searched", std::string(error.message()),
               "see the message; annofs index reads everything, with progress");
    return report;
  }

  void LookAt(const std::string& name) {
    progress_(absl::StrCat("reading ", name));
    DatasetFacts facts{.name = name, .views = JoinPath(views_name_, name)};
    const auto data = fs_.OpenDataset(name, context_());
    facts.opened = data.status();
    if (data.ok()) facts.opened = LookInto(**data, facts);
    datasets_.push_back(std::move(facts));
  }

  absl::Status LookInto(const Dataset& data, DatasetFacts& facts) {
    facts.frames = data.frame_count();
    frames_ += facts.frames;
    ASSIGN_OR_RETURN(const RankSet with_media, data.WithMedia());
    facts.frames_without_image = facts.frames - with_media.size();
    frames_with_image_ += with_media.size();
    RETURN_IF_ERROR(NameMissing(data, with_media, facts));
    RETURN_IF_ERROR(LookAtFrames(data, facts));
    RETURN_IF_ERROR(CountProblems(data, facts));
    return LookAtImages(data, with_media, facts);
  }

  static absl::Status NameMissing(const Dataset& data, const RankSet& with_media,
                                  DatasetFacts& facts) {
    const RankSet missing = Without(data.All(), with_media);
    for (size_t i = 0; i < std::min(missing.size(), kMostNamed); ++i) {
      ASSIGN_OR_RETURN(Frame frame, data.GetFrame(missing[i]));
      facts.some_without_image.push_back(std::move(frame.name));
    }
    return absl::OkStatus();
  }

  absl::Status LookAtFrames(const Dataset& data, DatasetFacts& facts) {
    const uint32_t share = (bounds_.frames - std::min(bounds_.frames, frames_seen_)) / left_;
    for (const Rank rank : SampleOf(data.frame_count(), share)) {
      ASSIGN_OR_RETURN(const Frame frame, data.GetFrame(rank));
      names_.Add(datasets_.size(), frame.name);
      ++frames_seen_;
      ++facts.frames_looked_at;
      if (frame.width == 0 || frame.height == 0) ++facts.frames_without_size;
    }
    return absl::OkStatus();
  }

  static absl::Status CountProblems(const Dataset& data, DatasetFacts& facts) {
    ASSIGN_OR_RETURN(const std::vector<Problem> problems, data.Problems());
    for (const Problem& problem : problems) {
      const bool is_error = problem.severity == Problem::Severity::kError;
      uint64_t& count = is_error ? facts.errors : facts.warnings;
      if (++count == 1) (is_error ? facts.first_error : facts.first_warning) = TextOf(problem);
    }
    return absl::OkStatus();
  }

  absl::Status LookAtImages(const Dataset& data, const RankSet& with_media,
                            const DatasetFacts& facts) {
    const uint32_t seen = uint32_t(images_.size());
    const uint32_t share = (bounds_.images - std::min(bounds_.images, seen)) / left_;
    for (const uint32_t number : SampleOf(uint32_t(with_media.size()), share)) {
      const CallContext context = context_();
      RETURN_IF_ERROR(context.Check());
      progress_(absl::StrCat("looking at images: ", images_.size() + 1));
      ASSIGN_OR_RETURN(Frame frame, data.GetFrame(with_media[number]));
      const auto node = NodeOfImage(data, frame, with_media[number], facts.views, context);
      if (absl::IsNotFound(node.status()) && frame.inner && !HasByFrame(facts.views, context)) {
        without_by_frame_.insert(facts.name);
      } else if (!node.ok()) {
        images_.push_back({.frame = std::move(frame), .read = node.status()});
      } else if (IsAffordable(*node)) {
        images_.push_back(
            LookAtImage(std::move(frame), node->size, [&](uint64_t offset, uint64_t length) {
              return Bytes(*node, {offset, length});
            }));
      }
    }
    return absl::OkStatus();
  }

  // Images inside of a zip are files of the views only.
  absl::StatusOr<NodeAttr> NodeOfImage(const Dataset& data, const Frame& frame, Rank rank,
                                       const std::string& views, const CallContext& context) {
    ASSIGN_OR_RETURN(const std::optional<Media> media, data.GetMedia(rank));
    if (media && !frame.inner) return Resolve(fs_, media->key, context);
    ASSIGN_OR_RETURN(const FrameNames names, data.Names(rank));
    return Resolve(fs_, absl::StrCat(views, "/by-frame/", names.path), context);
  }

  bool HasByFrame(const std::string& views, const CallContext& context) {
    return !absl::IsNotFound(Resolve(fs_, absl::StrCat(views, "/by-frame"), context).status());
  }

  absl::StatusOr<std::string> Bytes(const NodeAttr& node, ByteRange range) {
    std::string bytes;
    RETURN_IF_ERROR(fs_.Read(
        node.id, range, [&bytes](Pieces data) { bytes = Join(data); }, context_()));
    return bytes;
  }

  // Of a large object only the ends are fetched.
  bool IsAffordable(const NodeAttr& node) {
    const absl::StatusOr<ObjectVersion> object = fs_.Object(node.id);
    const uint64_t missing = object.ok() ? fs_.objects().CostToWarm(*object).bytes : node.size;
    const uint64_t cost = std::min(missing, kEnds);
    if (fetched_ + cost > bounds_.image_bytes) is_cut_ = true;
    if (is_cut_) return false;
    fetched_ += cost;
    return true;
  }

  Filesystem& fs_;
  const std::string views_name_;
  const DataBounds& bounds_;
  absl::FunctionRef<void(absl::string_view)> progress_;
  absl::FunctionRef<CallContext()> context_;
  uint32_t left_ = 1;  // datasets that share what is left of the bounds
  uint32_t frames_seen_ = 0;
  uint64_t frames_ = 0, frames_with_image_ = 0, fetched_ = 0;
  bool is_cut_ = false;
  std::vector<DatasetFacts> datasets_;
  NameChecks names_;
  std::vector<ImageFacts> images_;
  std::set<std::string> without_by_frame_;  // datasets, of which images could not be looked at
};

void CheckOne(const DatasetFacts& facts, AreaReport& report) {
  const std::string remedy = absl::StrCat(
      "annofs cat SOURCE ", ShellWord(absl::StrCat(facts.views, "/reports/problems.tsv")));
  if (absl::IsDeadlineExceeded(facts.opened) || absl::IsCancelled(facts.opened)) {
    return report.Unchecked(
        facts.name, absl::StrCat(facts.opened.message(), "; annofs index reads it, with progress"));
  }
  if (!facts.opened.ok()) {
    return report.Add(Severity::kError, "dataset-unreadable",
                      absl::StrCat(facts.name, ": ", facts.opened.message()),
                      "annofs index reads everything, with progress and errors");
  }
  if (facts.errors > 0) {
    report.Add(Severity::kError, "dataset-errors",
               absl::StrCat(facts.name, ": ", Counted(facts.errors, "error"), ", first ",
                            facts.first_error),
               remedy);
  }
  if (facts.warnings > 0) {
    report.Add(Severity::kWarning, "dataset-warnings",
               absl::StrCat(facts.name, ": ", Counted(facts.warnings, "warning"), ", first ",
                            facts.first_warning),
               remedy);
  }
  if (facts.frames_without_image > 0) {
    report.Add(Severity::kWarning, "frames-without-image",
               absl::StrCat(facts.name, ": ", Grouped(facts.frames_without_image), " of ",
                            Counted(facts.frames, "frame"), " without an image: ",
                            SomeOf(facts.some_without_image, facts.frames_without_image)),
               "put the images beside the annotations, or into images/; annofs-views(7) has the "
               "rules");
  }
  if (facts.frames_without_size > 0) {
    report.Add(Severity::kInfo, "frames-without-size",
               absl::StrCat(facts.name, ": ", Grouped(facts.frames_without_size), " of ",
                            Grouped(facts.frames_looked_at),
                            " frames looked at have no size in the annotations: formats with "
                            "relative coordinates leave their shapes out"),
               "add a manifest.jsonl (CVAT: utils/dataset_manifest/create.py), or export again "
               "with sizes");
  }
}

}  // namespace

AreaReport CheckDatasets(const std::vector<DatasetFacts>& datasets,
                         const std::vector<std::string>& notes) {
  AreaReport report{.area = "annotations"};
  uint64_t frames = 0;
  for (const DatasetFacts& facts : datasets) {
    frames += facts.frames;
    CheckOne(facts, report);
  }
  for (size_t i = 0; i < std::min(notes.size(), kMostNotes); ++i) {
    report.Add(Severity::kInfo, "annotations-not-read",
               absl::StrCat("the search for annotations ", notes[i]),
               "annofs index SOURCE looks everywhere, --annotations KEY names sources");
  }
  if (datasets.empty()) {
    report.Add(Severity::kWarning, "no-annotations",
               "no annotations were found: there are no views",
               "annofs index SOURCE looks everywhere, --annotations KEY names sources; annofs "
               "formats lists what is read");
  } else {
    report.Fine(absl::StrCat(Counted(datasets.size(), "dataset"), ", ", Counted(frames, "frame")));
  }
  return report;
}

std::vector<AreaReport> CheckData(Filesystem& fs, absl::string_view views_name,
                                  const DataBounds& bounds,
                                  absl::FunctionRef<void(absl::string_view)> progress,
                                  absl::FunctionRef<CallContext()> context) {
  return DataChecker(fs, views_name, bounds, progress, context).Run();
}

}  // namespace annofs::doctor
