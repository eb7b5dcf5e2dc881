#include "formats/coco_ids.h"

#include <algorithm>
#include <numeric>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "formats/json_labels.h"

namespace annofs {
namespace {

constexpr size_t kMaxShown = 64;
constexpr size_t kMaxRepeatedTexts = 1000;

// A text that is written as a number is that number.
std::optional<int64_t> NumberOf(JsonValue id) {
  if (std::optional<int64_t> number = id.AsInt()) return number;
  int64_t number = 0;
  const std::optional<absl::string_view> text = id.AsString();
  if (!text || !absl::SimpleAtoi(*text, &number) || absl::StrCat(number) != *text) {
    return std::nullopt;
  }
  return number;
}

}  // namespace

std::string CocoIdText(JsonValue id) { return JsonText(id).substr(0, kMaxShown); }

bool CocoIds::Add(JsonValue id, uint32_t value) {
  if (const std::optional<int64_t> number = NumberOf(id)) {
    numbers_.push_back(*number);
    values_.push_back(value);
    return true;
  }
  std::string text = JsonText(id);
  if (text.empty() || id.is_bool()) return false;
  if (!texts_.try_emplace(text, value).second && repeated_texts_.size() < kMaxRepeatedTexts) {
    repeated_texts_.push_back(text.substr(0, kMaxShown));
  }
  return true;
}

std::vector<std::string> CocoIds::Finish(size_t limit) {
  if (!std::is_sorted(numbers_.begin(), numbers_.end())) {
    std::vector<uint32_t> order(numbers_.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(),
                     [this](uint32_t a, uint32_t b) { return numbers_[a] < numbers_[b]; });
    std::vector<int64_t> numbers;
    std::vector<uint32_t> values;
    numbers.reserve(order.size());
    values.reserve(order.size());
    for (uint32_t at : order) {
      numbers.push_back(numbers_[at]);
      values.push_back(values_[at]);
    }
    numbers_ = std::move(numbers);
    values_ = std::move(values);
  }
  std::vector<std::string> repeated = std::move(repeated_texts_);
  for (size_t i = 1; i < numbers_.size() && repeated.size() < limit; ++i) {
    if (numbers_[i] == numbers_[i - 1]) repeated.push_back(absl::StrCat(numbers_[i]));
  }
  repeated.resize(std::min(repeated.size(), limit));
  return repeated;
}

std::optional<uint32_t> CocoIds::Find(JsonValue id) const {
  if (const std::optional<int64_t> number = NumberOf(id)) {
    const auto found = std::lower_bound(numbers_.begin(), numbers_.end(), *number);
    if (found == numbers_.end() || *found != *number) return std::nullopt;
    return values_[size_t(found - numbers_.begin())];
  }
  const auto found = texts_.find(JsonText(id));
  if (found == texts_.end()) return std::nullopt;
  return found->second;
}

}  // namespace annofs
