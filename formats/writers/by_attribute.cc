// by-attribute: per label, per attribute, per value the frames that have the label with the value,
// cut down to these.
#include <algorithm>

#include "absl/algorithm/container.h"
#include "cache/base/status.h"
#include "formats/label_texts.h"
#include "formats/people_files.h"
#include "formats/text_facet.h"
#include "formats/writer.h"

namespace annofs {
namespace {

constexpr FrameTerm::Kind kAttribute = FrameTerm::Kind::kAttribute;

bool AreOfOneAttribute(const FrameTerm& a, const FrameTerm& b) {
  return a.number == b.number && a.text == b.text;
}

absl::StatusOr<std::vector<uint32_t>> LabelsWithAttributes(const Dataset& data) {
  std::vector<uint32_t> labels;
  for (uint32_t label = 0; label < data.info().labels.size(); ++label) {
    ASSIGN_OR_RETURN(const auto term, data.FirstTerm(FrameTerm::OfAttribute(label, "", "")));
    if (!term || term->number >= data.info().labels.size()) break;
    labels.push_back(label = term->number);
  }
  return labels;
}

absl::StatusOr<uint32_t> NumberOf(const Dataset& data, const FrameTerm& term) {
  ASSIGN_OR_RETURN(const std::optional<uint32_t> number, data.TermNumber(term));
  if (!number) return absl::InternalError("an attribute of the dataset index has no number");
  return *number;
}

// Levels: labels; attributes by the number of their first term; values by that of their term.
class Attributes : public TextFacet {
 public:
  Attributes(const DatasetInfo& info, std::vector<uint32_t> labels, uint32_t count, RankSet media)
      : labels_(info, std::move(labels)),
        label_count_(uint32_t(info.labels.size())),
        count_(count),
        media_(std::move(media)) {}

  uint32_t levels() const override { return 3; }
  uint32_t count(uint32_t level) const override { return level == 1 ? label_count_ : count_; }

  absl::Status DescribeLeaf(const Dataset& data, uint32_t number, Layout& leaf) const override {
    ASSIGN_OR_RETURN(const std::optional<FrameTerm> term, data.TermAt(kAttribute, number));
    if (!term) return absl::NotFoundError("no such value");
    ASSIGN_OR_RETURN(const RankSet frames, data.With(*term));
    AddPeopleFiles(
        "", frames, media_,
        [label = term->number, wanted = Attribute{term->text, term->value}](const Shape& shape) {
          return shape.label == label &&
                 absl::c_any_of(shape.attributes, [&wanted](const Attribute& attribute) {
                   return attribute.name == wanted.name && attribute.value == wanted.value;
                 });
        },
        leaf);
    return absl::OkStatus();
  }

 protected:
  bool AreNames(uint32_t) const override { return false; }

  absl::Status ForEachText(const Dataset& data, FacetDirectory at, uint32_t from,
                           TextFn fn) const override {
    if (at.level == 0) {
      labels_.ForEach(data.info(), from, fn);
      return absl::OkStatus();
    }
    return at.level == 1 ? ForEachAttribute(data, at.number, from, fn)
                         : ForEachValue(data, at.number, from, fn);
  }

  absl::StatusOr<std::optional<uint32_t>> FindText(const Dataset& data, FacetDirectory at,
                                                   absl::string_view text) const override {
    if (at.level == 0) return labels_.Find(data.info(), text);
    if (at.level == 1) {
      const FrameTerm wanted = FrameTerm::OfAttribute(at.number, text, "");
      ASSIGN_OR_RETURN(const std::optional<FrameTerm> first, data.FirstTerm(wanted));
      if (!first || !AreOfOneAttribute(*first, wanted)) return std::optional<uint32_t>();
      return data.TermNumber(*first);
    }
    ASSIGN_OR_RETURN(const std::optional<FrameTerm> first, data.TermAt(kAttribute, at.number));
    if (!first) return std::optional<uint32_t>();
    return data.TermNumber(FrameTerm::OfAttribute(first->number, first->text, text));
  }

  absl::Status ForEachNumbered(const Dataset& data, uint32_t level, uint32_t begin, uint32_t end,
                               NumberedFn fn) const override {
    if (level == 1) return TextFacet::ForEachNumbered(data, level, begin, end, fn);
    ASSIGN_OR_RETURN(std::optional<FrameTerm> first, data.TermAt(kAttribute, begin));
    if (!first) return absl::OkStatus();
    ASSIGN_OR_RETURN(uint32_t group, FirstNumber(data, *first));
    FrameTerm last = *first;  // of the attribute that is being gone through
    absl::Status status;
    RETURN_IF_ERROR(data.Terms(*first, [&](const FrameTerm& term) {
      if (begin >= end) return false;
      if (!AreOfOneAttribute(term, last)) {
        last = term;
        group = begin;
      }
      if (level == 3) {
        status = fn({2, group}, begin, term.value);
      } else if (group == begin) {
        status = fn({1, term.number}, begin, term.text);
      }
      ++begin;
      return status.ok();
    }));
    return status;
  }

