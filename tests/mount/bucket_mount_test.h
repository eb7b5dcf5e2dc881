// A mount of a bucket that the test changes as another client: at_test.cc, follow_test.cc.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/mount/mount_test_base.h"
#include "tests/testing/emulator_bucket.h"

namespace annofs::testing {

// One image, a.jpg, with one box, whose left edge is `box`.
inline std::string ImagesXml(absl::string_view box) {
  return absl::StrCat(
      "<annotations><version>1.1</version><meta><task><name>street</name><labels><label>"
      "<name>car</name></label></labels></task></meta>\n<image id=\"0\" name=\"a.jpg\" "
      "width=\"100\" height=\"50\"><box label=\"car\" occluded=\"0\" xtl=\"",
      box,
      "\" ytl=\"10.00\" xbr=\"20.00\" ybr=\"20.00\" "
      "z_order=\"0\"></box></image>\n</annotations>\n");
}

class BucketMountTest : public MountTest {
 protected:
  void SetUp() override {
    MountTest::SetUp();
    if (IsSkipped()) return;
    Sh("mkdir bucket");
    Serve("bucket");
    absl::StatusOr<std::unique_ptr<EmulatorBucket>> opened = EmulatorBucket::Open(*emulator_, "b");
    ASSERT_TRUE(opened.ok()) << opened.status();
    bucket_ = *std::move(opened);
  }
  // Answers the id of the new version.
  std::string Put(absl::string_view name, absl::string_view content) {
    absl::StatusOr<std::string> id = bucket_->Put(name, content);
    EXPECT_TRUE(id.ok()) << id.status();
    return id.value_or("");
  }

  std::unique_ptr<EmulatorBucket> bucket_;
};

}  // namespace annofs::testing
