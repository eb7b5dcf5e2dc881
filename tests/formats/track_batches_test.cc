// The shapes of tracks are those of the frames, in whatever order they are asked for, and a file
// that goes through them in order passes over its frames a few times only.
#include "formats/track_batches.h"

#include <random>

#include "absl/strings/str_format.h"
#include "formats/shape_codec.h"
#include "gmock/gmock.h"
#include "tests/formats/counting_dataset.h"
#include "tests/formats/sample_data.h"

namespace annofs::testing {
namespace {

// Every track is on every frame, on the last one outside; a static box and a tag beside them.
std::unique_ptr<Dataset> Crowd(uint32_t tasks, uint32_t frames, int32_t tracks) {
  DatasetBuilder builder;
  const uint32_t car = builder.AddLabel({.name = "car"}), bus = builder.AddLabel({.name = "bus"});
  for (uint32_t task = 0; task < tasks; ++task) {
    builder.AddTask({.name = absl::StrCat("t", task)});
    for (uint32_t i = 0; i < frames; ++i) {
      const uint32_t frame =
          builder
              .AddFrame(
                  {.name = absl::StrFormat("t%d/%04d.jpg", task, i), .number = i, .task = task})
              .value();
      EXPECT_TRUE(builder.AddShape(frame, {.type = ShapeType::kTag}).ok());
      EXPECT_TRUE(builder.AddShape(frame, {.points = {9, 9, 10, 10}}).ok());
      for (int32_t track = 0; track < tracks; ++track) {
        EXPECT_TRUE(builder
                        .AddShape(frame, {.label = track % 3 == 0 ? bus : car,
                                          .z_order = -track,
                                          .track = track,
                                          .outside = i + 1 == frames,
                                          .source = absl::StrCat("s", track),
                                          .points = {double(i), double(track), 5.25, 1.0 / 3}})
                        .ok());
      }
    }
  }
  return Finished(builder);
}

std::vector<TrackAt> TracksOf(const Dataset& data) {
  std::vector<TrackAt> tracks;
  EXPECT_TRUE(data.Terms(FrameTerm::FirstOf(FrameTerm::Kind::kTrack),
                         [&](const FrameTerm& term) {
                           tracks.push_back(
                               {.task = term.number, .label = term.label, .track = term.track});
                           return true;
                         })
                  .ok());
  std::sort(tracks.begin(), tracks.end(), [](const TrackAt& a, const TrackAt& b) {
    return std::tuple(a.task, a.track, a.label) < std::tuple(b.task, b.track, b.label);
  });
  return tracks;
}

// By the definition: of the frame's shapes those of the track.
std::string Expected(const Dataset& data, const TrackAt& at, Rank rank) {
  const FrameShapes all = data.Shapes(rank).value();
  FrameShapes own;
  for (const Shape& shape : all.shapes) {
    if (shape.track == at.track && shape.label == at.label) own.shapes.push_back(shape);
  }
  for (const Shape& shape : all.outside) {
    if (shape.track == at.track && shape.label == at.label) own.outside.push_back(shape);
  }
  return EncodeShapes(own);
}

void ExpectAll(const Dataset& data, TrackBatches& shapes) {
  for (uint32_t track = 0; track < shapes.tracks().size(); ++track) {
    const RankSet frames = shapes.FramesOf(data, track).value();
    for (size_t i = 0; i < frames.size(); ++i) {
      EXPECT_EQ(EncodeShapes(shapes.Get(data, track, frames[i]).value()),
                Expected(data, shapes.tracks()[track], frames[i]))
          << track << " " << frames[i];
    }
  }
}

TEST(TrackBatches, ATrackIsOnTheFramesWhereItIsSeenOrEnds) {
  const auto data = Crowd(2, 5, 3);
  TrackBatches shapes(TracksOf(*data));
  ASSERT_EQ(shapes.tracks().size(), 6u);
  EXPECT_EQ(shapes.FramesOf(*data, 0)->size(), 5u);
  EXPECT_EQ((*shapes.FramesOf(*data, 4))[0], 5u);
}

TEST(TrackBatches, InOrderTheyAreThoseOfTheFrames) {
  const auto data = Crowd(3, 7, 40);
  TrackBatches shapes(TracksOf(*data));
  ExpectAll(*data, shapes);
  ExpectAll(*data, shapes);  // what is gathered at the end is of no use at the begin
}

TEST(TrackBatches, WhereLittleFitsTheyAreStillThoseOfTheFrames) {
  const auto data = Crowd(2, 7, 30);
  for (size_t bytes : {0, 100, 700, 5000}) {
    TrackBatches shapes(TracksOf(*data), bytes);
    ExpectAll(*data, shapes);
  }
}

TEST(TrackBatches, FromAnyPlaceTheyAreThoseOfTheFrames) {
  const auto data = Crowd(2, 7, 20);
  TrackBatches shapes(TracksOf(*data));
  std::mt19937 random(7);
  uint32_t track = 0;
  for (int i = 0; i < 3000; ++i) {
    track = random() % 4 == 0 ? random() % 40 : (track + random() % 2) % 40;
    const RankSet frames = shapes.FramesOf(*data, track).value();
    const Rank rank = frames[random() % frames.size()];
    ASSERT_EQ(EncodeShapes(shapes.Get(*data, track, rank).value()),
              Expected(*data, shapes.tracks()[track], rank));
    if (random() % 500 == 0) shapes.Clear();
  }
}

// 1 alone, then 4, 16, 64, 256: the frames are passed over five times for 300 tracks.
TEST(TrackBatches, ManyTracksInOrderPassOverTheirFramesAFewTimes) {
  const auto data = Crowd(1, 20, 300);
  const CountingDataset counting(*data);
  TrackBatches shapes(TracksOf(*data));
  for (uint32_t track = 0; track < 300; ++track) {
    for (Rank rank = 0; rank < 20; ++rank) {
      ASSERT_TRUE(shapes.Get(counting, track, rank).ok());
    }
  }
  EXPECT_EQ(counting.frames_passed, 5 * 20);
}

// Tasks of one track do not make those of later ones few at a time: 1, 1, …, then all that the last
// task has.
TEST(TrackBatches, AfterTasksOfOneTrackManyAreGatheredAtOnce) {
  DatasetBuilder builder;
  builder.AddLabel({.name = "car"});
  for (uint32_t task = 0; task < 6; ++task) {
    builder.AddTask({.name = absl::StrCat("t", task)});
    for (uint32_t i = 0; i < 10; ++i) {
      const uint32_t frame =
          builder.AddFrame({.name = absl::StrFormat("%d/%d", task, i), .number = i, .task = task})
              .value();
      for (int32_t track = 0; track < (task == 5 ? 200 : 1); ++track) {
        ASSERT_TRUE(builder.AddShape(frame, {.track = track, .points = {1, 2, 3, 4}}).ok());
      }
    }
  }
  const auto data = Finished(builder);
  const CountingDataset counting(*data);
  TrackBatches shapes(TracksOf(*data));
  for (uint32_t track = 0; track < 205; ++track) {
    const RankSet frames = shapes.FramesOf(counting, track).value();
    for (size_t i = 0; i < frames.size(); ++i) {
      ASSERT_TRUE(shapes.Get(counting, track, frames[i]).ok());
    }
  }
  EXPECT_EQ(counting.frames_passed, 6 * 10);
}

TEST(TrackBatches, OneTrackAloneReadsItsFramesOnly) {
  const auto data = Crowd(1, 20, 300);
  const CountingDataset counting(*data);
  TrackBatches shapes(TracksOf(*data));
  for (Rank rank = 5; rank < 9; ++rank) ASSERT_TRUE(shapes.Get(counting, 100, rank).ok());
  EXPECT_EQ(counting.frames_passed, 4);
}

TEST(TrackBatches, SeveralThatGoInOrderDoNotDisturbEachOther) {
  const auto data = Crowd(1, 20, 300);
  const CountingDataset counting(*data);
  TrackBatches shapes(TracksOf(*data));
  for (uint32_t i = 0; i < 100; ++i) {
    for (uint32_t begin : {0, 100, 200}) {
      for (Rank rank = 0; rank < 20; ++rank) {
        ASSERT_TRUE(shapes.Get(counting, begin + i, rank).ok());
      }
    }
  }
  // Each: 1, 4, 16, 64, and the rest; the first two then find what the next began with.
  EXPECT_LE(counting.frames_passed, 3 * 5 * 20);
}

}  // namespace
}  // namespace annofs::testing
