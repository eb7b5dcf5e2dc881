// Zips that were made to harm, and strange ones that are none the less good: what can be read of
// them is read, within the memory.
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "formats/zip_directory.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/formats/reading.h"
#include "tests/formats/zip_maker.h"
#include "tests/testing/files.h"
#include "tests/testing/memory_growth.h"

namespace annofs::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr uint64_t kLimit = 1 << 20;

// A zip and its directory.
class Opened {
 public:
  explicit Opened(std::string bytes)
      : source_("x.zip", std::move(bytes)), zip_(ZipDirectory::Read(source_)) {}

  const absl::Status& status() const { return zip_.status(); }
  const ZipDirectory& zip() const { return *zip_; }
  const MemorySource& source() const { return source_; }
  // Each entry in its order, as "name=content" or "name: error".
  std::vector<std::string> Contents() const {
    std::vector<std::string> contents;
    if (!zip_.ok()) return {std::string(zip_.status().message())};
    for (const ZipEntry& entry : zip_->entries()) {
      const absl::StatusOr<std::string> text = zip_->ReadAll(entry, kLimit);
      contents.push_back(text.ok() ? absl::StrCat(entry.name, "=", *text)
                                   : absl::StrCat(entry.name, ": ", text.status().message()));
    }
    return contents;
  }

 private:
  MemorySource source_;
  absl::StatusOr<ZipDirectory> zip_;
};

TEST(ZipHostile, AnEntryOutsideTheFileLeavesTheOthersAlone) {
  EXPECT_THAT(Opened(MakeZip({{.name = "a", .content = "1", .header_offset = 1 << 30},
                              {.name = "b", .content = "2"}}))
                  .Contents(),
              ElementsAre("a: the zip is damaged: entry 'a' lies outside the file", "b=2"));
}

TEST(ZipHostile, EntriesThatOverlapAreNotReadAndTheOthersAre) {
  const std::string contents(100, 'x');
  const Opened opened(MakeZip({{.name = "a", .content = contents},
                               {.name = "b", .content = "2", .header_offset = 40},
                               {.name = "c", .content = "3", .header_offset = 0},
                               {.name = "d", .content = "4"}}));
  EXPECT_THAT(opened.Contents(),
              ElementsAre("a: the zip is damaged: entry 'a' overlaps another one",
                          "b: the zip is damaged: entry 'b' overlaps another one",
                          "c: the zip is damaged: entry 'c' overlaps another one", "d=4"));
  EXPECT_EQ(InnerOf(*opened.zip().Find("a")), std::nullopt);
  EXPECT_NE(InnerOf(*opened.zip().Find("d")), std::nullopt);
}

TEST(ZipHostile, AThousandEntriesOfTheSameBytesAreNotRead) {
  std::vector<ZipFile> files = {
      {.name = "0", .content = std::string(1 << 20, 'x'), .deflated = true}};
  for (int i = 1; i < 1000; ++i) {
    files.push_back({.name = absl::StrCat(i), .content = "", .header_offset = 0});
  }
  for (const std::string& content : Opened(MakeZip(files)).Contents()) {
    EXPECT_THAT(content, HasSubstr("overlaps another one"));
  }
}

TEST(ZipHostile, ATerabyteThatIsDeclaredIsNotBelieved) {
  const uint64_t terabyte = uint64_t{1} << 40;
  EXPECT_THAT(
      Opened(
          MakeZip({{.name = "a", .content = "1", .size = terabyte, .zip64 = true},
                   {.name = "b", .content = "2", .deflated = true, .size = terabyte, .zip64 = true},
                   {.name = "c", .content = "3", .compressed_size = terabyte, .zip64 = true},
                   {.name = "d", .content = "4"}}))
          .Contents(),
      ElementsAre("a: zip entry 'a' is larger than the 1048576 bytes expected",
                  "b: zip entry 'b' is larger than the 1048576 bytes expected",
                  HasSubstr("outside"), "d=4"));
  const Opened opened(
      MakeZip({{.name = "b", .content = "2", .deflated = true, .size = terabyte, .zip64 = true}}));
  EXPECT_THAT(opened.zip().Open(*opened.zip().Find("b")).status().message(),
              HasSubstr("says that it is 1099511627776 bytes out of"));
}

TEST(ZipHostile, ABombIsReadWithinTheMemoryAndNoFurtherThanItSays) {
  const std::string bomb = MakeZip(
      {{.name = "a", .content = std::string(256 << 20, '0'), .deflated = true, .size = 200 << 20}});
  const Opened opened(bomb);
  const MemoryGrowth growth;
  auto stream = opened.zip().Open(opened.zip().entries()[0]).value();
  uint64_t size = 0;
  absl::StatusOr<absl::string_view> chunk = stream->Next();
  for (; chunk.ok() && !chunk->empty(); chunk = stream->Next()) size += chunk->size();
  EXPECT_THAT(chunk.status().message(), HasSubstr("'a' is longer than it says"));
  EXPECT_LE(size, uint64_t{200} << 20);
  EXPECT_LT(growth.mib(), 16u);
}

