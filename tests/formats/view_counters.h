// What the files of views hold, found by reading them as their loaders would: not by the code that
// writes them.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "cache/base/json.h"
#include "tests/formats/png_pixels.h"
#include "tests/formats/sample_data.h"
#include "tests/formats/tar_reading.h"

namespace annofs::testing {

using Files = std::map<std::string, std::string>;
// For each frame, by a name of it, and each file or part of one that is about it: how much is
// there.
using Found = std::multimap<std::string, size_t>;

inline size_t Occurrences(absl::string_view what, absl::string_view text) {
  size_t count = 0;
  for (size_t at = text.find(what); at != text.npos; at = text.find(what, at + what.size()))
    ++count;
  return count;
}

inline JsonDocument ParsedJson(const std::string& text) {
  absl::StatusOr<JsonDocument> document = JsonDocument::Parse(text);
  EXPECT_TRUE(document.ok()) << document.status() << "\n" << text.substr(0, 300);
  return document.ok() ? *std::move(document) : *JsonDocument::Parse("{}");
}

inline std::string StemOf(absl::string_view path) {
  return std::string(WithoutExtension(BaseName(path)));
}

// Lines of the label files: labels/<part>/<stem>.txt, or <part>/labels/<stem>.txt.
inline Found FoundInYolo(const Files& files, const Dataset&) {
  Found found;
  for (const auto& [path, text] : files) {
    const std::vector<std::string> parts = absl::StrSplit(path, '/');
    if (parts.size() == 3 && (parts[0] == "labels" || parts[1] == "labels"))
      found.emplace(StemOf(path), Occurrences("\n", text));
  }
  return found;
}

inline Found FoundInKitti(const Files& files, const Dataset&) {
  Found found;
  for (const auto& [path, text] : files) {
    if (absl::StrContains(path, "label_2/")) found.emplace(StemOf(path), Occurrences("\n", text));
  }
  return found;
}

// Annotations by the image that they name.
inline Found FoundInCoco(const Files& files, const Dataset&) {
  Found found;
  for (const auto& [path, text] : files) {
    if (!absl::EndsWith(path, ".json")) continue;
    const JsonDocument document = ParsedJson(text);
    std::map<int64_t, size_t> counts;
    const JsonValue annotations = document.root()["annotations"];
    for (size_t i = 0; i < annotations.size(); ++i) ++counts[annotations[i].IntOr("image_id", -1)];
    const JsonValue images = document.root()["images"];
    for (size_t i = 0; i < images.size(); ++i) {
      const int64_t id = images[i].IntOr("id", -1);
      EXPECT_EQ(id, int64_t(i) + 1);
      found.emplace(StemOf(images[i].StringOr("file_name", "")), counts[id]);
      counts.erase(id);
    }
    EXPECT_TRUE(counts.empty()) << "annotations of images that are not there";
  }
  return found;
}

inline Found FoundInHf(const Files& files, const Dataset&) {
  Found found;
  for (const auto& [path, text] : files) {
    if (!absl::EndsWith(path, "metadata.jsonl")) continue;
    for (absl::string_view line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
      const JsonDocument row = ParsedJson(std::string(line));
      const JsonValue objects = row.root()["objects"];
      EXPECT_EQ(objects["bbox"].size(), objects["category"].size());
      EXPECT_EQ(objects["bbox"].size(), objects["area"].size());
      found.emplace(StemOf(row.root().StringOr("file_name", "")), objects["bbox"].size());
    }
  }
  return found;
}

inline Found FoundInVoc(const Files& files, const Dataset&) {
  Found found;
  for (const auto& [path, text] : files) {
    if (!absl::StrContains(path, "/Annotations/")) continue;
    EXPECT_EQ(Occurrences("<object>", text), Occurrences("<bndbox>", text));
    found.emplace(StemOf(path), Occurrences("<object>", text));
  }
  return found;
}

// The values of the pictures of instances, but for background.
inline Found FoundInMasks(const Files& files, const Dataset&) {
  Found found;
  for (const auto& [path, text] : files) {
    if (!absl::StartsWith(path, "instances/")) continue;
    const PngPixels pixels = DecodePng(text);
    std::set<uint32_t> values = {0};
    const size_t bytes = size_t(pixels.depth) / 8;
    for (size_t i = 0; i + bytes <= pixels.bytes.size(); i += bytes)
      values.insert(bytes == 1 ? pixels.bytes[i] : pixels.bytes[i] * 256u + pixels.bytes[i + 1]);
    found.emplace(StemOf(path), values.size() - 1);
  }
  return found;
}

// Rows of all sequences under one name: these number their frames.
inline Found FoundInMot(const Files& files, const Dataset&) {
  size_t rows = 0;
  for (const auto& [path, text] : files) {
    if (absl::EndsWith(path, "/gt/gt.txt")) rows += Occurrences("\n", text);
  }
  return {{"", rows}};
}

// <part>/<class>/<image>: 1 for each.
inline Found FoundInFolders(const Files& files, const Dataset&) {
  Found found;
  for (const auto& [path, text] : files) found.emplace(StemOf(path), 1);
  return found;
}

inline Found FoundInLabelme(const Files& files, const Dataset&) {
  Found found;
  for (const auto& [path, text] : files) {
    if (!absl::EndsWith(path, ".json") || absl::StartsWith(text, "-> ")) continue;
    const JsonDocument document = ParsedJson(text);
    found.emplace(path.substr(0, path.size() - 5),
                  document.root()["shapes"].size() + document.root()["flags"].size());
  }
  return found;
}

// Tags and shapes of each sample, by its key.
inline Found FoundInWds(const Files& files, const Dataset&) {
  Found found;
  for (const auto& [path, text] : files) {
    if (!absl::EndsWith(path, ".tar")) continue;
    for (const TarEntry& entry : TarEntries(text)) {
      if (!absl::EndsWith(entry.name, ".json")) continue;
      const JsonDocument document = ParsedJson(entry.content);
      found.emplace(StemOf(entry.name),
                    document.root()["tags"].size() + document.root()["shapes"].size());
    }
  }
  return found;
}

// Rows of the tables, `levels` directories deep; parts of skeletons are no shapes of their own.
template <size_t levels>
Found FoundInTables(const Files& files, const Dataset&) {
  Found found;
  for (const auto& [path, text] : files) {
    if (!absl::EndsWith(path, ".tsv") || absl::StartsWith(text, "-> ")) continue;
    size_t rows = 0;
    for (absl::string_view line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
      const std::vector<absl::string_view> cells = absl::StrSplit(line, '\t');
      rows += cells[1] != "element" && cells[1] != "outside";
    }
    size_t at = 0;
    for (size_t level = 0; level < levels; ++level) at = path.find('/', at) + 1;
    found.emplace(path.substr(at, path.size() - at - 4), rows - 1);
  }
  return found;
}

}  // namespace annofs::testing
