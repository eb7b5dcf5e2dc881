// A bucket: the files of a directory, read live and never written, below versions in memory that
// the APIs write; or versions in memory alone. Every API works on this and nothing else. Thread
// safe.
//
// Errors are B2Error() with the codes of reference/b2.md §1; another API translates them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "tools/emulator/bucket_settings.h"
#include "tools/emulator/byte_range.h"
#include "tools/emulator/http.h"
#include "tools/emulator/large_file.h"
#include "tools/emulator/live_files.h"
#include "tools/emulator/version.h"
#include "tools/emulator/version_table.h"

namespace annofs::emulator {

struct ListQuery {
  enum class Scope {
    kNames,            // the newest upload of each name that is not hidden
    kVersions,         // all of them
    kFinishedVersions  // all but unfinished large files
  } scope = Scope::kNames;
  std::string prefix;
  std::string delimiter;  // "" = none
  std::string start;      // the first name, inclusive; any text
  std::string start_id;   // of versions: of the name `start`, the first version
  std::string after;      // S3 markers: names and folders up to and including it are left out
  size_t limit = 100;     // at least 1
};

// A version, or a folder: its name then ends with the delimiter.
struct ListedEntry {
  std::string name;
  VersionPointer version;  // null: a folder
};

// In byte order of names, versions of one name newest first.
struct EntryPage {
  std::vector<ListedEntry> entries;
  std::optional<ListedEntry> next;  // the first entry that the limit left out
};

class Bucket {
 public:
  // `files` null: a bucket in memory.
  Bucket(std::string id, std::string name, BucketSettings settings,
         std::unique_ptr<LiveFiles> files);

  const std::string& id() const { return id_; }
  const std::string& name() const { return name_; }
  BucketSettings settings() const;
  // Replaces the settings and counts the revision. 409 conflict if `expected_revision` is given and
  // is not the present one.
  absl::StatusOr<BucketSettings> Update(BucketSettings settings,
                                        std::optional<int64_t> expected_revision);

  EntryPage List(const ListQuery& query) const;
  // The newest version of the name that is an upload or a hide marker; null if there is none.
  VersionPointer Newest(absl::string_view name) const;
  // Any version, also one that is unfinished or hidden; null if there is none.
  VersionPointer FindById(absl::string_view file_id) const;
  // Bytes of a version; nothing if its file is gone or changed by now.
  std::optional<Body> Open(const FileVersion& version, ByteRange range) const;

  // An upload. `sha1` is what listings show of it.
  VersionPointer Put(NewVersion version, std::shared_ptr<const std::string> bytes, std::string sha1,
                     absl::Time now);
  // A hide marker. 400 no_such_file, already_hidden.
  absl::StatusOr<VersionPointer> Hide(absl::string_view name, absl::Time now);
  // A hide marker in any case, as an S3 delete without a version makes it.
  VersionPointer PutHideMarker(absl::string_view name, absl::Time now);
  // Removes one version; an unfinished large file is cancelled. 400 file_not_present; 401
  // unauthorized while it is locked, unless by governance and `bypass`.
  enum class Bypass { kNo, kGovernance };
  absl::Status Delete(absl::string_view name, absl::string_view file_id, Bypass bypass,
                      absl::Time now);
  // Another lock for a version; 400 file_not_present. A weaker retention is as a deletion is.
  absl::StatusOr<VersionPointer> SetRetention(absl::string_view name, absl::string_view file_id,
                                              const Retention& retention, Bypass bypass,
                                              absl::Time now);
  absl::StatusOr<VersionPointer> SetLegalHold(absl::string_view name, absl::string_view file_id,
                                              absl::string_view legal_hold);

  // Large files: native ones and S3 multipart uploads. 400 bad_request "Invalid fileId: X" for an
  // id that is not of an unfinished one.
  VersionPointer StartLarge(NewVersion version, absl::Time now);
  absl::StatusOr<VersionPointer> FindUnfinished(absl::string_view file_id) const;
  absl::StatusOr<Part> PutPart(absl::string_view file_id, int number,
                               std::shared_ptr<const std::string> bytes, absl::Time now);
  // In order of their numbers.
  absl::StatusOr<std::vector<Part>> Parts(absl::string_view file_id) const;
  // Makes the upload of these parts, which keeps the id and the time of the start. `bytes` are
  // theirs, joined.
  absl::StatusOr<VersionPointer> FinishLarge(absl::string_view file_id,
                                             const std::vector<Part>& parts,
                                             std::shared_ptr<const std::string> bytes);
  absl::StatusOr<VersionPointer> CancelLarge(absl::string_view file_id);
  // In order of name, then of start.
  std::vector<VersionPointer> Unfinished() const;

  // Runs the lifecycle rules as of `now` (reference/b2.md §1.14).
  void RunLifecycle(absl::Time now);
  // True if it holds no version at all.
  bool empty() const;

 private:
  void ListLocked(const ListQuery& query, LiveFiles::Listing* listing, EntryPage& page) const
      ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  // With digests, which may take reading the file: not under the lock.
  VersionPointer Complete(VersionPointer version) const ABSL_LOCKS_EXCLUDED(mutex_);
  VersionPointer NewestLocked(const std::string& name) const ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  // The versions of the name, newest first.
  std::vector<VersionPointer> VersionsOf(const std::string& name) const
      ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  std::optional<std::string> NameAtOrAfter(LiveFiles::Listing* listing,
                                           absl::string_view start) const
      ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  VersionPointer FindLocked(absl::string_view file_id) const ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  absl::StatusOr<VersionPointer> FindExact(absl::string_view name, absl::string_view file_id) const
      ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  VersionPointer AddHideMarker(absl::string_view name, absl::Time now)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  VersionPointer AddLocked(FileVersion version) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void RemoveLocked(const FileVersion& version) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  template <typename Change>
  absl::StatusOr<VersionPointer> Replace(absl::string_view name, absl::string_view file_id,
                                         Change change);

  const std::string id_;
  const std::string name_;
  const std::unique_ptr<LiveFiles> files_;

  mutable absl::Mutex mutex_;
  BucketSettings settings_ ABSL_GUARDED_BY(mutex_);
  VersionTable table_ ABSL_GUARDED_BY(mutex_);
  LargeFileTable large_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_set<std::string> removed_
      ABSL_GUARDED_BY(mutex_);  // ids of the directory's files
  uint64_t last_order_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace annofs::emulator
