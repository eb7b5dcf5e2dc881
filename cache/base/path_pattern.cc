#include "cache/base/path_pattern.h"

#include <fnmatch.h>

#include "absl/numeric/bits.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace annofs {
namespace {

constexpr size_t kMostComponents = 63;

}  // namespace

bool PathPattern::HasWildcard(absl::string_view path) {
  return path.find_first_of("*?[") != path.npos;
}

absl::StatusOr<PathPattern> PathPattern::Parse(absl::string_view text) {
  PathPattern pattern;
  for (absl::string_view part : absl::StrSplit(text, '/', absl::SkipEmpty())) {
    if (part == ".") continue;
    const Kind kind = part == "**"        ? Kind::kAnyDepth
                      : HasWildcard(part) ? Kind::kGlob
                                          : Kind::kName;
    pattern.components_.push_back({kind, std::string(part)});
  }
  if (pattern.components_.size() > kMostComponents) {
    return absl::InvalidArgumentError(
        absl::StrCat("a pattern has at most ", kMostComponents, " components"));
  }
  return pattern;
}

PathPattern::States PathPattern::Step(States states, absl::string_view name) const {
  const std::string text(name);
  States next = 0;
  for (size_t i = 0; i < components_.size(); ++i) {
    if ((states >> i & 1) == 0) continue;
    const Component& component = components_[i];
    if (component.kind == Kind::kAnyDepth) {
      next |= States{1} << i;
    } else if (component.kind == Kind::kName
                   ? component.text == name
                   : fnmatch(component.text.c_str(), text.c_str(), 0) == 0) {
      next |= States{1} << (i + 1);
    }
  }
  return Close(next);
}

bool PathPattern::Matches(absl::string_view path) const {
  States states = Start();
  for (absl::string_view name : absl::StrSplit(path, '/')) states = Step(states, name);
  return Accepts(states);
}

std::optional<absl::string_view> PathPattern::OnlyName(States states) const {
  if (absl::popcount(states) != 1) return std::nullopt;
  const auto at = static_cast<size_t>(absl::countr_zero(states));
  if (at >= components_.size() || components_[at].kind != Kind::kName) return std::nullopt;
  return components_[at].text;
}

PathPattern::States PathPattern::Close(States states) const {
  for (size_t i = 0; i < components_.size(); ++i) {
    if (components_[i].kind == Kind::kAnyDepth && (states >> i & 1) != 0) {
      states |= States{1} << (i + 1);
    }
  }
  return states;
}

}  // namespace annofs
