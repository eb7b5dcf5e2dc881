#include "formats/quality/stats_values.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "absl/strings/str_cat.h"
#include "cache/base/text.h"
#include "formats/quality/bin_counts.h"

namespace annofs {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

TEST(ValueCountsTest, TheMostFrequentComeFirstAndEqualOnesInByteOrder) {
  ValueCounts values;
  ValueRoom room;
  for (const char* value : {"b", "a", "c", "c", "d"}) values.Add(value, room);
  const ValueCounts::Top top = values.MostFrequent(3);
  EXPECT_THAT(top.values, ElementsAre(ValueCounts::Value{"c", 2}, ValueCounts::Value{"a", 1},
                                      ValueCounts::Value{"b", 1}));
  EXPECT_EQ(top.others, 1u);
  EXPECT_EQ(values.total(), 5u);
}

TEST(ValueCountsTest, ValuesBeyondTheRoomAreCountedTogether) {
  ValueCounts one, other;
  ValueRoom room{.values = 3};
  for (const char* value : {"a", "b", "a"}) one.Add(value, room);
  for (const char* value : {"c", "d", "c", "d"}) other.Add(value, room);
  EXPECT_EQ(one.uncounted(), 0u);
  EXPECT_EQ(other.different(), 1u);
  EXPECT_EQ(other.uncounted(), 2u);
  EXPECT_EQ(other.MostFrequent(9).others, 2u);
}

TEST(ValueCountsTest, OfAHundredThousandValuesTheFirstAreToldApart) {
  ValueCounts values;
  ValueRoom room;
  for (int i = 0; i < 100000; ++i) values.Add(absl::StrCat("value ", i), room);
  for (int i = 0; i < 5; ++i) values.Add("value 7", room);
  EXPECT_EQ(values.total(), 100005u);
  EXPECT_EQ(values.different(), ValueCounts::kMaxValues);
  EXPECT_EQ(values.uncounted(), 100000u - ValueCounts::kMaxValues);
  const ValueCounts::Top top = values.MostFrequent(20);
  ASSERT_THAT(top.values, SizeIs(20));
  EXPECT_EQ(top.values[0], (ValueCounts::Value{"value 7", 6}));
  EXPECT_EQ(top.others, 100005u - 6 - 19);
}

TEST(ValueCountsTest, LongValuesAreToldApartAndKeptShort) {
  ValueCounts values, sum;
  ValueRoom room;
  std::string text;
  for (int i = 0; i < 500; ++i) text += "ä";
  values.Add(text + "1", room);
  values.Add(text + "2", room);
  values.Add(text + "2", room);
  EXPECT_EQ(values.different(), 2u);
  const ValueCounts::Top top = values.MostFrequent(1);
  EXPECT_LT(top.values[0].text.size(), 300u);
  EXPECT_TRUE(IsValidUtf8(top.values[0].text));
  EXPECT_EQ(top.values[0].count, 2u);
  sum.AddAll(values, room);
  sum.AddAll(values, room);
  EXPECT_EQ(sum.different(), 2u) << "cut values are the same in a sum";
  EXPECT_EQ(sum.total(), 6u);
}

TEST(NumberCountsTest, MeanMedianAndLargestAreOfAllNumbers) {
  NumberCounts numbers;
  EXPECT_EQ(numbers.Mean(), 0);
  EXPECT_EQ(numbers.Median(), 0u);
  numbers.Add(1, 5);
  numbers.Add(4, 3);
  numbers.Add(100);
  EXPECT_EQ(numbers.total(), 9u);
  EXPECT_DOUBLE_EQ(numbers.Mean(), 117.0 / 9);
  EXPECT_EQ(numbers.Median(), 1u);
  EXPECT_EQ(numbers.Largest(), 100u);
}

TEST(BinCountsTest, AnEdgeIsOfTheBinAboveIt) {
  const double edges[] = {1, 2, 4};
  BinCounts histogram(edges);
  for (double value : {-5.0, 0.99, 1.0, 1.99, 2.0, 4.0, 1e300}) histogram.Add(value);
  histogram.Add(std::numeric_limits<double>::quiet_NaN());
  EXPECT_THAT(histogram.counts(), ElementsAre(2, 2, 1, 2));
  EXPECT_EQ(histogram.total(), 7u);
  BinCounts sum(edges);
  sum.AddAll(histogram);
  sum.AddAll(histogram);
  EXPECT_THAT(sum.counts(), ElementsAre(4, 4, 2, 4));
}

TEST(BinCountsTest, EdgesAscend) {
  for (const auto& edges : {SideEdges(), AreaEdges(), ShareEdges(), AspectEdges()}) {
    EXPECT_TRUE(std::is_sorted(edges.begin(), edges.end()));
  }
  EXPECT_EQ(AreaEdges()[5], 1024) << "COCO's small ends at an edge";
}

}  // namespace
}  // namespace annofs
