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
// directory or the cache; what holds the annotation file that is the source; what exists, without
// --force. Of a directory: what is no directory, a
// mountpoint, or the current directory; an empty one may exist. Of a zip: what is no plain file.
// `source`: as on the command line.
absl::StatusOr<std::string> CheckOutput(const Settings& settings, const std::string& source);

// The local directory that is the source, or that holds the annotation file which is; "" for a
// bucket.
std::string SourceDirectory(const std::string& source);

// The file in a PartialDirectory that says what it is.
inline constexpr char kStateName[] = ".annofs-export";

// Where an output grows until it is whole: the directory "OUTPUT.partial", locked, so that two
// exports do not write one. A file in it says that it is an export's, and of `what` (the recipe of
// the view, and how it is written). Not thread safe.
class PartialDirectory {
 public:
  // Whoever says the same `what` as an earlier one goes on with what that left there; of anything
  // else what is there is removed first. With "" nothing is gone on with. Refused: one that another
  // export writes, and what no export has made.
  static absl::StatusOr<PartialDirectory> Open(const std::string& output, absl::string_view what);
  PartialDirectory(PartialDirectory&& other) noexcept;
  PartialDirectory& operator=(PartialDirectory&&) = delete;
  ~PartialDirectory();

  const std::string& path() const { return path_; }
  // What an earlier one left is there.
  bool is_continued() const { return is_continued_; }
  // It is renamed to the output, or the file `name` of it. What stands there is replaced in one
  // step where the disk can do that, and deleted after it; without `replace` nothing but an empty
  // directory is: kAlreadyExists. A failure leaves it as it was.
  absl::Status PublishDirectory(const std::string& output, bool replace);
  absl::Status PublishFile(absl::string_view name, const std::string& output, bool replace);
  // Removes it with all that is in it: of what cannot be gone on with.
  void Discard();

 private:
  PartialDirectory(std::string path, int lock) : path_(std::move(path)), lock_(lock) {}
  absl::Status Clear();

  std::string path_;
  int lock_;  // of the file that says `what`
  bool is_continued_ = false;
};

// True if `path` lies in `directory` or is it. Both absolute; links are followed as far as they
// exist.
bool LiesIn(const std::string& path, const std::string& directory);

}  // namespace annofs
