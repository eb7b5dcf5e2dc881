// Where an export goes: refused before the work where it could harm something, and put in place in
// one step after it.
#pragma once

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "tools/settings.h"

namespace annofs {

// What is written: a directory, or one file where the output ends in ".zip".
enum class OutputKind { kDirectory, kZip };
OutputKind OutputKindOf(const std::string& output);

// The absolute path of the output. Refused: a symbolic link; what holds, or lies in, a source
// directory or the cache; what exists, without --force. Of a directory: what is no directory, a
// mountpoint, or the current directory; an empty one may exist. Of a zip: what is no plain file.
// `source`: as on the command line.
absl::StatusOr<std::string> CheckOutput(const Settings& settings, const std::string& source);

// The local directory that is the source; "" for a bucket and for one annotation file's own.
std::string SourceDirectory(const std::string& source);

// Where a directory grows until it is whole: "OUTPUT.partial", locked, so that two exports do not
// write one. Whoever goes on with what an earlier one left there says the same `what` (the recipe
// of the view, and how it is written); of anything else what is there is removed first.
class PartialDirectory {
 public:
  static absl::StatusOr<PartialDirectory> Open(const std::string& output, const std::string& what);
  PartialDirectory(PartialDirectory&& other) noexcept;
  PartialDirectory& operator=(PartialDirectory&&) = delete;
  ~PartialDirectory();

  const std::string& path() const { return path_; }
  // Only then it is renamed.
  absl::Status Publish(const std::string& output);

 private:
  PartialDirectory(std::string path, int lock) : path_(std::move(path)), lock_(lock) {}
  std::string path_;
  int lock_;  // of the file that says `what`
};

// Renames the finished `partial`, a directory or a file, to `output`. What stands there is moved
// aside first and deleted last: a failure leaves it as it was.
absl::Status PublishOutput(const std::string& partial, const std::string& output);

// True if `path` lies in `directory` or is it. Both absolute; links are followed as far as they
// exist.
bool LiesIn(const std::string& path, const std::string& directory);

}  // namespace annofs
