#include "cache/base/digest.h"

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "gtest/gtest.h"

namespace annofs {
namespace {

// The test vectors of RFC 1321 and FIPS 180.
TEST(DigestTest, KnownDigestsOfAbc) {
  EXPECT_EQ(DigestOf(DigestKind::kMd5, "abc").Hex(), "900150983cd24fb0d6963f7d28e17f72");
  EXPECT_EQ(DigestOf(DigestKind::kSha1, "abc").Hex(), "a9993e364706816aba3e25717850c26c9cd0d89d");
  EXPECT_EQ(Sha256Hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

// RFC 4231, test cases 1, 2 and 6.
TEST(DigestTest, KnownHmacs) {
  const auto hmac = [](absl::string_view key, absl::string_view data) {
    return absl::BytesToHexString(HmacSha256(key, data));
  };
  EXPECT_EQ(hmac(std::string(20, '\x0b'), "Hi There"),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(hmac("Jefe", "what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(
      hmac(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First"),
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(DigestTest, AnHmacOfNothingHasAValue) {
  EXPECT_EQ(absl::BytesToHexString(HmacSha256("", "")),
            "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST(DigestTest, PiecesGiveTheDigestOfTheWhole) {
  Hasher hasher(DigestKind::kSha1);
  hasher.Update("a");
  Hasher moved = std::move(hasher);
  moved.Update("");
  moved.Update("bc");
  EXPECT_EQ(moved.Finish(), DigestOf(DigestKind::kSha1, "abc"));
}

TEST(DigestTest, NoKindHasNoDigest) {
  EXPECT_EQ(DigestOf(DigestKind::kNone, "abc"), Digest());
  EXPECT_EQ(Digest().Hex(), "");
}

TEST(DigestTest, HexComesBackInEitherCase) {
  const Digest digest = DigestOf(DigestKind::kSha256, "x");
  EXPECT_EQ(DigestFromHex(DigestKind::kSha256, digest.Hex()), digest);
  EXPECT_EQ(DigestFromHex(DigestKind::kSha256, absl::AsciiStrToUpper(digest.Hex())), digest);
}

TEST(DigestTest, TextThatIsNoDigestGivesNone) {
  const std::string hex = DigestOf(DigestKind::kMd5, "x").Hex();
  EXPECT_EQ(DigestFromHex(DigestKind::kSha1, hex), Digest());
  EXPECT_EQ(DigestFromHex(DigestKind::kMd5, hex.substr(1)), Digest());
  EXPECT_EQ(DigestFromHex(DigestKind::kMd5, "g" + hex.substr(1)), Digest());
  EXPECT_EQ(DigestFromHex(DigestKind::kNone, ""), Digest());
  EXPECT_EQ(DigestFromHex(DigestKind::kMd5, ""), Digest());
}

TEST(DigestTest, ShortHashesAreTheStartOfSha256) {
  EXPECT_EQ(Hash64("abc"), 0xba7816bf8f01cfeau);
  EXPECT_EQ(Hash8Hex("abc"), "ba7816bf");
}

}  // namespace
}  // namespace annofs
