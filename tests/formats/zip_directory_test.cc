#include "formats/zip_directory.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/formats/reading.h"
#include "tests/formats/zip_maker.h"

namespace annofs::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr uint64_t kLimit = 1 << 30;

std::vector<std::string> Names(const ZipDirectory& zip) {
  std::vector<std::string> names;
  for (const ZipEntry& entry : zip.entries()) names.emplace_back(entry.name);
  return names;
}

// The message of the error that opening or reading `entry` gives; empty if all is well.
std::string WhyNot(std::string zip, absl::string_view entry = "a") {
  MemorySource source("x.zip", std::move(zip));
  absl::StatusOr<ZipDirectory> directory = ZipDirectory::Read(source);
  absl::Status status = directory.status();
  if (status.ok()) {
    const ZipEntry* found = directory->Find(entry);
    if (found == nullptr) return "not there";
    status = directory->ReadAll(*found, kLimit).status();
  }
  EXPECT_TRUE(status.ok() || absl::IsInvalidArgument(status)) << status;
  return std::string(status.message());
}

std::string Repeated(absl::string_view text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) absl::StrAppend(&all, text, i);
  return all;
}

TEST(ZipDirectory, StoredAndDeflatedEntriesAreRead) {
  const std::string text = Repeated("<image/>\n", 100000);
  MemorySource source("x.zip", MakeZip({{.name = "stored", .content = text},
                                        {.name = "ü/deflated", .content = text, .deflated = true},
                                        {.name = "empty", .content = ""}}));
  ZipDirectory zip = ZipDirectory::Read(source).value();
  EXPECT_THAT(Names(zip), ElementsAre("stored", "ü/deflated", "empty"));
  EXPECT_EQ(zip.ReadAll(*zip.Find("stored"), kLimit).value(), text);
  EXPECT_EQ(zip.ReadAll(*zip.Find("ü/deflated"), kLimit).value(), text);
  EXPECT_EQ(zip.ReadAll(*zip.Find("empty"), kLimit).value(), "");
  EXPECT_EQ(zip.Find("absent"), nullptr);
}

TEST(ZipDirectory, AnEmptyZipHasNoEntries) {
  MemorySource source("x.zip", MakeZip({}));
  EXPECT_THAT(ZipDirectory::Read(source).value().entries(), ::testing::IsEmpty());
}

TEST(ZipDirectory, DataOfTellsWhereTheBytesOfAnEntryLie) {
  const std::string zip =
      MakeZip({{.name = "a", .content = "first"},
               {.name = "b", .content = "second", .local_extra = "more than the directory says"}});
  MemorySource source("x.zip", zip);
  ZipDirectory directory = ZipDirectory::Read(source).value();
  const ZipRange range = directory.DataOf(*directory.Find("b")).value();
  EXPECT_EQ(zip.substr(range.offset, range.length), "second");
}

TEST(ZipDirectory, OnlyTheDirectoryAndTheEntryAreFetched) {
  MemorySource source("x.zip", MakeZip({{.name = "big", .content = std::string(10 << 20, 'x')},
                                        {.name = "small", .content = "y"}}));
  ZipDirectory zip = ZipDirectory::Read(source).value();
  EXPECT_EQ(zip.ReadAll(*zip.Find("small"), kLimit).value(), "y");
  EXPECT_LT(source.bytes_read(), 200000u);
}

TEST(ZipDirectory, ACommentAndWhatLooksLikeAnEndInItAreSkipped) {
  EXPECT_EQ(WhyNot(MakeZip({{.name = "a", .content = "1"}}, {.comment = "hello"})), "");
  EXPECT_EQ(WhyNot(MakeZip({{.name = "a", .content = "1"}},
                           {.comment = "PK\x05\x06 and some twenty bytes more"})),
            "");
  EXPECT_EQ(WhyNot(MakeZip({{.name = "a", .content = "1"}}, {.comment = std::string(65535, 'c')})),
            "");
}

TEST(ZipDirectory, Zip64NumbersAreRead) {
  MemorySource source("x.zip", MakeZip({{.name = "a", .content = "one", .zip64 = true},
                                        {.name = "b", .content = "two", .zip64 = true}},
                                       {.zip64_end = true}));
  ZipDirectory zip = ZipDirectory::Read(source).value();
  EXPECT_THAT(Names(zip), ElementsAre("a", "b"));
  EXPECT_EQ(zip.ReadAll(*zip.Find("b"), kLimit).value(), "two");
}

TEST(ZipDirectory, TheLastEntryOfANameWins) {
  MemorySource source("x.zip",
                      MakeZip({{.name = "a", .content = "old"}, {.name = "a", .content = "new"}}));
  ZipDirectory zip = ZipDirectory::Read(source).value();
  EXPECT_EQ(zip.ReadAll(*zip.Find("a"), kLimit).value(), "new");
}

TEST(ZipDirectory, AZipCutAnywhereIsAnError) {
  const std::string whole =
      MakeZip({{.name = "a", .content = Repeated("text ", 50)},
               {.name = "b", .content = Repeated("text ", 50), .deflated = true}});
  for (size_t size = 0; size < whole.size(); ++size) {
    EXPECT_THAT(WhyNot(whole.substr(0, size)), HasSubstr("cut short or not a zip")) << size;
  }
}

