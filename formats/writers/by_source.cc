// by-source: per source of annotations (manual, auto, …) the frames that have any of it, cut down
// to these.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "formats/people_files.h"
#include "formats/text_facet.h"
#include "formats/writer.h"

namespace annofs {
namespace {

constexpr absl::string_view kNoSource = "unknown";

absl::string_view TextOf(const FrameTerm& term) {
  return term.text.empty() ? kNoSource : absl::string_view(term.text);
}

class Sources : public TextFacet {
 public:
  Sources(uint32_t count, RankSet media)
      : count_(std::min(count, kMostTexts)), media_(std::move(media)) {}

  uint32_t levels() const override { return 1; }
  uint32_t count(uint32_t) const override { return count_; }

  absl::Status DescribeLeaf(const Dataset& data, uint32_t number, Layout& leaf) const override {
    ASSIGN_OR_RETURN(const std::optional<FrameTerm> term,
                     data.TermAt(FrameTerm::Kind::kSource, number));
    if (!term) return absl::NotFoundError("no such source");
    ASSIGN_OR_RETURN(const RankSet frames, data.With(*term));
    AddPeopleFiles(
        "", frames, media_,
        [source = term->text](const Shape& shape) { return shape.source == source; }, leaf);
    return absl::OkStatus();
  }

 protected:
  bool AreNames(uint32_t) const override { return false; }

  absl::Status ForEachText(const Dataset& data, FacetDirectory, uint32_t from,
                           TextFn fn) const override {
    ASSIGN_OR_RETURN(const std::optional<FrameTerm> first,
                     data.TermAt(FrameTerm::Kind::kSource, from));
    if (!first) return absl::OkStatus();
    return data.Terms(
        *first, [&](const FrameTerm& term) { return from < count_ && fn(from++, TextOf(term)); });
  }

  absl::StatusOr<std::optional<uint32_t>> FindText(const Dataset& data, FacetDirectory,
                                                   absl::string_view text) const override {
    std::optional<uint32_t> number;
    if (text == kNoSource) {
      ASSIGN_OR_RETURN(number, data.TermNumber(FrameTerm::OfSource("")));
    }
    if (!number) {
      ASSIGN_OR_RETURN(number, data.TermNumber(FrameTerm::OfSource(text)));
    }
    return number && *number < count_ ? number : std::nullopt;
  }

 private:
  const uint32_t count_;
  const RankSet media_;
};

class BySource : public Writer {
 public:
  WriterInfo Info() const override {
    return {.name = "by-source",
            .summary =
                "per source (manual, auto, …) the frames that have any of it, with only that "
                "source's annotations",
            .keeps = AllShapeTypes()};
  }

  absl::Status Describe(const Dataset& data, Layout& tree) const override {
    ASSIGN_OR_RETURN(RankSet media, data.WithMedia());
    ASSIGN_OR_RETURN(const uint32_t count, data.TermCount(FrameTerm::Kind::kSource));
    tree.Facets(std::make_shared<Sources>(count, std::move(media)));
    return absl::OkStatus();
  }

  std::vector<absl::string_view> WhyDropped(const Dataset& data, const Frame&,
                                            const FrameShapes& all) const override {
    const absl::StatusOr<uint32_t> count = data.TermCount(FrameTerm::Kind::kSource);
    std::vector<absl::string_view> why;
    if (count.ok() && *count <= kMostTexts) return why;
    for (const std::vector<Shape>* list : {&all.tags, &all.shapes}) {
      for (const Shape& shape : *list) {
        const auto number = data.TermNumber(FrameTerm::OfSource(shape.source));
        const bool is_shown = number.ok() && *number && **number < kMostTexts;
        why.push_back(is_shown ? "" : "there are too many different sources for directories");
      }
    }
    return why;
  }
};

}  // namespace

std::unique_ptr<Writer> NewBySourceWriter() { return std::make_unique<BySource>(); }

}  // namespace annofs
