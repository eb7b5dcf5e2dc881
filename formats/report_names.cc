#include "formats/report_names.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "formats/cvat_export.h"
#include "formats/facet.h"
#include "formats/media_path.h"
#include "formats/subset_names.h"

namespace annofs {
namespace {

// Numbers of a facet's directories whose names are looked at for one segment.
constexpr uint32_t kNumbersAtOnce = 4096;

absl::StatusOr<std::string> NameLines(const Dataset& data, Rank rank) {
  ASSIGN_OR_RETURN(Frame frame, data.GetFrame(rank));
  ASSIGN_OR_RETURN(FrameNames names, data.Names(rank));
  std::string text;
  if (names.path != frame.name)
    absl::StrAppend(&text, "path\t", TsvEscape(frame.name), "\t", TsvEscape(names.path), "\n");
  if (MediaName(names, names.path) != frame.name)
    absl::StrAppend(&text, "stem\t", TsvEscape(frame.name), "\t", TsvEscape(names.stem), "\n");
  ASSIGN_OR_RETURN(const std::optional<std::string> in_subset,
                   PathInSubset(data, rank, names.path));
  if (in_subset && *in_subset != frame.name) {
    absl::StrAppend(&text, "path in a subset\t", TsvEscape(frame.name), "\t", TsvEscape(*in_subset),
                    "\n");
  }
  return text;
}

// Subsets that CVAT's own formats call otherwise.
absl::StatusOr<std::string> RenamedSubsets(const Dataset& data) {
  ASSIGN_OR_RETURN(std::vector<ExportSubset> subsets, ExportSubsets(data));
  std::string lines;
  for (const ExportSubset& subset : subsets) {
    if (subset.path == subset.name) continue;
    absl::StrAppend(&lines, "subset\t", TsvEscape(subset.name), "\t", subset.path, "\n");
  }
  return lines;
}

// The directories of one view whose names are not what they are made of: those of a layout are
// told at once, those of a facet, which may be many, in parts.
class RenamedDirectories {
 public:
  static absl::StatusOr<std::shared_ptr<const RenamedDirectories>> Of(const Writer& writer,
                                                                      const Dataset& data) {
    Layout layout;
    RETURN_IF_ERROR(writer.Describe(data, layout));
    auto renamed = std::make_shared<RenamedDirectories>();
    renamed->view_ = std::string(writer.Info().name);
    renamed->of_layout_ = layout.renamed();
    renamed->facet_ = layout.facet();
    if (renamed->facet_ == nullptr) return renamed;
    uint32_t most = 0;
    for (uint32_t level = 1; level <= renamed->facet_->levels(); ++level) {
      most = std::max(most, renamed->facet_->count(level));
    }
    renamed->parts_ = std::clamp(most / kNumbersAtOnce + 1, 1u, std::max(data.frame_count(), 1u));
    return renamed;
  }

  uint32_t parts() const { return parts_; }  // no more than there are frames, but 1

  absl::Status Append(const Dataset& data, uint32_t part, std::string& text) const {
    auto tell = [&](absl::string_view original, absl::string_view name) {
      absl::StrAppend(&text, "directory of ", view_, "\t", TsvEscape(original), "\t",
                      TsvEscape(name), "\n");
    };
    if (part == 0) {
      for (const auto& [original, name] : of_layout_) tell(original, name);
    }
    if (facet_ == nullptr) return absl::OkStatus();
    for (uint32_t level = 1; level <= facet_->levels(); ++level) {
      const uint64_t count = facet_->count(level);
      RETURN_IF_ERROR(facet_->ForEachRenamed(data, level, uint32_t(count * part / parts_),
                                             uint32_t(count * (part + 1) / parts_), tell));
    }
    return absl::OkStatus();
  }

 private:
  std::string view_;
  std::vector<std::pair<std::string, std::string>> of_layout_;
  std::shared_ptr<const Facet> facet_;
  uint32_t parts_ = 1;
};

// To describe all views takes long: each is described when its part of the file is read, and the
// last one is remembered.
class LastView {
 public:
  explicit LastView(std::vector<const Writer*> writers) : writers_(std::move(writers)) {}

  size_t count() const { return writers_.size(); }
  absl::StatusOr<std::shared_ptr<const RenamedDirectories>> Get(const Dataset& data,
                                                                uint32_t number) {
    {
      absl::MutexLock lock(&mutex_);
      if (last_ != nullptr && number_ == number) return last_;
    }
    ASSIGN_OR_RETURN(auto renamed, RenamedDirectories::Of(*writers_[number], data));
    absl::MutexLock lock(&mutex_);
    number_ = number;
    last_ = renamed;
    return renamed;
  }

 private:
  const std::vector<const Writer*> writers_;
  absl::Mutex mutex_;
  uint32_t number_ ABSL_GUARDED_BY(mutex_) = 0;
  std::shared_ptr<const RenamedDirectories> last_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace

// A view is a run, its parts are that run's frames: whatever frames these are.
absl::StatusOr<Segments> NamesReport(const Dataset& data,
                                     const std::vector<const Writer*>& writers) {
  ASSIGN_OR_RETURN(std::string subsets, RenamedSubsets(data));
  Section renamed{.before = absl::StrCat("what\toriginal\tname in the tree\n", subsets),
                  .order = SegmentOrder::kRank};
  auto views = std::make_shared<LastView>(writers);
  renamed.runs = [views](const Dataset& data,
                         uint32_t run) -> absl::StatusOr<std::optional<RankSet>> {
    if (run >= views->count()) return std::nullopt;
    ASSIGN_OR_RETURN(const auto view, views->Get(data, run));
    return std::optional(RankSet::Range(0, view->parts()));
  };
  renamed.segment = [views](const Dataset& data, const SegmentAt& at, Running&,
                            std::string& out) -> absl::Status {
    ASSIGN_OR_RETURN(const auto view, views->Get(data, at.run));
    return view->Append(data, at.rank, out);
  };
  if (data.frame_count() == 0) {
    renamed.runs = nullptr;
    for (uint32_t i = 0; i < views->count(); ++i) {
      ASSIGN_OR_RETURN(const auto view, views->Get(data, i));
      RETURN_IF_ERROR(view->Append(data, 0, renamed.before));
    }
  }
  Segments names = Lines("", data.All(), NameLines, SegmentOrder::kRank);
  names.sections.insert(names.sections.begin(), std::move(renamed));
  return names;
}

}  // namespace annofs
