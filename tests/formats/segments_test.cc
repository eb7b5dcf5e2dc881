// Files about a whole dataset, piece by piece: in which order, what is counted, and that every
// piece's place is one from which the rest is the same.
#include "formats/segments.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/formats/sample_data.h"

namespace annofs {
namespace {

using ::annofs::testing::Finished;

// `count` frames called by their ranks, of tasks 0, 1, …; in CVAT's order the names of a task
// descend: position 0 has its greatest.
std::unique_ptr<Dataset> Descending(uint32_t count, uint32_t tasks = 1) {
  DatasetBuilder builder;
  for (uint32_t i = 0; i < tasks; ++i) builder.AddTask({.name = absl::StrCat("t", i)});
  for (uint32_t i = 0; i < count; ++i) {
    builder
        .AddFrame(
            {.name = absl::StrCat(i + 10000000, ".jpg"), .number = count - i, .task = i % tasks})
        .value();
  }
  return Finished(builder);
}

RankSet Ranks(const std::vector<Rank>& ranks) { return RankSet::Of(ranks); }

struct Piece {
  SegmentCursor begin;
  std::string text;
};

std::vector<Piece> PiecesOf(const Segments& segments, const Dataset& data,
                            const SegmentCursor& from = {}) {
  std::vector<Piece> pieces;
  SegmentReader reader(segments, data, from);
  for (bool is_more = true; is_more;) {
    Piece piece{.begin = reader.cursor()};
    absl::StatusOr<bool> next = reader.Next(piece.text);
    EXPECT_TRUE(next.ok()) << next.status();
    is_more = next.value_or(false);
    pieces.push_back(std::move(piece));
  }
  return pieces;
}

std::string TextOf(const std::vector<Piece>& pieces, size_t from = 0) {
  std::string text;
  for (size_t i = from; i < pieces.size(); ++i) text += pieces[i].text;
  return text;
}

absl::Status Number(const Dataset&, const SegmentAt& at, Running& running, std::string& out) {
  absl::StrAppend(&out, running.n[0]++ == 0 ? "" : ",", at.rank);
  return absl::OkStatus();
}

Section Numbers(RankSet frames, std::string before = "") {
  return {.before = std::move(before), .frames = std::move(frames), .segment = Number};
}

TEST(SegmentsTest, FramesComeInCvatsOrderOrByRank) {
  std::unique_ptr<Dataset> data = Descending(5);
  Segments segments{.sections = {Numbers(data->All(), "["), Numbers(Ranks({1, 3}), "][")},
                    .tail = "]"};
  EXPECT_EQ(TextOf(PiecesOf(segments, *data)), "[4,3,2,1,0][3,1]");
  for (Section& section : segments.sections) section.order = SegmentOrder::kRank;
  EXPECT_EQ(TextOf(PiecesOf(segments, *data)), "[0,1,2,3,4][1,3]");
}

TEST(SegmentsTest, ASegmentIsToldItsPositionInEitherOrder) {
  std::unique_ptr<Dataset> data = Descending(6, 2);  // ranks 4 2 0, then 5 3 1
  Section section{.frames = Ranks({0, 1, 4}),
                  .segment = [](const Dataset&, const SegmentAt& at, Running&, std::string& out) {
                    absl::StrAppend(&out, at.rank, "@", at.position, " ");
                    return absl::OkStatus();
                  }};
  EXPECT_EQ(TextOf(PiecesOf({.sections = {section}}, *data)), "4@0 0@2 1@5 ");
  section.order = SegmentOrder::kRank;
  EXPECT_EQ(TextOf(PiecesOf({.sections = {section}}, *data)), "0@2 1@5 4@0 ");
}

TEST(SegmentsTest, WithoutFramesOnlyWhatStandsAroundThemIsThere) {
  std::unique_ptr<Dataset> data = Descending(3);
  EXPECT_EQ(
      TextOf(PiecesOf({.sections = {Numbers({}, "a"), Numbers({}, "b")}, .tail = "c"}, *data)),
      "abc");
  EXPECT_EQ(TextOf(PiecesOf({}, *data)), "");
}

Segments Runs(std::vector<RankSet> runs) {
  Section section;
  section.runs = [runs](const Dataset&, uint32_t run) -> absl::StatusOr<std::optional<RankSet>> {
    if (run >= runs.size()) return std::nullopt;
    return std::optional(runs[run]);
  };
  section.segment = [](const Dataset&, const SegmentAt& at, Running& running, std::string& out) {
    if (at.begins_run) absl::StrAppend(&out, "<", at.run, ":", running.n[1]++, ":");
    absl::StrAppend(&out, at.rank);
    out += at.ends_run ? ">" : " ";
    return absl::OkStatus();
  };
  return {.sections = {section}, .tail = "."};
}

TEST(SegmentsTest, RunsComeOneAfterTheOtherAndKnowTheirEnds) {
  std::unique_ptr<Dataset> data = Descending(10);
  Segments segments = Runs({Ranks({1, 5}), RankSet(), Ranks({7}), RankSet::Range(2, 9), RankSet()});
  EXPECT_EQ(TextOf(PiecesOf(segments, *data)), "<0:0:5 1><2:1:7><3:2:8 7 6 5 4 3 2>.");
}

// What a range is rendered from. Also by a reader that was elsewhere before.
void ExpectTheRestFromEveryPiece(const Segments& segments, const Dataset& data, size_t step = 1) {
  const std::vector<Piece> pieces = PiecesOf(segments, data);
  SegmentReader wanderer(segments, data);
  for (size_t i = 0; i < pieces.size(); i += step) {
    const size_t at = i * 7919 % pieces.size();
    ASSERT_EQ(TextOf(PiecesOf(segments, data, pieces[at].begin)), TextOf(pieces, at)) << at;
    wanderer.Seek(pieces[at].begin);
    std::string text, expected;
    for (size_t k = at; k < std::min(at + 20, pieces.size()); ++k) {
      expected += pieces[k].text;
      ASSERT_TRUE(wanderer.Next(text).ok());
    }
    ASSERT_EQ(text, expected) << at;
  }
}

TEST(SegmentsTest, FromEveryPieceTheRestIsTheSame) {
  std::unique_ptr<Dataset> data = Descending(700, 3);
  std::vector<Rank> some;
  for (Rank rank = 0; rank < 700; rank += 1 + rank % 40) some.push_back(rank);
  for (SegmentOrder order : {SegmentOrder::kCvat, SegmentOrder::kRank}) {
    Segments segments{.sections = {Numbers(data->All(), "["), Numbers(RankSet::Of(some), "][")},
                      .tail = "]"};
    for (Section& section : segments.sections) section.order = order;
    ExpectTheRestFromEveryPiece(segments, *data);
  }
  ExpectTheRestFromEveryPiece(
      Runs({RankSet::Of(some), RankSet(), RankSet::Range(5, 8), data->All(), RankSet()}), *data);
}

// Few frames that lie far from each other are listed, those near are looked for: the same comes.
TEST(SegmentsTest, FramesFarApartComeInOrderToo) {
  const uint32_t count = 60000;
  std::unique_ptr<Dataset> data = Descending(count);
  std::vector<Rank> far = {0, 1, 2, 17000, 17001, 40000, 59998};
  std::vector<Rank> expected(far.rbegin(), far.rend());
  for (Rank rank = 20000; rank < 21000; ++rank) far.push_back(rank);
  std::sort(far.begin(), far.end());
  Segments segments{.sections = {Numbers(RankSet::Of(far)), Numbers(Ranks({5}))}};
  std::string text;
  for (auto it = far.rbegin(); it != far.rend(); ++it) {
    absl::StrAppend(&text, text.empty() ? "" : ",", *it);
  }
  EXPECT_EQ(TextOf(PiecesOf(segments, *data)), text + "5");
  ExpectTheRestFromEveryPiece(segments, *data, 25);
}

TEST(SegmentsTest, LinesDoNotDependOnEachOther) {
  std::unique_ptr<Dataset> data = Descending(4);
  auto line = [](const Dataset&, Rank rank) -> absl::StatusOr<std::string> {
    return absl::StrCat(rank, "\n");
  };
  EXPECT_EQ(TextOf(PiecesOf(Lines("head\n", Ranks({0, 2}), line), *data)), "head\n2\n0\n");
  EXPECT_EQ(TextOf(PiecesOf(Lines("", Ranks({0, 2}), line, SegmentOrder::kRank), *data)), "0\n2\n");
}

TEST(SegmentsTest, AnErrorOfASegmentOrOfRunsIsTold) {
  std::unique_ptr<Dataset> data = Descending(2);
  Section section{.frames = data->All(),
                  .segment = [](const Dataset&, const SegmentAt&, Running&, std::string&) {
                    return absl::InternalError("broken");
                  }};
  Segments segments{.sections = {section}};
  SegmentReader reader(segments, *data);
  std::string out;
  EXPECT_TRUE(reader.Next(out).ok());  // what stands before
  EXPECT_EQ(reader.Next(out).status().message(), "broken");
}

// Frame 2 of a file has its image behind its text, and behind that zeros.
TEST(SegmentsTest, AnImageIsAPieceBetweenTheTexts) {
  DatasetBuilder builder;
  builder.AddTask({.name = "t"});
  for (uint32_t i = 0; i < 3; ++i) {
    // In CVAT's order they are 2, 1, 0.
    builder.AddFrame({.name = absl::StrCat(i, ".jpg"), .number = 3 - i}).value();
  }
  const std::unique_ptr<Dataset> data =
      Finished(builder, [](const Frame& frame) -> absl::StatusOr<std::optional<Media>> {
        return Media{.key = frame.name, .size = uint64_t(frame.name[0] - '0') * 3};
      });
  for (SegmentOrder order : {SegmentOrder::kCvat, SegmentOrder::kRank}) {
    const bool is_reversed = order == SegmentOrder::kCvat;
    Segments segments{.tail = "]"};
    segments.sections.push_back(
        {.before = "[", .frames = data->All(), .order = order, .segment = Number, .image_unit = 4});
    EXPECT_TRUE(segments.has_images());
    std::string all;
    std::vector<SegmentCursor> cursors;
    std::vector<size_t> begins;
    auto read = [&](SegmentReader& reader, bool is_first) {
      std::string bytes;
      for (bool is_more = true; is_more;) {
        const bool is_image = reader.cursor().is_image;
        if (is_first) {
          cursors.push_back(reader.cursor());
          begins.push_back(bytes.size());
        }
        std::string text;
        is_more = reader.Next(text).value();
        EXPECT_EQ(reader.image().has_value(), is_image);
        if (reader.image()) bytes += std::string(reader.image()->size, 'a' + reader.image()->rank);
        for (char c : text) bytes += c == '\0' ? '_' : c;
      }
      return bytes;
    };
    SegmentReader reader(segments, *data);
    all = read(reader, true);
    EXPECT_EQ(all, is_reversed ? "[2cccccc__,1bbb_,0]" : "[0,1bbb_,2cccccc__]");
    for (size_t i = 0; i < cursors.size(); ++i) {
      SegmentReader again(segments, *data, cursors[i]);
      EXPECT_EQ(read(again, false), all.substr(begins[i]));
    }
  }
}

TEST(SegmentsTest, AnImageThatIsNotThereIsAnError) {
  const std::unique_ptr<Dataset> data = Descending(1);
  DatasetBuilder builder;
  builder.AddTask({.name = "t"});
  builder.AddFrame({.name = "a.jpg"}).value();
  const std::unique_ptr<Dataset> without = Finished(builder, nullptr);
  Segments segments;
  segments.sections.push_back({.frames = data->All(), .segment = Number, .image_unit = 1});
  SegmentReader reader(segments, *without);
  std::string text;
  absl::Status status;
  while (status.ok()) {
    const absl::StatusOr<bool> next = reader.Next(text);
    status = next.status();
    if (next.ok() && !*next) break;
  }
  EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
}

}  // namespace
}  // namespace annofs
