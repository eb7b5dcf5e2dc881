#include "formats/attribute_terms.h"

#include "absl/hash/hash.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "formats/frame_term.h"

namespace annofs {
namespace {

constexpr absl::string_view kUnlisted = "frames cannot be listed by some values of attributes: ";
constexpr absl::string_view kUnlistedEnd = "; the shapes have them";

uint64_t KeyOf(uint32_t label, absl::string_view name) { return absl::HashOf(label, name); }

}  // namespace

bool AttributeTerms::Add(uint32_t label, absl::string_view name, absl::string_view value) {
  if (value.size() > kMaxTermValue) {
    has_long_ = true;
    return false;
  }
  const uint64_t key = KeyOf(label, name);
  auto found = attributes_.find(key);
  if (found == attributes_.end()) {
    if (is_full_) return false;
    found = attributes_.try_emplace(key).first;
  }
  Values& values = found->second;
  if (!values.is_listed) return false;
  if (!values.hashes.insert(absl::HashOf(value)).second) return true;
  if (++count_ >= limits_.values_in_all) is_full_ = true;
  if (values.hashes.size() <= limits_.values_of_one && count_ <= limits_.values_in_all) return true;
  if (too_many_.empty()) too_many_ = std::string(name.substr(0, 100));
  Close(values);
  return false;
}

void AttributeTerms::Close(Values& values) {
  count_ -= values.hashes.size();
  values.hashes = {};
  values.is_listed = false;
}

bool AttributeTerms::IsListed(uint32_t label, absl::string_view name) const {
  auto found = attributes_.find(KeyOf(label, name));
  return found != attributes_.end() && found->second.is_listed;
}

std::optional<std::string> AttributeTerms::Unlisted() const {
  std::string what;
  if (!too_many_.empty()) {
    what =
        absl::StrCat("those of '", too_many_, "' and of every other attribute with more than ",
                     limits_.values_of_one, " different ones (", limits_.values_in_all, " in all)");
  } else if (is_full_) {
    what = absl::StrCat("those of the attributes after the first ", limits_.values_in_all,
                        " different ones");
  }
  if (has_long_) {
    absl::StrAppend(&what, what.empty() ? "" : "; ", "those of more than ", kMaxTermValue,
                    " bytes");
  }
  if (what.empty()) return std::nullopt;
  return absl::StrCat(kUnlisted, what, kUnlistedEnd);
}

bool AttributeTerms::IsUnlisted(absl::string_view reason) {
  return absl::StartsWith(reason, kUnlisted) && absl::EndsWith(reason, kUnlistedEnd);
}

}  // namespace annofs
