// A dataset that counts what it is asked.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "formats/dataset.h"

namespace annofs::testing {

// Counts the questions asked about frames.
class CountingDataset : public Dataset {
 public:
  explicit CountingDataset(const Dataset& data) : data_(data) {}
  mutable int steps = 0;
  mutable int frames_passed = 0;  // ShapesOfTracks()

  const DatasetInfo& info() const override { return data_.info(); }
  uint32_t frame_count() const override { return data_.frame_count(); }
  absl::StatusOr<Frame> GetFrame(Rank rank) const override { return Step().GetFrame(rank); }
  absl::StatusOr<FrameNames> Names(Rank rank) const override { return Step().Names(rank); }
  absl::StatusOr<FrameShapes> Shapes(Rank rank) const override { return Step().Shapes(rank); }
  absl::StatusOr<FrameShapes> ShapesOfTracks(
      Rank rank, absl::FunctionRef<bool(uint32_t label, int32_t track)> wants) const override {
    ++frames_passed;
    return Step().ShapesOfTracks(rank, wants);
  }
  absl::StatusOr<std::optional<Media>> GetMedia(Rank rank) const override {
    return Step().GetMedia(rank);
  }
  absl::StatusOr<Rank> InOrder(uint32_t position) const override {
    return Step().InOrder(position);
  }
  absl::StatusOr<uint32_t> PositionOf(Rank rank) const override { return Step().PositionOf(rank); }
  bool IsInOrder() const override { return data_.IsInOrder(); }
  absl::StatusOr<std::optional<Rank>> FindPath(absl::string_view path) const override {
    return Step().FindPath(path);
  }
  absl::StatusOr<std::optional<Rank>> FindSidecar(absl::string_view sidecar) const override {
    return Step().FindSidecar(sidecar);
  }
  absl::StatusOr<std::optional<Rank>> FindStem(absl::string_view stem) const override {
    return Step().FindStem(stem);
  }
  uint32_t directory_count() const override { return data_.directory_count(); }
  absl::StatusOr<FrameDirectory> Directory(uint32_t number) const override {
    return Step().Directory(number);
  }
  absl::StatusOr<std::optional<uint32_t>> FindDirectory(absl::string_view path) const override {
    return Step().FindDirectory(path);
  }
  absl::StatusOr<RankSet> With(const FrameTerm& term) const override { return Step().With(term); }
  absl::StatusOr<RankSet> WithMedia() const override { return Step().WithMedia(); }
  absl::Status Terms(const FrameTerm& from,
                     absl::FunctionRef<bool(const FrameTerm&)> fn) const override {
    return Step().Terms(from, fn);
  }
  absl::StatusOr<std::vector<Problem>> Problems() const override { return Step().Problems(); }

 private:
  const Dataset& Step() const {
    ++steps;
    return data_;
  }
  const Dataset& data_;
};

}  // namespace annofs::testing
