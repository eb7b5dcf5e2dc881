// `annofs formats`: the tables of readers and writers.
#include <ostream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "cache/base/json.h"
#include "formats/reader.h"
#include "formats/writer.h"
#include "tools/command.h"

namespace annofs {
namespace {

void PrintText(std::ostream& out) {
  out << "Annotation sources that are read:\n";
  for (const auto& reader : NewReaders()) {
    ReaderInfo info = reader->Info();
    out << absl::StrFormat("  %-18s %s\n", info.name, info.summary);
  }
  out << "\nViews (directories under views/DATASET/), and the annotation types that each keeps:\n";
  for (const auto& writer : NewWriters()) {
    WriterInfo info = writer->Info();
    out << absl::StrFormat("  %-18s %s\n  %-18s keeps %s\n", info.name, info.summary, "",
                           absl::StrJoin(info.keeps, ", ", [](std::string* text, ShapeType type) {
                             absl::StrAppend(text, ShapeTypeName(type));
                           }));
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
  for (const auto& writer : NewWriters()) {
    WriterInfo info = writer->Info();
    json.BeginObject().Key("name").String(info.name).Key("summary").String(info.summary);
    json.Key("keeps").BeginArray();
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
