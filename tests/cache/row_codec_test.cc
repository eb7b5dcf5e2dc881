#include "cache/row_codec.h"

#include <random>

#include "gtest/gtest.h"

namespace annofs {
namespace {

// What ReadShaped() makes of what AppendShaped() wrote.
std::string ThereAndBack(absl::string_view text, absl::string_view base) {
  std::string code;
  AppendShaped(code, text, base);
  CodeReader reader(code);
  const absl::string_view bytes = reader.Bytes(reader.Number());
  EXPECT_TRUE(reader.ok() && reader.empty());
  std::string read(base);
  ReadShaped(bytes, read);
  return read;
}

TEST(RowCodec, AShapedTextComesBackWhateverItSharesWithItsBase) {
  std::mt19937 random(1);
  for (int i = 0; i < 20000; ++i) {
    std::string base, text;
    const int sameness = static_cast<int>(random() % 40);
    for (size_t length = random() % 120; base.size() < length;) {
      const char digit = "0123456789abcdef_z"[random() % 18];
      const bool is_hex = digit != '_' && digit != 'z';
      base += digit;
      text += is_hex && random() % 40 >= static_cast<unsigned>(sameness)
                  ? "0123456789abcdef"[random() % 16]
                  : digit;
    }
    ASSERT_TRUE(HaveOneShape(text, base));
    ASSERT_EQ(ThereAndBack(text, base), text) << base;
  }
}

TEST(RowCodec, AVersionOfOneServiceTakesLittleMoreThanItsRandomDigits) {
  std::string code;
  AppendShaped(
      code,
      "4_z8d625eb63be2775577c70e1a_f136d4dae17fed38b6_d20200421_m155032_c002_v0001000_t0025_"
      "u0001587484232558",
      "4_z8d625eb63be2775577c70e1a_f163cbe1e459320dd7_d20200421_m155030_c002_v0001013_t0008_"
      "u0001587484230600");
  EXPECT_LE(code.size(), 24u);
}

}  // namespace
}  // namespace annofs
