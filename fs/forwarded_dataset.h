// A dataset that is another one: what differs from it is overridden. Thread safe.
#pragma once

#include <optional>
#include <vector>

#include "fs/dataset_index.h"

namespace annofs {

class ForwardedDataset : public IndexedDataset {
 public:
  // `data` outlives it.
  explicit ForwardedDataset(const IndexedDataset& data) : data_(data) {}

  const DatasetInfo& info() const override { return data_.info(); }
  absl::StatusOr<Frame> GetFrame(Rank rank) const override { return data_.GetFrame(rank); }
  absl::StatusOr<std::optional<Media>> GetMedia(Rank rank) const override {
    return data_.GetMedia(rank);
  }
  absl::StatusOr<RankSet> WithMedia() const override { return data_.WithMedia(); }
  absl::StatusOr<std::optional<RowId>> MediaRow(Rank rank) const override {
    return data_.MediaRow(rank);
  }
  uint32_t frame_count() const override { return data_.frame_count(); }
  absl::StatusOr<FrameNames> Names(Rank rank) const override { return data_.Names(rank); }
  absl::StatusOr<FrameShapes> Shapes(Rank rank) const override { return data_.Shapes(rank); }
  absl::StatusOr<FrameShapes> ShapesOfTracks(
      Rank rank, absl::FunctionRef<bool(uint32_t label, int32_t track)> wants) const override {
    return data_.ShapesOfTracks(rank, wants);
  }
  absl::StatusOr<std::vector<RelatedMedia>> Related(Rank rank) const override {
    return data_.Related(rank);
  }
  absl::StatusOr<RankSet> WithRelated(uint32_t number) const override {
    return data_.WithRelated(number);
  }
  absl::StatusOr<std::vector<RelatedFile>> RelatedFiles(Rank rank) const override {
    return data_.RelatedFiles(rank);
  }
  absl::StatusOr<Rank> InOrder(uint32_t position) const override { return data_.InOrder(position); }
  absl::StatusOr<uint32_t> PositionOf(Rank rank) const override { return data_.PositionOf(rank); }
  bool IsInOrder() const override { return data_.IsInOrder(); }
  absl::Status ForEachInOrder(
      uint32_t position, absl::FunctionRef<bool(uint32_t position, Rank rank)> fn) const override {
    return data_.ForEachInOrder(position, fn);
  }
  absl::Status PositionsOf(const RankSet& ranks, std::vector<uint32_t>& positions) const override {
    return data_.PositionsOf(ranks, positions);
  }
  absl::StatusOr<std::optional<Rank>> FindPath(absl::string_view path) const override {
    return data_.FindPath(path);
  }
  absl::StatusOr<std::optional<Rank>> FindSidecar(absl::string_view sidecar) const override {
    return data_.FindSidecar(sidecar);
  }
  absl::StatusOr<std::optional<Rank>> FindStem(absl::string_view stem) const override {
    return data_.FindStem(stem);
  }
  uint32_t directory_count() const override { return data_.directory_count(); }
  absl::StatusOr<FrameDirectory> Directory(uint32_t number) const override {
    return data_.Directory(number);
  }
  absl::StatusOr<std::optional<uint32_t>> FindDirectory(absl::string_view path) const override {
    return data_.FindDirectory(path);
  }
  absl::StatusOr<RankSet> With(const FrameTerm& term) const override { return data_.With(term); }
  absl::Status Terms(const FrameTerm& from,
                     absl::FunctionRef<bool(const FrameTerm&)> fn) const override {
    return data_.Terms(from, fn);
  }
  absl::StatusOr<uint32_t> TermCount(FrameTerm::Kind kind) const override {
    return data_.TermCount(kind);
  }
  absl::StatusOr<std::optional<uint32_t>> TermNumber(const FrameTerm& term) const override {
    return data_.TermNumber(term);
  }
  absl::StatusOr<std::optional<FrameTerm>> TermAt(FrameTerm::Kind kind,
                                                  uint32_t number) const override {
    return data_.TermAt(kind, number);
  }
  absl::StatusOr<std::vector<Problem>> Problems() const override { return data_.Problems(); }

 private:
  const IndexedDataset& data_;
};

}  // namespace annofs
