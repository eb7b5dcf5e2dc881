// The versions that were written through an API, by name and by id. Not thread safe: a bucket's
// lock guards its table.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "tools/emulator/version.h"

namespace annofs::emulator {

class VersionTable {
 public:
  void Add(VersionPointer version);
  void Remove(const FileVersion& version);
  // In the place of the one with its name and id.
  void Replace(VersionPointer version);

  // Newest first; none for an unknown name.
  const std::vector<VersionPointer>& Of(const std::string& name) const;
  VersionPointer FindById(absl::string_view file_id) const;
  std::optional<std::string> NameAtOrAfter(absl::string_view start) const;
  bool empty() const { return names_.empty(); }
  std::vector<std::string> Names() const;

 private:
  std::map<std::string, std::vector<VersionPointer>, std::less<>> names_;
  absl::flat_hash_map<std::string, VersionPointer> ids_;
};

}  // namespace annofs::emulator
