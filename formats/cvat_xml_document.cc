#include "formats/cvat_xml_document.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "cache/base/xml.h"
#include "formats/cvat_xml_meta.h"
#include "formats/source_chunks.h"
#include "formats/zip_directory.h"
#include "formats/zip_entry.h"

namespace annofs {
namespace {

constexpr absl::string_view kEntry = "annotations.xml";
constexpr absl::string_view kRoot = "annotations";
constexpr uint64_t kHeadBytes = 4096;

// Of tracks over images: the file does not say the names of these, as all formats do that know as
// many types of shapes (COCO is 30), and without names no media are found.
constexpr int kRichnessWithoutNames = 29;

absl::StatusOr<std::string> Head(Source& source) {
  return source.Read(0, std::min(source.size(), kHeadBytes));
}

// Reads the document until it is known what it is.
class Prober : public XmlHandler {
 public:
  absl::Status Start(absl::string_view element, const XmlAttributes&, XmlPosition) override {
    ++depth_;
    if (depth_ == 1) is_ours_ = element == kRoot;
    if (!is_ours_) return absl::CancelledError("another document");
    if (depth_ == 2) {
      is_in_meta_ = element == "meta";
      if (element == "image") return Known(CvatXmlKind::kImages);
      if (element == "track") return Known(CvatXmlKind::kVideo);
    }
    if (depth_ > 2 && is_in_meta_) meta_.Start(element);
    return absl::OkStatus();
  }
  absl::Status End(absl::string_view, absl::string_view text, XmlPosition) override {
    if (depth_ > 2 && is_in_meta_) meta_.End(text);
    --depth_;
    return absl::OkStatus();
  }

  // Reading says so.
  absl::Status TextTooLong(size_t, XmlPosition) override { return absl::OkStatus(); }

  bool is_ours() const { return is_ours_; }
  bool is_known() const { return kind_.has_value(); }
  CvatXmlKind kind() const {
    return kind_.value_or(meta_.has_video() ? CvatXmlKind::kVideo : CvatXmlKind::kImages);
  }
  ProbeResult result() const {
    const bool is_nameless = kind() == CvatXmlKind::kVideo && meta_.has_images();
    return {.name = meta_.name(),
            .number = meta_.number(),
            .richness = is_nameless ? kRichnessWithoutNames : 0};
  }

 private:
  absl::Status Known(CvatXmlKind kind) {
    kind_ = kind;
    return absl::CancelledError("known");
  }
  CvatXmlMeta meta_;
  size_t depth_ = 0;
  bool is_ours_ = false, is_in_meta_ = false;
  std::optional<CvatXmlKind> kind_;
};

// The document alone; images are not looked for.
absl::StatusOr<std::optional<CvatXmlDocument>> Open(Source& source, bool with_media) {
  ASSIGN_OR_RETURN(const std::string head, Head(source));
  CvatXmlDocument document;
  document.name = std::string(source.name());
  if (!LooksLikeZip(source.name(), head)) {
    if (!absl::EndsWithIgnoreCase(source.name(), ".xml")) return std::optional<CvatXmlDocument>();
    document.text = NewSourceChunks(source);
    return std::optional<CvatXmlDocument>(std::move(document));
  }
  ASSIGN_OR_RETURN(const std::shared_ptr<const ZipDirectory> zip, ZipDirectory::Of(source));
  const ZipEntry* found = zip->Find(kEntry);
  if (found == nullptr) return std::optional<CvatXmlDocument>();
  absl::StrAppend(&document.name, "!", kEntry);
  ASSIGN_OR_RETURN(document.text, zip->Open(*found));
  if (with_media) document.media = CvatXmlMedia(*zip);
  return std::optional<CvatXmlDocument>(std::move(document));
}

}  // namespace

absl::StatusOr<std::optional<CvatXmlDocument>> OpenCvatXml(Source& source) {
  return Open(source, true);
}

absl::StatusOr<std::optional<ProbeResult>> ProbeCvatXml(Source& source, CvatXmlKind wanted) {
  ASSIGN_OR_RETURN(std::optional<CvatXmlDocument> document, Open(source, false));
  if (!document) return std::optional<ProbeResult>();
  Prober prober;
  const absl::Status status = ParseXml(*document->text, prober);
  const bool is_over = status.ok() || prober.is_known();
  if (is_over && prober.is_ours() && prober.kind() == wanted) {
    return std::optional<ProbeResult>(prober.result());
  }
  if (is_over || absl::IsCancelled(status)) return std::optional<ProbeResult>();
  if (!absl::IsInvalidArgument(status)) return status;
  // Malformed: ours if its root is, or would be by its first bytes.
  ASSIGN_OR_RETURN(const std::string head, Head(source));
  const bool is_ours = prober.is_ours() || absl::StrContains(head, absl::StrCat("<", kRoot, ">"));
  if (!is_ours || wanted != CvatXmlKind::kImages) return std::optional<ProbeResult>();
  return status;
}

}  // namespace annofs
