#include "formats/task_names.h"

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"

namespace annofs {

std::vector<std::string> TaskNames(const DatasetInfo& info) {
  std::vector<std::string> names;
  if (info.tasks.size() <= 1) return names;
  absl::flat_hash_set<int64_t> ids;
  for (const Task& task : info.tasks) {
    if (task.id >= 0) ids.insert(task.id);
  }
  const bool have_ids = ids.size() == info.tasks.size();
  for (size_t i = 0; i < info.tasks.size(); ++i) {
    names.push_back(absl::StrCat(have_ids ? info.tasks[i].id : int64_t(i)));
  }
  return names;
}

}  // namespace annofs
