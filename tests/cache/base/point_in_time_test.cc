// What --at and .annofs/at take.
#include "cache/base/point_in_time.h"

#include <gtest/gtest.h>

namespace annofs {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1780000000);   // 2026-05-28T20:26:40Z
const absl::Time kNoon = absl::FromUnixSeconds(1777636800);  // 2026-05-01T12:00:00Z

TEST(PointInTimeTest, TakesDatesAndTimesInEveryZone) {
  for (absl::string_view text :
       {"2026-05-01T12:00:00Z", "2026-05-01T12:00:00.000Z", "2026-05-01T14:00:00+02:00",
        "2026-05-01T12:00Z", "2026-05-01T06:30-05:30", "2026-05-01T12:00:00", "2026-05-01T12:00"}) {
    EXPECT_EQ(ParsePastTime(text, kNow).value_or(absl::InfinitePast()), kNoon) << text;
  }
}

TEST(PointInTimeTest, ADateAloneIsItsFirstMomentInUtc) {
  EXPECT_EQ(ParsePastTime("2026-05-01", kNow).value(), kNoon - absl::Hours(12));
}

TEST(PointInTimeTest, PartsOfASecondCount) {
  EXPECT_EQ(ParsePastTime("2026-05-01T12:00:00.25Z", kNow).value(),
            kNoon + absl::Milliseconds(250));
}

TEST(PointInTimeTest, ATimeToComeIsATimeAndNotAPastOne) {
  EXPECT_EQ(ParseTime("2999-01-01").value(),
            absl::FromCivil(absl::CivilDay(2999, 1, 1), absl::UTCTimeZone()));
  EXPECT_TRUE(absl::IsInvalidArgument(ParseTime("1969-12-31").status()));
  EXPECT_TRUE(absl::IsInvalidArgument(ParseTime("tomorrow").status()));
}

TEST(PointInTimeTest, RefusesTheFutureAndWhatIsNoTime) {
  EXPECT_EQ(ParsePastTime("2026-05-28T20:26:40Z", kNow).value(), kNow);
  for (absl::string_view text :
       {"2026-05-28T20:26:41Z", "2999-01-01", "1969-12-31", "infinite-past", "infinite-future", "",
        "yesterday", "2026-13-01", "2026-05-32", "2026-05-01T25:00Z", "2026-05-01 x", "1777636800",
        "01.05.2026"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(ParsePastTime(text, kNow).status())) << text;
  }
}

}  // namespace
}  // namespace annofs
