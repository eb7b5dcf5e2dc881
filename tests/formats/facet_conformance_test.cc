// What directories that terms make promise (formats/facet.h), in every view that has them and for
// every dataset.
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "cache/base/names.h"
#include "cache/base/text.h"
#include "formats/facet.h"
#include "tests/formats/dataset_cases.h"

namespace annofs {
namespace {

using ::annofs::testing::ChildrenOf;
using ::annofs::testing::LeafOf;

class FacetConformanceTest : public ::testing::TestWithParam<testing::DatasetCase> {
 protected:
  // Calls `fn(facet, directory, its children)` for each directory over the leaves of a facet.
  template <typename Fn>
  void ForEachLevelDirectory(Fn fn) const {
    for (const std::unique_ptr<Writer>& writer : writers_) {
      SCOPED_TRACE(std::string(writer->Info().name));
      Layout layout;
      EXPECT_TRUE(writer->Describe(*data_, layout).ok());
      if (layout.facet() == nullptr) continue;
      const Facet& facet = *layout.facet();
      std::vector<FacetDirectory> open = {{}};
      while (!open.empty()) {
        const FacetDirectory at = open.back();
        open.pop_back();
        SCOPED_TRACE(absl::StrCat("level ", at.level, " number ", at.number));
        const std::vector<FacetChild> children = ChildrenOf(facet, *data_, at);
        fn(facet, at, children);
        if (at.level + 1 == facet.levels()) continue;
        for (const FacetChild& child : children) open.push_back({at.level + 1, child.number});
      }
    }
  }

  std::vector<std::unique_ptr<Writer>> writers_ = NewWriters();
  std::unique_ptr<Dataset> data_ = GetParam().make();
};

TEST_P(FacetConformanceTest, NamesOfTermsAreSafeAndUniqueWithoutRegardToCase) {
  ForEachLevelDirectory(
      [](const Facet& facet, FacetDirectory at, const std::vector<FacetChild>& children) {
        EXPECT_TRUE(at.level == 0 || !children.empty());
        std::set<std::string> seen;
        for (const FacetChild& child : children) {
          EXPECT_TRUE(IsEntryName(child.name)) << child.name;
          EXPECT_TRUE(IsValidUtf8(child.name)) << child.name;
          EXPECT_TRUE(seen.insert(absl::AsciiStrToLower(child.name)).second) << child.name;
          EXPECT_LT(child.number, facet.count(at.level + 1)) << child.name;
          EXPECT_LT(child.number, kMostFacetNumbers);
        }
      });
}

TEST_P(FacetConformanceTest, DirectoriesOfTermsAreFoundByTheirNamesAndByNoOther) {
  ForEachLevelDirectory([this](const Facet& facet, FacetDirectory at,
                               const std::vector<FacetChild>& children) {
    std::set<std::string> listed, wanted = {"", ".", "..", "a/b", "absent", "default", "_none"};
    for (const FacetChild& child : children) {
      const absl::StatusOr<FacetChild> found = facet.Find(*data_, at, child.name);
      ASSERT_TRUE(found.ok()) << child.name << ": " << found.status();
      EXPECT_EQ(found->name, child.name);
      EXPECT_EQ(found->number, child.number) << child.name;
      listed.insert(child.name);
      for (absl::string_view more : {"x", "-0", " ", "/"}) {
        wanted.insert(absl::StrCat(child.name, more));
        wanted.insert(absl::StrCat(more, child.name));
      }
    }
    for (const std::string& name : wanted) {
      if (listed.contains(name)) continue;
      EXPECT_EQ(facet.Find(*data_, at, name).status().code(), absl::StatusCode::kNotFound) << name;
    }
  });
}

TEST_P(FacetConformanceTest, AListingOfTermsGoesOnFromEachNumber) {
  ForEachLevelDirectory(
      [this](const Facet& facet, FacetDirectory at, const std::vector<FacetChild>& children) {
        const uint32_t end = std::min(facet.count(at.level + 1), 300u);
        for (uint32_t from = 0; from <= end; ++from) {
          std::optional<uint32_t> first, expected;
          ASSERT_TRUE(facet
                          .ForEach(*data_, at, from,
                                   [&](const FacetChild& child) {
                                     first = child.number;
                                     return false;
                                   })
                          .ok());
          for (size_t i = children.size(); i-- > 0;) {
            if (children[i].number >= from) expected = children[i].number;
          }
          ASSERT_EQ(first, expected) << from;
        }
      });
}

// What their nodes can be told from (formats/facet.h).
TEST_P(FacetConformanceTest, LeavesAreASmallLayoutOfTextsAndMediaByPath) {
  ForEachLevelDirectory(
      [this](const Facet& facet, FacetDirectory at, const std::vector<FacetChild>& children) {
        if (at.level + 1 < facet.levels()) return;
        for (const FacetChild& child : children) {
          const Layout leaf = LeafOf(facet, *data_, child.number);
          EXPECT_EQ(leaf.places().size(), 1u);
          EXPECT_TRUE(leaf.places()[0].is_shown);
          EXPECT_TRUE(leaf.files().empty());
          EXPECT_LE(leaf.families().size(), kMostLeafFamilies);
          for (const Family& family : leaf.families()) {
            EXPECT_NE(family.kind, FamilyKind::kPixels);
            EXPECT_TRUE(family.style == NameStyle::kPath || family.style == NameStyle::kSidecar);
          }
        }
      });
}

// In parts as at once.
TEST_P(FacetConformanceTest, NamesOfTermsThatAreNotTheirTextsAreTold) {
  for (const std::unique_ptr<Writer>& writer : writers_) {
    SCOPED_TRACE(std::string(writer->Info().name));
    Layout layout;
    ASSERT_TRUE(writer->Describe(*data_, layout).ok());
    if (layout.facet() == nullptr) continue;
    std::multiset<std::string> all, in_parts;
    for (uint32_t level = 1; level <= layout.facet()->levels(); ++level) {
      const uint32_t count = layout.facet()->count(level);
      auto into = [](std::multiset<std::string>& told) {
        return [&told](absl::string_view original, absl::string_view name) {
          EXPECT_NE(original, name);
          told.insert(absl::StrCat(original, "\n", name));
        };
      };
      ASSERT_TRUE(layout.facet()->ForEachRenamed(*data_, level, 0, count, into(all)).ok());
      for (uint32_t begin = 0; begin < count; begin += 3) {
        const uint32_t end = std::min(begin + 3, count);
        ASSERT_TRUE(layout.facet()->ForEachRenamed(*data_, level, begin, end, into(in_parts)).ok());
      }
    }
    EXPECT_EQ(all, in_parts);
  }
}

INSTANTIATE_TEST_SUITE_P(Datasets, FacetConformanceTest, testing::EveryDataset(),
                         testing::CaseName);

}  // namespace
}  // namespace annofs
