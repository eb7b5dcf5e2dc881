#include "tests/golden/sly_keys.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "rapidjson/document.h"
#include "rapidjson/stringbuffer.h"
#include "rapidjson/writer.h"

namespace annofs::testing {
namespace {

using rapidjson::Document;
using rapidjson::Value;

constexpr char kMap[] = "key_id_map.json";

bool IsKey(absl::string_view text) {
  if (text.size() != 36) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (is_dash ? text[i] != '-' : !absl::ascii_isxdigit(uint8_t(text[i]))) return false;
  }
  return true;
}

absl::string_view TextOf(const Value& text) { return {text.GetString(), text.GetStringLength()}; }

class KeyNumbers {
 public:
  // Renames the keys among the values of a document.
  void Rename(Value& value, Document& document) {
    if (value.IsString() && IsKey(TextOf(value))) {
      SetText(value, NumberOf(TextOf(value)), document);
    } else if (value.IsArray()) {
      for (Value& element : value.GetArray()) Rename(element, document);
    } else if (value.IsObject()) {
      std::vector<Value::Member*> members;
      for (auto member = value.MemberBegin(); member < value.MemberEnd(); ++member)
        members.push_back(&*member);
      std::sort(members.begin(), members.end(),
                [](const auto* a, const auto* b) { return TextOf(a->name) < TextOf(b->name); });
      for (Value::Member* member : members) Rename(member->value, document);
    }
  }

  // Renames those that are names of the map's lists.
  void RenameMap(Document& map) {
    if (!map.IsObject()) return;
    for (auto at = map.MemberBegin(); at < map.MemberEnd(); ++at) {
      Value& list = at->value;
      if (!list.IsObject()) continue;
      for (auto inner = list.MemberBegin(); inner < list.MemberEnd(); ++inner) {
        Value::Member& member = *inner;
        if (!IsKey(TextOf(member.name))) continue;
        const auto found = numbers_.find(std::string(TextOf(member.name)));
        const std::string id = member.value.IsInt() ? absl::StrCat(member.value.GetInt()) : "none";
        SetText(member.name,
                found != numbers_.end() ? found->second
                                        : absl::StrCat("only in ", TextOf(at->name), " ", id),
                map);
      }
    }
  }

 private:
  const std::string& NumberOf(absl::string_view key) {
    const auto [found, is_new] = numbers_.try_emplace(std::string(key));
    if (is_new) found->second = absl::StrCat("key ", numbers_.size());
    return found->second;
  }

  static void SetText(Value& value, absl::string_view text, Document& document) {
    value.SetString(text.data(), rapidjson::SizeType(text.size()), document.GetAllocator());
  }

  std::map<std::string, std::string> numbers_;
};

// Calls `fn` with the parsed file and writes it back; a file that is no JSON stays.
template <typename Fn>
void Change(std::string& text, Fn fn) {
  Document document;
  document.Parse<rapidjson::kParseFullPrecisionFlag>(text.data(), text.size());
  if (document.HasParseError()) return;
  fn(document);
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  document.Accept(writer);
  text.assign(buffer.GetString(), buffer.GetSize());
}

}  // namespace

void NumberSlyKeys(FileTree& tree) {
  const auto map = tree.find(kMap);
  if (map == tree.end()) return;
  KeyNumbers keys;
  for (auto& [path, text] : tree) {
    if (path == kMap || !absl::EndsWith(path, ".json")) continue;
    Change(text, [&](Document& document) { keys.Rename(document, document); });
  }
  Change(map->second, [&](Document& document) { keys.RenameMap(document); });
}

}  // namespace annofs::testing
