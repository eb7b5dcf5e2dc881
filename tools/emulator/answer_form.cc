#include "tools/emulator/answer_form.h"

#include <utility>

#include "absl/strings/match.h"
#include "cache/base/json.h"
#include "tools/emulator/native_json.h"

namespace annofs::emulator {
namespace {

class FormWriter {
 public:
  explicit FormWriter(const Switches& switches)
      : unknown_fields_(switches.unknown_fields),
        json_(switches.pretty_json ? JsonWriter::Style::kPretty : JsonWriter::Style::kCompact) {}

  std::string Write(JsonValue root) {
    Write("", root);
    return json_.Take();
  }

 private:
  const bool unknown_fields_;
  JsonWriter json_;

  void Write(absl::string_view name, JsonValue value) {
    if (value.is_object()) return WriteObject(name, value);
    if (value.is_array()) return WriteArray(name, value);
    WriteValue(value, json_);
  }

  void WriteObject(absl::string_view name, JsonValue object) {
    json_.BeginObject();
    object.ForEachMember([this](absl::string_view member, JsonValue value) {
      json_.Key(member);
      Write(member, value);
    });
    bool of_users = name == "fileInfo" || name == "bucketInfo";
    if (unknown_fields_ && !of_users) {
      json_.Key("yetUnknown").BeginObject().Key("fileName").String("none").EndObject();
    }
    json_.EndObject();
  }

  void WriteArray(absl::string_view name, JsonValue array) {
    json_.BeginArray();
    for (size_t i = 0; i < array.size(); ++i) Write(name, array[i]);
    json_.EndArray();
  }
};

}  // namespace

void SetForm(const Switches& switches, Reply& reply) {
  if (!switches.pretty_json && !switches.unknown_fields) return;
  auto* text = std::get_if<std::string>(&reply.body);
  absl::string_view type = FindHeader(reply.headers, "Content-Type").value_or("");
  if (text == nullptr || !absl::StartsWith(type, "application/json")) return;
  absl::StatusOr<JsonDocument> json = JsonDocument::Parse(*text);
  if (json.ok()) reply.body = FormWriter(switches).Write(json->root());
}

}  // namespace annofs::emulator
