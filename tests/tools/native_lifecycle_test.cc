// Lifecycle rules through the API and the emulator's clock.
#include "tests/tools/native_client.h"

namespace annofs::testing {
namespace {

class NativeLifecycleTest : public NativeTest {};

TEST_F(NativeLifecycleTest, ALongJumpDoesWhatEachOfItsDaysWouldHaveDone) {
  EXPECT_EQ(Call("b2_update_bucket",
                 {{"accountId", kAccountId},
                  {"bucketId", bucket_},
                  {"lifecycleRules", Raw{R"([{"fileNamePrefix":"","daysFromUploadingToHiding":1,
                                              "daysFromHidingToDeleting":1}])"}}})
                .status,
            200);
  Put("a");
  EXPECT_EQ(PostAdmin("advance-time", R"({"seconds":864000})").status, 200);
  Reauthorize();
  EXPECT_EQ(Versions(), std::vector<std::string>());
}

}  // namespace
}  // namespace annofs::testing
