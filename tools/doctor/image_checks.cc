#include "tools/doctor/image_checks.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "fs/media_header.h"

namespace annofs::doctor {
namespace {

constexpr absl::string_view kJpegStart = "\xFF\xD8";
constexpr absl::string_view kJpegEnd = "\xFF\xD9";

absl::Status Look(uint64_t size, ImageBytes read, ImageFacts& facts) {
  ASSIGN_OR_RETURN(facts.header, ReadImageHeader(read));
  if (size < kJpegStart.size() + kJpegEnd.size()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::string start, read(0, kJpegStart.size()));
  facts.is_jpeg = start == kJpegStart;
  if (!facts.is_jpeg) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::string end, read(size - kJpegEnd.size(), kJpegEnd.size()));
  facts.has_end = end == kJpegEnd;
  return absl::OkStatus();
}

// Frames of which something is true.
struct Some {
  uint64_t count = 0;
  std::vector<std::string> names;
  void Add(const ImageFacts& image) {
    ++count;
    names.push_back(image.frame.name);
  }
  std::string Text(absl::string_view what) const {
    return absl::StrCat(Counted(count, "image"), " ", what, ": ", SomeOf(names, count));
  }
};

struct Tally {
  Some unread, endless, turned, turned_as_stored, differ;
  absl::Status first_error;
};

Tally Count(const std::vector<ImageFacts>& images) {
  Tally tally;
  for (const ImageFacts& image : images) {
    if (!image.read.ok()) {
      if (tally.unread.count == 0) tally.first_error = image.read;
      tally.unread.Add(image);
      continue;
    }
    if (image.is_jpeg && !image.has_end) tally.endless.Add(image);
    const SizeAgreement agreement = CompareSizes(image.frame, image.header);
    if (agreement == SizeAgreement::kDiffers) tally.differ.Add(image);
    if (!image.header || image.header->orientation == 1) continue;
    // A turn by 180 degrees or a mirror shows in no size.
    const bool is_as_stored = agreement == SizeAgreement::kSame && image.header->orientation > 4;
    (is_as_stored ? tally.turned_as_stored : tally.turned).Add(image);
  }
  return tally;
}

}  // namespace

ImageFacts LookAtImage(Frame frame, uint64_t size, ImageBytes read) {
  ImageFacts facts{.frame = std::move(frame)};
  facts.read = Look(size, read, facts);
  return facts;
}

AreaReport CheckImages(const std::vector<ImageFacts>& images, uint64_t of) {
  AreaReport report{.area = "images", .samples = {{images.size(), of, "images"}}};
  const Tally tally = Count(images);
  if (tally.endless.count > 0) {
    report.Add(Severity::kWarning, "jpeg-without-end",
               tally.endless.Text("do not end as JPEG does (FF D9)"),
               "trainers drop them, as a mount cannot be written to (Ultralytics would rewrite "
               "them): repair and upload them again, e.g. jpegtran -copy all, or use --scratch");
  }
  if (tally.differ.count > 0) {
    report.Add(Severity::kError, "image-size-differs",
               tally.differ.Text("have another size than their annotations say"),
               "the annotations are of other images: upload the images that were annotated");
  }
  if (tally.turned_as_stored.count > 0) {
    report.Add(Severity::kWarning, "image-turned-annotations-not",
               tally.turned_as_stored.Text("are turned by EXIF, their annotations are not"),
               "tools that obey EXIF (OpenCV, Detectron2) see the boxes elsewhere: remove the tag, "
               "e.g. exiftool -Orientation= FILE, and upload them again");
  }
  if (tally.turned.count > 0) {
    report.Add(
        Severity::kWarning, "image-turned",
        tally.turned.Text("are turned by EXIF, and annotated as they are shown"),
        "tools that ignore EXIF (torchvision, PIL) see the boxes elsewhere: turn the pixels, "
        "e.g. jpegtran -rotate or exiftran -a, and upload them again");
  }
  if (tally.unread.count > 0) {
    report.Add(Severity::kError, "image-unreadable",
               absl::StrCat(tally.unread.Text("could not be read"), " (",
                            tally.first_error.message(), ")"),
               "see the message; the key needs the right to read files (B2: readFiles, AWS: "
               "s3:GetObject)");
  }
  if (report.findings.empty() && !images.empty()) report.Fine("images are whole, and as annotated");
  return report;
}

std::vector<uint32_t> SampleOf(uint32_t count, uint32_t most) {
  std::vector<uint32_t> sample;
  if (count <= most) most = count;
  const uint32_t first = count == most ? most : most / 4;
  for (uint32_t i = 0; i < first; ++i) sample.push_back(i);
  const uint64_t rest = count - first, wanted = most - first;
  for (uint64_t i = 1; i <= wanted; ++i) {
    sample.push_back(uint32_t(first + rest * i / wanted - 1));
  }
  return sample;
}

}  // namespace annofs::doctor
