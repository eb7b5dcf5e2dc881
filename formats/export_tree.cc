#include "formats/export_tree.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"

namespace annofs {
namespace {

constexpr uint64_t kXmlHeadBytes = 4096, kImageHeadBytes = 64 << 10;
constexpr int kMaxXmlHeads = 8;
constexpr int kMaxFolders = 3;  // VOCdevkit/VOC2012/…

bool IsJunk(absl::string_view name) {
  return name.empty() || absl::EndsWith(name, "/") || absl::StartsWith(name, "__MACOSX/") ||
         absl::EndsWith(name, ".DS_Store") || absl::EndsWith(name, "Thumbs.db");
}

bool ByPath(const ExportFile& a, const ExportFile& b) { return a.path < b.path; }

std::vector<absl::string_view> Paths(const std::vector<ExportFile>& files) {
  std::vector<absl::string_view> paths;
  paths.reserve(files.size());
  for (const ExportFile& file : files) paths.push_back(file.path);
  return paths;
}

// Bytes of the one folder that holds everything, with its slash; 0 if there is none.
size_t CommonFolder(const std::vector<ExportFile>& files) {
  if (files.empty()) return 0;
  size_t slash = files.front().path.find('/');
  if (slash == absl::string_view::npos) return 0;
  absl::string_view folder = files.front().path.substr(0, slash + 1);
  // Sorted: what starts alike stands together.
  return absl::StartsWith(files.back().path, folder) ? slash + 1 : 0;
}

}  // namespace

absl::StatusOr<std::optional<ExportTree>> ExportTree::Open(Source& source) {
  ASSIGN_OR_RETURN(const bool is_zip, IsZip(source));
  if (!is_zip) return std::optional<ExportTree>();
  ASSIGN_OR_RETURN(std::shared_ptr<const ZipDirectory> zip, ZipDirectory::Of(source));
  ExportTree tree(source, std::move(zip));
  tree.MakeFiles();
  tree.kind_ = KindOfExport(Paths(tree.files_), source.name());
  for (int i = 0; i < kMaxFolders && tree.kind_ == ExportKind::kNone; ++i) {
    size_t folder = CommonFolder(tree.files_);
    if (folder == 0) break;
    tree.TakeOffFolder(folder);
    tree.kind_ = KindOfExport(Paths(tree.files_), source.name());
  }
  if (tree.kind_ == ExportKind::kAnyXml) {
    ASSIGN_OR_RETURN(tree.kind_, tree.KindOfXml());
  }
  return std::optional<ExportTree>(std::move(tree));
}

void ExportTree::MakeFiles() {
  const std::vector<ZipEntry>& entries = zip_->entries();
  files_.reserve(entries.size());
  for (size_t i = 0; i < entries.size(); ++i) {
    if (!IsJunk(entries[i].name)) files_.push_back({.path = entries[i].name, .entry = uint32_t(i)});
  }
  std::stable_sort(files_.begin(), files_.end(), ByPath);
  // Of equal names the last stays.
  auto last =
      std::unique(files_.rbegin(), files_.rend(),
                  [](const ExportFile& a, const ExportFile& b) { return a.path == b.path; });
  files_.erase(files_.begin(), last.base());
}

// By the first of the files that says it: one that is broken does not hide the others.
absl::StatusOr<ExportKind> ExportTree::KindOfXml() const {
  int left = kMaxXmlHeads;
  for (const ExportFile& file : files_) {
    if (!absl::EndsWith(file.path, ".xml")) continue;
    ASSIGN_OR_RETURN(const std::string head, Head(file, kXmlHeadBytes));
    const ExportKind kind = KindOfXmlHead(head);
    if (kind != ExportKind::kNone || --left == 0) return kind;
  }
  return ExportKind::kNone;
}

// LabelMe and VOC have one root and different children.
ExportKind ExportTree::KindOfXmlHead(absl::string_view head) {
  auto has = [head](absl::string_view text) { return absl::StrContains(head, text); };
  if (!has("<annotation>") && !has("<annotation ")) return ExportKind::kNone;
  if (has("<imagesize>") || has("<sourceAnnotation") || has("<polygon>") || has("<segm>"))
    return ExportKind::kLabelMe;
  return has("<bndbox>") || has("<size>") ? ExportKind::kPascalVoc : ExportKind::kNone;
}

absl::StatusOr<std::optional<ImageHeader>> ExportTree::HeaderInRange(const ZipEntry& entry) const {
  ASSIGN_OR_RETURN(ZipRange range, zip_->DataOf(entry));
  return ReadImageHeader([&](uint64_t offset, uint64_t length) -> absl::StatusOr<std::string> {
    if (offset >= range.length) return std::string();
    return source_->Read(range.offset + offset, std::min(length, range.length - offset));
  });
}

absl::StatusOr<std::optional<ImageHeader>> ExportTree::HeaderOf(const ExportFile& file) const {
  const ZipEntry& entry = EntryOf(file);
  if (InnerOf(entry)) {
    absl::StatusOr<std::optional<ImageHeader>> header = HeaderInRange(entry);
    if (absl::IsInvalidArgument(header.status())) return std::optional<ImageHeader>();
    return header;
  }
  ASSIGN_OR_RETURN(std::string head, Head(file, kImageHeadBytes));
  return ProbeImage(head).header;
}

void ExportTree::TakeOffFolder(size_t bytes) {
  for (ExportFile& file : files_) file.path.remove_prefix(bytes);
}

const ExportFile* ExportTree::Find(absl::string_view path) const {
  auto found = std::lower_bound(files_.begin(), files_.end(), ExportFile{.path = path}, ByPath);
  return found != files_.end() && found->path == path ? &*found : nullptr;
}

absl::Span<const ExportFile> ExportTree::StartingWith(absl::string_view prefix) const {
  auto begin = std::lower_bound(files_.begin(), files_.end(), ExportFile{.path = prefix}, ByPath);
  auto end = std::partition_point(begin, files_.end(), [prefix](const ExportFile& file) {
    return absl::StartsWith(file.path, prefix);
  });
  return absl::MakeConstSpan(files_).subspan(size_t(begin - files_.begin()), size_t(end - begin));
}

std::string ExportTree::NameOf(const ExportFile& file) const {
  return absl::StrCat(source_->name(), "!", EntryOf(file).name);
}

absl::StatusOr<std::optional<std::string>> ExportTree::Text(const ExportFile& file,
                                                            DatasetSink& sink) const {
  absl::StatusOr<std::string> text = zip_->ReadAll(EntryOf(file), kMaxExportEntry);
  if (text.ok()) return std::optional<std::string>(*std::move(text));
  if (!absl::IsInvalidArgument(text.status())) return text.status();
  sink.AddProblem({.severity = Problem::Severity::kError,
                   .source = NameOf(file),
                   .reason = absl::StrCat("not read: ", text.status().message())});
  return std::optional<std::string>();
}

absl::StatusOr<std::string> ExportTree::Head(const ExportFile& file, uint64_t length) const {
  std::string head;
  auto read = [&]() -> absl::Status {
    ASSIGN_OR_RETURN(std::unique_ptr<ChunkSource> content, zip_->Open(EntryOf(file)));
    while (head.size() < length) {
      ASSIGN_OR_RETURN(absl::string_view chunk, content->Next());
      if (chunk.empty()) break;
      absl::StrAppend(&head, chunk.substr(0, length - head.size()));
    }
    return absl::OkStatus();
  };
  absl::Status status = read();
  if (!status.ok() && !absl::IsInvalidArgument(status)) return status;
  return head;
}

std::vector<uint32_t> ExportTree::InZipOrder(std::vector<uint32_t> files) const {
  std::sort(files.begin(), files.end(), [this](uint32_t a, uint32_t b) {
    return EntryOf(files_[a]).header_offset < EntryOf(files_[b]).header_offset;
  });
  return files;
}

namespace {

// Of the tree in the source; found out once for all readers that ask.
absl::StatusOr<ExportKind> KindOf(Source& source) {
  std::optional<ExportKind>& known = source.parsed().export_kind;
  if (known) return *known;
  ASSIGN_OR_RETURN(const std::optional<ExportTree> tree, ExportTree::Open(source));
  known = tree ? tree->kind() : ExportKind::kNone;
  return *known;
}

}  // namespace

absl::StatusOr<std::optional<ProbeResult>> ProbeExport(Source& source, ExportKind kind) {
  const absl::StatusOr<ExportKind> found = KindOf(source);
  const bool is_broken = absl::IsInvalidArgument(found.status());
  if (!found.ok() && !is_broken) return found.status();
  if (is_broken || *found != kind) return std::optional<ProbeResult>();
  return std::optional<ProbeResult>(ProbeResult{});
}

absl::StatusOr<ExportTree> OpenExport(Source& source, ExportKind kind) {
  ASSIGN_OR_RETURN(std::optional<ExportTree> tree, ExportTree::Open(source));
  if (!tree || tree->kind() != kind)
    return absl::InvalidArgumentError("the zip holds no export of this format");
  return *std::move(tree);
}

}  // namespace annofs
