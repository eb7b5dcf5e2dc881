#include "cache/lmdb_journal.h"

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"

namespace annofs {
namespace {

// Transactions of the catalog have about 1 MiB.
constexpr size_t kMostBytes = 16 << 20;

}  // namespace

void LmdbJournal::Add(Kind kind, LmdbTable table, absl::string_view key, absl::string_view value) {
  is_whole_ = is_whole_ && bytes_.size() + key.size() + value.size() <= kMostBytes;
  if (!is_whole_) {
    steps_ = {};
    bytes_ = {};
    return;
  }
  steps_.push_back({kind, table, key.size(), value.size()});
  absl::StrAppend(&bytes_, key, value);
}

absl::Status LmdbJournal::Replay(LmdbWriter& txn) const {
  absl::string_view rest = bytes_;
  for (const Step& step : steps_) {
    const absl::string_view key = rest.substr(0, step.key);
    const absl::string_view value = rest.substr(step.key, step.value);
    rest.remove_prefix(step.key + step.value);
    switch (step.kind) {
      case Kind::kPut:
        RETURN_IF_ERROR(txn.Put(step.table, key, value));
        break;
      case Kind::kDelete:
        RETURN_IF_ERROR(txn.Delete(step.table, key));
        break;
      case Kind::kDeletePrefix:
        RETURN_IF_ERROR(txn.DeletePrefix(step.table, key));
        break;
    }
  }
  return absl::OkStatus();
}

}  // namespace annofs
