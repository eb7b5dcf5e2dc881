// Lifecycle rules: what happens to the versions of a bucket in memory when days have passed.
#include "absl/strings/match.h"
#include "tools/emulator/bucket.h"

namespace annofs::emulator {
namespace {

bool IsPast(std::optional<int64_t> days, int64_t since_millis, absl::Time now) {
  return days && now >= absl::FromUnixMillis(since_millis) + *days * absl::Hours(24);
}

// Versions of the name, newest first, that the rule removes. A version is hidden since the upload
// of the next newer one.
std::vector<VersionPointer> Expired(const LifecycleRule& rule,
                                    const std::vector<VersionPointer>& versions, absl::Time now) {
  std::vector<VersionPointer> expired;
  std::optional<int64_t> hidden_since;
  for (const VersionPointer& version : versions) {
    if (version->IsLocked(now)) {
      hidden_since = version->upload_millis;
      continue;
    }
    bool started = version->action == Action::kStart;
    bool marker = version->action == Action::kHide;
    if (started && IsPast(rule.cancel_after_start, version->upload_millis, now)) {
      expired.push_back(version);
    }
    if (started) continue;
    if (hidden_since && IsPast(rule.delete_after_hide, *hidden_since, now)) {
      expired.push_back(version);
    }
    // A marker that hides nothing any more goes with what it hid.
    if (marker && version == versions.back() &&
        IsPast(rule.delete_after_hide, version->upload_millis, now)) {
      expired.push_back(version);
    }
    hidden_since = version->upload_millis;
  }
  return expired;
}

}  // namespace

void Bucket::RunLifecycle(absl::Time now) {
  absl::MutexLock lock(&mutex_);
  for (const LifecycleRule& rule : settings_.lifecycle) {
    for (const std::string& name : table_.Names()) {
      if (!absl::StartsWith(name, rule.prefix)) continue;
      VersionPointer newest = NewestLocked(name);
      if (newest != nullptr && newest->is_upload() &&
          IsPast(rule.hide_after_upload, newest->upload_millis, now)) {
        AddHideMarker(name, now);
      }
      for (const VersionPointer& version : Expired(rule, VersionsOf(name), now)) {
        RemoveLocked(*version);
      }
    }
  }
}

}  // namespace annofs::emulator
