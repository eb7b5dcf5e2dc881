// `annofs formats`: the tables of readers and writers.
#include <algorithm>
#include <ostream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "cache/base/json.h"
#include "formats/reader.h"
#include "formats/writer.h"
#include "tools/command.h"

namespace annofs {
namespace {

// Views whose names begin so are CVAT's own export formats.
constexpr absl::string_view kCvat = "cvat/";

std::vector<WriterInfo> Writers() {
  std::vector<WriterInfo> infos;
  for (const auto& writer : NewWriters()) infos.push_back(writer->Info());
  std::sort(infos.begin(), infos.end(),
            [](const WriterInfo& a, const WriterInfo& b) { return a.name < b.name; });
  return infos;
}

std::string Kept(const WriterInfo& info) {
  return absl::StrJoin(info.keeps, ", ", [](std::string* text, ShapeType type) {
    absl::StrAppend(text, ShapeTypeName(type));
  });
}

// A name may be longer than what there is to say of it: each has a line.
void PrintWriter(const WriterInfo& info, absl::string_view name, std::ostream& out) {
  out << "  " << name << (info.is_3d ? "  (of point clouds)" : "") << "\n      " << info.summary
      << "\n      keeps " << Kept(info) << "\n";
}

void PrintText(std::ostream& out) {
  out << "Annotation sources that are read:\n";
  for (const auto& reader : NewReaders()) {
    ReaderInfo info = reader->Info();
    out << absl::StrFormat("  %-18s %s\n", info.name, info.summary);
  }
  const std::vector<WriterInfo> writers = Writers();
  out << "\nViews (directories under views/DATASET/; export --view NAME), and the annotation types "
         "that each keeps:\n";
  for (const WriterInfo& info : writers) {
    if (!absl::StartsWith(info.name, kCvat)) PrintWriter(info, info.name, out);
  }
  out << "\nCVAT's export formats (directories under views/DATASET/cvat/; export --format NAME):\n";
  for (const WriterInfo& info : writers) {
    absl::string_view name = info.name;
    if (absl::ConsumePrefix(&name, kCvat)) PrintWriter(info, name, out);
  }
}

void PrintJson(std::ostream& out) {
  JsonWriter json(JsonWriter::Style::kPretty);
  json.BeginObject().Key("readers").BeginArray();
  for (const auto& reader : NewReaders()) {
    ReaderInfo info = reader->Info();
    json.BeginObject()
        .Key("name")
        .String(info.name)
        .Key("summary")
        .String(info.summary)
        .EndObject();
  }
  json.EndArray().Key("views").BeginArray();
  for (const WriterInfo& info : Writers()) {
    json.BeginObject().Key("name").String(info.name).Key("summary").String(info.summary);
    absl::string_view format = info.name;
    if (absl::ConsumePrefix(&format, kCvat)) json.Key("format").String(format);
    json.Key("is_3d").Bool(info.is_3d).Key("keeps").BeginArray();
    for (ShapeType type : info.keeps) json.String(ShapeTypeName(type));
    json.EndArray().EndObject();
  }
  out << json.EndArray().EndObject().Take() << "\n";
}

}  // namespace

int RunFormats(const Settings& settings, const std::vector<std::string>&, const Io& io) {
  settings.json ? PrintJson(io.out) : PrintText(io.out);
  return kDone;
}

}  // namespace annofs
