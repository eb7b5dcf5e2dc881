// What a catalog must show, computed plainly: a bucket with all its versions, the entries of one
// directory, and the names that they are shown under (design/product.md §2, rule 10). Shares no
// code with the catalog. Not thread safe.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace annofs::testing {

// An entry of a directory as the store has it: by its component, a directory's with its '/'.
struct ModelItem {
  std::string version;  // objects only
  uint64_t size = 0;
  friend bool operator==(const ModelItem&, const ModelItem&) = default;
};
using ModelItems = std::map<std::string, ModelItem>;

// An entry as a mount shows it.
struct ModelRow {
  std::string order_key;  // component of its key, a directory's with its '/'
  std::string name;
  bool is_directory = false;
  ModelItem item;
};

struct ModelDirectory {
  std::vector<ModelRow> rows;      // in byte order of keys
  std::set<std::string> problems;  // keys of what is left out or shown otherwise

  const ModelRow* Find(absl::string_view name) const {
    for (const ModelRow& row : rows) {
      if (row.name == name) return &row;
    }
    return nullptr;
  }
};

inline bool IsModelName(absl::string_view name) {
  return !name.empty() && name != "." && name != ".." && name.size() <= 255 &&
         name.find('/') == name.npos && name.find('\0') == name.npos;
}

// How the entries of the directory with the key `prefix` are shown.
inline ModelDirectory Shown(const ModelItems& items, const std::string& prefix) {
  ModelDirectory shown;
  std::set<std::string> taken;  // names
  for (const auto& [key, item] : items) {
    ModelRow row{.order_key = key, .name = key, .item = item};
    row.is_directory = absl::EndsWith(key, "/");
    if (row.is_directory) row.name.pop_back();
    if (!IsModelName(row.name)) {
      shown.problems.insert(prefix + key);
      continue;
    }
    taken.insert(row.name);
    shown.rows.push_back(std::move(row));
  }
  std::set<std::string> left_out;
  for (const ModelRow& directory : shown.rows) {
    if (!directory.is_directory) continue;
    for (ModelRow& object : shown.rows) {
      if (object.is_directory || object.order_key != directory.name) continue;
      shown.problems.insert(prefix + object.order_key);
      object.name = object.order_key + ".object";
      for (int i = 2; taken.contains(object.name); ++i) {
        object.name = absl::StrCat(object.order_key, ".object.", i);
      }
      if (IsModelName(object.name)) {
        taken.insert(object.name);
      } else {
        left_out.insert(object.order_key);
      }
    }
  }
  std::erase_if(shown.rows, [&](const ModelRow& row) {
    return !row.is_directory && left_out.contains(row.order_key);
  });
  return shown;
}

class ModelBucket {
 public:
  struct Version {
    std::string version;
    uint64_t size = 0;
    absl::Time uploaded;
    bool is_marker = false;
  };

  void Add(const std::string& key, Version version) { versions_[key].push_back(version); }
  void RemoveVersion(const std::string& key, const std::string& version) {
    auto& all = versions_[key];
    std::erase_if(all, [&](const Version& each) { return each.version == version; });
    if (all.empty()) versions_.erase(key);
  }
  void Remove(const std::string& key) { versions_.erase(key); }

  const std::map<std::string, std::vector<Version>>& versions() const { return versions_; }

  // The entries of a directory now, or at a time: then with directories that were empty.
  ModelItems Items(const std::string& prefix, std::optional<absl::Time> at) const {
    ModelItems items;
    for (const auto& [key, all] : versions_) {
      if (!absl::StartsWith(key, prefix)) continue;
      const Version* newest = nullptr;
      for (const Version& each : all) {
        if (!at.has_value() || each.uploaded <= *at) newest = &each;
      }
      if (newest != nullptr && newest->is_marker) newest = nullptr;
      const size_t slash = key.find('/', prefix.size());
      if (slash != key.npos) {
        if (newest == nullptr && !at.has_value()) continue;
        items.try_emplace(key.substr(prefix.size(), slash + 1 - prefix.size()));
      } else if (newest != nullptr && key.size() > prefix.size()) {
        items[key.substr(prefix.size())] = {newest->version, newest->size};
      }
    }
    return items;
  }

 private:
  std::map<std::string, std::vector<Version>> versions_;  // of a key: oldest first
};

}  // namespace annofs::testing
