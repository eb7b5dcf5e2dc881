// The merged tracks of golden/synth_video_2jobs_overlap2 were made by CVAT's own AnnotationManager.
#include "formats/job_merge.h"

#include <cmath>
#include <map>
#include <random>
#include <set>

#include "formats/packed_track.h"
#include "formats/track_overlap.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/formats/rest_tracks.h"

namespace annofs::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

struct JobObjects {
  int64_t start = 0;
  std::vector<Keyframe> shapes;
  std::vector<Track> tracks;
};

struct Merged {
  std::vector<Keyframe> shapes;     // as they came
  std::map<int32_t, Track> tracks;  // by number
  std::vector<std::string> problems;

  std::vector<std::string> ShapesText() const;
};

// A frame and the left edge.
std::string Print(const Keyframe& keyframe) {
  return absl::StrCat(keyframe.frame, ":",
                      keyframe.shape.points.empty() ? 0 : keyframe.shape.points[0],
                      keyframe.shape.outside ? " outside" : "");
}

std::vector<std::string> Print(const Track& track) {
  std::vector<std::string> texts;
  for (const Keyframe& keyframe : track.keyframes) texts.push_back(Print(keyframe));
  return texts;
}

std::vector<std::string> Merged::ShapesText() const {
  std::vector<std::string> texts;
  for (const Keyframe& shape : shapes) texts.push_back(Print(shape));
  return texts;
}

// `seen`: told of each object that is pushed while job number `job` is read.
Merged Merge(const std::vector<JobObjects>& jobs, int64_t overlap, bool is_3d = false,
             const std::function<void(size_t job, int64_t frame)>& seen = nullptr) {
  Merged merged;
  size_t present = 0;
  std::vector<int64_t> starts;
  for (const JobObjects& job : jobs) starts.push_back(job.start);
  JobMerge merge(starts, overlap, is_3d,
                 {.shape =
                      [&](int64_t frame, Shape shape) {
                        if (seen) seen(present, frame);
                        merged.shapes.push_back({.frame = frame, .shape = std::move(shape)});
                        return absl::OkStatus();
                      },
                  .track =
                      [&](int32_t number, JobTrack track) {
                        if (seen) seen(present, track.track.frame);
                        EXPECT_TRUE(merged.tracks.emplace(number, std::move(track.track)).second);
                        return absl::OkStatus();
                      },
                  .problem = [&](std::string reason) { merged.problems.push_back(reason); }});
  for (const JobObjects& job : jobs) {
    for (const Keyframe& shape : job.shapes) {
      EXPECT_TRUE(merge.AddShape(shape.frame, shape.shape).ok());
    }
    for (size_t i = 0; i < job.tracks.size(); ++i) {
      EXPECT_TRUE(merge.AddTrack({.job = present, .index = i, .track = job.tracks[i]}).ok());
    }
    EXPECT_TRUE(merge.FinishJob().ok());
    ++present;
  }
  EXPECT_EQ(merge.left(), 0u);
  return merged;
}

Keyframe Box(int64_t frame, double x, uint32_t label = 0) {
  return {.frame = frame,
          .shape = {.type = ShapeType::kRectangle, .label = label, .points = {x, 0, x + 10, 10}}};
}
Keyframe Outside(Keyframe keyframe) {
  keyframe.shape.outside = true;
  return keyframe;
}
Keyframe Tag(int64_t frame, uint32_t label, std::string source) {
  return {.frame = frame,
          .shape = {.type = ShapeType::kTag, .label = label, .source = std::move(source)}};
}
Track TrackOf(std::vector<Keyframe> keyframes) {
  return {.frame = keyframes.front().frame, .keyframes = std::move(keyframes)};
}