TEST(ZipHostile, WhateverIsPutIntoAZipIsReadBack) {
  std::mt19937 random(4);
  for (int i = 0; i < 300; ++i) {
    std::vector<ZipFile> files;
    std::vector<std::string> expected;
    for (size_t count = random() % 8; files.size() < count;) {
      ZipFile file{.name = std::string(random() % 20, char('a' + random() % 26)),
                   .content = std::string(random() % 3000, char(random())),
                   .deflated = random() % 2 == 0,
                   .zip64 = random() % 3 == 0,
                   .local_extra = std::string(random() % 100, 'e'),
                   .descriptor = random() % 3 == 0};
      expected.push_back(absl::StrCat(file.name, "=", file.content));
      files.push_back(std::move(file));
    }
    const ZipOptions options{.comment = std::string(random() % 50, 'c'),
                             .prefix = std::string(random() % 50, 'p'),
                             .shifted = random() % 2 == 0,
                             .zip64_end = random() % 2 == 0};
    ASSERT_EQ(Opened(MakeZip(files, options)).Contents(), expected);
  }
}

TEST(ZipHostile, ABrokenExtraFieldSpoilsItsEntryOnly) {
  std::string zip = MakeZip(
      {{.name = "a", .content = "1", .zip64 = true}, {.name = "b", .content = "2", .zip64 = true}});
  const size_t record = zip.find("PK\x01\x02");
  zip.replace(record + 46 + 1 + 2, 2, LittleEndian(500, 2));  // longer than all extra fields
  EXPECT_THAT(Opened(zip).Contents(), ElementsAre(HasSubstr("a: "), "b=2"));
}

TEST(ZipHostile, AZipInsideAZipIsAFileLikeAnother) {
  const std::string inner = MakeZip({{.name = "b", .content = "2"}});
  EXPECT_THAT(Opened(MakeZip({{.name = "a.zip", .content = inner}, {.name = "c", .content = "3"}}))
                  .Contents(),
              ElementsAre(absl::StrCat("a.zip=", inner), "c=3"));
}

TEST(ZipHostile, NamesAreAsTheyAreWhateverTheySay) {
  const std::vector<std::string> names = {
      "/etc/passwd",           "../../a", "a\\b", "C:\\a", "", "\xFF", std::string("a\0b", 3),
      std::string(65535, 'n'), "d/"};
  std::vector<ZipFile> files;
  for (const std::string& name : names) files.push_back({.name = name, .content = "1"});
  const Opened opened(MakeZip(files));
  for (const std::string& name : names) {
    const ZipEntry* entry = opened.zip().Find(name);
    ASSERT_NE(entry, nullptr) << name;
    EXPECT_EQ(entry->name, name);
    EXPECT_EQ(opened.zip().ReadAll(*entry, kLimit).value(), "1") << name;
  }
}

TEST(ZipHostile, OfEntriesOfOneNameTheLastIsFoundAndAllAreThere) {
  const Opened opened(MakeZip({{.name = "a", .content = "1"},
                               {.name = "b", .content = "2"},
                               {.name = "a", .content = "3"}}));
  EXPECT_THAT(opened.Contents(), ElementsAre("a=1", "b=2", "a=3"));
  EXPECT_EQ(opened.zip().Find("a"), &opened.zip().entries()[2]);
}

TEST(ZipHostile, EntriesStayWhereTheyAreWhenTheDirectoryIsMoved) {
  MemorySource source("x.zip", MakeZip({{.name = "a", .content = "1"}}));
  ZipDirectory first = ZipDirectory::Read(source).value();
  const ZipEntry* entry = first.Find("a");
  const ZipDirectory second = std::move(first);
  EXPECT_EQ(second.Find("a"), entry);
  EXPECT_EQ(entry->name, "a");
}

TEST(ZipHostile, SizesThatFollowTheDataAreThoseOfTheDirectory) {
  EXPECT_THAT(Opened(MakeZip({{.name = "a", .content = "1", .descriptor = true},
                              {.name = "b", .content = "22", .deflated = true, .descriptor = true},
                              {.name = "c", .content = "3"}}))
                  .Contents(),
              ElementsAre("a=1", "b=22", "c=3"));
}

TEST(ZipHostile, WhatWasPutBeforeAZipIsNoPartOfIt) {
  const std::vector<ZipFile> files = {{.name = "a", .content = "1"},
                                      {.name = "b", .content = "2", .deflated = true}};
  const std::string program(1000, '#');
  for (const bool zip64 : {false, true}) {
    for (const bool shifted : {false, true}) {
      const Opened opened(MakeZip(
          files, {.comment = "c", .prefix = program, .shifted = shifted, .zip64_end = zip64}));
      EXPECT_THAT(opened.Contents(), ElementsAre("a=1", "b=2")) << zip64 << shifted;
      EXPECT_EQ(opened.zip().Find("a")->header_offset, program.size());
    }
  }
}

TEST(ZipHostile, AnEndInsideTheCommentIsNotTheEnd) {
  // It says of itself that more follows than does.
  const std::string fake = absl::StrCat("PK\x05\x06", std::string(16, '\0'), LittleEndian(100, 2));
  EXPECT_THAT(Opened(MakeZip({{.name = "a", .content = "1"}}, {.comment = fake})).Contents(),
              ElementsAre("a=1"));
}

