// Views whose names have a slash: "cvat/COCO 1.0" stands in the directory cvat/ of a dataset, if it
// is for such a dataset. Immutable.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "formats/writer.h"
#include "fs/readme.h"

namespace annofs {

class ViewGroups {
 public:
  struct Entry {
    std::string name;
    size_t view = 0;     // a view: index into the names
    uint32_t group = 0;  // or a group, from 1 on
  };

  // `names`: of the views, sorted (ViewNames()).
  ViewGroups(const std::vector<std::string>& names,
             const std::vector<std::unique_ptr<Writer>>& writers);

  // What stands in a dataset's directory, sorted: the views that a configuration wants
  // (formats/view_globs.h), and the groups that have one. Told without the dataset's index.
  std::vector<Entry> Top(const std::vector<std::string>& globs) const;
  // What these are, for the README.
  std::vector<ReadmeView> Explained(const std::vector<std::unique_ptr<Writer>>& writers) const;
  // The views of a group that are for the dataset (IsFor), sorted. No such group: none.
  std::vector<Entry> Of(uint32_t group, const DatasetInfo& info) const;

 private:
  struct Member {
    uint32_t group;
    Entry entry;
    WriterInfo info;
  };
  bool IsShown(const Entry& entry, const std::vector<std::string>& globs) const;

  std::vector<Entry> top_;
  std::vector<Member> members_;
};

}  // namespace annofs