void ExpectSame(const Track& actual, const Track& expected, const std::string& where) {
  EXPECT_EQ(actual.frame, expected.frame) << where;
  EXPECT_EQ(actual.label, expected.label) << where;
  EXPECT_EQ(actual.group, expected.group) << where;
  EXPECT_EQ(actual.source, expected.source) << where;
  EXPECT_EQ(actual.attributes, expected.attributes) << where;
  ASSERT_EQ(actual.keyframes.size(), expected.keyframes.size()) << where;
  for (size_t i = 0; i < actual.keyframes.size(); ++i) {
    Keyframe a = actual.keyframes[i], b = expected.keyframes[i];
    a.shape.keyframe = b.shape.keyframe = true;
    EXPECT_EQ(a.frame, b.frame) << where;
    EXPECT_TRUE(a.shape == b.shape) << where << ", keyframe " << i;
  }
  ASSERT_EQ(actual.elements.size(), expected.elements.size()) << where;
  for (size_t i = 0; i < actual.elements.size(); ++i) {
    ExpectSame(actual.elements[i], expected.elements[i], absl::StrCat(where, ", element ", i));
  }
}

TEST(JobMerge, TheGoldenJobsBecomeCvatsMergedTask) {
  const std::string input = "golden/synth_video_2jobs_overlap2/INPUT/annotations.";
  const JsonDocument per_job = ReadJsonFixture(input + "per_job.rest.json");
  const JsonDocument expected = ReadJsonFixture(input + "merged.rest.json");
  std::vector<JobObjects> jobs = {{.start = 0}, {.start = 9}};
  for (size_t job = 0; job < jobs.size(); ++job) {
    const JsonValue tracks = per_job.root()[job]["tracks"], shapes = per_job.root()[job]["shapes"];
    for (size_t i = 0; i < tracks.size(); ++i) {
      jobs[job].tracks.push_back(testing::TrackOf(tracks[i]));
    }
    for (size_t i = 0; i < shapes.size(); ++i) jobs[job].shapes.push_back(KeyframeOf(shapes[i]));
  }
  const Merged merged = Merge(jobs, 2);
  EXPECT_THAT(merged.problems, IsEmpty());
  ASSERT_EQ(expected.root()["tracks"].size(), 17u);
  ASSERT_THAT(merged.tracks, SizeIs(17));
  for (const auto& [number, track] : merged.tracks) {
    ExpectSame(track, testing::TrackOf(expected.root()["tracks"][size_t(number)]),
               absl::StrCat("track ", number));
  }
  EXPECT_EQ(merged.shapes.size(), expected.root()["shapes"].size());
}

TEST(JobMerge, AShapeOfTwoJobsIsTheFirstOnes) {
  // 10 x 10 boxes that share 9 x 10 are alike to 90 / 110 = 0.82; 8 x 10 to 0.67, too little.
  const Merged merged = Merge({{.start = 0, .shapes = {Box(4, 0), Box(5, 0)}},
                               {.start = 4, .shapes = {Box(4, 1), Box(5, 2), Box(6, 3)}}},
                              2);
  EXPECT_THAT(merged.ShapesText(), ElementsAre("6:3", "4:0", "5:0", "5:2"));
}

TEST(JobMerge, ShapesOfOtherLabelsAreNotUnited) {
  const Merged merged =
      Merge({{.start = 0, .shapes = {Box(4, 0, 1)}}, {.start = 4, .shapes = {Box(4, 0, 2)}}}, 1);
  EXPECT_THAT(merged.ShapesText(), ElementsAre("4:0", "4:0"));
}

TEST(JobMerge, ShapesOfOneJobAreNeverUnited) {
  const Merged merged = Merge(
      {{.start = 0, .shapes = {Box(4, 0), Box(4, 0)}}, {.start = 4, .shapes = {Box(4, 0)}}}, 1);
  EXPECT_THAT(merged.ShapesText(), ElementsAre("4:0", "4:0"));
  EXPECT_THAT(Merge({{.start = 0}, {.start = 4, .shapes = {Box(4, 0), Box(4, 0)}}}, 1).shapes,
              SizeIs(2));
}

TEST(JobMerge, TagsOfOneLabelAreOnePerPair) {
  const Merged merged =
      Merge({{.start = 0, .shapes = {Tag(4, 1, "first")}},
             {.start = 4, .shapes = {Tag(4, 1, "a"), Tag(4, 1, "b"), Tag(4, 2, "c")}}},
            1);
  std::vector<std::string> sources;
  for (const Keyframe& tag : merged.shapes) sources.push_back(tag.shape.source);
  EXPECT_THAT(sources, ElementsAre("first", "b", "c"));
}

