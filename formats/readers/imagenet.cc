// ImageNet 1.0 with images (reference/cvat.md §9.4): <label>/<name><ext>, a copy for each tag of an
// image; no_label/ for images without tags.
#include "cache/base/status.h"
#include "formats/export_loader.h"

namespace annofs {
namespace {

constexpr absl::string_view kNoLabel = "no_label";

class Loader : public ExportLoader {
 public:
  using ExportLoader::ExportLoader;

 private:
  absl::Status ReadNames() override {
    return ForEachImage([this](absl::string_view label, absl::string_view name, uint32_t file) {
      if (label != kNoLabel) classes_.FindOrAdd(label);
      if (frames_.Find(name) == ExportFrame::kNone)
        frames_.AddImage(name, name, frames_.Subset(""), file);
      return absl::OkStatus();
    });
  }
  absl::Status ReadShapes() override {
    return ForEachImage([this](absl::string_view label, absl::string_view name, uint32_t) {
      return label == kNoLabel ? absl::OkStatus()
                               : AddTag(frames_.Find(name), *classes_.Find(label));
    });
  }

  template <typename Use>
  absl::Status ForEachImage(Use use) {
    for (size_t i = 0; i < tree_.files().size(); ++i) {
      absl::string_view path = tree_.files()[i].path;
      size_t slash = path.find('/');
      if (!IsImagePath(path) || slash == absl::string_view::npos) continue;
      RETURN_IF_ERROR(use(path.substr(0, slash), path.substr(slash + 1), uint32_t(i)));
    }
    return absl::OkStatus();
  }
};

class Imagenet : public Reader {
 public:
  ReaderInfo Info() const override {
    return {.name = "imagenet",
            .summary = "ImageNet 1.0 with images: tags as folders, in an export zip",
            .richness = 10};
  }
  absl::StatusOr<std::optional<ProbeResult>> Probe(Source& source) const override {
    return ProbeExport(source, ExportKind::kImageNet);
  }
  absl::Status Read(Source& source, DatasetSink& sink) const override {
    return LoadExport<Loader>(source, sink, ExportKind::kImageNet);
  }
};

}  // namespace

std::unique_ptr<Reader> NewImagenetReader() { return std::make_unique<Imagenet>(); }

}  // namespace annofs
