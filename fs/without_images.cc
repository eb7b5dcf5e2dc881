#include "fs/without_images.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"

namespace annofs {
namespace {

class ImagelessDataset : public IndexedDataset {
 public:
  explicit ImagelessDataset(std::shared_ptr<const IndexedDataset> data)
      : data_(std::move(data)), info_(data_->info()) {
    info_.id = absl::StrCat(info_.id, "-without-images");
  }

  const DatasetInfo& info() const override { return info_; }
  absl::StatusOr<std::optional<Media>> GetMedia(Rank) const override { return std::nullopt; }
  absl::StatusOr<RankSet> WithMedia() const override { return RankSet(); }
  absl::StatusOr<std::optional<RowId>> MediaRow(Rank) const override { return std::nullopt; }
  absl::StatusOr<Frame> GetFrame(Rank rank) const override {
    ASSIGN_OR_RETURN(Frame frame, data_->GetFrame(rank));
    frame.inner.reset();
    return frame;
  }

  uint32_t frame_count() const override { return data_->frame_count(); }
  absl::StatusOr<FrameNames> Names(Rank rank) const override { return data_->Names(rank); }
  absl::StatusOr<FrameShapes> Shapes(Rank rank) const override { return data_->Shapes(rank); }
  absl::StatusOr<Rank> InOrder(uint32_t position) const override {
    return data_->InOrder(position);
  }
  absl::StatusOr<uint32_t> PositionOf(Rank rank) const override { return data_->PositionOf(rank); }
  bool IsInOrder() const override { return data_->IsInOrder(); }
  absl::Status ForEachInOrder(
      uint32_t position, absl::FunctionRef<bool(uint32_t position, Rank rank)> fn) const override {
    return data_->ForEachInOrder(position, fn);
  }
  absl::Status PositionsOf(const RankSet& ranks, std::vector<uint32_t>& positions) const override {
    return data_->PositionsOf(ranks, positions);
  }
  absl::StatusOr<std::optional<Rank>> FindPath(absl::string_view path) const override {
    return data_->FindPath(path);
  }
  absl::StatusOr<std::optional<Rank>> FindSidecar(absl::string_view sidecar) const override {
    return data_->FindSidecar(sidecar);
  }
  absl::StatusOr<std::optional<Rank>> FindStem(absl::string_view stem) const override {
    return data_->FindStem(stem);
  }
  uint32_t directory_count() const override { return data_->directory_count(); }
  absl::StatusOr<FrameDirectory> Directory(uint32_t number) const override {
    return data_->Directory(number);
  }
  absl::StatusOr<std::optional<uint32_t>> FindDirectory(absl::string_view path) const override {
    return data_->FindDirectory(path);
  }
  absl::StatusOr<RankSet> With(const FrameTerm& term) const override { return data_->With(term); }
  absl::Status Terms(const FrameTerm& from,
                     absl::FunctionRef<bool(const FrameTerm&)> fn) const override {
    return data_->Terms(from, fn);
  }
  absl::StatusOr<uint32_t> TermCount(FrameTerm::Kind kind) const override {
    return data_->TermCount(kind);
  }
  absl::StatusOr<std::optional<uint32_t>> TermNumber(const FrameTerm& term) const override {
    return data_->TermNumber(term);
  }
  absl::StatusOr<std::optional<FrameTerm>> TermAt(FrameTerm::Kind kind,
                                                  uint32_t number) const override {
    return data_->TermAt(kind, number);
  }
  absl::StatusOr<std::vector<Problem>> Problems() const override { return data_->Problems(); }

 private:
  const std::shared_ptr<const IndexedDataset> data_;
  DatasetInfo info_;
};

}  // namespace

std::shared_ptr<const IndexedDataset> WithoutImages(std::shared_ptr<const IndexedDataset> data) {
  return std::make_shared<const ImagelessDataset>(std::move(data));
}

}  // namespace annofs
