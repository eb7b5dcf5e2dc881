#include "formats/label_texts.h"

#include <algorithm>
#include <utility>

namespace annofs {

LabelTexts::LabelTexts(const DatasetInfo& info, std::vector<uint32_t> labels)
    : labels_(std::move(labels)) {
  std::erase_if(labels_, [&info](uint32_t label) { return label >= info.labels.size(); });
  by_name_ = labels_;
  auto name = [&info](uint32_t label) { return absl::string_view(info.labels[label].name); };
  std::stable_sort(by_name_.begin(), by_name_.end(),
                   [&name](uint32_t a, uint32_t b) { return name(a) < name(b); });
  by_name_.erase(std::unique(by_name_.begin(), by_name_.end(),
                             [&name](uint32_t a, uint32_t b) { return name(a) == name(b); }),
                 by_name_.end());
}

void LabelTexts::ForEach(
    const DatasetInfo& info, uint32_t from,
    absl::FunctionRef<bool(uint32_t number, absl::string_view text)> fn) const {
  for (auto it = std::lower_bound(labels_.begin(), labels_.end(), from); it != labels_.end();
       ++it) {
    if (!fn(*it, info.labels[*it].name)) return;
  }
}

std::optional<uint32_t> LabelTexts::Find(const DatasetInfo& info, absl::string_view name) const {
  auto it = std::lower_bound(by_name_.begin(), by_name_.end(), name,
                             [&info](uint32_t label, absl::string_view text) {
                               return absl::string_view(info.labels[label].name) < text;
                             });
  if (it == by_name_.end() || info.labels[*it].name != name) return std::nullopt;
  return *it;
}

}  // namespace annofs
