#include <algorithm>
#include <optional>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "formats/item.h"

namespace annofs {
namespace {

constexpr absl::string_view kSpace = " \t\r\n";

absl::string_view TakeUntil(absl::string_view& text, absl::string_view stops) {
  const size_t size = std::min(text.find_first_of(stops), text.size());
  const absl::string_view taken = text.substr(0, size);
  text.remove_prefix(size);
  return taken;
}

void SkipSpace(absl::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(kSpace), text.size()));
}

struct Tag {
  absl::string_view name;
  absl::string_view attributes;  // as they stand
  bool is_end = false, is_empty = false;
};

// Takes the next tag off `text`; a '>' in quotes does not end it.
std::optional<Tag> NextTag(absl::string_view& text) {
  const size_t begin = text.find('<');
  if (begin == absl::string_view::npos) return std::nullopt;
  text.remove_prefix(begin + 1);
  size_t end = 0;
  for (char quote = 0; end < text.size() && (quote != 0 || text[end] != '>'); ++end) {
    if (quote != 0 ? text[end] == quote : text[end] == '"' || text[end] == '\'') {
      quote = quote == 0 ? text[end] : 0;
    }
  }
  if (end == text.size()) return std::nullopt;
  Tag tag;
  absl::string_view inner = text.substr(0, end);
  text.remove_prefix(end + 1);
  tag.is_end = absl::ConsumePrefix(&inner, "/");
  tag.is_empty = absl::ConsumeSuffix(&inner, "/");
  tag.name = TakeUntil(inner, kSpace);
  tag.attributes = inner;
  return tag;
}

std::string Unescape(absl::string_view text) {
  return absl::StrReplaceAll(text, {{"&amp;", "&"},
                                    {"&lt;", "<"},
                                    {"&gt;", ">"},
                                    {"&quot;", "\""},
                                    {"&apos;", "'"},
                                    {"&#39;", "'"},
                                    {"&#34;", "\""}});
}

// Calls `fn` with the name and the raw value of each.
template <typename Fn>
void ForEachAttribute(absl::string_view text, Fn fn) {
  for (SkipSpace(text); !text.empty(); SkipSpace(text)) {
    const absl::string_view name = TakeUntil(text, " \t\r\n=");
    SkipSpace(text);
    if (!absl::ConsumePrefix(&text, "=")) continue;
    SkipSpace(text);
    if (text.empty()) return;
    const absl::string_view quote = text.substr(0, 1);
    if (quote != "\"" && quote != "'") return;
    text.remove_prefix(1);
    const absl::string_view value = TakeUntil(text, quote);
    if (!text.empty()) text.remove_prefix(1);
    fn(name, value);
  }
}

struct Drawing {
  std::vector<std::string> names;  // of circles
  std::vector<std::pair<int, int>> joints;
};

Drawing ParseDrawing(absl::string_view svg) {
  Drawing drawing;
  int depth = 0;
  while (std::optional<Tag> tag = NextTag(svg)) {
    if (tag->is_end) {
      --depth;
      continue;
    }
    const bool is_outer = depth == 0;
    const bool is_element = !absl::StartsWith(tag->name, "?") && !absl::StartsWith(tag->name, "!");
    if (!tag->is_empty && is_element) ++depth;
    if (!is_outer) continue;
    if (tag->name == "circle") {
      ForEachAttribute(tag->attributes, [&](absl::string_view name, absl::string_view value) {
        if (name == "data-label-name") drawing.names.push_back(Unescape(value));
      });
    } else if (tag->name == "line") {
      int from = 0, to = 0;
      ForEachAttribute(tag->attributes, [&](absl::string_view name, absl::string_view value) {
        if (name == "data-node-from") (void)absl::SimpleAtoi(value, &from);
        if (name == "data-node-to") (void)absl::SimpleAtoi(value, &to);
      });
      drawing.joints.emplace_back(from, to);
    }
  }
  return drawing;
}

}  // namespace

SkeletonTemplate SkeletonTemplateOf(const DatasetInfo& info, uint32_t label) {
  absl::flat_hash_map<absl::string_view, uint32_t> by_name;
  std::vector<uint32_t> own;
  for (uint32_t i = 0; i < info.labels.size(); ++i) {
    if (info.labels[i].parent != int32_t(label)) continue;
    own.push_back(i);
    by_name.try_emplace(info.labels[i].name, i);
  }
  SkeletonTemplate form;
  absl::flat_hash_set<uint32_t> taken;
  Drawing drawing = ParseDrawing(info.labels[label].svg);
  for (const std::string& name : drawing.names) {
    const auto found = by_name.find(name);
    if (found != by_name.end() && taken.insert(found->second).second) {
      form.sublabels.push_back(found->second);
    }
  }
  for (uint32_t sublabel : own) {
    if (!taken.contains(sublabel)) form.sublabels.push_back(sublabel);
  }
  const int count = int(form.sublabels.size());
  for (const auto& [from, to] : drawing.joints) {
    if (from >= 1 && to >= 1 && from <= count && to <= count) form.joints.emplace_back(from, to);
  }
  return form;
}

}  // namespace annofs
