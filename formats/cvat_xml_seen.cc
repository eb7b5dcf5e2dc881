#include "formats/cvat_xml_seen.h"

#include "absl/hash/hash.h"

namespace annofs {

bool CvatXmlSeen::AddName(uint32_t task, absl::string_view subset, absl::string_view name) {
  return names_.insert(absl::HashOf(task, subset, name)).second;
}

bool CvatXmlSeen::Extend(Run& run, int64_t id) {
  if (run.low == run.high) run.step = id > run.high ? id - run.high : run.low - id;
  if (id - run.step == run.high) {
    run.high = id;
  } else if (id + run.step == run.low) {
    run.low = id;
  } else {
    return false;
  }
  return true;
}

bool CvatXmlSeen::AddId(uint32_t task, absl::string_view subset, int64_t id) {
  const uint64_t group = absl::HashOf(task, subset);
  const auto [found, is_first] = runs_.emplace(group, Run{.low = id, .high = id, .step = 1});
  if (is_first) return true;
  Run& run = found->second;
  if (id >= run.low && id <= run.high && (id - run.low) % run.step == 0) return false;
  const uint64_t hash = absl::HashOf(group, id);
  if (!ids_.empty() && ids_.contains(hash)) return false;
  if (!Extend(run, id)) ids_.insert(hash);
  return true;
}

}  // namespace annofs
