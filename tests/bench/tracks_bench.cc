// CVAT for video with many tracks on a frame: processor time of one pass over annotations.xml, and
// of reads of 64 KiB at random places, whose cursors the pass has left. Frames are decoded from the
// records that an index has.
//
//   tracks_bench TRACKS FRAMES LIFE    TRACKS on every frame at a time, each for LIFE frames
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "formats/memory_dataset.h"
#include "formats/shape_codec.h"
#include "formats/writer.h"
#include "tests/bench/meters.h"

namespace annofs::bench {
namespace {

// Another dataset with its shapes as records.
class EncodedDataset : public Dataset {
 public:
  EncodedDataset(std::unique_ptr<Dataset> data, std::vector<std::string> records)
      : data_(std::move(data)), records_(std::move(records)) {}

  absl::StatusOr<FrameShapes> Shapes(Rank rank) const override {
    return DecodeShapes(records_[rank]);
  }
  absl::StatusOr<FrameShapes> ShapesOfTracks(
      Rank rank, absl::FunctionRef<bool(uint32_t label, int32_t track)> wants) const override {
    return DecodeShapesOfTracks(records_[rank], {}, wants);
  }

  const DatasetInfo& info() const override { return data_->info(); }
  uint32_t frame_count() const override { return data_->frame_count(); }
  absl::StatusOr<Frame> GetFrame(Rank rank) const override { return data_->GetFrame(rank); }
  absl::StatusOr<FrameNames> Names(Rank rank) const override { return data_->Names(rank); }
  absl::StatusOr<std::optional<Media>> GetMedia(Rank rank) const override {
    return data_->GetMedia(rank);
  }
  absl::StatusOr<Rank> InOrder(uint32_t position) const override {
    return data_->InOrder(position);
  }
  absl::StatusOr<uint32_t> PositionOf(Rank rank) const override { return data_->PositionOf(rank); }
  bool IsInOrder() const override { return data_->IsInOrder(); }
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
  absl::StatusOr<RankSet> WithMedia() const override { return data_->WithMedia(); }
  absl::Status Terms(const FrameTerm& from,
                     absl::FunctionRef<bool(const FrameTerm&)> fn) const override {
    return data_->Terms(from, fn);
  }
  absl::StatusOr<std::vector<Problem>> Problems() const override { return data_->Problems(); }

 private:
  const std::unique_ptr<Dataset> data_;
  const std::vector<std::string> records_;
};

// Shapes of a frame are in the records only; the sets of tracks are made of one point each.
std::unique_ptr<Dataset> MakeDataset(uint32_t tracks, uint32_t frames, uint32_t life) {
  DatasetBuilder builder;
  builder.AddTask({.name = "crowd", .is_video = true});
  const uint32_t label = builder.AddLabel({.name = "person"});
  std::vector<std::string> records;
  for (uint32_t i = 0; i < frames; ++i) {
    const uint32_t frame =
        builder.AddFrame({.name = absl::StrFormat("frame_%06d", i), .number = i}).value();
    FrameShapes all;
    for (uint32_t j = 0; j < tracks; ++j) {
      const int32_t track = int32_t(j + tracks * (i / life));
      Shape shape{.label = label, .track = track, .source = "manual"};
      if (!builder.AddShape(frame, shape).ok()) std::abort();
      shape.keyframe = i % 10 == 0;
      shape.points = {j + 0.25, i + 0.5, j + 40.75, i + 80.5};
      all.shapes.push_back(std::move(shape));
    }
    records.push_back(EncodeShapes(all));
  }
  return std::make_unique<EncodedDataset>(builder.Finish().value(), std::move(records));
}

const Segments& VideoXmlOf(const Dataset& data, Layout& layout) {
  for (const std::unique_ptr<Writer>& writer : NewWriters()) {
    if (writer->Info().name != "cvat/CVAT for video 1.1") continue;
    if (!writer->Describe(data, layout).ok()) std::abort();
  }
  return layout.files()[*layout.FindFile("annotations.xml")].segments;
}

int Main(uint32_t tracks, uint32_t frames, uint32_t life) {
  const std::unique_ptr<Dataset> data = MakeDataset(tracks, frames, life);
  Layout layout;
  const Segments& xml = VideoXmlOf(*data, layout);
  const uint64_t memory = RssAnonKib();
  uint64_t bytes = 0, most = 0;
  std::vector<SegmentCursor> places;
  std::string piece;
  double begin = ThreadCpuSeconds();
  SegmentReader reader(xml, *data);
  for (uint64_t pieces = 0;; ++pieces) {
    if (pieces % 4096 == 0) {
      places.push_back(reader.cursor());
      most = std::max(most, RssAnonKib());
    }
    piece.clear();
    if (!reader.Next(piece).value()) break;
    bytes += piece.size();
  }
  const double whole = ThreadCpuSeconds() - begin;
  const double boxes = double(tracks) * frames;
  absl::PrintF(
      "%u tracks on each of %u frames: %.0f boxes, %.1f MB in %.2f s, %.2f us a box, "
      "%.0f MB/s; memory +%.1f MiB\n",
      tracks, frames, boxes, double(bytes) / 1e6, whole, whole / boxes * 1e6,
      double(bytes) / 1e6 / whole, double(most - std::min(most, memory)) / 1024);
  constexpr int kReads = 100;
  std::mt19937 random(1);
  begin = ThreadCpuSeconds();
  for (int i = 0; i < kReads; ++i) {
    SegmentReader from(xml, *data, places[random() % places.size()]);
    piece.clear();
    while (piece.size() < (64 << 10) && from.Next(piece).value()) continue;
  }
  absl::PrintF("64 KiB from a random place: %.2f ms\n",
               (ThreadCpuSeconds() - begin) / kReads * 1e3);
  return 0;
}

}  // namespace
}  // namespace annofs::bench

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: tracks_bench TRACKS FRAMES LIFE\n");
    return 2;
  }
  return annofs::bench::Main(uint32_t(std::atoi(argv[1])), uint32_t(std::atoi(argv[2])),
                             uint32_t(std::atoi(argv[3])));
}
