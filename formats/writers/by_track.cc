// by-track: per label, per track the frames where it is seen, cut down to it. A track is called by
// its number; where there are several tasks by that of its task before it, because numbers of
// tracks are unique in a task only.
#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "formats/label_texts.h"
#include "formats/people_files.h"
#include "formats/task_names.h"
#include "formats/text_facet.h"
#include "formats/writer.h"

namespace annofs {
namespace {

constexpr FrameTerm::Kind kTrack = FrameTerm::Kind::kTrack;

// The first track of the label at `term` or behind it: terms are in order of task, label, track.
absl::StatusOr<std::optional<FrameTerm>> NextOfLabel(const Dataset& data, uint32_t label,
                                                     std::optional<FrameTerm> term) {
  while (term && term->label != label) {
    if (term->label > label && term->number == UINT32_MAX) return std::optional<FrameTerm>();
    const uint32_t task = term->label < label ? term->number : term->number + 1;
    ASSIGN_OR_RETURN(term, data.FirstTerm(FrameTerm::OfTrack(label, task, INT32_MIN)));
  }
  return term;
}

// Skips what is of one task and label at once.
absl::StatusOr<std::vector<uint32_t>> LabelsWithTracks(const Dataset& data) {
  std::vector<bool> has_tracks(data.info().labels.size());
  FrameTerm from = FrameTerm::FirstOf(kTrack);
  while (true) {
    ASSIGN_OR_RETURN(const std::optional<FrameTerm> term, data.FirstTerm(from));
    if (!term || term->label == UINT32_MAX) break;
    if (term->label < has_tracks.size()) has_tracks[term->label] = true;
    from = FrameTerm::OfTrack(term->label + 1, term->number, INT32_MIN);
  }
  std::vector<uint32_t> labels;
  for (uint32_t label = 0; label < has_tracks.size(); ++label) {
    if (has_tracks[label]) labels.push_back(label);
  }
  return labels;
}

// Levels: labels; tracks by the number of their term.
class Tracks : public TextFacet {
 public:
  Tracks(const DatasetInfo& info, std::vector<uint32_t> labels, uint32_t count, RankSet media)
      : labels_(info, std::move(labels)),
        label_count_(uint32_t(info.labels.size())),
        count_(count),
        tasks_(TaskNames(info)),
        media_(std::move(media)) {
    for (uint32_t task = 0; task < tasks_.size(); ++task) by_name_[tasks_[task]] = task;
  }

  uint32_t levels() const override { return 2; }
  uint32_t count(uint32_t level) const override { return level == 1 ? label_count_ : count_; }

  absl::Status DescribeLeaf(const Dataset& data, uint32_t number, Layout& leaf) const override {
    ASSIGN_OR_RETURN(const std::optional<FrameTerm> term, data.TermAt(kTrack, number));
    if (!term) return absl::NotFoundError("no such track");
    ASSIGN_OR_RETURN(const RankSet frames, data.With(*term));
    AddPeopleFiles(
        "", frames, media_,
        [label = term->label, track = term->track](const Shape& shape) {
          return shape.label == label && shape.track == track;
        },
        leaf);
    return absl::OkStatus();
  }

 protected:
  bool AreNames(uint32_t level) const override { return level == 2; }

  absl::Status ForEachText(const Dataset& data, FacetDirectory at, uint32_t from,
                           TextFn fn) const override {
    if (at.level == 0) {
      labels_.ForEach(data.info(), from, fn);
      return absl::OkStatus();
    }
    ASSIGN_OR_RETURN(std::optional<FrameTerm> term, data.TermAt(kTrack, from));
    while (true) {
      ASSIGN_OR_RETURN(term, NextOfLabel(data, at.number, std::move(term)));
      if (!term) return absl::OkStatus();
      ASSIGN_OR_RETURN(std::optional<uint32_t> number, data.TermNumber(*term));
      if (!number) return absl::InternalError("a track of the dataset index has no number");
      // Those of one task and label follow each other.
      bool is_wanted = true;
      std::optional<FrameTerm> other;
      RETURN_IF_ERROR(data.Terms(*term, [&](const FrameTerm& next) {
        if (next.label != at.number) {
          other = next;
          return false;
        }
        is_wanted = fn((*number)++, TextOf(next));
        return is_wanted;
      }));
      if (!is_wanted) return absl::OkStatus();
      term = std::move(other);
    }
  }

  absl::StatusOr<std::optional<uint32_t>> FindText(const Dataset& data, FacetDirectory at,
                                                   absl::string_view text) const override {
    std::optional<uint32_t> found;
    if (at.level == 0) return labels_.Find(data.info(), text);
    FrameTerm term = FrameTerm::OfTrack(at.number, 0, 0);
    absl::string_view number = text;
    if (!tasks_.empty()) {
      const size_t dash = text.find('-');
      auto task = by_name_.find(text.substr(0, dash));
      if (dash == absl::string_view::npos || task == by_name_.end()) return found;
      term.number = task->second;
      number = text.substr(dash + 1);
    }
    if (!absl::SimpleAtoi(number, &term.track) || TextOf(term) != text) return found;
    return data.TermNumber(term);
  }

 private:
  std::string TextOf(const FrameTerm& term) const {
    if (term.number >= tasks_.size()) return absl::StrCat(term.track);
    return absl::StrCat(tasks_[term.number], "-", term.track);
  }

  const LabelTexts labels_;
  const uint32_t label_count_, count_;
  const std::vector<std::string> tasks_;  // names; empty where there is one
  absl::flat_hash_map<std::string, uint32_t> by_name_;
  const RankSet media_;
};

class ByTrack : public Writer {
 public:
  WriterInfo Info() const override {
    return {.name = "by-track",
            .summary = "per label, per track the frames where it is seen, with only that track",
            .keeps = AllShapeTypes()};
  }

  absl::Status Describe(const Dataset& data, Layout& tree) const override {
    ASSIGN_OR_RETURN(RankSet media, data.WithMedia());
    ASSIGN_OR_RETURN(const uint32_t count, data.TermCount(kTrack));
    ASSIGN_OR_RETURN(std::vector<uint32_t> labels, LabelsWithTracks(data));
    tree.Facets(std::make_shared<Tracks>(data.info(), std::move(labels), count, std::move(media)));
    return absl::OkStatus();
  }

  std::vector<absl::string_view> WhyDropped(const Dataset&, const Frame&,
                                            const FrameShapes& all) const override {
    std::vector<absl::string_view> why;
    for (const std::vector<Shape>* list : {&all.tags, &all.shapes}) {
      for (const Shape& shape : *list) why.push_back(shape.track >= 0 ? "" : "it is of no track");
    }
    return why;
  }
};

}  // namespace

std::unique_ptr<Writer> NewByTrackWriter() { return std::make_unique<ByTrack>(); }

}  // namespace annofs
