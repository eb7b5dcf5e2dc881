// Where an export writes: a directory, or a zip. Files are given in the order of the tree; each
// sink reads and writes them as it can.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cache/base/call_context.h"
#include "fs/filesystem.h"
#include "tools/settings.h"

namespace annofs {

struct OutputFile {
  std::string path;  // from the view's root
  NodeAttr attr;
  bool has_size = true;   // DirEntry::has_size
  bool is_image = false;  // the bucket's own file
};

// What is done so far. Thread safe.
struct ExportProgress {
  std::atomic<uint64_t> files{0}, bytes{0};
  std::atomic<uint64_t> kept{0};  // of these: were there already
};

// Calls `fn`, with a deadline each time, until it says more than that this is over: annotations are
// read and views are described meanwhile, however short one waits for it.
absl::Status Patiently(const Settings& settings, const Cancellation& cancellation,
                       absl::FunctionRef<absl::Status(const CallContext&)> fn);

// Reads files of the tree. Thread safe.
class ExportReader {
 public:
  ExportReader(Filesystem& tree, const Settings& settings, const Cancellation& cancellation)
      : tree_(tree), settings_(settings), cancellation_(cancellation) {}

  // A context with a deadline from now on.
  CallContext Context() const;
  // Of what the program makes itself: that may take long, and always ends.
  CallContext OwnContext() const;
  absl::Status Patiently(absl::FunctionRef<absl::Status(const CallContext&)> fn) const {
    return annofs::Patiently(settings_, cancellation_, fn);
  }
  // The attributes with the true size.
  absl::StatusOr<NodeAttr> Sized(const OutputFile& file) const;
  // Calls `fn` with one piece after the other; an error of it ends the reading. One whose size is
  // not known is not sized for that.
  absl::Status Read(const OutputFile& file,
                    absl::FunctionRef<absl::Status(absl::string_view)> fn) const;
  // The local file that an image of a source directory is; "" if it lies in a zip.
  absl::StatusOr<std::string> LocalPath(const NodeAttr& image, const std::string& source) const;

  Filesystem& tree() const { return tree_; }
  const Settings& settings() const { return settings_; }

 private:
  Filesystem& tree_;
  const Settings& settings_;
  const Cancellation& cancellation_;
};

class ExportSink {
 public:
  virtual ~ExportSink() = default;
  // Directories come before what is in them. Not thread safe, all three.
  virtual absl::Status Directory(const std::string& path) = 0;
  // May still be at work on it when it returns; an error may be that of an earlier file.
  virtual absl::Status File(OutputFile file) = 0;
  // Waits for all; then everything is written, and on the disk.
  virtual absl::Status Finish() = 0;
};

// Writes below `root`, a directory that exists, many files at once. What is there with the same
// size and time is kept. `source`: the local directory that images are linked to, "" where they are
// copied. Everything given outlives the sink.
absl::StatusOr<std::unique_ptr<ExportSink>> NewDirectorySink(const ExportReader& reader,
                                                             std::string root, std::string source,
                                                             ExportProgress& progress);

// Removes from the directory `root` what the view does not show: images that were there when an
// earlier export wrote them.
absl::Status RemoveOthers(const ExportReader& reader, NodeId view, const std::string& root);

// Writes a zip of stored entries, as CVAT's exports are (reference/cvat.md §9.2 step 6): files
// only, in the order of the tree; small ones are read ahead, many at once.
absl::StatusOr<std::unique_ptr<ExportSink>> NewZipSink(const ExportReader& reader,
                                                       const std::string& path,
                                                       ExportProgress& progress);

}  // namespace annofs
