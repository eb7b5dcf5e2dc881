#include "cache/base/json_tree.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "cache/base/json.h"
#include "cache/base/json_events.h"
#include "cache/base/text.h"
#include "cache/base/utf8.h"

namespace annofs {
namespace {

constexpr size_t kMostQuoted = 60;

std::string Shortened(absl::string_view text) {
  if (text.size() <= kMostQuoted) return TsvEscape(text);
  return absl::StrCat(TsvEscape(Utf8Prefix(text, kMostQuoted)), "...");
}

bool IsPlainName(absl::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return absl::ascii_isalnum(c) || c == '_' || c == '-';
  });
}

std::string PathOf(const JsonNode& node) {
  std::vector<const JsonNode*> way;
  for (const JsonNode* at = &node; at->parent != nullptr; at = at->parent) way.push_back(at);
  std::string path;
  for (auto it = way.rbegin(); it != way.rend(); ++it) {
    const JsonNode& step = **it;
    if (step.parent->kind == JsonNode::Kind::kArray) {
      absl::StrAppend(&path, "[", step.index, "]");
    } else if (IsPlainName(step.name) && step.name.size() <= kMostQuoted) {
      absl::StrAppend(&path, path.empty() ? "" : ".", step.name);
    } else {
      absl::StrAppend(&path, "[", QuotedForMessage(step.name), "]");
    }
  }
  return path;
}

// What stands where the text stops to be JSON, if it is a mistake that people make.
std::optional<std::string> UsualMistake(absl::string_view text, uint64_t offset) {
  if (offset >= text.size()) return std::nullopt;
  const char c = text[offset];
  const bool slash =
      c == '/' && offset + 1 < text.size() && (text[offset + 1] == '/' || text[offset + 1] == '*');
  if (slash || c == '#') return "a comment; JSON has none";
  if (c == '\'') return "a single quotation mark; JSON has double ones only";
  const absl::string_view before = absl::StripTrailingAsciiWhitespace(text.substr(0, offset));
  if ((c == '}' || c == ']') && !before.empty() && before.back() == ',') {
    return absl::StrCat("a comma before '", std::string(1, c), "'; JSON has commas only between");
  }
  return std::nullopt;
}

std::optional<size_t> FirstBadByte(absl::string_view text) {
  if (IsValidUtf8(text)) return std::nullopt;
  size_t at = 0;
  while (at < text.size()) {
    const size_t size = Utf8CharacterSize(text.substr(at));
    if (size == 0) break;
    at += size;
  }
  return at;
}

}  // namespace

// Makes the tree of events: a sink of JsonEvents.
class JsonTreeBuilder {
 public:
  JsonTreeBuilder(JsonTree& tree, absl::string_view text)
      : tree_(tree),
        text_(text),
        chunks_(text, std::max<size_t>(text.size(), 1)),
        input_(chunks_) {}

  absl::Status Build() {
    if (const std::optional<size_t> bad = FirstBadByte(text_)) {
      return Fail(*bad, "text that is no UTF-8");
    }
    const JsonProblem problem =
        JsonEvents(input_, JsonTokens::Mode::kStrict, *this, kMaxJsonDepth).Read();
    if (!status_.ok()) return status_;
    if (problem.what.empty()) return absl::OkStatus();
    return Fail(problem.offset, UsualMistake(text_, problem.offset).value_or(problem.what));
  }

  void Damaged(JsonDamage) {}  // not in strict mode
  bool Null() { return Add(JsonNode::Kind::kNull) != nullptr; }
  bool Bool(bool value) {
    JsonNode* node = Add(JsonNode::Kind::kBool);
    if (node != nullptr) node->is_true = value;
    return node != nullptr;
  }
  bool Int64(int64_t value) {
    if (value >= 0) return Uint64(static_cast<uint64_t>(value));
    return Number(static_cast<double>(value)) != nullptr;
  }
  bool Uint64(uint64_t value) {
    JsonNode* node = Number(static_cast<double>(value));
    if (node == nullptr) return false;
    node->is_whole = true;
    node->whole = value;
    return true;
  }
  bool Double(double value) {
    // 1e3 and 5.0 are whole numbers, too, as far as a double tells them apart.
    if (value >= 0 && value <= 0x1p53 && value == static_cast<double>(uint64_t(value))) {
      return Uint64(static_cast<uint64_t>(value));
    }
    return Number(value) != nullptr;
  }
  bool String(absl::string_view text) {
    JsonNode* node = Add(JsonNode::Kind::kString);
    if (node != nullptr) node->text = std::string(text);
    return node != nullptr;
  }
  bool Key(absl::string_view text) {
    name_ = std::string(text);
    name_line_ = LineOf(input_.token());
    return true;
  }
  bool StartObject() { return Open(JsonNode::Kind::kObject); }
  bool StartArray() { return Open(JsonNode::Kind::kArray); }
  bool EndObject(uint32_t) { return CheckNames(*open_.back()) && Close(); }
  bool EndArray(uint32_t) { return Close(); }

