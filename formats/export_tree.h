// An export zip of CVAT as a tree of files, sorted by path. What its readers share: which format it
// is, files by name, whole texts. A folder around the tree (people zip their folders) is taken off.
//
// Not thread safe; the source outlives the tree and every view into it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "formats/export_kind.h"
#include "formats/image_header.h"
#include "formats/reader.h"
#include "formats/zip_directory.h"

namespace annofs {

// No text of an export needs more; a larger entry becomes a problem.
inline constexpr uint64_t kMaxExportEntry = uint64_t{64} << 20;

struct ExportFile {
  absl::string_view path;  // below the root of the tree
  uint32_t entry = 0;      // index into ZipDirectory::entries()
};

class ExportTree {
 public:
  // Valid as long as the source. Nothing: not a zip. Errors as ZipDirectory::Read().
  static absl::StatusOr<std::optional<ExportTree>> Open(Source& source);

  ExportKind kind() const { return kind_; }
  const std::vector<ExportFile>& files() const { return files_; }
  // nullptr if absent; the last one of a name wins, as unzip does.
  const ExportFile* Find(absl::string_view path) const;
  // Files whose paths start so.
  absl::Span<const ExportFile> StartingWith(absl::string_view prefix) const;
  const ZipEntry& EntryOf(const ExportFile& file) const { return zip_->entries()[file.entry]; }
  const ZipDirectory& zip() const { return *zip_; }

  // Where a problem of that file is: "key!entry".
  std::string NameOf(const ExportFile& file) const;
  // Its text, at most kMaxExportEntry. What is wrong with the entry itself becomes a problem, and
  // the answer is nothing; errors are the source's.
  absl::StatusOr<std::optional<std::string>> Text(const ExportFile& file, DatasetSink& sink) const;
  // Its header, read by a small range; nothing if it has none or the entry cannot be read.
  absl::StatusOr<std::optional<ImageHeader>> HeaderOf(const ExportFile& file) const;
  // Its first bytes, at most `length`; fewer if it is shorter or cannot be read.
  absl::StatusOr<std::string> Head(const ExportFile& file, uint64_t length) const;
  // Indices of `files` in the order in which they lie in the zip.
  std::vector<uint32_t> InZipOrder(std::vector<uint32_t> files) const;

 private:
  ExportTree(Source& source, std::shared_ptr<const ZipDirectory> zip)
      : source_(&source), zip_(std::move(zip)) {}
  void MakeFiles();
  void TakeOffFolder(size_t bytes);
  absl::StatusOr<ExportKind> KindOfXml() const;
  static ExportKind KindOfXmlHead(absl::string_view head);
  absl::StatusOr<std::optional<ImageHeader>> HeaderInRange(const ZipEntry& entry) const;

  Source* source_;
  std::shared_ptr<const ZipDirectory> zip_;
  std::vector<ExportFile> files_;
  ExportKind kind_ = ExportKind::kNone;
};

// What the probe of every export reader is: the tree is of this kind. CVAT's exports say neither a
// name nor a number. A broken zip is none of them: by its directory nobody can tell.
absl::StatusOr<std::optional<ProbeResult>> ProbeExport(Source& source, ExportKind kind);

// The tree of that kind to read; kInvalidArgument if it is of another.
absl::StatusOr<ExportTree> OpenExport(Source& source, ExportKind kind);

// Reads the source as a tree of that kind by that loader.
template <typename Loader>
absl::Status LoadExport(Source& source, DatasetSink& sink, ExportKind kind) {
  absl::StatusOr<ExportTree> tree = OpenExport(source, kind);
  if (!tree.ok()) return tree.status();
  return Loader(*tree, source, sink).Load();
}

}  // namespace annofs
