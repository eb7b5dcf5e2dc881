// Export, read, export again: the second export is the first. What a format cannot tell its reader
// is in round_trip_losses.cc and round_trip_forms.cc, each with its reason.
#include "tests/golden/round_trip.h"

#include <set>
#include <string>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "formats/writer.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/golden/exported_tree.h"
#include "tests/golden/golden_case.h"
#include "tests/golden/hand_made_data.h"
#include "tests/golden/round_trip_forms.h"
#include "tests/golden/round_trip_losses.h"
#include "tests/golden/told.h"

namespace annofs::testing {
namespace {

struct Trip {
  std::string data;  // a golden case, or one of hand_made_data.h
  ReadBack back;
};
void PrintTo(const Trip& trip, std::ostream* out) { *out << trip.data << ", " << trip.back.format; }

std::vector<Trip> AllTrips() {
  std::vector<Trip> trips;
  for (const ReadBack& back : FormatsWithReader()) {
    const bool is_3d = absl::c_any_of(ExportFormats(), [&](const ExportFormat& format) {
      return format.is_3d && format.name == back.format;
    });
    for (const GoldenCase& which : GoldenCases()) {
      if (which.is_3d == is_3d) trips.push_back({which.name, back});
    }
    if (is_3d) continue;
    trips.push_back({"several_subsets", back});
    trips.push_back({"names_that_hurt", back});
  }
  return trips;
}

std::string NameOfTrip(const ::testing::TestParamInfo<Trip>& info) {
  std::string name = absl::StrCat(info.param.data, "__", info.param.back.format);
  for (char& c : name) {
    if (!absl::ascii_isalnum(uint8_t(c))) c = '_';
  }
  return name;
}

// Frames of a video are in no bucket.
Images ImagesOf(const std::string& name) {
  return absl::StrContains(name, "video") ? Images::kNone : Images::kAll;
}

const Dataset* DataOf(const std::string& name) {
  static const auto* subsets = SeveralSubsets().release();
  static const auto* names = NamesThatHurt().release();
  if (name == "several_subsets") return subsets;
  if (name == "names_that_hurt") return names;
  const auto which =
      absl::c_find_if(GoldenCases(), [&](const GoldenCase& one) { return one.name == name; });
  return GoldenInput(*which, ImagesOf(name));
}

// The first export, the second, the third.
struct Exports {
  std::string reader;
  std::vector<FileTree> trees;
};

absl::StatusOr<Exports> ThreeExports(const Trip& trip) {
  Exports exports;
  const std::unique_ptr<Writer> writer = CvatWriter(trip.back.format);
  if (writer == nullptr) {
    return absl::NotFoundError(absl::StrCat("no writer is called cvat/", trip.back.format));
  }
  const Dataset* first = DataOf(trip.data);
  if (first == nullptr) return absl::InternalError("no input");
  std::unique_ptr<Dataset> last;
  while (true) {
    const Dataset& data = last ? *last : *first;
    ASSIGN_OR_RETURN(FileTree tree, ExportedTree(*writer, data));
    exports.trees.push_back(std::move(tree));
    if (exports.trees.size() == 3) return exports;
    ASSIGN_OR_RETURN(Again again,
                     ReadExport(exports.trees.back(), trip.back.format, data, ImagesOf(trip.data)));
    exports.reader = again.reader;
    last = std::move(again.data);
  }
}

Judged JudgeFirst(const Trip& trip, const Exports& exports,
                  std::set<const RoundTripForm*>* used = nullptr) {
  FileTree first = exports.trees[0], second = exports.trees[1];
  const auto forms = BringIntoForm(trip.data, trip.back.format, first, second);
  if (used != nullptr) used->insert(forms.begin(), forms.end());
  return Judge(RoundTripLosses(), trip.data, trip.back.format,
               CompareTrees(std::move(first), std::move(second)));
}
Judged JudgeLater(const Trip& trip, const Exports& exports) {
  return Judge(RoundTripDrifts(), trip.data, trip.back.format,
               CompareTrees(exports.trees[1], exports.trees[2]));
}

class RoundTrip : public ::testing::TestWithParam<Trip> {};

TEST_P(RoundTrip, IsAFixedPoint) {
  const absl::StatusOr<Exports> exports = ThreeExports(GetParam());
  ASSERT_TRUE(exports.ok()) << exports.status();
  EXPECT_TRUE(absl::c_linear_search(GetParam().back.readers, exports->reader)) << exports->reader;
  const Judged first = JudgeFirst(GetParam(), *exports);
  EXPECT_TRUE(first.wrong.empty()) << "golden: the first export; ours: the second\n"
                                   << Told(first.wrong);
  // What was lost, was lost the first time.
  const Judged later = JudgeLater(GetParam(), *exports);
  EXPECT_TRUE(later.wrong.empty()) << "golden: the second export; ours: the third\n"
                                   << Told(later.wrong);
}

INSTANTIATE_TEST_SUITE_P(Cvat, RoundTrip, ::testing::ValuesIn(AllTrips()), NameOfTrip);

TEST(RoundTripLossList, HasNoEntryThatNoDatasetNeeds) {
  std::set<const Deviation*> used;
  std::set<const RoundTripForm*> used_forms;
  for (const Trip& trip : AllTrips()) {
    const absl::StatusOr<Exports> exports = ThreeExports(trip);
    if (!exports.ok()) continue;  // told by the test above
    for (const Judged& judged :
         {JudgeFirst(trip, *exports, &used_forms), JudgeLater(trip, *exports)}) {
      used.insert(judged.used.begin(), judged.used.end());
    }
  }
  for (const RoundTripForm& form : RoundTripForms()) {
    EXPECT_TRUE(used_forms.contains(&form)) << form.format << " " << form.file;
  }
  for (const auto* list : {&RoundTripLosses(), &RoundTripDrifts()}) {
    for (const Deviation& entry : *list) {
      EXPECT_TRUE(used.contains(&entry)) << entry.format << " " << entry.file << " " << entry.place;
      EXPECT_GT(entry.reason.size(), 10u) << entry.place;
    }
  }
}

}  // namespace
}  // namespace annofs::testing
