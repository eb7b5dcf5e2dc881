#include "formats/shape_codec.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <random>

#include "absl/strings/str_cat.h"
#include "formats/info_codec.h"
#include "gtest/gtest.h"

namespace annofs::testing {
namespace {

// Shapes of every kind of content; the same for the same seed.
class Random {
 public:
  explicit Random(uint32_t seed) : engine_(seed) {}

  int64_t Number(int64_t least, int64_t greatest) {
    return std::uniform_int_distribution<int64_t>(least, greatest)(engine_);
  }
  // Any bits but those of NaN, which is not equal to itself.
  double Double() {
    const double value = std::bit_cast<double>(engine_());
    return value == value ? value : -0.0;
  }
  std::string Text() {
    std::string text;
    for (int64_t i = Number(0, 20); i > 0; --i) text.push_back(char(Number(0, 255)));
    return text;
  }
  Shape MakeShape(int depth) {
    Shape shape{.type = ShapeType(Number(0, kShapeTypeCount - 1)),
                .label = uint32_t(Number(0, UINT32_MAX)),
                .z_order = int32_t(Number(INT32_MIN, INT32_MAX)),
                .group = int32_t(Number(INT32_MIN, INT32_MAX)),
                .track = int32_t(Number(-1, INT32_MAX)),
                .occluded = Number(0, 1) == 1,
                .outside = Number(0, 1) == 1,
                .keyframe = Number(0, 1) == 1,
                .rotation = Number(0, 1) == 1 ? Double() : 0,
                .score = Number(0, 1) == 1 ? Double() : 1,
                .source = Text()};
    for (int64_t i = Number(0, 9); i > 0; --i) shape.points.push_back(Double());
    for (int64_t i = Number(0, 3); i > 0; --i) shape.attributes.push_back({Text(), Text()});
    for (int64_t i = depth > 0 ? 0 : Number(0, 3); i > 0; --i) {
      shape.elements.push_back(MakeShape(depth + 1));
    }
    return shape;
  }
  FrameShapes MakeFrame() {
    FrameShapes frame;
    for (int64_t i = Number(0, 3); i > 0; --i) frame.tags.push_back(MakeShape(0));
    for (int64_t i = Number(0, 5); i > 0; --i) {
      Shape shape = MakeShape(0);
      (IsOutsideKeyframe(shape) ? frame.outside : frame.shapes).push_back(std::move(shape));
    }
    std::stable_sort(frame.outside.begin(), frame.outside.end(),
                     [](const Shape& a, const Shape& b) { return a.track < b.track; });
    return frame;
  }

