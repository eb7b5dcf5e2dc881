#include "formats/label_map.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"

namespace annofs {
namespace {

constexpr absl::string_view kBackground = "background";
constexpr Rgb kBlack = {0, 0, 0};

// Fills class_of_label from the names of the entries.
void FindClasses(const DatasetInfo& info, LabelMap& map) {
  absl::flat_hash_map<absl::string_view, uint32_t> by_name;
  for (size_t i = 0; i < map.entries.size(); ++i) by_name[map.entries[i].name] = uint32_t(i);
  map.class_of_label.reserve(info.labels.size());
  for (const Label& label : info.labels) map.class_of_label.push_back(by_name.at(label.name));
}

// The first black entry, else the one called "background".
size_t BackgroundOf(const std::vector<LabelMap::Entry>& entries) {
  auto found = std::find_if(entries.begin(), entries.end(),
                            [](const LabelMap::Entry& entry) { return entry.color == kBlack; });
  if (found == entries.end()) {
    found = std::find_if(entries.begin(), entries.end(),
                         [](const LabelMap::Entry& entry) { return entry.name == kBackground; });
  }
  return size_t(found - entries.begin());
}

std::vector<LabelMap::Entry> SortedEntries(const DatasetInfo& info) {
  std::map<std::string, Rgb> colors;  // in order of bytes, which is that of code points
  for (const Label& label : info.labels) colors[label.name] = ColorOf(label);
  colors.try_emplace(std::string(kBackground), kBlack);
  std::vector<LabelMap::Entry> entries;
  for (auto& [name, color] : colors) entries.push_back({name, color});
  return entries;
}

}  // namespace

LabelMap VocLabelMap(const DatasetInfo& info) {
  LabelMap map;
  absl::flat_hash_map<absl::string_view, uint32_t> places;
  for (const Label& label : info.labels) places.try_emplace(label.name, 0);
  if (!places.contains(kBackground)) map.entries.push_back({std::string(kBackground), kBlack});
  places.clear();
  for (const Label& label : info.labels) {
    if (places.try_emplace(label.name, uint32_t(map.entries.size())).second)
      map.entries.push_back({label.name, kBlack});
  }
  const std::vector<Rgb> palette = VocColors(map.entries.size());
  for (size_t i = 0; i < palette.size(); ++i) map.entries[i].color = palette[i];
  const auto background = places.find(kBackground);
  map.background = background == places.end() ? 0 : background->second;
  FindClasses(info, map);
  return map;
}

LabelMap SortedLabelMap(const DatasetInfo& info) {
  LabelMap map{.entries = SortedEntries(info)};
  map.background = uint32_t(BackgroundOf(map.entries));
  FindClasses(info, map);
  return map;
}

LabelMap BackgroundFirstLabelMap(const DatasetInfo& info) {
  LabelMap map{.entries = SortedEntries(info)};
  const auto place = map.entries.begin() + ptrdiff_t(BackgroundOf(map.entries));
  std::rotate(map.entries.begin(), place, place + 1);
  FindClasses(info, map);
  return map;
}

std::string LabelColorLine(const LabelMap::Entry& entry) {
  return absl::StrCat(int(entry.color[0]), " ", int(entry.color[1]), " ", int(entry.color[2]), " ",
                      entry.name, "\n");
}

std::string LabelColorText(const LabelMap& map) {
  std::string text;
  for (const LabelMap::Entry& entry : map.entries) text += LabelColorLine(entry);
  return text;
}

std::string VocLabelMapText(const LabelMap& map) {
  std::string text = "# label:color_rgb:parts:actions\n";
  for (const LabelMap::Entry& entry : map.entries) {
    absl::StrAppend(&text, entry.name, ":", int(entry.color[0]), ",", int(entry.color[1]), ",",
                    int(entry.color[2]), "::\n");
  }
  return text;
}

}  // namespace annofs
