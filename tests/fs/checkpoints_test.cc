// Places in a segmented file from which it can be rendered.
#include "fs/checkpoints.h"

#include <gtest/gtest.h>

#include "fs/file_record.h"

namespace annofs {
namespace {

SegmentCursor CursorOf(uint32_t i) {
  return {.section = 1,
          .run = i % 7,
          .next = i * 3,
          .is_begun = i % 2 == 1,
          .is_image = i % 5 == 0,
          .running = {.n = {i, uint64_t{i} << 30, 0, 5}}};
}

TEST(Checkpoints, TheLastOneAtOrBeforeAnOffsetIsFound) {
  CheckpointRecorder recorder({.bytes = 100});
  for (uint32_t i = 0; i < 5000; ++i) recorder.Offer(uint64_t{i} * 40, CursorOf(i));
  const std::string bytes = recorder.Encode();
  const CheckpointTable table = CheckpointTable::Open(bytes).value();
  // Every third piece is at least 100 bytes behind the last that was kept.
  ASSERT_EQ(table.size(), 1667u);
  for (uint64_t offset = 0; offset < 5000 * 40; offset += 13) {
    const Checkpoint found = table.Floor(offset);
    const uint32_t expected = uint32_t(offset / 120) * 3;
    ASSERT_EQ(found.offset, uint64_t{expected} * 40) << offset;
    ASSERT_EQ(found.cursor, CursorOf(expected)) << offset;
  }
  EXPECT_EQ(table.Floor(UINT64_MAX).offset, 4998u * 40);
}

TEST(Checkpoints, NumbersOfAnySizeAreGivenBack) {
  const SegmentCursor greatest{
      .section = UINT32_MAX,
      .run = UINT32_MAX,
      .next = UINT32_MAX,
      .is_begun = true,
      .is_image = true,
      .running = {.n = {UINT64_MAX, 0, UINT64_MAX - 1, uint64_t{1} << 56}}};
  CheckpointRecorder recorder;
  recorder.Offer(0, {});
  recorder.Offer(uint64_t{1} << 60, greatest);
  const std::string bytes = recorder.Encode();
  const CheckpointTable table = CheckpointTable::Open(bytes).value();
  EXPECT_EQ(table.Floor((uint64_t{1} << 60) - 1).cursor, SegmentCursor());
  EXPECT_EQ(table.Floor(uint64_t{1} << 60).cursor, greatest);
}

// The file of 100 GB: no more checkpoints than of a small one, only farther from each other.
TEST(Checkpoints, TheirNumberHasABoundHoweverLongTheFile) {
  CheckpointRecorder recorder({.bytes = 10, .most = 100});
  const uint32_t pieces = 100000;
  for (uint32_t i = 0; i < pieces; ++i) recorder.Offer(uint64_t{i} * 10, CursorOf(i));
  const std::string bytes = recorder.Encode();
  const CheckpointTable table = CheckpointTable::Open(bytes).value();
  EXPECT_LE(table.size(), 100u);
  EXPECT_GE(table.size(), 50u);
  EXPECT_LT(bytes.size(), 100u * 20);
  uint64_t farthest = 0;
  for (uint32_t i = 0; i < pieces; ++i) {
    const Checkpoint found = table.Floor(uint64_t{i} * 10);
    ASSERT_EQ(found.cursor, CursorOf(uint32_t(found.offset / 10)));
    farthest = std::max(farthest, uint64_t{i} * 10 - found.offset);
  }
  EXPECT_LE(farthest, 2 * pieces * 10 / 50);
}

TEST(Checkpoints, AFileWithoutAnyIsReadFromItsBegin) {
  const std::string bytes = CheckpointRecorder().Encode();
  const CheckpointTable table = CheckpointTable::Open(bytes).value();
  EXPECT_EQ(table.Floor(5).offset, 0u);
  EXPECT_EQ(table.Floor(5).cursor, SegmentCursor());
}

TEST(Checkpoints, WhatIsNoTableIsAnError) {
  CheckpointRecorder recorder;
  recorder.Offer(0, CursorOf(1));
  recorder.Offer(1 << 20, CursorOf(2));
  const std::string bytes = recorder.Encode();
  EXPECT_FALSE(CheckpointTable::Open("").ok());
  EXPECT_FALSE(CheckpointTable::Open(std::string(8, '\0')).ok());
  EXPECT_FALSE(CheckpointTable::Open(std::string(8, '\xff') + bytes).ok());
  EXPECT_FALSE(CheckpointTable::Open(absl::string_view(bytes).substr(0, bytes.size() - 1)).ok());
}

TEST(FileRecord, GivesBackTheSizeAndWhatIsKept) {
  const std::string whole = EncodeWholeFile("text");
  const FileRecord kept = DecodeFile(whole).value();
  EXPECT_EQ(kept.size, 4u);
  EXPECT_EQ(kept.bytes, "text");
  const std::string size = EncodeFileSize(uint64_t{1} << 40);
  EXPECT_EQ(DecodeFile(size)->size, uint64_t{1} << 40);
  EXPECT_FALSE(DecodeFile(size)->bytes.has_value());
  CheckpointRecorder recorder;
  recorder.Offer(0, CursorOf(9));
  const std::string segmented = EncodeSegmentedFile(70000, recorder);
  EXPECT_EQ(DecodeFile(segmented)->size, 70000u);
  const CheckpointTable table = CheckpointTable::Open(DecodeFile(segmented)->checkpoints).value();
  EXPECT_EQ(table.Floor(1).cursor, CursorOf(9));
}

TEST(FileRecord, DamagedBytesAreAnError) {
  std::string whole = EncodeWholeFile("text");
  EXPECT_FALSE(DecodeFile(absl::string_view(whole).substr(0, 8)).ok());
  EXPECT_FALSE(DecodeFile(absl::string_view(whole).substr(0, whole.size() - 1)).ok());
  whole[10] ^= 1;
  EXPECT_FALSE(DecodeFile(whole).ok());
}

}  // namespace
}  // namespace annofs