 private:
  static absl::StatusOr<uint32_t> FirstNumber(const Dataset& data, const FrameTerm& term) {
    ASSIGN_OR_RETURN(const std::optional<FrameTerm> first,
                     data.FirstTerm(FrameTerm::OfAttribute(term.number, term.text, "")));
    return NumberOf(data, first.value_or(term));
  }

  // The first term of the attribute behind that of `term`.
  static absl::StatusOr<std::optional<FrameTerm>> Behind(const Dataset& data,
                                                         const FrameTerm& term) {
    const std::string greatest(kMaxTermValue, '\xff');
    ASSIGN_OR_RETURN(std::optional<FrameTerm> next,
                     data.FirstTerm(FrameTerm::OfAttribute(term.number, term.text, greatest)));
    if (!next || !AreOfOneAttribute(*next, term)) return next;
    ASSIGN_OR_RETURN(const uint32_t number, NumberOf(data, *next));
    return data.TermAt(kAttribute, number + 1);
  }

  static absl::Status ForEachAttribute(const Dataset& data, uint32_t label, uint32_t from,
                                       TextFn fn) {
    ASSIGN_OR_RETURN(std::optional<FrameTerm> term,
                     data.FirstTerm(FrameTerm::OfAttribute(label, "", "")));
    if (term) {
      ASSIGN_OR_RETURN(const uint32_t first, NumberOf(data, *term));
      if (first < from) {
        // In the middle of an attribute's values there is none that begins.
        ASSIGN_OR_RETURN(const std::optional<FrameTerm> before, data.TermAt(kAttribute, from - 1));
        if (!before || before->number != label) return absl::OkStatus();
        ASSIGN_OR_RETURN(term, Behind(data, *before));
      }
    }
    while (term && term->number == label) {
      ASSIGN_OR_RETURN(const uint32_t number, NumberOf(data, *term));
      if (!fn(number, term->text)) break;
      ASSIGN_OR_RETURN(term, Behind(data, *term));
    }
    return absl::OkStatus();
  }

  static absl::Status ForEachValue(const Dataset& data, uint32_t attribute, uint32_t from,
                                   TextFn fn) {
    ASSIGN_OR_RETURN(const std::optional<FrameTerm> own, data.TermAt(kAttribute, attribute));
    uint32_t number = std::max(from, attribute);
    ASSIGN_OR_RETURN(const std::optional<FrameTerm> first, data.TermAt(kAttribute, number));
    if (!own || !first) return absl::OkStatus();
    return data.Terms(*first, [&](const FrameTerm& term) {
      return AreOfOneAttribute(term, *own) && fn(number++, term.value);
    });
  }

  const LabelTexts labels_;
  const uint32_t label_count_, count_;
  const RankSet media_;
};

class ByAttribute : public Writer {
 public:
  WriterInfo Info() const override {
    return {.name = "by-attribute",
            .summary =
                "per label, attribute and value the frames that have it, with only what "
                "has the value",
            .keeps = AllShapeTypes()};
  }

  absl::Status Describe(const Dataset& data, Layout& tree) const override {
    ASSIGN_OR_RETURN(RankSet media, data.WithMedia());
    ASSIGN_OR_RETURN(const uint32_t count, data.TermCount(kAttribute));
    ASSIGN_OR_RETURN(std::vector<uint32_t> labels, LabelsWithAttributes(data));
    tree.Facets(
        std::make_shared<Attributes>(data.info(), std::move(labels), count, std::move(media)));
    return absl::OkStatus();
  }

  std::vector<absl::string_view> WhyDropped(const Dataset& data, const Frame&,
                                            const FrameShapes& all) const override {
    std::vector<absl::string_view> why;
    for (const std::vector<Shape>* list : {&all.tags, &all.shapes}) {
      for (const Shape& shape : *list) why.push_back(WhyNot(data, shape));
    }
    return why;
  }

 private:
  // Which values are terms: formats/attribute_terms.h.
  static absl::string_view WhyNot(const Dataset& data, const Shape& shape) {
    if (shape.attributes.empty()) return "it has no attributes";
    for (const Attribute& attribute : shape.attributes) {
      const auto number =
          data.TermNumber(FrameTerm::OfAttribute(shape.label, attribute.name, attribute.value));
      if (number.ok() && *number) return "";
    }
    return "none of its attributes has directories: too many different values, or too long ones";
  }
};

}  // namespace

std::unique_ptr<Writer> NewByAttributeWriter() { return std::make_unique<ByAttribute>(); }

}  // namespace annofs