TEST(JobMerge, TracksThatAreAlikeOnSharedFramesBecomeOne) {
  const Merged merged =
      Merge({{.start = 0, .tracks = {TrackOf({Box(0, 0), Box(5, 50)})}},
             {.start = 4, .tracks = {TrackOf({Box(4, 41), Box(5, 51), Box(9, 90)})}}},
            2);
  ASSERT_THAT(merged.tracks, SizeIs(1));
  // On frame 5 both have a keyframe: the first one's counts.
  EXPECT_THAT(Print(merged.tracks.at(0)), ElementsAre("0:0", "4:41", "5:50", "9:90"));
}

TEST(JobMerge, AVisibleTrackWithoutSuccessorEndsBehindTheSharedFrames) {
  const Merged merged = Merge({{.start = 0, .tracks = {TrackOf({Box(3, 7)})}},
                               {.start = 4, .tracks = {TrackOf({Box(4, 900)})}}},
                              2);
  EXPECT_THAT(Print(merged.tracks.at(0)), ElementsAre("3:7", "6:7 outside"));
  EXPECT_THAT(Print(merged.tracks.at(1)), ElementsAre("4:900"));
}

TEST(JobMerge, ATrackEndsWhereTheNextJobBeginsAlsoWithoutSharedFrames) {
  const Merged merged = Merge({{.start = 0, .tracks = {TrackOf({Box(0, 7)})}},
                               {.start = 4},
                               {.start = 8, .tracks = {TrackOf({Box(8, 7)})}}},
                              0);
  EXPECT_THAT(Print(merged.tracks.at(0)), ElementsAre("0:7", "4:7 outside"));
  EXPECT_THAT(Print(merged.tracks.at(1)), ElementsAre("8:7"));
}

TEST(JobMerge, ElementsThatAreVisibleEndWithTheirSkeleton) {
  Keyframe skeleton{.frame = 0, .shape = {.type = ShapeType::kSkeleton}};
  Keyframe point{.frame = 0, .shape = {.type = ShapeType::kPoints, .points = {1, 1}}};
  Track track = TrackOf({skeleton});
  track.elements = {TrackOf({point}), TrackOf({Outside(point)})};
  for (int64_t overlap : {0, 2}) {
    const Merged merged = Merge({{.start = 0, .tracks = {track}}, {.start = 4}}, overlap);
    const Track& closed = merged.tracks.at(0);
    const std::string end = absl::StrCat(4 + overlap);
    EXPECT_THAT(Print(closed), ElementsAre("0:0", end + ":0 outside"));
    EXPECT_THAT(Print(closed.elements[0]), ElementsAre("0:1", end + ":1 outside"));
    EXPECT_THAT(Print(closed.elements[1]), ElementsAre("0:1 outside"));
  }
}

TEST(JobMerge, OfAnInvisibleSkeletonNothingIsEnded) {
  Keyframe skeleton{.frame = 0, .shape = {.type = ShapeType::kSkeleton}};
  Keyframe point{.frame = 0, .shape = {.type = ShapeType::kPoints, .points = {1, 1}}};
  Track track = TrackOf({Outside(skeleton)});
  track.elements = {TrackOf({point})};
  const Merged merged = Merge({{.start = 0, .tracks = {track}}, {.start = 4}}, 2);
  EXPECT_THAT(Print(merged.tracks.at(0).elements[0]), ElementsAre("0:1"));
}

TEST(JobMerge, TracksBehindTheSharedFramesAreNumberedFirst) {
  const Merged merged =
      Merge({{.start = 0, .tracks = {TrackOf({Box(1, 10)}), TrackOf({Box(2, 20)})}}}, 2);
  EXPECT_THAT(Print(merged.tracks.at(0)), ElementsAre("2:20"));
  EXPECT_THAT(Print(merged.tracks.at(1)), ElementsAre("1:10"));
}

TEST(JobMerge, ATrackWithoutKeyframesHasANumber) {
  const Merged merged =
      Merge({{.start = 0, .tracks = {Track{.frame = 3}, TrackOf({Box(4, 1)})}}}, 0);
  EXPECT_THAT(merged.tracks.at(0).keyframes, IsEmpty());
  EXPECT_THAT(Print(merged.tracks.at(1)), ElementsAre("4:1"));
}

