// CORS rules of a bucket. They are kept as the native API has them, in JSON: its operations that
// begin with "s3_" are the rules that S3 shows.
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "cache/base/json.h"
#include "cache/base/status.h"
#include "tools/emulator/s3_calls.h"
#include "tools/emulator/s3_error.h"
#include "tools/emulator/s3_settings.h"
#include "tools/emulator/xml_tree.h"
#include "tools/emulator/xml_writer.h"

namespace annofs::emulator {
namespace {

constexpr size_t kMostRules = 100;
constexpr absl::string_view kS3 = "s3_";

// Lists of a rule: the element of each item and the member of the native rule.
struct ListMember {
  absl::string_view element;
  absl::string_view member;
};
constexpr ListMember kLists[] = {{"AllowedOrigin", "allowedOrigins"},
                                 {"AllowedMethod", "allowedOperations"},
                                 {"AllowedHeader", "allowedHeaders"},
                                 {"ExposeHeader", "exposeHeaders"}};

bool IsOperations(const ListMember& list) { return list.element == "AllowedMethod"; }

// "GET" is the native "s3_get".
std::string ItemOfText(const ListMember& list, absl::string_view text) {
  return IsOperations(list) ? absl::StrCat(kS3, absl::AsciiStrToLower(text)) : std::string(text);
}

absl::Status WriteRule(const XmlNode& rule, size_t number, JsonWriter& json) {
  if (!rule.Has("AllowedOrigin") || !rule.Has("AllowedMethod")) return S3Error("MalformedXML");
  std::string name = rule["ID"].text;
  if (name.empty()) name = absl::StrCat("rule-", number);
  int64_t age = 0;
  if (rule.Has("MaxAgeSeconds") && !absl::SimpleAtoi(rule["MaxAgeSeconds"].text, &age)) {
    return S3Error("MalformedXML");
  }
  json.BeginObject().Key("corsRuleName").String(name).Key("maxAgeSeconds").Int(age);
  for (const ListMember& list : kLists) {
    json.Key(list.member).BeginArray();
    for (const XmlNode& child : rule.children) {
      if (child.name == list.element) json.String(ItemOfText(list, child.text));
    }
    json.EndArray();
  }
  json.EndObject();
  return absl::OkStatus();
}

absl::StatusOr<std::string> RulesOf(const XmlNode& root) {
  JsonWriter json;
  json.BeginArray();
  size_t number = 0;
  for (const XmlNode& rule : root.children) {
    if (rule.name != "CORSRule") return S3Error("MalformedXML");
    RETURN_IF_ERROR(WriteRule(rule, ++number, json));
  }
  json.EndArray();
  if (number == 0 || number > kMostRules) return S3Error("MalformedXML");
  return json.Take();
}

// Nothing of a rule for native operations alone.
bool ReadRule(JsonValue rule, XmlWriter& xml) {
  bool is_s3 = false;
  JsonValue operations = rule["allowedOperations"];
  for (size_t i = 0; i < operations.size(); ++i) {
    is_s3 |= absl::StartsWith(operations[i].AsString().value_or(""), kS3);
  }
  if (!is_s3) return false;
  xml.Open("CORSRule").Text("ID", rule.StringOr("corsRuleName", ""));
  for (const ListMember& list : kLists) {
    JsonValue items = rule[list.member];
    for (size_t i = 0; i < items.size(); ++i) {
      absl::string_view item = items[i].AsString().value_or("");
      if (!IsOperations(list)) {
        xml.Text(list.element, item);
      } else if (absl::ConsumePrefix(&item, kS3)) {
        xml.Text(list.element, absl::AsciiStrToUpper(item));
      }
    }
  }
  xml.Int("MaxAgeSeconds", rule.IntOr("maxAgeSeconds", 0)).Close();
  return true;
}

absl::Status SetRules(const S3Call& call, std::string rules) {
  BucketSettings settings = call.bucket->settings();
  settings.cors_rules = std::move(rules);
  return ChangeSettings(*call.bucket, std::move(settings));
}

}  // namespace

absl::StatusOr<Reply> S3GetBucketCors(S3Call& call) {
  std::string rules = call.bucket->settings().cors_rules;
  absl::StatusOr<JsonDocument> json = JsonDocument::Parse(rules);
  if (!json.ok()) return S3Error("InternalError", json.status().message());
  XmlWriter xml;
  xml.OpenAnswer("CORSConfiguration");
  bool any = false;
  for (size_t i = 0; i < json->root().size(); ++i) any |= ReadRule(json->root()[i], xml);
  if (!any) return S3Error("NoSuchCORSConfiguration");
  return XmlReply(200, xml.Take());
}

absl::StatusOr<Reply> S3PutBucketCors(S3Call& call) {
  ASSIGN_OR_RETURN(XmlNode root, ParseXmlTree(call.body, "CORSConfiguration"));
  ASSIGN_OR_RETURN(std::string rules, RulesOf(root));
  RETURN_IF_ERROR(SetRules(call, std::move(rules)));
  return Reply();
}

absl::StatusOr<Reply> S3DeleteBucketCors(S3Call& call) {
  RETURN_IF_ERROR(SetRules(call, "[]"));
  return Reply{.status = 204};
}

}  // namespace annofs::emulator