// The corpus of the fuzz target was written by Python's zipfile.
TEST(ZipHostile, ZipsOfAnotherProducerAreRead) {
  const auto contents = [](absl::string_view name) {
    const std::string path = absl::StrCat(SourcePath("tests/fuzz/corpus/zip"), "/", name);
    return Opened(ReadFile(path).value()).Contents();
  };
  EXPECT_THAT(contents("zip64_local"), ElementsAre("big=xxxxxxxxxx"));
  EXPECT_THAT(contents("zip64_end"), ElementsAre("a=1"));
  EXPECT_THAT(contents("data_descriptor"), ElementsAre("streamed=data"));
  EXPECT_THAT(contents("behind_a_program"), ElementsAre("a=1"));
  EXPECT_THAT(contents("end_in_comment"), ElementsAre("a=1")) << "a whole end is the comment";
}

TEST(ZipHostile, PartsOfSeveralFilesAreNamed) {
  EXPECT_THAT(Opened(MakeZip({{.name = "a", .content = "1"}}, {.disk = 1})).Contents(),
              ElementsAre("the zip is damaged: it is a part of several"));
  EXPECT_THAT(
      Opened(MakeZip({{.name = "a", .content = "1", .disk = 1}, {.name = "b", .content = "2"}}))
          .Contents(),
      ElementsAre("a: the zip is damaged: entry 'a' is on another disk", "b=2"));
}

TEST(ZipHostile, MoreEntriesThanTheDirectoryHasRoomForAreNotBelieved) {
  std::string zip = MakeZip({{.name = "a", .content = "1"}});
  zip.replace(zip.size() - 12, 2, LittleEndian(60000, 2));
  EXPECT_THAT(Opened(zip).Contents(),
              ElementsAre("the zip is damaged: its directory is cut short"));
}

TEST(ZipHostile, AMillionEntriesAreReadWithinTheMemoryAndFoundAtOnce) {
  constexpr uint64_t kEntries = 1'000'000;
  std::string zip, directory;
  const std::string head =
      absl::StrCat("PK\x01\x02", LittleEndian(20, 2), LittleEndian(20, 2), std::string(20, '\0'));
  const std::string middle(12, '\0');
  for (uint64_t i = 0; i < kEntries; ++i) {
    const std::string name = absl::StrCat("data/batch_", i / 1000, "/frame_", i, ".jpg");
    absl::StrAppend(&directory, head, LittleEndian(name.size(), 2), middle, LittleEndian(30 * i, 4),
                    name);
  }
  zip.assign(30 * kEntries, '\0');
  const uint64_t start = zip.size(), size = directory.size();
  zip += std::exchange(directory, {});
  const uint64_t end64 = zip.size();
  absl::StrAppend(&zip, "PK\x06\x06", LittleEndian(44, 8), LittleEndian(0, 8), LittleEndian(0, 4),
                  LittleEndian(kEntries, 8), LittleEndian(kEntries, 8), LittleEndian(size, 8),
                  LittleEndian(start, 8));
  absl::StrAppend(&zip, "PK\x06\x07", LittleEndian(0, 4), LittleEndian(end64, 8),
                  LittleEndian(1, 4));
  absl::StrAppend(&zip, "PK\x05\x06", LittleEndian(0, 4), LittleEndian(0xffffffff, 4),
                  LittleEndian(-1, 8), LittleEndian(0, 2));
  MemorySource source("x.zip", std::move(zip));
  const MemoryGrowth growth;
  const absl::StatusOr<ZipDirectory> read = ZipDirectory::Read(source);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->entries().size(), kEntries);
  EXPECT_LT(growth.mib(), 128u);
  uint64_t found = 0;
  for (uint64_t i = 0; i < kEntries; i += 10) {
    const ZipEntry* entry = read->Find(absl::StrCat("data/batch_", i / 1000, "/frame_", i, ".jpg"));
    found += entry == &read->entries()[i] ? 1 : 0;
  }
  EXPECT_EQ(found, kEntries / 10);
}

TEST(ZipHostile, ASmallEntryCostsOneReadAndALargeOneARangeForEachMebibyte) {
  MemorySource source(
      "x.zip",
      MakeZip({{.name = "small", .content = "text", .local_extra = "12345"},
               {.name = "strange", .content = "text", .local_extra = std::string(5000, 'e')},
               {.name = "large", .content = std::string(10 << 20, 'x')}}));
  const ZipDirectory zip = ZipDirectory::Read(source).value();
  const auto reads = [&](absl::string_view name) {
    const uint64_t before = source.reads();
    EXPECT_TRUE(zip.ReadAll(*zip.Find(name), 16 << 20).ok());
    return source.reads() - before;
  };
  EXPECT_EQ(reads("small"), 1u);
  EXPECT_EQ(reads("strange"), 2u) << "its header is longer than others";
  EXPECT_LE(reads("large"), 11u);
}

}  // namespace
}  // namespace annofs::testing
