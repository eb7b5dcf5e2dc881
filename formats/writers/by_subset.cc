// by-subset: the frames of each subset with everything on them; default/ = frames without one,
// which is CVAT's own name for these.
#include <algorithm>

#include "cache/base/status.h"
#include "formats/people_files.h"
#include "formats/text_facet.h"
#include "formats/writer.h"

namespace annofs {
namespace {

constexpr absl::string_view kDefault = "default";

// A subset of that name is the same as none: only one of the two terms has a directory.
class Subsets : public TextFacet {
 public:
  Subsets(uint32_t count, std::optional<uint32_t> hidden, RankSet media)
      : count_(std::min(count, kMostTexts)), hidden_(hidden), media_(std::move(media)) {}

  uint32_t levels() const override { return 1; }
  uint32_t count(uint32_t) const override { return count_; }

  absl::Status DescribeLeaf(const Dataset& data, uint32_t number, Layout& leaf) const override {
    ASSIGN_OR_RETURN(const std::optional<FrameTerm> term,
                     data.TermAt(FrameTerm::Kind::kSubset, number));
    if (!term || number == hidden_) return absl::NotFoundError("no such subset");
    ASSIGN_OR_RETURN(RankSet frames, data.With(*term));
    if (term->text.empty()) {
      ASSIGN_OR_RETURN(const RankSet named, data.InSubset(kDefault));
      frames = UnionOf(frames, named);
    }
    AddPeopleFiles("", frames, media_, nullptr, leaf);
    return absl::OkStatus();
  }

 protected:
  bool AreNames(uint32_t) const override { return false; }

  absl::Status ForEachText(const Dataset& data, FacetDirectory, uint32_t from,
                           TextFn fn) const override {
    ASSIGN_OR_RETURN(const std::optional<FrameTerm> first,
                     data.TermAt(FrameTerm::Kind::kSubset, from));
    if (!first) return absl::OkStatus();
    return data.Terms(*first, [&](const FrameTerm& term) {
      const uint32_t number = from++;
      if (number == hidden_) return true;
      return number < count_ && fn(number, term.text.empty() ? kDefault : term.text);
    });
  }

  absl::StatusOr<std::optional<uint32_t>> FindText(const Dataset& data, FacetDirectory,
                                                   absl::string_view text) const override {
    std::optional<uint32_t> number;
    if (text == kDefault) {
      ASSIGN_OR_RETURN(number, data.TermNumber(FrameTerm::OfSubset("")));
    }
    if (!number) {
      ASSIGN_OR_RETURN(number, data.TermNumber(FrameTerm::OfSubset(text)));
    }
    return number && *number < count_ ? number : std::nullopt;
  }

 private:
  const uint32_t count_;
  const std::optional<uint32_t> hidden_;  // of "default", where there are frames without one
  const RankSet media_;
};

class BySubset : public Writer {
 public:
  WriterInfo Info() const override {
    return {.name = "by-subset",
            .summary =
                "the frames of each subset with everything on them; default/ = frames "
                "without one",
            .keeps = AllShapeTypes()};
  }

  absl::Status Describe(const Dataset& data, Layout& tree) const override {
    ASSIGN_OR_RETURN(RankSet media, data.WithMedia());
    ASSIGN_OR_RETURN(const uint32_t count, data.TermCount(FrameTerm::Kind::kSubset));
    ASSIGN_OR_RETURN(const std::optional<uint32_t> none, data.TermNumber(FrameTerm::OfSubset("")));
    ASSIGN_OR_RETURN(std::optional<uint32_t> named, data.TermNumber(FrameTerm::OfSubset(kDefault)));
    if (!none) named.reset();
    tree.Facets(std::make_shared<Subsets>(count, named, std::move(media)));
    return absl::OkStatus();
  }

  std::vector<absl::string_view> WhyDropped(const Dataset& data, const Frame& frame,
                                            const FrameShapes& all) const override {
    const absl::StatusOr<uint32_t> count = data.TermCount(FrameTerm::Kind::kSubset);
    if (count.ok() && *count <= kMostTexts) return {};
    const auto number = data.TermNumber(FrameTerm::OfSubset(frame.subset));
    const bool is_shown =
        frame.subset == kDefault || (number.ok() && *number && **number < kMostTexts);
    if (is_shown) return {};
    return std::vector<absl::string_view>(all.tags.size() + all.shapes.size(),
                                          "there are too many different subsets for directories");
  }
};

}  // namespace

std::unique_ptr<Writer> NewBySubsetWriter() { return std::make_unique<BySubset>(); }

}  // namespace annofs
