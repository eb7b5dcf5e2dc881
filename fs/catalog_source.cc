#include "fs/catalog_source.h"

#include <utility>

#include "cache/base/status.h"

namespace annofs {
namespace {

class CatalogSource : public Source {
 public:
  CatalogSource(ObjectReader& reader, ObjectVersion version, const CallContext& context)
      : reader_(reader), version_(std::move(version)), context_(context) {}

  absl::string_view name() const override { return version_.key; }
  uint64_t size() const override { return version_.size; }

  absl::StatusOr<std::string> Read(uint64_t offset, uint64_t length) override {
    std::string bytes;
    absl::Status status = reader_.Read(
        version_, {offset, length}, [&bytes](Pieces data) { bytes = Join(data); }, context_);
    if (IsOfTheContent(status)) return absl::UnavailableError(status.message());
    RETURN_IF_ERROR(status);
    return bytes;
  }

 private:
  ObjectReader& reader_;
  const ObjectVersion version_;
  const CallContext context_;
};

}  // namespace

bool IsOfTheContent(const absl::Status& status) {
  return absl::IsInvalidArgument(status) || absl::IsUnimplemented(status);
}

std::unique_ptr<Source> NewCatalogSource(ObjectReader& reader, ObjectVersion version,
                                         const CallContext& context) {
  return std::make_unique<CatalogSource>(reader, std::move(version), context);
}

}  // namespace annofs
