#include "tests/golden/exported_tree.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "formats/layout_walk.h"
#include "formats/related_media.h"

namespace annofs::testing {
namespace {

class TreeWalk {
 public:
  TreeWalk(const Layout& layout, const Dataset& data) : layout_(layout), data_(data) {}

  absl::Status Walk(ViewDirectory directory, const std::string& path) {
    std::vector<ViewEntry> entries;
    RETURN_IF_ERROR(
        ListEntries(layout_, data_, directory, 0, [&](const ViewEntry& entry, uint64_t) {
          entries.push_back(entry);
          return true;
        }));
    for (const ViewEntry& entry : entries) {
      const std::string inner = JoinPath(path, entry.name);
      RETURN_IF_ERROR(Annotate(CheckIsFound(directory, entry), inner));
      if (entry.kind == ViewEntry::Kind::kDirectory) {
        RETURN_IF_ERROR(Walk(entry.directory, inner));
      } else {
        RETURN_IF_ERROR(Annotate(AddFile(entry, inner), inner));
      }
    }
    return absl::OkStatus();
  }

  FileTree Take() { return std::move(files_); }

 private:
  absl::Status CheckIsFound(ViewDirectory directory, const ViewEntry& entry) const {
    ASSIGN_OR_RETURN(const ViewEntry found, FindEntry(layout_, data_, directory, entry.name));
    if (found.kind == entry.kind && found.unit == entry.unit && found.rank == entry.rank &&
        found.directory == entry.directory) {
      return absl::OkStatus();
    }
    return absl::InternalError("listed, but another entry is found by its name");
  }

  absl::Status AddFile(const ViewEntry& entry, const std::string& path) {
    ASSIGN_OR_RETURN(std::string content, ContentOf(entry));
    if (!files_.try_emplace(path, std::move(content)).second) {
      return absl::InternalError("listed twice");
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::string> ContentOf(const ViewEntry& entry) const {
    if (entry.kind == ViewEntry::Kind::kFile) {
      const SingleFile& file = layout_.files()[entry.unit];
      return file.is_segmented() ? SegmentedText(file.segments) : file.render(data_);
    }
    const Family& family = layout_.families()[entry.unit];
    if (!family.is_media()) return family.render(data_, entry.rank);
    ASSIGN_OR_RETURN(const std::optional<Media> media, MediaOf(data_, family, entry.rank));
    if (!media) return absl::InternalError("an image that the bucket has not");
    return absl::StrCat("-> ", media->key);
  }

  absl::StatusOr<std::string> SegmentedText(const Segments& segments) const {
    std::string text;
    SegmentReader reader(segments, data_);
    while (true) {
      ASSIGN_OR_RETURN(const bool more, reader.Next(text));
      if (!more) return text;
    }
  }

  const Layout& layout_;
  const Dataset& data_;
  FileTree files_;
};

}  // namespace

absl::StatusOr<FileTree> ExportedTree(const Writer& writer, const Dataset& data) {
  Layout layout;
  RETURN_IF_ERROR(writer.Describe(data, layout));
  TreeWalk walk(layout, data);
  RETURN_IF_ERROR(walk.Walk({}, ""));
  return walk.Take();
}

}  // namespace annofs::testing