 private:
  std::mt19937_64 engine_;
};

DatasetInfo SampleInfo() {
  DatasetInfo info{.name = "street ü",
                   .id = "0123abcd",
                   .sources = {{"b/a.zip", "v1", "cvat_backup"}},
                   .other_sources = {{"b/a.xml", "v2", "cvat_images_xml"}}};
  info.tasks = {{.name = "task",
                 .subset = "Train",
                 .is_video = true,
                 .size = 20,
                 .start_frame = 0,
                 .stop_frame = 95,
                 .frame_filter = "step=5",
                 .overlap = 2,
                 .bug_tracker = "bugs",
                 .created = "2024-01-01",
                 .updated = "2024-01-02",
                 .owner = {"admin", "admin@example.org"},
                 .assignee = {"worker", ""},
                 .video = {"clip.mp4", 400, 300}},
                {.name = "clouds", .is_3d = true}};
  info.jobs = {{.id = 7, .start = 0, .stop = 9}, {.id = 8}};
  info.labels = {{.name = "pose", .color = "#ff0000", .type = "skeleton", .svg = "<circle/>"},
                 {.name = "nose", .type = "points", .parent = 0}};
  info.labels[0].attributes = {{.name = "speed",
                                .is_mutable = true,
                                .input_type = "number",
                                .default_value = "0",
                                .values = {"0", "200", "1"}}};
  info.shape_counts[0] = 7;
  info.shape_counts[kShapeTypeCount - 1] = uint64_t{1} << 40;
  return info;
}

TEST(ShapeCodec, WhatIsEncodedIsDecodedBitForBit) {
  for (uint32_t seed = 0; seed < 500; ++seed) {
    const FrameShapes frame = Random(seed).MakeFrame();
    const std::string bytes = EncodeShapes(frame);
    const absl::StatusOr<FrameShapes> decoded = DecodeShapes(bytes);
    ASSERT_TRUE(decoded.ok()) << decoded.status();
    EXPECT_TRUE(decoded->tags == frame.tags && decoded->shapes == frame.shapes &&
                decoded->outside == frame.outside)
        << seed;
    EXPECT_EQ(EncodeShapes(*decoded), bytes) << seed;  // tells -0 from 0
  }
}

TEST(ShapeCodec, NothingIsLeftOfAFrameWhoseMemoryIsUsedAgain) {
  for (uint32_t seed = 0; seed < 500; ++seed) {
    const std::string bytes = EncodeShapes(Random(seed).MakeFrame());
    const FrameShapes alone = DecodeShapes(bytes).value();
    GiveBack(Random(seed + 1).MakeFrame());
    const FrameShapes again = DecodeShapes(bytes).value();
    EXPECT_TRUE(again.tags == alone.tags && again.shapes == alone.shapes &&
                again.outside == alone.outside && again.source_order == alone.source_order)
        << seed;
  }
}

TEST(ShapeCodec, ShapesOfTracksAreThoseOfTheFrame) {
  for (uint32_t seed = 0; seed < 500; ++seed) {
    FrameShapes frame = Random(seed).MakeFrame();
    for (Shape& shape : frame.shapes) shape.track = shape.track < 0 ? -1 : shape.track % 3;
    const std::string bytes = EncodeShapes(frame);
    const auto wants = [](uint32_t label, int32_t track) { return track == 1 || label % 4 == 0; };
    FrameShapes expected = DecodeShapes(bytes).value();
    const auto is_other = [&wants](const Shape& shape) {
      return shape.track < 0 || !wants(shape.label, shape.track);
    };
    std::erase_if(expected.shapes, is_other);
    std::erase_if(expected.outside, is_other);
    const absl::StatusOr<FrameShapes> found = DecodeShapesOfTracks(bytes, {}, wants);
    ASSERT_TRUE(found.ok()) << found.status();
    EXPECT_TRUE(found->tags.empty() && found->source_order.empty());
    EXPECT_TRUE(found->shapes == expected.shapes && found->outside == expected.outside) << seed;
  }
}

TEST(ShapeCodec, WhatIsPassedOverMayBeDamagedToo) {
  std::mt19937 random(3);
  const auto none = [](uint32_t, int32_t) { return false; };
  for (uint32_t seed = 0; seed < 200; ++seed) {
    const std::string bytes = EncodeShapes(Random(seed).MakeFrame());
    EXPECT_FALSE(DecodeShapesOfTracks(bytes.substr(0, bytes.size() - 1), {}, none).ok());
    for (int i = 0; i < 20; ++i) {
      std::string changed = bytes;
      changed[random() % changed.size()] = char(random());
      (void)DecodeShapesOfTracks(changed, {}, none);
    }
  }
}

// As a sink writes a frame: in the order of the source with their places, then sorted.
FrameShapes WrittenAndRead(std::vector<Shape> shapes) {
  SourceOrder order;
  ShapeTexts texts;
  std::vector<std::pair<int32_t, std::string>> records;
  for (const Shape& shape : shapes) {
    std::string bytes;
    AppendShape(shape, texts, bytes, order.PlaceOf(5, shape));
    order.Add(5, shape);
    records.emplace_back(shape.z_order, bytes);
  }
  std::stable_sort(records.begin(), records.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::string record;
  AppendShapesHead(0, records.size(), record);
  for (const auto& [z_order, bytes] : records) record += bytes;
  return DecodeShapes(record, texts.texts()).value();
}

Shape AtDepth(int32_t z_order, double x, int32_t track = -1) {
  return {.z_order = z_order, .track = track, .points = {x, 0, 1, 1}};
}

TEST(ShapeCodec, ShapesKnowTheOrderOfTheirSource) {
  std::mt19937 engine(1);
  for (int round = 0; round < 200; ++round) {
    std::vector<Shape> shapes;
    for (int i = int(engine() % 12); i > 0; --i) {
      const int32_t track = engine() % 4 == 0 ? 3 : -1;
      shapes.push_back(AtDepth(int32_t(engine() % 5) - 2, double(shapes.size()), track));
    }
    const FrameShapes read = WrittenAndRead(shapes);
    std::vector<double> wanted, got;
    for (const Shape& shape : shapes) {
      if (shape.track < 0) wanted.push_back(shape.points[0]);
    }
    if (read.source_order.empty()) {
      for (const Shape& shape : read.shapes) {
        if (shape.track < 0) got.push_back(shape.points[0]);
      }
    }
    for (uint32_t place : read.source_order) got.push_back(read.shapes[place].points[0]);
    EXPECT_EQ(got, wanted) << round;
  }
}

TEST(ShapeCodec, ShapesThatComeByDepthHaveNoOrderOfTheirOwn) {
  const FrameShapes read = WrittenAndRead({AtDepth(0, 1), AtDepth(0, 2), AtDepth(3, 3)});
  EXPECT_TRUE(read.source_order.empty());
}

TEST(ShapeCodec, TwoShapesInOnePlaceAreAnError) {
  ShapeTexts texts;
  std::string record;
  AppendShapesHead(0, 2, record);
  AppendShape(AtDepth(0, 1), texts, record, 0);
  AppendShape(AtDepth(0, 2), texts, record, 0);
  EXPECT_TRUE(absl::IsInternal(DecodeShapes(record, texts.texts()).status()));
}

TEST(ShapeCodec, AKeyframeOutsideIsNoShapeOfItsFrame) {
  FrameShapes frame;
  frame.shapes.push_back(AtDepth(0, 1));
  frame.outside.push_back(AtDepth(-1, 2, 4));
  frame.outside[0].outside = true;
  const FrameShapes read = DecodeShapes(EncodeShapes(frame)).value();
  EXPECT_EQ(read.shapes, frame.shapes);
  EXPECT_EQ(read.outside, frame.outside);
}

TEST(ShapeCodec, NotANumberSurvives) {
  const double kNan = std::numeric_limits<double>::quiet_NaN();
  const FrameShapes frame{.shapes = {{.rotation = kNan, .points = {kNan}}}};
  const FrameShapes decoded = DecodeShapes(EncodeShapes(frame)).value();
  EXPECT_NE(decoded.shapes[0].rotation, decoded.shapes[0].rotation);
  EXPECT_NE(decoded.shapes[0].points[0], decoded.shapes[0].points[0]);
}

TEST(ShapeCodec, ACutRecordIsAnError) {
  const std::string bytes = EncodeShapes(Random(3).MakeFrame());
  ASSERT_GT(bytes.size(), 100u);
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_TRUE(absl::IsInternal(DecodeShapes(bytes.substr(0, size)).status())) << size;
  }
}

TEST(ShapeCodec, BytesBehindTheRecordAreAnError) {
  EXPECT_TRUE(absl::IsInternal(DecodeShapes(EncodeShapes({}) + "x").status()));
}

TEST(ShapeCodec, ChangedBytesGiveAnErrorOrOtherShapesButNeverACrash) {
  std::mt19937_64 engine(1);
  int errors = 0;
  for (uint32_t seed = 0; seed < 2000; ++seed) {
    std::string bytes = EncodeShapes(Random(seed % 50).MakeFrame());
    for (int changes = 1 + int(engine() % 4); changes > 0; --changes) {
      bytes[engine() % bytes.size()] = char(engine());
    }
    const absl::StatusOr<FrameShapes> decoded = DecodeShapes(bytes);
    if (!decoded.ok()) {
      EXPECT_TRUE(absl::IsInternal(decoded.status()));
      ++errors;
    }
  }
  EXPECT_GT(errors, 0);
}

TEST(ShapeCodec, ALengthThatIsNotThereAsksForNoMemory) {
  // One list of 2^62 tags.
  EXPECT_TRUE(absl::IsInternal(DecodeShapes("\xff\xff\xff\xff\xff\xff\xff\xff\x3f").status()));
}

TEST(ShapeCodec, TheInfoOfADatasetSurvives) {
  const DatasetInfo info = SampleInfo();
  const std::string bytes = EncodeInfo(info);
  const DatasetInfo decoded = DecodeInfo(bytes).value();
  EXPECT_EQ(EncodeInfo(decoded), bytes);
  EXPECT_EQ(decoded.name, info.name);
  EXPECT_EQ(decoded.sources[0].format, "cvat_backup");
  EXPECT_EQ(decoded.other_sources[0].key, "b/a.xml");
  EXPECT_TRUE(decoded.tasks[0].is_video);
  EXPECT_TRUE(decoded.tasks[1].is_3d);
  EXPECT_EQ(decoded.tasks[0].size, 20u);
  EXPECT_EQ(decoded.tasks[0].start_frame, 0u);
  EXPECT_EQ(decoded.tasks[0].frame_filter, "step=5");
  EXPECT_EQ(decoded.tasks[0].owner.email, "admin@example.org");
  EXPECT_EQ(decoded.tasks[0].assignee.name, "worker");
  EXPECT_EQ(decoded.tasks[0].video.height, 300u);
  EXPECT_FALSE(decoded.tasks[1].size || decoded.tasks[1].start_frame);
  EXPECT_EQ(decoded.jobs[0].start, 0u);
  EXPECT_EQ(decoded.jobs[0].stop, 9u);
  EXPECT_FALSE(decoded.jobs[1].start);
  EXPECT_EQ(decoded.labels[1].parent, 0);
  EXPECT_EQ(decoded.labels[0].attributes[0].values, info.labels[0].attributes[0].values);
  EXPECT_EQ(decoded.shape_counts[kShapeTypeCount - 1], uint64_t{1} << 40);
}

TEST(ShapeCodec, ACutInfoIsAnError) {
  const std::string bytes = EncodeInfo(SampleInfo());
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_TRUE(absl::IsInternal(DecodeInfo(bytes.substr(0, size)).status())) << size;
  }
}

}  // namespace
}  // namespace annofs::testing
