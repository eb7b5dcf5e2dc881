#include <filesystem>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cache/base/text.h"
#include "tools/export_output.h"
#include "tools/export_sink.h"

namespace annofs {
namespace {

namespace stdfs = std::filesystem;

absl::Status Failed(const std::string& path, const std::error_code& error) {
  return absl::InternalError(absl::StrCat(path, ": ", error.message()));
}

// What is there first: removing while one lists may pass names over.
absl::StatusOr<std::vector<stdfs::directory_entry>> EntriesOf(const std::string& path) {
  std::vector<stdfs::directory_entry> entries;
  std::error_code error;
  for (stdfs::directory_iterator it(path, error), end; !error && it != end; it.increment(error))
    entries.push_back(*it);
  if (error) return Failed(path, error);
  return entries;
}

}  // namespace

absl::Status RemoveOthers(const ExportReader& reader, NodeId view, const std::string& root) {
  absl::StatusOr<std::vector<stdfs::directory_entry>> entries = EntriesOf(root);
  if (!entries.ok()) return entries.status();
  for (const stdfs::directory_entry& entry : *entries) {
    const std::string name = entry.path().filename().string();
    if (name == kStateName) continue;
    absl::StatusOr<NodeAttr> shown = reader.tree().Lookup(view, name, reader.Context());
    std::error_code error;
    absl::Status status;
    if (absl::IsNotFound(shown.status())) {
      stdfs::remove_all(entry.path(), error);
    } else if (!shown.ok()) {
      return shown.status();
    } else if (shown->is_directory) {
      status = RemoveOthers(reader, shown->id, JoinPath(root, name));
    }
    if (error) return Failed(entry.path().string(), error);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace annofs