 private:
  JsonNode* Add(JsonNode::Kind kind) {
    if (tree_.nodes_.size() >= JsonTree::kMaxValues) {
      status_ = Fail(input_.token(), absl::StrCat("more than ", JsonTree::kMaxValues, " values"));
      return nullptr;
    }
    JsonNode& node = tree_.nodes_.emplace_back();
    node.kind = kind;
    node.line = node.name_line = LineOf(input_.token());
    if (open_.empty()) return &node;
    JsonNode& parent = *open_.back();
    node.parent = &parent;
    node.index = static_cast<uint32_t>(parent.children.size());
    if (parent.kind == JsonNode::Kind::kObject) {
      node.name = std::move(name_);
      node.name_line = name_line_;
    }
    parent.children.push_back(&node);
    return &node;
  }

  JsonNode* Number(double value) {
    JsonNode* node = Add(JsonNode::Kind::kNumber);
    if (node != nullptr) node->number = value;
    return node;
  }

  bool Open(JsonNode::Kind kind) {
    JsonNode* node = Add(kind);
    if (node != nullptr) open_.push_back(node);
    return node != nullptr;
  }

  bool Close() {
    open_.back()->children.shrink_to_fit();
    open_.pop_back();
    return true;
  }

  bool CheckNames(const JsonNode& object) {
    absl::flat_hash_map<absl::string_view, const JsonNode*> by_name;
    for (const JsonNode* member : object.children) {
      const auto [first, is_new] = by_name.emplace(member->name, member);
      if (is_new) continue;
      status_ = tree_.AtName(*member, absl::StrCat("a second time; it stands in line ",
                                                   first->second->name_line, " already"));
      return false;
    }
    return true;
  }

  // REQUIRES: not before the last offset. Each byte is counted once.
  uint32_t LineOf(uint64_t offset) {
    const absl::string_view since = text_.substr(counted_, offset - counted_);
    line_ += static_cast<uint32_t>(std::count(since.begin(), since.end(), '\n'));
    counted_ = offset;
    return line_;
  }

  // About a place that is no value of the tree: in the innermost object or array there.
  absl::Status Fail(uint64_t offset, absl::string_view what) {
    const uint32_t line =
        1 + static_cast<uint32_t>(std::count(text_.begin(), text_.begin() + offset, '\n'));
    return tree_.AtLine(line, open_.empty() ? "" : PathOf(*open_.back()), what);
  }

  JsonTree& tree_;
  const absl::string_view text_;
  TextChunks chunks_;
  JsonInput input_;
  std::vector<JsonNode*> open_;
  std::string name_;  // of the member that is read
  uint32_t name_line_ = 0;
  uint32_t line_ = 1;  // at `counted_`
  uint64_t counted_ = 0;
  absl::Status status_;
};

absl::StatusOr<JsonTree> JsonTree::Parse(absl::string_view text, absl::string_view file) {
  JsonTree tree;
  tree.file_ = std::string(file);
  if (absl::Status status = JsonTreeBuilder(tree, text).Build(); !status.ok()) return status;
  return tree;
}

absl::Status JsonTree::At(const JsonNode& node, absl::string_view what) const {
  return AtLine(node.line, PathOf(node), what);
}

absl::Status JsonTree::AtName(const JsonNode& node, absl::string_view what) const {
  return AtLine(node.name_line, PathOf(node), what);
}

absl::Status JsonTree::AtLine(uint32_t line, absl::string_view path, absl::string_view what) const {
  return absl::InvalidArgumentError(
      absl::StrCat(file_, ":", line, ": ", path, path.empty() ? "" : ": ", what));
}

std::string QuotedForMessage(absl::string_view text) {
  return absl::StrCat("'", Shortened(text), "'");
}

}  // namespace annofs
