#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "cache/base/xml.h"
#include "tests/golden/compare_files.h"

namespace annofs::testing {
namespace {

struct Element {
  std::string name;
  std::map<std::string, std::string> attributes;
  std::string text;
  std::vector<Element> children;
};

class TreeBuilder : public XmlHandler {
 public:
  absl::Status Start(absl::string_view element, const XmlAttributes& attributes,
                     XmlPosition) override {
    open_.push_back({.name = std::string(element)});
    for (const char* const* pair = attributes.pairs(); *pair != nullptr; pair += 2) {
      open_.back().attributes[pair[0]] = pair[1];
    }
    return absl::OkStatus();
  }
  // The indentation of an element's end is no text.
  absl::Status End(absl::string_view, absl::string_view text, XmlPosition) override {
    Element closed = std::move(open_.back());
    open_.pop_back();
    closed.text =
        std::string(closed.children.empty() ? text : absl::StripTrailingAsciiWhitespace(text));
    (open_.empty() ? root_ : open_.back()).children.push_back(std::move(closed));
    return absl::OkStatus();
  }
  const Element& root() const { return root_.children[0]; }

 private:
  Element root_;
  std::vector<Element> open_;
};

// Declarations and the document's type.
absl::string_view BeforeRoot(absl::string_view text) {
  for (size_t i = 0; i + 1 < text.size(); ++i) {
    const char next = text[i + 1];
    if (text[i] == '<' && next != '?' && next != '!') {
      return absl::StripAsciiWhitespace(text.substr(0, i));
    }
  }
  return text;
}

// A child by its name and how many of that name stand before it.
using Key = std::pair<std::string, size_t>;

std::vector<Key> KeysOf(const std::vector<const Element*>& children) {
  std::map<std::string, size_t> seen;
  std::vector<Key> keys;
  for (const Element* child : children) keys.emplace_back(child->name, seen[child->name]++);
  return keys;
}

std::vector<const Element*> ChildrenOf(const Element& element, bool any_order_of_attributes) {
  std::vector<const Element*> children;
  for (const Element& child : element.children) children.push_back(&child);
  if (!any_order_of_attributes) return children;
  // Only where they stand next to each other: among other elements their place counts.
  auto is_attribute = [](const Element* child) { return child->name == "attribute"; };
  auto begin = std::find_if(children.begin(), children.end(), is_attribute);
  auto end = std::find_if_not(begin, children.end(), is_attribute);
  std::stable_sort(begin, end, [](const Element* a, const Element* b) {
    return std::tie(a->attributes, a->text) < std::tie(b->attributes, b->text);
  });
  return children;
}

class XmlComparer {
 public:
  explicit XmlComparer(FileDifferences& out) : out_(out) {}

  void Compare(const std::string& place, bool is_in_track, const Element& golden,
               const Element& ours) {
    if (golden.text != ours.text) out_.AddValues(place, golden.text, ours.text);
    CompareAttributes(place, golden.attributes, ours.attributes);
    const auto a = ChildrenOf(golden, is_in_track), b = ChildrenOf(ours, is_in_track);
    const std::vector<Key> keys_a = KeysOf(a), keys_b = KeysOf(b);
    std::map<Key, const Element*> of_b;
    for (size_t i = 0; i < b.size(); ++i) of_b[keys_b[i]] = b[i];
    std::vector<Key> common;
    for (size_t i = 0; i < a.size(); ++i) {
      const std::string inner = Inner(place, keys_a[i]);
      const auto found = of_b.find(keys_a[i]);
      if (found == of_b.end()) {
        out_.Add(inner, "only golden");
        continue;
      }
      common.push_back(keys_a[i]);
      Compare(inner, is_in_track || a[i]->name == "track", *a[i], *found->second);
    }
    CompareOrder(place, common, keys_b);
  }

 private:
  static std::string Inner(const std::string& place, const Key& key) {
    return absl::StrCat(place, "/", key.first, key.second > 0 ? absl::StrCat("#", key.second) : "");
  }

  void CompareAttributes(const std::string& place, const std::map<std::string, std::string>& golden,
                         const std::map<std::string, std::string>& ours) {
    for (const auto& [name, value] : golden) {
      const auto found = ours.find(name);
      const std::string inner = absl::StrCat(place, "@", name);
      if (found == ours.end()) {
        out_.Add(inner, absl::StrCat("only golden: \"", value, "\""));
      } else if (found->second != value) {
        out_.AddValues(inner, value, found->second);
      }
    }
    for (const auto& [name, value] : ours) {
      if (!golden.contains(name)) {
        out_.Add(absl::StrCat(place, "@", name), absl::StrCat("only ours: \"", value, "\""));
      }
    }
  }

  // What is only ours, and whether the rest stands in the same order.
  void CompareOrder(const std::string& place, const std::vector<Key>& common,
                    const std::vector<Key>& ours) {
    std::vector<Key> sorted = common, kept;
    std::sort(sorted.begin(), sorted.end());
    for (const Key& key : ours) {
      if (std::binary_search(sorted.begin(), sorted.end(), key)) {
        kept.push_back(key);
      } else {
        out_.Add(Inner(place, key), "only ours");
      }
    }
    if (kept != common) out_.Add(place, "its elements stand in another order");
  }

  FileDifferences& out_;
};

bool ParseOrTell(absl::string_view whose, absl::string_view text, TreeBuilder& tree,
                 FileDifferences& out) {
  TextChunks chunks(text);
  const absl::Status status = ParseXml(chunks, tree);
  if (!status.ok()) out.Add("file", absl::StrCat(whose, " is no XML: ", status.message()));
  return status.ok();
}

}  // namespace

void CompareXml(absl::string_view golden, absl::string_view ours, FileDifferences& out) {
  if (golden == ours) return;
  TreeBuilder a, b;
  const bool is_parsed = ParseOrTell("golden", golden, a, out);
  if (!ParseOrTell("ours", ours, b, out) || !is_parsed) return;
  if (BeforeRoot(golden) != BeforeRoot(ours)) {
    out.AddValues("head", BeforeRoot(golden), BeforeRoot(ours));
  }
  if (a.root().name != b.root().name) out.AddValues("/", a.root().name, b.root().name);
  XmlComparer(out).Compare("/" + a.root().name, false, a.root(), b.root());
}

}  // namespace annofs::testing