TEST(JobMerge, ATrackGoesThroughManyJobs) {
  std::vector<JobObjects> jobs;
  for (int64_t start = 0; start < 40; start += 4) {
    jobs.push_back({.start = start, .tracks = {TrackOf({Box(start, 5)})}});
  }
  const Merged merged = Merge(jobs, 2);
  ASSERT_THAT(merged.tracks, SizeIs(1));
  EXPECT_THAT(merged.tracks.at(0).keyframes, SizeIs(10));
}

TEST(JobMerge, ATrackThatEndsBeforeItsJobIsLeftOutAsInCvatAndSaid) {
  const Merged merged = Merge(
      {{.start = 0, .tracks = {TrackOf({Box(3, 0)})}},
       {.start = 4, .tracks = {TrackOf({Box(1, 0), Outside(Box(2, 0))}), TrackOf({Box(4, 0)})}}},
      1);
  EXPECT_THAT(merged.tracks, SizeIs(1));
  EXPECT_THAT(merged.problems,
              ElementsAre("track 0 left out: it ends before its job begins, and CVAT drops it"));
}

TEST(JobMerge, CuboidsInSpaceAreUnited) {
  std::vector<double> points(16);
  points[6] = points[7] = points[8] = 4;
  const Keyframe cuboid{.frame = 4, .shape = {.type = ShapeType::kCuboid, .points = points}};
  const std::vector<JobObjects> jobs = {{.start = 0, .shapes = {cuboid}},
                                        {.start = 4, .shapes = {cuboid}}};
  EXPECT_THAT(Merge(jobs, 1, /*is_3d=*/true).shapes, SizeIs(1));
  EXPECT_THAT(Merge(jobs, 1, /*is_3d=*/false).shapes, SizeIs(2));
}

TEST(JobMerge, JobsInAnyOrderMeetTheFramesThatTheyShare) {
  const Merged merged = Merge({{.start = 8, .shapes = {Box(8, 0), Box(9, 0)}},
                               {.start = 0, .shapes = {Box(1, 0)}},
                               {.start = 8, .shapes = {Box(8, 0)}}},
                              2);
  EXPECT_THAT(merged.ShapesText(), UnorderedElementsAre("9:0", "1:0", "8:0"));
}

// Some boxes and tracks on the frames of a job; alike ones are common.
JobObjects RandomJob(std::mt19937& engine, int64_t start, int64_t length) {
  JobObjects job{.start = start};
  auto random_box = [&](int64_t frame) {
    return Box(frame, double(engine() % 30), uint32_t(engine() % 2));
  };
  for (int i = 0; i < 30; ++i) {
    job.shapes.push_back(random_box(start + int64_t(engine() % uint64_t(length))));
  }
  for (int i = 0; i < 10; ++i) {
    const int64_t first = start + int64_t(engine() % uint64_t(length));
    std::vector<Keyframe> keyframes = {random_box(first)};
    for (int64_t frame = first + 1; frame < start + length; frame += 1 + int64_t(engine() % 4)) {
      keyframes.push_back(random_box(frame));
      keyframes.back().shape.outside = engine() % 4 == 0;
    }
    job.tracks.push_back(TrackOf(std::move(keyframes)));
  }
  return job;
}

bool AreSame(const Merged& a, const Merged& b) {
  if (a.ShapesText() != b.ShapesText() || a.tracks.size() != b.tracks.size()) return false;
  return std::equal(
      a.tracks.begin(), a.tracks.end(), b.tracks.begin(),
      [](const auto& x, const auto& y) { return Print(x.second) == Print(y.second); });
}

TEST(JobMerge, MergingTwiceGivesTheSame) {
  std::mt19937 engine(4);
  for (int i = 0; i < 50; ++i) {
    std::vector<JobObjects> jobs;
    for (int64_t start = 0; start < 30; start += 7) jobs.push_back(RandomJob(engine, start, 10));
    EXPECT_TRUE(AreSame(Merge(jobs, 3), Merge(jobs, 3)));
  }
}

