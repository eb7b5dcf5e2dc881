#include "formats/label_colors.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace annofs::testing {
namespace {

using ::testing::ElementsAre;

// The first colours of the devkit of PASCAL VOC.
TEST(VocColorTest, IsThePaletteOfVoc) {
  EXPECT_THAT(VocColors(5), ElementsAre(Rgb{0, 0, 0}, Rgb{128, 0, 0}, Rgb{0, 128, 0},
                                        Rgb{128, 128, 0}, Rgb{0, 0, 128}));
  EXPECT_EQ(VocColor(20), (Rgb{0, 64, 128}));
  EXPECT_EQ(VocColor(255), (Rgb{224, 224, 192}));
}

TEST(ColorOfTest, IsTheLabelsOwnOrMadeFromItsName) {
  EXPECT_EQ(ColorOf({.name = "a", .color = "#0180fF"}), (Rgb{1, 128, 255}));
  const Rgb made = ColorOf({.name = "a"});
  EXPECT_EQ(made, ColorOf({.name = "a", .color = "red"}));
  EXPECT_EQ(made, ColorOf({.name = "a", .color = "#+12345"}));
  EXPECT_NE(made, ColorOf({.name = "b"}));
}

}  // namespace
}  // namespace annofs::testing
