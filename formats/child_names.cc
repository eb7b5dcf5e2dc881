#include "formats/child_names.h"

#include <algorithm>
#include <numeric>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "cache/base/digest.h"
#include "cache/base/names.h"
#include "cache/base/utf8.h"

namespace annofs {
namespace {

std::string NthName(absl::string_view text, uint32_t nth) {
  const std::string safe = SafeName(text);
  if (nth == 0) return safe;
  const std::string mark = absl::StrCat("-", Hash8Hex(absl::StrCat(text, "#", nth - 1)));
  return absl::StrCat(Utf8Prefix(safe, kMaxNameBytes - mark.size()), mark);
}

}  // namespace

void ChildNames::Add(uint32_t number, absl::string_view text) {
  uint32_t nth = 0;
  std::string name = NthName(text, nth);
  while (!taken_.insert(Hash64(absl::AsciiStrToLower(name))).second) name = NthName(text, ++nth);
  if (nth == 0 && name == text) return;
  changed_.push_back({.number = number, .nth = nth, .hash = Hash64(name)});
}

void ChildNames::Finish() {
  taken_ = {};
  changed_.shrink_to_fit();
  by_name_.resize(changed_.size());
  std::iota(by_name_.begin(), by_name_.end(), 0);
  std::sort(by_name_.begin(), by_name_.end(),
            [this](uint32_t a, uint32_t b) { return changed_[a].hash < changed_[b].hash; });
}

std::string ChildNames::NameOf(uint32_t number, absl::string_view text) const {
  const Changed* changed = FindChanged(number);
  return changed == nullptr ? std::string(text) : NthName(text, changed->nth);
}

std::vector<uint32_t> ChildNames::MayBeCalled(absl::string_view name) const {
  std::vector<uint32_t> numbers;
  if (changed_.empty()) return numbers;
  const uint64_t hash = Hash64(name);
  auto it = std::lower_bound(by_name_.begin(), by_name_.end(), hash,
                             [this](uint32_t a, uint64_t b) { return changed_[a].hash < b; });
  for (; it != by_name_.end() && changed_[*it].hash == hash; ++it) {
    numbers.push_back(changed_[*it].number);
  }
  return numbers;
}

const ChildNames::Changed* ChildNames::FindChanged(uint32_t number) const {
  auto it = std::lower_bound(changed_.begin(), changed_.end(), number,
                             [](const Changed& a, uint32_t b) { return a.number < b; });
  return it != changed_.end() && it->number == number ? &*it : nullptr;
}

}  // namespace annofs
