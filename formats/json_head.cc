#include "formats/json_head.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/strip.h"
#include "cache/base/status.h"

namespace annofs {
namespace {

constexpr size_t kMaxNames = 64;
constexpr size_t kMaxTextBytes = 256;
constexpr absl::string_view kByteOrderMark = "\xef\xbb\xbf";

class HeadScanner {
 public:
  explicit HeadScanner(absl::string_view text) : rest_(text) {}

  JsonHead Scan() {
    absl::ConsumePrefix(&rest_, kByteOrderMark);
    rest_ = absl::StripLeadingAsciiWhitespace(rest_);
    if (rest_.empty() || (rest_[0] != '{' && rest_[0] != '[')) return {};
    head_.root = rest_[0] == '{' ? JsonHead::Root::kObject : JsonHead::Root::kArray;
    if (head_.root == JsonHead::Root::kArray) head_.members.push_back({});
    while (!rest_.empty() && Step()) rest_ = absl::StripLeadingAsciiWhitespace(rest_);
    return std::move(head_);
  }

 private:
  // Of the value of a member.
  size_t MemberDepth() const { return head_.root == JsonHead::Root::kObject ? 1 : 0; }

  // Takes one token; false ends the scan.
  bool Step() {
    const char c = rest_[0];
    switch (c) {
      case '{':
      case '[':
        Value(c == '{' ? JsonHeadMember::Kind::kObject : JsonHeadMember::Kind::kArray, "");
        open_.push_back(c);
        expects_key_ = c == '{';
        break;
      case '}':
      case ']':
        if (open_.empty()) return false;
        if (open_.size() == MemberDepth() + 2) in_first_item_ = false;
        open_.pop_back();
        expects_key_ = false;
        if (open_.empty()) return false;
        break;
      case ',':
        expects_key_ = !open_.empty() && open_.back() == '{';
        break;
      case ':':
        break;
      case '"':
        return String();
      default:
        return Scalar();
    }
    rest_.remove_prefix(1);
    return true;
  }

  bool Scalar() {
    const size_t length = std::min(rest_.size(), rest_.find_first_of(",]}: \t\r\n"));
    if (length == 0) return false;
    Value(JsonHeadMember::Kind::kOther, rest_.substr(0, length));
    rest_.remove_prefix(length);
    return true;
  }

  bool String() {
    size_t end = 1;
    while (end < rest_.size() && rest_[end] != '"') end += rest_[end] == '\\' ? 2 : 1;
    if (end >= rest_.size()) return false;
    const absl::string_view text = rest_.substr(1, end - 1);
    rest_.remove_prefix(end + 1);
    if (!expects_key_) {
      Value(JsonHeadMember::Kind::kString, text);
      return true;
    }
    expects_key_ = false;
    return Key(text.substr(0, kMaxTextBytes));
  }

  bool Key(absl::string_view name) {
    const size_t depth = open_.size();
    if (depth == 1 && MemberDepth() == 1) {
      if (head_.members.size() == kMaxNames) return false;
      head_.members.push_back({.name = std::string(name)});
      return true;
    }
    if (head_.members.empty()) return true;
    JsonHeadMember& member = head_.members.back();
    const bool is_of_member =
        (depth == MemberDepth() + 1 && member.kind == JsonHeadMember::Kind::kObject) ||
        (depth == MemberDepth() + 2 && in_first_item_);
    if (is_of_member && member.keys.size() < kMaxNames) member.keys.emplace_back(name);
    return true;
  }

  void Value(JsonHeadMember::Kind kind, absl::string_view text) {
    if (head_.members.empty()) return;
    JsonHeadMember& member = head_.members.back();
    if (open_.size() == MemberDepth()) {
      member.kind = kind;
      member.text = std::string(text.substr(0, kMaxTextBytes));
    } else if (open_.size() == MemberDepth() + 1) {
      in_first_item_ = member.is_empty && member.kind == JsonHeadMember::Kind::kArray &&
                       kind == JsonHeadMember::Kind::kObject;
      member.is_empty = false;
    }
  }

  absl::string_view rest_;
  std::string open_;  // brackets
  bool expects_key_ = false;
  bool in_first_item_ = false;
  JsonHead head_;
};

}  // namespace

bool JsonHeadMember::HasKey(absl::string_view key) const {
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

const JsonHeadMember* JsonHead::Find(absl::string_view name) const {
  for (const JsonHeadMember& member : members) {
    if (member.name == name) return &member;
  }
  return nullptr;
}

bool JsonHead::HasArray(absl::string_view name) const {
  const JsonHeadMember* member = Find(name);
  return member != nullptr && member->kind == JsonHeadMember::Kind::kArray;
}

bool JsonHead::HasObject(absl::string_view name) const {
  const JsonHeadMember* member = Find(name);
  return member != nullptr && member->kind == JsonHeadMember::Kind::kObject;
}

bool JsonHead::HasArrayOf(absl::string_view name, absl::string_view key) const {
  return HasArray(name) && Find(name)->HasKey(key);
}

JsonHead ScanJsonHead(absl::string_view text) { return HeadScanner(text).Scan(); }

absl::StatusOr<JsonHead> ReadJsonHead(Source& source) {
  ASSIGN_OR_RETURN(const std::string text,
                   source.Read(0, std::min<uint64_t>(source.size(), kJsonHeadBytes)));
  return ScanJsonHead(text);
}

}  // namespace annofs
