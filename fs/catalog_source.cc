#include "fs/catalog_source.h"

#include <utility>

#include "cache/base/status.h"
#include "formats/content_error.h"

namespace annofs {
namespace {

class CatalogSource : public Source {
 public:
  CatalogSource(ObjectReader& reader, ObjectVersion version, const CallContext& context,
                SourceSurroundings surroundings)
      : reader_(reader),
        version_(std::move(version)),
        context_(context),
        surroundings_(std::move(surroundings)) {}

  absl::string_view name() const override { return version_.key; }
  uint64_t size() const override { return version_.size; }

  absl::StatusOr<std::string> Read(uint64_t offset, uint64_t length) override {
    std::string bytes;
    absl::Status status = reader_.Read(
        version_, {offset, length}, [&bytes](Pieces data) { bytes = Join(data); }, context_);
    RETURN_IF_ERROR(OfTheStore(status));
    return bytes;
  }

  absl::StatusOr<std::vector<std::string>> Siblings() override {
    if (!surroundings_.siblings) return Source::Siblings();
    absl::StatusOr<std::vector<std::string>> names = surroundings_.siblings();
    RETURN_IF_ERROR(OfTheStore(names.status()));
    return names;
  }

  absl::StatusOr<std::unique_ptr<Source>> OpenSibling(absl::string_view name) override {
    if (!surroundings_.sibling) return Source::OpenSibling(name);
    absl::StatusOr<ObjectVersion> version = surroundings_.sibling(name);
    RETURN_IF_ERROR(OfTheStore(version.status()));
    return NewCatalogSource(reader_, *std::move(version), context_);
  }

  absl::StatusOr<std::optional<ImageSize>> SizeOfImage(absl::string_view frame_name) override {
    if (!surroundings_.image_size) return Source::SizeOfImage(frame_name);
    absl::StatusOr<std::optional<ImageSize>> size = surroundings_.image_size(frame_name);
    RETURN_IF_ERROR(OfTheStore(size.status()));
    return size;
  }

 private:
  static absl::Status OfTheStore(const absl::Status& status) {
    return IsContentError(status) ? absl::UnavailableError(status.message()) : status;
  }

  ObjectReader& reader_;
  const ObjectVersion version_;
  const CallContext context_;
  const SourceSurroundings surroundings_;
};

}  // namespace

bool IsOfOneObject(const absl::Status& status) {
  return absl::IsAborted(status) || absl::IsDataLoss(status) || absl::IsPermissionDenied(status) ||
         absl::IsNotFound(status);
}

std::unique_ptr<Source> NewCatalogSource(ObjectReader& reader, ObjectVersion version,
                                         const CallContext& context,
                                         SourceSurroundings surroundings) {
  return std::make_unique<CatalogSource>(reader, std::move(version), context,
                                         std::move(surroundings));
}

}  // namespace annofs
