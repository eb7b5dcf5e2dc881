#include "formats/settings.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cache/base/near_word.h"
#include "cache/base/text.h"

namespace annofs {
namespace {

constexpr char kEmptyText[] = "an empty string; leave the key out where nothing is meant";

absl::string_view NameOf(JsonNode::Kind kind) {
  switch (kind) {
    case JsonNode::Kind::kNull:
      return "null";
    case JsonNode::Kind::kBool:
      return "true or false";
    case JsonNode::Kind::kNumber:
      return "a number";
    case JsonNode::Kind::kString:
      return "a string";
    case JsonNode::Kind::kObject:
      return "an object";
    case JsonNode::Kind::kArray:
      return "an array";
  }
  return "nothing";
}

std::string Unknown(absl::string_view name, const Setting::Words& allowed) {
  const absl::string_view near = NearWord(name, allowed);
  const std::string hint =
      near.empty() ? "allowed: " : absl::StrCat("did you mean '", near, "'? Allowed: ");
  return absl::StrCat("no such key; ", hint, absl::StrJoin(allowed, ", "));
}

}  // namespace

bool SettingErrors::IsFirst(uint32_t line) {
  if (line >= line_) return false;
  line_ = line;
  return true;
}

void SettingErrors::Add(const JsonNode& node, absl::string_view what) {
  if (IsFirst(node.line)) status_ = tree_.At(node, what);
}

void SettingErrors::AddAtName(const JsonNode& node, absl::string_view what) {
  if (IsFirst(node.name_line)) status_ = tree_.AtName(node, what);
}

void Setting::Fail(absl::string_view what) const {
  if (node_ != nullptr) errors_->Add(*node_, what);
}

void Setting::FailAtName(absl::string_view what) const {
  if (node_ != nullptr) errors_->AddAtName(*node_, what);
}

void Setting::FailAsType(absl::string_view wanted) const {
  if (node_ == nullptr) return;
  if (Is(JsonNode::Kind::kNull)) {
    return Fail(absl::StrCat(wanted, " is wanted, this is null; leave the key out instead"));
  }
  Fail(absl::StrCat(wanted, " is wanted, this is ", NameOf(node_->kind)));
}

bool Setting::Wants(JsonNode::Kind kind, absl::string_view wanted) const {
  if (Is(kind)) return true;
  FailAsType(wanted);
  return false;
}

bool Setting::HasOnly(const Words& allowed) const {
  if (!Wants(JsonNode::Kind::kObject, "an object")) return false;
  for (const JsonNode* member : node_->children) {
    if (std::find(allowed.begin(), allowed.end(), member->name) != allowed.end()) continue;
    errors_->AddAtName(*member, Unknown(member->name, allowed));
  }
  return true;
}

Setting Setting::operator[](absl::string_view member) const {
  for (const JsonNode* child : node_->children) {
    if (child->name == member) return Setting(child, *errors_);
  }
  return Setting(nullptr, *errors_);
}

void Setting::ForEachMember(absl::FunctionRef<void(const std::string&, Setting)> fn) const {
  if (!Wants(JsonNode::Kind::kObject, "an object")) return;
  for (const JsonNode* child : node_->children) {
    const Setting member(child, *errors_);
    if (child->name.empty()) {
      member.FailAtName("a key without a name");
    } else {
      fn(child->name, member);
    }
  }
}

void Setting::ForEachElement(absl::FunctionRef<void(Setting)> fn) const {
  if (!Wants(JsonNode::Kind::kArray, "an array")) return;
  for (const JsonNode* child : node_->children) fn(Setting(child, *errors_));
}

std::optional<bool> Setting::Bool() const {
  if (!Wants(JsonNode::Kind::kBool, "true or false")) return std::nullopt;
  return node_->is_true;
}

std::optional<std::string> Setting::Text() const {
  if (!Wants(JsonNode::Kind::kString, "a string")) return std::nullopt;
  if (!node_->text.empty()) return node_->text;
  Fail(kEmptyText);
  return std::nullopt;
}

std::string Setting::NumberText() const {
  return node_->is_whole ? absl::StrCat(node_->whole) : ShortFloat(node_->number);
}

std::optional<std::string> Setting::TextOrNumber() const {
  if (is_number()) return NumberText();
  if (is_text()) return Text();
  FailAsType("a string or a number");
  return std::nullopt;
}

std::optional<double> Setting::Number(double least, double most) const {
  if (!Wants(JsonNode::Kind::kNumber, "a number")) return std::nullopt;
  if (node_->number >= least && node_->number <= most) return node_->number;
  Fail(absl::StrCat(NumberText(), " is not from ", ShortFloat(least), " to ", ShortFloat(most)));
  return std::nullopt;
}

std::optional<uint64_t> Setting::Whole(uint64_t least, uint64_t most) const {
  if (!Wants(JsonNode::Kind::kNumber, "a whole number")) return std::nullopt;
  if (node_->is_whole && node_->whole >= least && node_->whole <= most) return node_->whole;
  Fail(absl::StrCat(NumberText(), " is no whole number from ", least, " to ", most));
  return std::nullopt;
}

std::optional<size_t> Setting::Word(const Words& words) const {
  if (!Wants(JsonNode::Kind::kString, "a string")) return std::nullopt;
  const auto found = std::find(words.begin(), words.end(), node_->text);
  if (found != words.end()) return found - words.begin();
  Fail(absl::StrCat(QuotedForMessage(node_->text), " is none of ", absl::StrJoin(words, ", ")));
  return std::nullopt;
}

std::vector<std::string> Setting::Texts(absl::FunctionRef<void(const std::string&, Setting)> check,
                                        Empty empty) const {
  std::vector<std::string> texts;
  if (!Wants(JsonNode::Kind::kArray, "an array of strings")) return texts;
  if (node_->children.empty()) Fail("an empty array; leave the key out where nothing is meant");
  absl::flat_hash_set<absl::string_view> seen;
  for (const JsonNode* child : node_->children) {
    const Setting element(child, *errors_);
    if (!element.Wants(JsonNode::Kind::kString, "a string")) continue;
    if (child->text.empty() && empty == Empty::kRefused) {
      element.Fail("an empty string");
    } else if (!seen.insert(child->text).second) {
      element.Fail(absl::StrCat(QuotedForMessage(child->text), " stands there twice"));
    } else {
      check(child->text, element);
      texts.push_back(child->text);
    }
  }
  return texts;
}

std::vector<size_t> Setting::WordList(const Words& words) const {
  std::vector<size_t> places;
  Texts([&](const std::string&, Setting element) {
    if (const auto place = element.Word(words)) places.push_back(*place);
  });
  return places;
}

}  // namespace annofs
