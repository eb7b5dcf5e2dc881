// `annofs export`: writes a view of a source into a directory; the same tree that a mount shows.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <ostream>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "formats/writer.h"
#include "tools/command.h"
#include "tools/export_output.h"
#include "tools/stack.h"

namespace annofs {
namespace {

constexpr uint64_t kReadBytes = 1 << 20;

absl::Status WriteAll(int fd, absl::string_view data, const std::string& path) {
  while (!data.empty()) {
    ssize_t written = write(fd, data.data(), data.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return ErrnoToStatus(errno, absl::StrCat("writing ", path));
    data.remove_prefix(size_t(written));
  }
  return absl::OkStatus();
}

timespec TimeSpec(absl::Time time) { return absl::ToTimespec(time); }

// Copies a tree of nodes into a directory of the local disk.
class Exporter {
 public:
  Exporter(Filesystem& tree, const Settings& settings) : tree_(tree), settings_(settings) {}

  absl::Status Directory(NodeId node, const std::string& path) {
    if (mkdir(path.c_str(), 0777) != 0 && errno != EEXIST) return ErrnoToStatus(errno, path);
    for (uint64_t position = 0;;) {
      ASSIGN_OR_RETURN(std::vector<Entry> entries, Page(node, position));
      if (entries.empty()) return absl::OkStatus();
      for (const Entry& entry : entries) RETURN_IF_ERROR(One(entry, JoinPath(path, entry.name)));
      position = entries.back().next;
    }
  }

  uint64_t files() const { return files_; }

 private:
  struct Entry {
    std::string name;
    NodeAttr attr;
    uint64_t next;
    bool has_size;
  };
  static constexpr size_t kPage = 1024;

  absl::StatusOr<std::vector<Entry>> Page(NodeId node, uint64_t from) {
    std::vector<Entry> entries;
    RETURN_IF_ERROR(tree_.List(
        node, from,
        [&entries](const DirEntry& entry) {
          entries.push_back({std::string(entry.name), entry.attr, entry.next, entry.has_size});
          return entries.size() < kPage;
        },
        CommandContext(settings_)));
    return entries;
  }

  absl::Status One(const Entry& entry, const std::string& path) {
    if (entry.attr.is_directory) return Directory(entry.attr.id, path);
    // What a view can show of the bucket has 2 links (fs/bucket_tree.h), what it makes has 1.
    bool is_image = entry.attr.links > 1;
    if (is_image && settings_.images == "none") return absl::OkStatus();
    if (entry.has_size) return File(entry.attr, path);
    ASSIGN_OR_RETURN(NodeAttr attr, tree_.Stat(entry.attr.id, CommandContext(settings_)));
    return File(attr, path);
  }

  absl::Status File(const NodeAttr& attr, const std::string& path) {
    int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0) return ErrnoToStatus(errno, path);
    absl::Cleanup closer = [&fd] { close(fd); };
    for (uint64_t offset = 0; offset < attr.size; offset += kReadBytes) {
      absl::Status written;
      RETURN_IF_ERROR(tree_.Read(
          attr.id, {offset, kReadBytes},
          [&](Pieces data) {
            for (absl::string_view piece : data) {
              if (written.ok()) written = WriteAll(fd, piece, path);
            }
          },
          CommandContext(settings_)));
      RETURN_IF_ERROR(written);
    }
    timespec times[2] = {TimeSpec(attr.modified), TimeSpec(attr.modified)};
    if (futimens(fd, times) != 0) return ErrnoToStatus(errno, path);
    ++files_;
    std::move(closer).Cancel();
    return close(fd) == 0 ? absl::OkStatus() : ErrnoToStatus(errno, absl::StrCat("writing ", path));
  }

  Filesystem& tree_;
  const Settings& settings_;
  uint64_t files_ = 0;
};

absl::StatusOr<std::vector<std::string>> DatasetNames(const Settings& settings, Filesystem& tree) {
  ASSIGN_OR_RETURN(NodeAttr views, Resolve(tree, settings.views_name, CommandContext(settings)));
  std::vector<std::string> names;
  RETURN_IF_ERROR(tree.List(
      views.id, 0,
      [&names](const DirEntry& entry) {
        if (entry.attr.is_directory) names.emplace_back(entry.name);
        return true;
      },
      CommandContext(settings)));
  return names;
}

// Names of views may have a slash too.
bool IsViewName(absl::string_view name) {
  const std::vector<std::unique_ptr<Writer>> writers = NewWriters();
  return std::any_of(writers.begin(), writers.end(),
                     [name](const auto& writer) { return writer->Info().name == name; });
}

// "DATASET/VIEW" of the options, the dataset found if there is only one.
absl::StatusOr<std::string> ViewPath(const Settings& settings, Filesystem& tree) {
  if (!settings.dataset.empty()) return JoinPath(settings.dataset, settings.view);
  ASSIGN_OR_RETURN(std::vector<std::string> names, DatasetNames(settings, tree));
  for (const std::string& name : names) {
    const bool is_path = settings.view.substr(0, name.size() + 1) == name + "/";
    if (is_path && !IsViewName(settings.view)) return settings.view;
  }
  if (names.size() == 1) return JoinPath(names[0], settings.view);
  if (names.empty())
    return absl::NotFoundError(
        "no annotations were found in the source (name them with --annotations)");
  return absl::InvalidArgumentError(
      absl::StrCat("the source holds several datasets: say which with --dataset or --view DATASET/",
                   settings.view, ": ", absl::StrJoin(names, ", ")));
}

// The name under which the output grows until it is whole.
std::string PartialName(const std::string& output) {
  return absl::StrCat(output, ".partial-", getpid());
}

absl::StatusOr<uint64_t> Export(const Settings& settings, const std::string& source) {
  ASSIGN_OR_RETURN(std::string output, CheckOutput(settings, source));
  ASSIGN_OR_RETURN(std::unique_ptr<Stack> stack, OpenStack(settings, source));
  ASSIGN_OR_RETURN(std::string path, ViewPath(settings, *stack->filesystem));
  absl::StatusOr<NodeAttr> view =
      Resolve(*stack->filesystem, JoinPath(settings.views_name, path), CommandContext(settings));
  if (!view.ok())
    return Annotate(view.status(),
                    absl::StrCat("view '", path, "' (`annofs formats` lists the views)"));
  if (!view->is_directory)
    return absl::InvalidArgumentError(absl::StrCat("'", path, "' is a file, not a view"));
  std::string partial = PartialName(output);
  absl::Cleanup cleanup = [&partial] {
    std::error_code ignored;
    std::filesystem::remove_all(partial, ignored);
  };
  Exporter exporter(*stack->filesystem, settings);
  RETURN_IF_ERROR(exporter.Directory(view->id, partial));
  RETURN_IF_ERROR(PublishOutput(partial, output));
  return exporter.files();
}

}  // namespace

int RunExport(const Settings& given, const std::vector<std::string>& arguments, const Io& io) {
  Settings settings = given;
  while (settings.output.size() > 1 && settings.output.back() == '/') settings.output.pop_back();
  if (settings.view.empty() || settings.output.empty()) {
    io.err << "annofs: export: --view [DATASET/]VIEW and --output DIR are needed (see `annofs help "
              "export`)\n";
    return kWrongUsage;
  }
  absl::StatusOr<uint64_t> files = Export(settings, arguments[0]);
  if (!files.ok()) return Fail(io, absl::StrCat("export: ", files.status().message()));
  io.err << "annofs: export: " << *files << " files in " << settings.output << "\n";
  return kDone;
}

}  // namespace annofs
