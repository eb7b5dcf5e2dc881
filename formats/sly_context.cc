#include "formats/sly_context.h"

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "cache/base/digest.h"
#include "cache/base/json.h"
#include "cache/base/names.h"
#include "cache/base/text.h"
#include "cache/base/utf8.h"

namespace annofs {
namespace {

constexpr absl::string_view kJson = ".json";

// Room for what is put behind or into it.
constexpr size_t kMostBytes = kMaxNameBytes - kJson.size() - 9;

std::string Shortened(absl::string_view name) {
  const std::string safe = SafeName(name);
  if (safe.size() <= kMostBytes) return safe;
  return absl::StrCat(Utf8Prefix(safe, kMostBytes - 9), "-", Hash8Hex(name));
}

std::string WithHash(absl::string_view name, absl::string_view of, size_t nth) {
  const absl::string_view extension = Extension(name);
  return absl::StrCat(absl::StripSuffix(name, extension), "-",
                      Hash8Hex(nth == 0 ? std::string(of) : absl::StrCat(of, "#", nth)), extension);
}

void WriteZeros(JsonWriter& json, absl::string_view name, int count) {
  json.Key(name).BeginArray();
  for (int i = 0; i < count; ++i) json.Int(0);
  json.EndArray();
}

}  // namespace

std::vector<std::string> SlyContextNames(const std::vector<RelatedMedia>& images) {
  absl::flat_hash_set<std::string> taken;  // with those of the JSONs
  std::vector<std::string> names;
  for (const RelatedMedia& image : images) {
    const std::string plain = Shortened(BaseName(image.name));
    std::string name = plain;
    for (size_t nth = 0; taken.contains(name) || taken.contains(name + std::string(kJson)); ++nth) {
      name = WithHash(plain, image.name, nth);
    }
    taken.insert(name);
    taken.insert(name + std::string(kJson));
    names.push_back(std::move(name));
  }
  return names;
}

std::string RenderSlyContext(absl::string_view name) {
  JsonWriter json(JsonWriter::Style::kPretty);
  json.BeginObject();
  json.Key("name").String(name);
  json.Key("meta").BeginObject();
  json.Key("sensorsData").BeginObject();
  WriteZeros(json, "extrinsicMatrix", 12);
  WriteZeros(json, "intrinsicMatrix", 9);
  json.EndObject();
  json.EndObject();
  json.EndObject();
  return json.Take();
}

}  // namespace annofs
