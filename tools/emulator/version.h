// One version of one name, whatever the API: an upload, an unfinished large file, or a hide marker
// (reference/b2.md §1.5). Values; a version that a bucket has given out never changes.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "tools/emulator/file_id.h"

namespace annofs::emulator {

enum class Action { kUpload, kStart, kHide };

// Custom metadata: native fileInfo, S3 x-amz-meta-*. Keys are lower case.
using FileInfo = std::map<std::string, std::string>;

struct Retention {
  std::string mode;  // "governance", "compliance"; "" = none
  int64_t until_millis = 0;

  bool Holds(absl::Time now) const {
    return !mode.empty() && absl::FromUnixMillis(until_millis) > now;
  }
};

struct Encryption {
  std::string mode;     // "SSE-B2", "SSE-C"; "" = none
  std::string key_md5;  // SSE-C: base64, what later requests must show
};

// What a writer gives of a new version.
struct NewVersion {
  std::string name;
  std::string content_type;
  FileInfo info;
  Retention retention;
  std::string legal_hold;  // "on", "off"; "" = never set
  Encryption encryption;
  std::optional<int64_t> upload_millis;  // nothing: now
};

struct FileVersion {
  std::string name;
  std::string file_id;
  Action action = Action::kUpload;
  int64_t upload_millis = 0;
  uint64_t order = 0;  // of versions of one name and one time the greatest is the newest
  uint64_t size = 0;
  std::string content_type;
  FileInfo info;
  std::string sha1 = "none";  // hex, "unverified:" and hex, "none"
  std::string md5;            // hex; "" = none (uploaded in parts)
  std::string etag;           // S3, without its quotes
  Retention retention;
  std::string legal_hold;
  Encryption encryption;
  bool replicates = false;  // a replication rule covers it: pending, for nothing is replicated

  // The content: bytes in memory, or the file of the bucket's directory that has this stamp.
  std::shared_ptr<const std::string> bytes;
  std::optional<FileStamp> stamp;

  // True where a newest version of this kind shows its name in a listing of names.
  bool is_upload() const { return action == Action::kUpload; }
  // True while it may not be deleted (reference/b2.md §1.14).
  bool IsLocked(absl::Time now) const { return retention.Holds(now) || legal_hold == "on"; }
};

using VersionPointer = std::shared_ptr<const FileVersion>;

// True if `a` comes before `b` among versions of one name: newest first (reference/b2.md §1.7).
inline bool IsNewer(const FileVersion& a, const FileVersion& b) {
  if (a.upload_millis != b.upload_millis) return a.upload_millis > b.upload_millis;
  return a.order > b.order;
}

}  // namespace annofs::emulator