TEST(ZipDirectory, AChangedByteIsNeverReadAsContent) {
  const std::string content = Repeated("text ", 20);
  const std::string whole = MakeZip({{.name = "a", .content = content, .deflated = true}});
  for (size_t at = 0; at < whole.size(); ++at) {
    std::string changed = whole;
    changed[at] = char(changed[at] ^ 0x15);
    MemorySource source("x.zip", changed);
    absl::StatusOr<ZipDirectory> zip = ZipDirectory::Read(source);
    if (!zip.ok() || zip->Find("a") == nullptr) continue;
    absl::StatusOr<std::string> text = zip->ReadAll(*zip->Find("a"), kLimit);
    EXPECT_EQ(text.value_or(content), content) << at;
  }
}

TEST(ZipDirectory, AWrongChecksumIsAnError) {
  EXPECT_THAT(WhyNot(MakeZip({{.name = "a", .content = "text", .crc32 = 1}})),
              HasSubstr("'a' fails its checksum"));
}

TEST(ZipDirectory, AnEntryLongerThanItSaysIsAnError) {
  EXPECT_THAT(
      WhyNot(MakeZip(
          {{.name = "a", .content = std::string(1 << 20, 'x'), .deflated = true, .size = 1000}})),
      HasSubstr("longer than it says"));
}

TEST(ZipDirectory, AnEntryShorterThanItSaysIsAnError) {
  EXPECT_THAT(WhyNot(MakeZip({{.name = "a", .content = "text", .deflated = true, .size = 1000}})),
              HasSubstr("'a' is cut short"));
}

TEST(ZipDirectory, EncryptedEntriesAndUnknownMethodsAreNamed) {
  EXPECT_EQ(WhyNot(MakeZip({{.name = "a", .content = "text", .flags = 1}})),
            "zip entry 'a' is encrypted");
  EXPECT_EQ(WhyNot(MakeZip({{.name = "a", .content = "text", .method = 12}})),
            "zip entry 'a' is compressed by method 12, which is not read (store or deflate it)");
}

TEST(ZipDirectory, EntriesOutsideTheFileAreRefused) {
  EXPECT_THAT(WhyNot(MakeZip({{.name = "a", .content = "text", .header_offset = 1 << 30}})),
              HasSubstr("entry 'a' lies outside the file"));
  EXPECT_THAT(WhyNot(MakeZip({{.name = "a", .content = "text", .compressed_size = 1 << 30}})),
              HasSubstr("entry 'a' lies outside the file"));
}

TEST(ZipDirectory, AHeaderThatIsNotThereIsAnError) {
  EXPECT_THAT(WhyNot(MakeZip({{.name = "a",
                               .content = std::string(100, 'x'),
                               .size = 4,
                               .compressed_size = 4,
                               .header_offset = 40}})),
              HasSubstr("no header where it should be"));
}

TEST(ZipDirectory, ADirectoryThatIsTooLargeIsRefused) {
  std::string zip = MakeZip({{.name = "a", .content = "text"}}, {.zip64_end = true});
  // The count of entries in the zip64 record.
  const size_t record = zip.find("PK\x06\x06");
  zip.replace(record + 32, 8, LittleEndian(uint64_t{1} << 40, 8));
  EXPECT_THAT(WhyNot(zip), HasSubstr("its directory is too large"));
}

TEST(ZipDirectory, AnEntryOverTheLimitIsNotReadWhole) {
  MemorySource source("x.zip", MakeZip({{.name = "a", .content = "12345"}}));
  ZipDirectory zip = ZipDirectory::Read(source).value();
  EXPECT_THAT(zip.ReadAll(*zip.Find("a"), 4).status().message(), HasSubstr("larger than the 4"));
}

TEST(ZipDirectory, ErrorsOfTheSourceArePassedOn) {
  MemorySource source("x.zip", MakeZip({{.name = "a", .content = "text"}}));
  ZipDirectory zip = ZipDirectory::Read(source).value();
  source.FailWith(absl::UnavailableError("no network"));
  EXPECT_TRUE(absl::IsUnavailable(zip.ReadAll(*zip.Find("a"), kLimit).status()));
  EXPECT_TRUE(absl::IsUnavailable(ZipDirectory::Read(source).status()));
}

TEST(ZipDirectory, RealExportsAreRead) {
  MemorySource source = FixtureSource("cvat/export_zips/job_14__dataset_cvat-for-images-11.ZIP");
  ZipDirectory zip = ZipDirectory::Read(source).value();
  ASSERT_NE(zip.Find("annotations.xml"), nullptr);
  for (const ZipEntry& entry : zip.entries()) {
    EXPECT_TRUE(zip.ReadAll(entry, kLimit).ok()) << entry.name;
  }
}

TEST(ZipDirectory, ZipsAreKnownByNameOrByTheirFirstBytes) {
  EXPECT_TRUE(LooksLikeZip("A.ZIP", "anything"));
  EXPECT_TRUE(LooksLikeZip("backup", "PK\x03\x04"));
  EXPECT_TRUE(LooksLikeZip("backup", "PK\x05\x06"));
  EXPECT_FALSE(LooksLikeZip("a.xml", "<?xml"));
}

}  // namespace
}  // namespace annofs::testing
