#include "formats/open_images_names.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "cache/base/digest.h"
#include "cache/base/names.h"

namespace annofs {
namespace {

bool IsNumber(absl::string_view box_id, size_t number) {
  return box_id == absl::StrCat(absl::Hex(number, absl::kZeroPad8));
}

std::string NameOf(const DatasetInfo& info, const OpenImagesItem& from, size_t number,
                   absl::string_view box_id) {
  const std::string& label = info.labels[DescribeMask(from, from.masks[number]).label].name;
  return SafeName(OpenImagesMaskName(from.item.id, label, box_id));
}

}  // namespace

void OpenImagesFileNames::Add(const DatasetInfo& info, const OpenImagesItem& from) {
  const std::vector<std::string> ids = BoxIds(from);
  for (size_t number = 0; number < ids.size(); ++number) {
    if (IsNumber(ids[number], number)) continue;
    is_full_ = is_full_ || held_.size() == kMostHeld;
    if (is_full_) return;
    held_.push_back(
        {Hash64(NameOf(info, from, number, ids[number])), from.item.rank, uint32_t(number)});
  }
}

void OpenImagesFileNames::Finish() {
  if (is_full_) held_ = {};
  std::sort(held_.begin(), held_.end());
}

std::string OpenImagesFileNames::Of(const DatasetInfo& info, const OpenImagesItem& from,
                                    size_t number) const {
  const std::vector<std::string> ids = BoxIds(from);
  std::string name = NameOf(info, from, number, ids[number]);
  const Held mask{Hash64(name), from.item.rank, uint32_t(number)};
  if (Keeps(mask, IsNumber(ids[number], number))) return name;
  // The rank keeps frames apart, the number the masks of one.
  return SafeName(absl::StrCat(absl::StripSuffix(name, ".png"), "-",
                               absl::Hex(mask.rank, absl::kZeroPad8),
                               absl::Hex(mask.number, absl::kZeroPad8), ".png"));
}

bool OpenImagesFileNames::Keeps(const Held& mask, bool is_number) const {
  if (is_full_) return is_number;
  const auto first = std::lower_bound(held_.begin(), held_.end(), Held{mask.hash, 0, 0});
  if (first == held_.end() || first->hash != mask.hash) return true;
  return *first == mask;
}

}  // namespace annofs
