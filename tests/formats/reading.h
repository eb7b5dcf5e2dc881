// What the tests of readers share: sources in memory, and a dataset read from one.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "formats/memory_dataset.h"
#include "formats/reader.h"
#include "formats/source.h"
#include "gtest/gtest.h"
#include "tests/testing/files.h"

namespace annofs::testing {

class MemorySource : public Source {
 public:
  MemorySource(std::string name, std::string bytes)
      : name_(std::move(name)), bytes_(std::move(bytes)) {}
  absl::string_view name() const override { return name_; }
  uint64_t size() const override { return bytes_.size(); }
  absl::StatusOr<std::string> Read(uint64_t offset, uint64_t length) override {
    if (!failure_.ok()) return failure_;
    if (offset > bytes_.size()) return absl::InternalError("a read behind the end");
    std::string piece = bytes_.substr(offset, length);
    bytes_read_ += piece.size();
    ++reads_;
    return piece;
  }

  // Bytes that were asked for so far.
  uint64_t bytes_read() const { return bytes_read_; }
  uint64_t reads() const { return reads_; }
  // From now on every read fails so.
  void FailWith(absl::Status failure) { failure_ = std::move(failure); }

 private:
  const std::string name_, bytes_;
  uint64_t bytes_read_ = 0;
  uint64_t reads_ = 0;
  absl::Status failure_;
};

inline std::string FixtureText(absl::string_view name) {
  absl::StatusOr<std::string> text = ReadFile(Fixture(name));
  EXPECT_TRUE(text.ok()) << text.status();
  return text.value_or("");
}

inline MemorySource FixtureSource(absl::string_view name) {
  return MemorySource(std::string(name), FixtureText(name));
}

// The reader of that name out of the table.
inline std::unique_ptr<Reader> FindReader(absl::string_view name) {
  for (std::unique_ptr<Reader>& reader : NewReaders()) {
    if (reader->Info().name == name) return std::move(reader);
  }
  ADD_FAILURE() << "no reader " << name;
  return nullptr;
}

// A dataset as a reader pushed it.
struct ReadResult {
  absl::Status status;
  std::unique_ptr<Dataset> dataset;  // what was read, also before an error

  const DatasetInfo& info() const { return dataset->info(); }
  Frame FrameAt(Rank rank) const { return dataset->GetFrame(rank).value(); }
  FrameShapes ShapesAt(Rank rank) const { return dataset->Shapes(rank).value(); }

  // The frames by their numbers; of equal numbers in order of paths.
  std::vector<Rank> ByNumber() const {
    std::vector<Rank> ranks;
    for (Rank rank = 0; rank < dataset->frame_count(); ++rank) ranks.push_back(rank);
    std::stable_sort(ranks.begin(), ranks.end(),
                     [this](Rank a, Rank b) { return FrameAt(a).number < FrameAt(b).number; });
    return ranks;
  }
  // Names as the source has them, by frame number.
  std::vector<std::string> Names() const {
    std::vector<std::string> names;
    for (Rank rank : ByNumber()) names.push_back(FrameAt(rank).name);
    return names;
  }
  // Of the first frame of that name; none: empty, and the test fails.
  FrameShapes ShapesOf(absl::string_view name) const {
    for (Rank rank : ByNumber()) {
      if (FrameAt(rank).name == name) return ShapesAt(rank);
    }
    ADD_FAILURE() << "no frame " << name;
    return {};
  }
  // {"car rectangle", 3}: shapes and tags by label and type; a skeleton's elements do not count.
  std::map<std::string, int> Counts() const {
    std::map<std::string, int> counts;
    auto count = [&](const Shape& shape) {
      ++counts[absl::StrCat(info().labels[shape.label].name, " ", ShapeTypeName(shape.type))];
    };
    for (Rank rank = 0; rank < dataset->frame_count(); ++rank) {
      const FrameShapes shapes = ShapesAt(rank);
      for (const Shape& tag : shapes.tags) count(tag);
      for (const Shape& shape : shapes.shapes) count(shape);
    }
    return counts;
  }
  int Total() const {
    int total = 0;
    for (const auto& [name, count] : Counts()) total += count;
    return total;
  }
  // "position|frame|reason"
  std::vector<std::string> Problems() const {
    std::vector<std::string> texts;
    const std::vector<Problem> problems = dataset->Problems().value();
    for (const Problem& problem : problems) {
      texts.push_back(absl::StrCat(problem.position, "|", problem.frame, "|", problem.reason));
    }
    return texts;
  }
};

// The reasons of the problems of severity kError.
inline std::vector<std::string> ErrorsOf(const ReadResult& result) {
  std::vector<std::string> reasons;
  const std::vector<Problem> problems = result.dataset->Problems().value();
  for (const Problem& problem : problems) {
    if (problem.severity == Problem::Severity::kError) reasons.push_back(problem.reason);
  }
  return reasons;
}

inline ReadResult ReadWith(absl::string_view reader, Source& source) {
  ReadResult result;
  DatasetBuilder builder;
  result.status = FindReader(reader)->Read(source, builder);
  absl::StatusOr<std::unique_ptr<Dataset>> dataset = builder.Finish();
  EXPECT_TRUE(dataset.ok()) << dataset.status();
  result.dataset = *std::move(dataset);
  return result;
}

inline ReadResult ReadFixtureWith(absl::string_view reader, absl::string_view name) {
  MemorySource source = FixtureSource(name);
  ReadResult result = ReadWith(reader, source);
  EXPECT_TRUE(result.status.ok()) << name << ": " << result.status;
  return result;
}

}  // namespace annofs::testing
