#include "formats/pcd_header.h"

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/formats/reading.h"

namespace annofs::testing {
namespace {

TEST(PcdHeader, APointCloudOfTheTestData) {
  const std::string text =
      FixtureText("cvat/raw_data/data_6/test_pointcloud_pcd/pointcloud/000001.pcd");
  PointCloudProbe probe = ProbePointCloud(text);
  ASSERT_TRUE(probe.header.has_value());
  EXPECT_EQ(probe.header->width, 100u);
  EXPECT_EQ(probe.header->height, 1u);
  EXPECT_EQ(probe.header->points, 100u);
}

TEST(PcdHeader, ACutHeaderSaysSo) {
  const std::string head = "# .PCD v0.7\nVERSION 0.7\nFIELDS x\nWIDTH 3\nHEIGHT 2\nDATA ascii\n";
  for (size_t length = 0; length < head.size(); ++length) {
    PointCloudProbe probe = ProbePointCloud(head.substr(0, length));
    EXPECT_TRUE(probe.is_cut && !probe.header) << length;
  }
  PointCloudProbe probe = ProbePointCloud(head);
  ASSERT_TRUE(probe.header.has_value());
  EXPECT_EQ(probe.header->points, 6u);
}

TEST(PcdHeader, OtherFilesAndNumbersThatAreNoneHaveNoHeader) {
  for (const char* head : {"PNG\nx\n", "VERSION 0.7\nWIDTH many\nHEIGHT 1\nDATA ascii\n",
                           "VERSION 0.7\nWIDTH 99999999999\nHEIGHT 1\nDATA ascii\n",
                           "VERSION 0.7\nWIDTH -1\nHEIGHT 1\nDATA ascii\n", "DATA ascii\n"}) {
    PointCloudProbe probe = ProbePointCloud(head);
    EXPECT_FALSE(probe.header.has_value()) << head;
    EXPECT_FALSE(probe.is_cut) << head;
  }
}

}  // namespace
}  // namespace annofs::testing
