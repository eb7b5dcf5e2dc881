#include "fs/without_images.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "fs/forwarded_dataset.h"

namespace annofs {
namespace {

class ImagelessDataset : public ForwardedDataset {
 public:
  explicit ImagelessDataset(std::shared_ptr<const IndexedDataset> data)
      : ForwardedDataset(*data), data_(std::move(data)), info_(data_->info()) {
    info_.id = absl::StrCat(info_.id, "-without-images");
  }

  const DatasetInfo& info() const override { return info_; }
  absl::StatusOr<std::optional<Media>> GetMedia(Rank) const override { return std::nullopt; }
  absl::StatusOr<RankSet> WithMedia() const override { return RankSet(); }
  absl::StatusOr<std::optional<RowId>> MediaRow(Rank) const override { return std::nullopt; }
  absl::StatusOr<std::vector<RelatedMedia>> Related(Rank) const override {
    return std::vector<RelatedMedia>();
  }
  absl::StatusOr<RankSet> WithRelated(uint32_t) const override { return RankSet(); }
  absl::StatusOr<std::vector<RelatedFile>> RelatedFiles(Rank) const override {
    return std::vector<RelatedFile>();
  }
  absl::StatusOr<Frame> GetFrame(Rank rank) const override {
    ASSIGN_OR_RETURN(Frame frame, data_->GetFrame(rank));
    frame.inner.reset();
    frame.related_inner.clear();
    return frame;
  }

 private:
  const std::shared_ptr<const IndexedDataset> data_;
  DatasetInfo info_;
};

}  // namespace

std::shared_ptr<const IndexedDataset> WithoutImages(std::shared_ptr<const IndexedDataset> data) {
  return std::make_shared<const ImagelessDataset>(std::move(data));
}

}  // namespace annofs
