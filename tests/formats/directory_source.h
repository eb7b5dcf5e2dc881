// An object with others beside it, for readers that read several.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "tests/formats/reading.h"

namespace annofs::testing {

class DirectorySource : public MemorySource {
 public:
  // `files`: by name; one of them is the object itself.
  DirectorySource(std::string directory, std::string name, std::map<std::string, std::string> files)
      : MemorySource(absl::StrCat(directory, "/", name), files.at(name)),
        directory_(std::move(directory)),
        name_(std::move(name)),
        files_(std::move(files)) {}

  absl::StatusOr<std::vector<std::string>> Siblings() override {
    std::vector<std::string> names;
    for (const auto& [name, content] : files_) {
      if (name != name_) names.push_back(name);
    }
    return names;
  }
  absl::StatusOr<std::unique_ptr<Source>> OpenSibling(absl::string_view name) override {
    const auto found = files_.find(std::string(name));
    if (!open_failure_.ok()) return open_failure_;
    if (found == files_.end()) return absl::NotFoundError(name);
    auto sibling =
        std::make_unique<MemorySource>(absl::StrCat(directory_, "/", name), found->second);
    if (!read_failure_.ok()) sibling->FailWith(read_failure_);
    return sibling;
  }

  // From now on no other object can be opened, or what is opened cannot be read.
  void FailSiblings(absl::Status open, absl::Status read) {
    open_failure_ = std::move(open);
    read_failure_ = std::move(read);
  }

 private:
  const std::string directory_, name_;
  const std::map<std::string, std::string> files_;
  absl::Status open_failure_, read_failure_;
};

// The named files of a directory of the test data; the first is the object itself.
inline DirectorySource FixtureDirectory(absl::string_view directory,
                                        const std::vector<std::string>& names) {
  std::map<std::string, std::string> files;
  for (const std::string& name : names) {
    files[name] = FixtureText(absl::StrCat(directory, "/", name));
  }
  return DirectorySource(std::string(directory), names[0], std::move(files));
}

}  // namespace annofs::testing
