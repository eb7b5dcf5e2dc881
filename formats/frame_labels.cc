#include "formats/frame_labels.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "cache/base/status.h"
#include "cache/base/text.h"

namespace annofs {
namespace {

std::string TextOf(const std::vector<Label>& labels, const RankTerms::Found& found) {
  std::string text;
  for (uint32_t label : found.numbers) {
    absl::StrAppend(&text, text.empty() ? "" : ",",
                    absl::StrReplaceAll(TsvEscape(labels[label].name), {{",", "\\x2c"}}));
  }
  if (found.not_told > 0) absl::StrAppend(&text, ",and ", found.not_told, " more");
  return text;
}

}  // namespace

absl::StatusOr<std::string> LabelsOf(const Dataset& data, Rank rank) {
  ASSIGN_OR_RETURN(const FrameShapes all, data.Shapes(rank));
  const std::vector<Label>& labels = data.info().labels;
  std::set<uint32_t> numbers;
  for (const std::vector<Shape>* shapes : {&all.tags, &all.shapes}) {
    for (const Shape& shape : *shapes) {
      if (shape.label < labels.size()) numbers.insert(shape.label);
    }
  }
  RankTerms::Found found;
  for (uint32_t number : numbers) {
    if (found.numbers.size() < kMostLabelsTold) {
      found.numbers.push_back(number);
    } else {
      ++found.not_told;
    }
  }
  return TextOf(labels, found);
}

absl::StatusOr<std::string> FrameLabels::Of(const Dataset& data, Rank rank) {
  const std::vector<Label>& labels = data.info().labels;
  if (labels.empty()) return "";
  ASSIGN_OR_RETURN(const RankTerms::Found found, terms_.Of(data, rank, labels.size()));
  return TextOf(labels, found);
}

}  // namespace annofs
