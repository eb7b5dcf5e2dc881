// Every format of CVAT's registry equals CVAT's own export, for every case of fixtures/golden. One
// test for each case and format: --gtest_filter='*COCO_1_0*', '*rand_images_03*'. After several of
// them comes a table.
#include <algorithm>
#include <iostream>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "cache/base/text.h"
#include "formats/writer.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/golden/deviations.h"
#include "tests/golden/exported_tree.h"
#include "tests/golden/golden_case.h"
#include "tests/golden/own_tracks.h"
#include "tests/golden/result_table.h"
#include "tests/golden/told.h"
#include "tests/testing/files.h"

namespace annofs::testing {
namespace {

struct Pair {
  GoldenCase which;
  std::string format;
};
void PrintTo(const Pair& pair, std::ostream* out) {
  *out << pair.which.name << ", " << pair.format;
}

std::vector<Pair> AllPairs() {
  std::vector<Pair> pairs;
  for (const GoldenCase& which : GoldenCases()) {
    for (const ExportFormat& format : ExportFormats()) {
      if (format.is_3d == which.is_3d) pairs.push_back({which, format.name});
    }
  }
  return pairs;
}

std::string NameOfPair(const ::testing::TestParamInfo<Pair>& info) {
  std::string name = absl::StrCat(info.param.which.name, "__", info.param.format);
  for (char& c : name) {
    if (!absl::ascii_isalnum(uint8_t(c))) c = '_';
  }
  return name;
}

size_t CountTracks(const Dataset& data) {
  std::set<std::pair<uint32_t, int32_t>> tracks;
  for (FrameTerm::Kind kind : {FrameTerm::Kind::kTrack, FrameTerm::Kind::kOutside}) {
    EXPECT_TRUE(data.Terms(FrameTerm::FirstOf(kind),
                           [&](const FrameTerm& term) {
                             tracks.emplace(term.number, term.track);
                             return true;
                           })
                    .ok());
  }
  return tracks.size();
}

class Golden : public ::testing::TestWithParam<Pair> {
 protected:
  void Compare(const Writer& writer, const Dataset& data) {
    const absl::StatusOr<FileTree> ours = ExportedTree(writer, data);
    result_ = GoldenResult::kDiffers;
    ASSERT_TRUE(ours.ok()) << ours.status();
    std::optional<FileTree> golden = GoldenTree(which_, format_);
    if (!golden) {
      result_ = GoldenResult::kNoGolden;
      return;
    }
    if (format_ == "CVAT for video 1.1") OrderOwnTracks(CountTracks(data), *golden);
    const Judged judged =
        Judge(Deviations(), which_.name, format_, CompareTrees(*std::move(golden), *ours));
    EXPECT_TRUE(judged.wrong.empty()) << Told(judged.wrong);
    EXPECT_THAT(judged.idle, ::testing::IsEmpty()) << "deviations.cc allows what does not differ";
    if (judged.wrong.empty() && judged.idle.empty()) result_ = GoldenResult::kSame;
  }
  void TearDown() override { Remember(which_.name, format_, result_); }

  const GoldenCase which_ = GetParam().which;
  const std::string format_ = GetParam().format;
  GoldenResult result_ = GoldenResult::kNoWriter;
};

TEST_P(Golden, EqualsCvatsOwn) {
  const std::unique_ptr<Writer> writer = CvatWriter(format_);
  ASSERT_NE(writer, nullptr) << "formats/writers has no writer called cvat/" << format_;
  EXPECT_EQ(writer->Info().is_3d, which_.is_3d);
  const Dataset* data = GoldenInput(which_);
  ASSERT_NE(data, nullptr);
  Compare(*writer, *data);
}

INSTANTIATE_TEST_SUITE_P(Cvat, Golden, ::testing::ValuesIn(AllPairs()), NameOfPair);

// So that no tree of the fixtures is left out by a name mistyped here.
TEST(GoldenTrees, AreAllCompared) {
  std::vector<std::string> compared, present;
  for (const Pair& pair : AllPairs()) {
    if (GoldenTree(pair.which, pair.format)) {
      compared.push_back(absl::StrCat(pair.which.name, "/", pair.format, "/"));
    }
  }
  const absl::StatusOr<std::vector<std::string>> tree = ListTree(Fixture("golden"));
  ASSERT_TRUE(tree.ok()) << tree.status();
  for (const std::string& path : *tree) {
    const bool is_format = std::count(path.begin(), path.end(), '/') == 2 && path.back() == '/';
    if (is_format && BaseName(path.substr(0, path.size() - 1)) != "INPUT") present.push_back(path);
  }
  EXPECT_GT(present.size(), 400u);
  EXPECT_THAT(compared, ::testing::UnorderedElementsAreArray(present));
}

// Where there is no golden tree, CVAT itself fails, or nobody made one (fixtures/MANIFEST.md).
TEST(GoldenTrees, AreMissingWhereCvatFails) {
  for (const GoldenCase& which : GoldenCases()) {
    SCOPED_TRACE(which.name);
    std::vector<std::string> missing;
    for (const ExportFormat& format : ExportFormats()) {
      const bool is_made = format.name != "ICDAR Recognition 1.0" &&
                           format.name != "Ultralytics YOLO Detection Track 1.0";
      if (format.is_3d == which.is_3d && is_made && !GoldenTree(which, format.name)) {
        missing.push_back(format.name);
      }
    }
    EXPECT_THAT(missing, ::testing::UnorderedElementsAreArray(FormatsThatFail(which)));
  }
}

TEST(GoldenInputs, AreReadWithoutProblems) {
  for (const GoldenCase& which : GoldenCases()) {
    SCOPED_TRACE(which.name);
    const Dataset* data = GoldenInput(which);
    ASSERT_NE(data, nullptr);
    EXPECT_GT(data->frame_count(), 0u);
  }
}

class PrintsTable : public ::testing::Environment {
 public:
  void TearDown() override { std::cout << ResultTable() << std::flush; }
};
const auto* const kTable = ::testing::AddGlobalTestEnvironment(new PrintsTable);

}  // namespace
}  // namespace annofs::testing
