// What is set for a bucket (reference/b2.md §1.12, §1.14). Values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tools/emulator/version.h"

namespace annofs::emulator {

// Days; nothing: the rule has no such part.
struct LifecycleRule {
  std::string prefix;
  std::optional<int64_t> hide_after_upload;
  std::optional<int64_t> delete_after_hide;
  std::optional<int64_t> cancel_after_start;
};

// Of new files, where the bucket has locks.
struct DefaultRetention {
  std::string mode;  // "" = none
  int64_t duration = 0;
  std::string unit;  // "days", "years"

  int64_t days() const { return unit == "years" ? duration * 365 : duration; }
};

struct BucketSettings {
  std::string type = "allPrivate";  // allPublic, allPrivate
  FileInfo info;
  std::vector<LifecycleRule> lifecycle;
  bool has_locks = false;
  DefaultRetention default_retention;
  Encryption encryption;  // of new files that say nothing
  // JSON as it was set: annofs-emulator keeps these and does nothing by them.
  std::string cors_rules = "[]";
  std::string replication;                       // "" = none
  std::vector<std::string> replicated_prefixes;  // of the enabled rules in `replication`
  std::string notification_rules = "[]";
  int64_t revision = 2;
  int64_t created_millis = 0;  // 0: not known; only S3 shows it
};

}  // namespace annofs::emulator
