// by-job: the frames of each job with everything on them, in <job>-<stage>-<state>; _none/ = frames
// that no job covers.
#include <algorithm>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "cache/base/digest.h"
#include "cache/base/status.h"
#include "formats/people_files.h"
#include "formats/report_jobs.h"
#include "formats/task_names.h"
#include "formats/text_facet.h"
#include "formats/writer.h"

namespace annofs {
namespace {

constexpr absl::string_view kNone = "_none";

// Jobs by CVAT's numbers where these tell all of them apart; else by their places in their task,
// with that of the task before it where there are several.
std::vector<std::string> JobTexts(const DatasetInfo& info) {
  absl::flat_hash_set<int64_t> ids;
  for (const Job& job : info.jobs) {
    if (job.id >= 0) ids.insert(job.id);
  }
  const bool have_ids = ids.size() == info.jobs.size();
  const std::vector<uint32_t> numbers = NumbersInTasks(info.jobs);
  const std::vector<std::string> tasks = TaskNames(info);
  std::vector<std::string> texts;
  texts.reserve(info.jobs.size());
  for (size_t i = 0; i < info.jobs.size(); ++i) {
    const Job& job = info.jobs[i];
    std::string text = absl::StrCat(have_ids ? job.id : int64_t{numbers[i]});
    if (!have_ids && job.task < tasks.size()) text = absl::StrCat(tasks[job.task], "-", text);
    for (const std::string* part : {&job.stage, &job.state}) {
      if (!part->empty()) absl::StrAppend(&text, "-", *part);
    }
    texts.push_back(std::move(text));
  }
  return texts;
}

// Numbers: 0 for frames without a job, 1 + that of the job.
class Jobs : public TextFacet {
 public:
  Jobs(std::vector<std::string> texts, RankSet none, RankSet media)
      : texts_(std::move(texts)), none_(std::move(none)), media_(std::move(media)) {
    for (uint32_t i = 0; i < texts_.size(); ++i) by_text_.emplace_back(Hash64(texts_[i]), i + 1);
    std::sort(by_text_.begin(), by_text_.end());
  }

  uint32_t levels() const override { return 1; }
  uint32_t count(uint32_t) const override { return uint32_t(texts_.size()) + 1; }

  absl::Status DescribeLeaf(const Dataset& data, uint32_t number, Layout& leaf) const override {
    RankSet frames = none_;
    if (number > 0) {
      ASSIGN_OR_RETURN(frames, data.With(FrameTerm::OfJob(number - 1)));
    }
    if (frames.empty()) return absl::NotFoundError("no such job, or no frames of it");
    AddPeopleFiles("", frames, media_, nullptr, leaf);
    return absl::OkStatus();
  }

 protected:
  bool AreNames(uint32_t) const override { return false; }

  absl::Status ForEachText(const Dataset& data, FacetDirectory, uint32_t from,
                           TextFn fn) const override {
    if (from == 0 && !none_.empty() && !fn(0, kNone)) return absl::OkStatus();
    const FrameTerm first = FrameTerm::OfJob(from == 0 ? 0 : from - 1);
    return data.Terms(first, [&](const FrameTerm& term) {
      return term.number >= texts_.size() || fn(term.number + 1, texts_[term.number]);
    });
  }

  absl::StatusOr<std::optional<uint32_t>> FindText(const Dataset& data, FacetDirectory,
                                                   absl::string_view text) const override {
    std::optional<uint32_t> found;
    if (text == kNone && !none_.empty()) return found.emplace(0), found;
    const std::pair<uint64_t, uint32_t> least(Hash64(text), 0);
    auto it = std::lower_bound(by_text_.begin(), by_text_.end(), least);
    for (; it != by_text_.end() && it->first == least.first && !found; ++it) {
      if (texts_[it->second - 1] != text) continue;
      ASSIGN_OR_RETURN(const std::optional<uint32_t> occurs,
                       data.TermNumber(FrameTerm::OfJob(it->second - 1)));
      if (occurs) found = it->second;
    }
    return found;
  }

 private:
  const std::vector<std::string> texts_;                // by job; there are at most 100,000
  std::vector<std::pair<uint64_t, uint32_t>> by_text_;  // hash, number
  const RankSet none_, media_;
};

absl::StatusOr<RankSet> WithoutJobs(const Dataset& data) {
  RankCollector covered;
  absl::Status status;
  RETURN_IF_ERROR(data.Terms(FrameTerm::FirstOf(FrameTerm::Kind::kJob), [&](const FrameTerm& job) {
    absl::StatusOr<RankSet> frames = data.With(job);
    status = frames.status();
    if (status.ok()) covered.AddAll(*frames);
    return status.ok();
  }));
  RETURN_IF_ERROR(status);
  return Without(data.All(), covered.Take());
}

class ByJob : public Writer {
 public:
  WriterInfo Info() const override {
    return {.name = "by-job",
            .summary =
                "the frames of each job with everything on them, by number, stage and "
                "state; _none/ = frames that no job covers",
            .keeps = AllShapeTypes()};
  }

  absl::Status Describe(const Dataset& data, Layout& tree) const override {
    ASSIGN_OR_RETURN(RankSet media, data.WithMedia());
    ASSIGN_OR_RETURN(RankSet none, WithoutJobs(data));
    tree.Facets(std::make_shared<Jobs>(JobTexts(data.info()), std::move(none), std::move(media)));
    return absl::OkStatus();
  }

  std::vector<absl::string_view> WhyDropped(const Dataset&, const Frame&,
                                            const FrameShapes&) const override {
    return {};
  }
};

}  // namespace

std::unique_ptr<Writer> NewByJobWriter() { return std::make_unique<ByJob>(); }

}  // namespace annofs