// A second job without objects changes nothing but that tracks end where it begins, or behind the
// shared frames.
TEST(JobMerge, AnEmptyJobOnlyEndsTracks) {
  std::mt19937 engine(5);
  for (int i = 0; i < 50; ++i) {
    const JobObjects job = RandomJob(engine, 0, 10);
    const Merged alone = Merge({job}, 3);
    Merged with = Merge({job, {.start = 7}}, 3);
    for (auto& [number, track] : with.tracks) {
      Track open = alone.tracks.at(number);
      CloseTrack(open, 10);
      EXPECT_EQ(Print(track), Print(open));
    }
    std::multiset<std::string> a, b;
    for (const std::string& text : alone.ShapesText()) a.insert(text);
    for (const std::string& text : with.ShapesText()) b.insert(text);
    EXPECT_EQ(a, b);
  }
}

TEST(JobMerge, OnlyWhatALaterJobCanMeetIsHeld) {
  std::vector<JobObjects> jobs;
  for (int64_t start = 0; start < 40; start += 8) {
    JobObjects job{.start = start};
    for (int64_t frame = start; frame < start + 10; ++frame) {
      job.shapes.push_back(Box(frame, 0));
      job.tracks.push_back(TrackOf({Outside(Box(frame, 0))}));
    }
    jobs.push_back(job);
  }
  Merge(jobs, 2, false, [&](size_t job, int64_t frame) {
    // While the last job that has the frame is read or finished.
    EXPECT_LE(int64_t(job), std::min<int64_t>(frame / 8, 4)) << frame;
  });
}

TEST(JobMerge, OneJobHoldsNothing) {
  std::vector<int64_t> pushed;
  JobMerge merge({0}, 0, false,
                 {.shape =
                      [&](int64_t frame, Shape) {
                        pushed.push_back(frame);
                        return absl::OkStatus();
                      },
                  .track =
                      [&](int32_t, JobTrack track) {
                        pushed.push_back(track.track.frame);
                        return absl::OkStatus();
                      },
                  .problem = nullptr});
  ASSERT_TRUE(merge.AddShape(3, Box(3, 0).shape).ok());
  EXPECT_THAT(pushed, ElementsAre(3));
  ASSERT_TRUE(merge.AddTrack({.track = TrackOf({Box(5, 0)})}).ok());
  EXPECT_THAT(pushed, ElementsAre(3, 5));
}

TEST(JobMerge, HostileBoundsDoNotOverflow) {
  constexpr int64_t kHuge = int64_t{1} << 40;
  Track other = TrackOf({Box(1, 0)});
  other.label = 1;
  const Merged merged = Merge({{.start = kHuge, .tracks = {TrackOf({Box(1, 0)})}},
                               {.start = 0, .tracks = {other}},
                               {.start = JobSeam::kNever}},
                              kHuge);
  EXPECT_THAT(merged.tracks, SizeIs(2));
}

TEST(JobMerge, TooManyTracksToCompareAreNotUnitedAndThatIsSaid) {
  const std::vector<Track> tracks(2100, TrackOf({Box(4, 0)}));
  const Merged merged = Merge({{.start = 0, .tracks = tracks}, {.start = 4, .tracks = tracks}}, 1);
  EXPECT_THAT(merged.problems, SizeIs(1));
  EXPECT_THAT(merged.tracks, SizeIs(4200));
  EXPECT_THAT(Print(merged.tracks.at(0)), ElementsAre("4:0", "5:0 outside"));
}

TEST(PackedTrack, UnpackedItIsTheTrack) {
  std::mt19937 engine(8);
  Track track = RandomJob(engine, 5, 20).tracks[0];
  track.label = 3;
  track.group = 4;
  track.source = "auto";
  track.attributes = {{"plate", "A 1"}};
  track.keyframes[0].shape.attributes = {{"speed", "7"}};
  track.elements = {TrackOf({Box(2, 1.0 / 3), Outside(Box(3, 4))})};
  const PackedTrack packed(track);
  ExpectSame(packed.Unpack().value(), track, "track");
  EXPECT_LT(packed.bytes(), BytesOf(track));
}

