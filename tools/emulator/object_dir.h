// One bucket's directory: opens and examines the files that are its objects. An object is a regular
// file, or a symlink to a regular file that stays inside the directory; directories reached through
// a symlink hold no objects. Thread safe.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tools/emulator/file_id.h"
#include "tools/emulator/unique_fd.h"

namespace annofs::emulator {

// A name that B2 can hold (reference/b2.md §1.15): 1..1024 bytes of UTF-8 without control bytes,
// segments of 1..250 bytes that are not "." or "..".
bool IsObjectName(absl::string_view name);

struct OpenFile {
  UniqueFd file;
  FileStamp stamp;
};

// The stamp of an open regular file; nothing for anything else.
std::optional<FileStamp> StampOfOpen(int fd);

class ObjectDir {
 public:
  // kNotFound, kPermissionDenied or kInvalidArgument that names the path if it is not a readable
  // directory.
  static absl::StatusOr<std::unique_ptr<ObjectDir>> Open(const std::string& path);

  // Nothing if there is no such object. `name` may be anything.
  std::optional<OpenFile> OpenObject(absl::string_view name) const;
  std::optional<FileStamp> StampOf(absl::string_view name) const;
  int fd() const { return root_.get(); }

 private:
  UniqueFd root_;
  std::string real_path_;

  UniqueFd OpenPlain(const std::string& name) const;
  UniqueFd OpenThroughLink(const std::string& name) const;
};

}  // namespace annofs::emulator
