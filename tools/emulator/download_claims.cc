#include "tools/emulator/download_claims.h"

#include "cache/base/json.h"

namespace annofs::emulator {

std::string ToText(const DownloadClaims& claims) {
  JsonWriter json;
  json.BeginObject().Key("key").String(claims.key_id).Key("bucket").String(claims.bucket_id);
  json.Key("prefix").String(claims.prefix);
  json.Key("overrides").BeginObject();
  for (const auto& [parameter, value] : claims.overrides) json.Key(parameter).String(value);
  json.EndObject().EndObject();
  return json.Take();
}

std::optional<DownloadClaims> ParseDownloadClaims(absl::string_view text) {
  absl::StatusOr<JsonDocument> json = JsonDocument::Parse(text);
  if (!json.ok() || !json->root().is_object()) return std::nullopt;
  DownloadClaims claims{.key_id = std::string(json->root().StringOr("key", "")),
                        .bucket_id = std::string(json->root().StringOr("bucket", "")),
                        .prefix = std::string(json->root().StringOr("prefix", ""))};
  json->root()["overrides"].ForEachMember([&claims](absl::string_view name, JsonValue value) {
    claims.overrides[std::string(name)] = std::string(value.AsString().value_or(""));
  });
  return claims;
}

}  // namespace annofs::emulator