// A polygon of so many numbers, 8 bytes each.
Keyframe Long(int64_t frame, size_t numbers, uint32_t label = 0) {
  Keyframe keyframe{.frame = frame, .shape = {.type = ShapeType::kPolygon, .label = label}};
  for (size_t i = 0; i < numbers; ++i) keyframe.shape.points.push_back(std::sqrt(double(i)));
  return keyframe;
}

TEST(JobMerge, ShapesAndTracksThatWaitShareOneBound) {
  static_assert(HeldBytes::kMax <= uint64_t{64} << 20);
  // 2 MB each: one less fills the bound.
  const size_t fitting = HeldBytes::kMax / 2000000 - 1;
  const std::vector<Keyframe> shapes(fitting, Long(4, 250000));
  const std::vector<Track> tracks(3, TrackOf({Long(4, 250000)}));
  const JobObjects next{.start = 4};
  EXPECT_THAT(Merge({{.shapes = shapes}, next}, 2).problems, IsEmpty());
  EXPECT_THAT(Merge({{.tracks = tracks}, next}, 2).problems, IsEmpty());
  const Merged both = Merge({{.shapes = shapes, .tracks = tracks}, next}, 2);
  EXPECT_THAT(both.problems, ElementsAre(::testing::HasSubstr("the jobs share too many tracks")));
  EXPECT_THAT(both.shapes, SizeIs(fitting));
  EXPECT_THAT(both.tracks, SizeIs(3));
}

// Of one label more than is compared at once; another label is not touched by that.
TEST(JobMerge, TracksOfALabelThatTakeTooMuchAreNotUnited) {
  Track small = TrackOf({Box(4, 0, 1)});
  small.label = 1;
  const std::vector<Track> tracks = {TrackOf({Long(4, 1500000)}), small};
  const Merged merged = Merge({{.start = 0, .tracks = tracks}, {.start = 4, .tracks = tracks}}, 2);
  EXPECT_THAT(merged.tracks, SizeIs(3));
  EXPECT_THAT(merged.problems, ElementsAre(::testing::HasSubstr("too many tracks")));
}

TEST(TrackOverlap, AttributesAreNotCopiedToBeInherited) {
  Track track = TrackOf({Box(0, 0), Box(1, 0), Box(9, 0)});
  for (Keyframe& keyframe : track.keyframes) {
    keyframe.shape.attributes = {{.name = absl::StrCat("a", keyframe.frame), .value = "1"}};
  }
  const Track near = AroundWindow(track, {.start = 1, .end = 5});
  ASSERT_THAT(near.keyframes, SizeIs(3));
  for (const Keyframe& keyframe : near.keyframes) EXPECT_THAT(keyframe.shape.attributes, IsEmpty());
}

TEST(PackedTrack, KnowsHowFarItReaches) {
  const PackedTrack open(TrackOf({Box(2, 0), Box(1, 0)}));
  EXPECT_TRUE(open.Reaches(100));
  const PackedTrack closed(TrackOf({Outside(Box(4, 0)), Box(1, 0)}));
  EXPECT_TRUE(closed.Reaches(4));
  EXPECT_FALSE(closed.Reaches(5));
  EXPECT_FALSE(PackedTrack(Track()).Reaches(0));
}

TEST(TrackOverlap, ComparingEndsWithItsBudget) {
  const Track track = TrackOf({Box(0, 0)});
  CompareBudget budget(1000);
  const Alike alike =
      FindAlikeTracks({track}, {track}, {.start = 0, .end = int64_t{1} << 40}, budget);
  EXPECT_TRUE(alike.is_cut);
  EXPECT_THAT(alike.pairs, IsEmpty());
}

// On frame 0 only one is there, on frame 1 both and equal, on frame 2 one is outside.
TEST(TrackOverlap, SimilarityIsTheMeanOfTheFramesWhereOneIs) {
  const Track left = TrackOf({Box(0, 0), Box(3, 0)});
  const Track right = TrackOf({Box(1, 0), Outside(Box(2, 0))});
  CompareBudget budget;
  const Alike alike = FindAlikeTracks({left}, {right}, {.start = 0, .end = 3}, budget);
  ASSERT_THAT(alike.pairs, SizeIs(1));
  EXPECT_DOUBLE_EQ(alike.pairs[0].similarity, 1.0 / 3);
}

}  // namespace
}  // namespace annofs::testing
