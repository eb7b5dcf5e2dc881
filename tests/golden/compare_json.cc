#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "rapidjson/document.h"
#include "rapidjson/stringbuffer.h"
#include "rapidjson/writer.h"
#include "tests/golden/compare_files.h"

namespace annofs::testing {
namespace {

using Value = rapidjson::Value;

absl::string_view NameOf(const Value& text) { return {text.GetString(), text.GetStringLength()}; }

std::string TextOf(const Value& value) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  value.Accept(writer);
  return std::string(buffer.GetString(), buffer.GetSize());
}

// To the last bit, and the sign of zero with it.
bool IsSameScalar(const Value& a, const Value& b) {
  if (a.IsString() && b.IsString()) return NameOf(a) == NameOf(b);
  if (a.IsDouble() && b.IsDouble()) {
    const double x = a.GetDouble(), y = b.GetDouble();
    return std::memcmp(&x, &y, sizeof x) == 0;
  }
  if (a.IsDouble() || b.IsDouble()) return false;
  return a == b;
}

class JsonComparer {
 public:
  explicit JsonComparer(FileDifferences& out) : out_(out) {}

  void Compare(const std::string& place, const Value& golden, const Value& ours) {
    if (golden.IsObject() && ours.IsObject()) {
      CompareObjects(place, golden, ours);
    } else if (golden.IsArray() && ours.IsArray()) {
      CompareArrays(place, golden, ours);
    } else if (!IsSameScalar(golden, ours)) {
      out_.AddValues(place, TextOf(golden), TextOf(ours));
    }
  }

 private:
  void CompareObjects(const std::string& place, const Value& golden, const Value& ours) {
    for (const auto& member : golden.GetObject()) {
      const std::string inner = absl::StrCat(place, "/", NameOf(member.name));
      const auto other = ours.FindMember(member.name);
      if (other == ours.MemberEnd()) {
        out_.Add(inner, absl::StrCat("only golden: ", Shortened(member.value)));
      } else if (IsSet(NameOf(member.name), member.value, other->value)) {
        CompareSets(inner, member.value, other->value);
      } else {
        Compare(inner, member.value, other->value);
      }
    }
    for (const auto& member : ours.GetObject()) {
      if (golden.HasMember(member.name)) continue;
      out_.Add(absl::StrCat(place, "/", NameOf(member.name)),
               absl::StrCat("only ours: ", Shortened(member.value)));
    }
    if (golden.MemberCount() != ours.MemberCount()) {
      out_.Add(place, absl::StrCat("golden has ", golden.MemberCount(), " members, ours ",
                                   ours.MemberCount()));
    }
  }

  void CompareArrays(const std::string& place, const Value& golden, const Value& ours) {
    if (golden.Size() != ours.Size()) {
      out_.Add(place, absl::StrCat("golden has ", golden.Size(), " elements, ours ", ours.Size()));
    }
    const rapidjson::SizeType common = std::min(golden.Size(), ours.Size());
    for (rapidjson::SizeType i = 0; i < common; ++i) {
      Compare(absl::StrCat(place, "/", i), golden[i], ours[i]);
    }
    AddRest(place, "only golden: ", golden, common);
    AddRest(place, "only ours: ", ours, common);
  }

  void AddRest(const std::string& place, absl::string_view whose, const Value& array,
               rapidjson::SizeType from) {
    for (rapidjson::SizeType i = from; i < array.Size(); ++i) {
      out_.Add(absl::StrCat(place, "/", i), absl::StrCat(whose, Shortened(array[i])));
    }
  }

  static bool IsSet(absl::string_view name, const Value& golden, const Value& ours) {
    return (name == "skeleton" || name == "joints") && golden.IsArray() && ours.IsArray();
  }

  // Each element as often as in the other.
  void CompareSets(const std::string& place, const Value& golden, const Value& ours) {
    std::vector<std::string> a = Elements(golden), b = Elements(ours), more;
    std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(more));
    for (const std::string& text : more) out_.Add(place, absl::StrCat("only golden: ", text));
    more.clear();
    std::set_difference(b.begin(), b.end(), a.begin(), a.end(), std::back_inserter(more));
    for (const std::string& text : more) out_.Add(place, absl::StrCat("only ours: ", text));
  }

  static std::vector<std::string> Elements(const Value& array) {
    std::vector<std::string> texts;
    for (const Value& value : array.GetArray()) texts.push_back(TextOf(value));
    std::sort(texts.begin(), texts.end());
    return texts;
  }

  static std::string Shortened(const Value& value) {
    std::string text = TextOf(value);
    if (text.size() > 200) text = text.substr(0, 200) + "…";
    return text;
  }

  FileDifferences& out_;
};

bool ParseOrTell(absl::string_view whose, absl::string_view text, rapidjson::Document& document,
                 FileDifferences& out) {
  constexpr unsigned kFlags =
      rapidjson::kParseFullPrecisionFlag | rapidjson::kParseValidateEncodingFlag;
  document.Parse<kFlags>(text.data(), text.size());
  if (!document.HasParseError()) return true;
  out.Add("file", absl::StrCat(whose, " is no JSON from byte ", document.GetErrorOffset(), " on"));
  return false;
}

}  // namespace

void CompareJson(absl::string_view golden, absl::string_view ours, FileDifferences& out) {
  if (golden == ours) return;
  rapidjson::Document a, b;
  const bool is_parsed = ParseOrTell("golden", golden, a, out);
  if (!ParseOrTell("ours", ours, b, out) || !is_parsed) return;
  JsonComparer(out).Compare("", a, b);
}

}  // namespace annofs::testing
