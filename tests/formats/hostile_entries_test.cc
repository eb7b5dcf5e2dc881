// Every reader of zips, with an entry that cannot be read in the place of each of its own: what it
// costs is told with the entry's name, and the rest is read.
#include "formats/zip_directory.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/formats/export_reading.h"
#include "tests/testing/memory_growth.h"

namespace annofs::testing {
namespace {

// The files of a zip, and the reader whose they are.
struct GoodZip {
  std::string what, reader;
  std::vector<ZipFile> files;
};

std::vector<ZipFile> EntriesOf(absl::string_view path) {
  MemorySource source = FixtureSource(path);
  const ZipDirectory zip = ZipDirectory::Read(source).value();
  std::vector<ZipFile> files;
  for (const ZipEntry& entry : zip.entries()) {
    files.push_back(
        {.name = std::string(entry.name), .content = zip.ReadAll(entry, 1 << 20).value()});
  }
  return files;
}

const std::vector<GoodZip>& GoodZips() {
  static const auto* zips = new std::vector<GoodZip>([] {
    std::map<std::string, std::string> readers = ReaderOfFormat();
    readers["COCO 1.0"] = readers["COCO Keypoints 1.0"] = "coco";
    readers["Datumaro 1.0"] = "datumaro";
    readers["CVAT for images 1.1"] = "cvat_images_xml";
    readers["CVAT for video 1.1"] = "cvat_video_xml";
    std::vector<GoodZip> good;
    for (const auto& [format, reader] : readers) {
      const std::string folder = absl::StrCat("golden/rand_images_04/", format);
      if (ListTree(Fixture(folder)).ok()) good.push_back({format, reader, FixtureTree(folder)});
    }
    good.push_back({"task", "cvat_backup", EntriesOf("golden/rand_images_04/INPUT/backup.zip")});
    good.push_back({"project", "cvat_backup", EntriesOf("backups_derived/project_2tasks.zip")});
    return good;
  }());
  return *zips;
}

ReadResult ReadFiles(const GoodZip& zip, const std::vector<ZipFile>& files) {
  ExportSource source(files);
  source.SetEverySize({640, 480});
  return ReadWith(zip.reader, source);
}

// Status and problems, with what they are about.
std::string AllThatIsTold(const ReadResult& result) {
  std::string text = result.status.ToString();
  const std::vector<Problem> problems = result.dataset->Problems().value();
  for (const Problem& problem : problems) {
    absl::StrAppend(&text, "\n", problem.source, " ", problem.position, " ", problem.reason);
  }
  return text;
}

using Spoil = void (*)(ZipFile&);

class HostileEntries : public ::testing::TestWithParam<std::pair<const char*, Spoil>> {};

TEST_P(HostileEntries, CostNothingThatIsNotTold) {
  const MemoryGrowth growth;
  int told = 0;
  for (const GoodZip& zip : GoodZips()) {
    SCOPED_TRACE(zip.what);
    const ReadResult whole = ReadFiles(zip, zip.files);
    EXPECT_TRUE(whole.status.ok()) << whole.status;
    for (size_t i = 0; i < zip.files.size(); ++i) {
      std::vector<ZipFile> files = zip.files;
      GetParam().second(files[i]);
      const ReadResult result = ReadFiles(zip, files);
      EXPECT_TRUE(result.status.ok() || absl::IsInvalidArgument(result.status) ||
                  absl::IsUnimplemented(result.status))
          << result.status;
      const bool is_same = result.status.ok() && result.Counts() == whole.Counts() &&
                           result.Names() == whole.Names();
      const bool is_told = absl::StrContains(AllThatIsTold(result), files[i].name);
      EXPECT_TRUE(is_same || is_told) << files[i].name << ":\n" << AllThatIsTold(result);
      told += is_told ? 1 : 0;
    }
  }
  EXPECT_GT(told, 50);  // most entries are texts that are read
  EXPECT_LT(growth.mib(), 64u);
}

TEST_P(HostileEntries, BesideTheOthersAreNobodysBusiness) {
  for (const GoodZip& zip : GoodZips()) {
    SCOPED_TRACE(zip.what);
    const ReadResult whole = ReadFiles(zip, zip.files);
    std::vector<ZipFile> files = zip.files;
    files.push_back({.name = "more/else.bin", .content = std::string(1000, 'x')});
    GetParam().second(files.back());
    const ReadResult result = ReadFiles(zip, files);
    EXPECT_TRUE(result.status.ok()) << result.status;
    EXPECT_EQ(result.Counts(), whole.Counts());
    EXPECT_EQ(result.Names(), whole.Names());
  }
}

// Neither passed over: a dataset that is broken is found, or said to be broken.
TEST_P(HostileEntries, DoNotHideADataset) {
  for (const GoodZip& zip : GoodZips()) {
    for (size_t i = 0; i < zip.files.size(); ++i) {
      std::vector<ZipFile> files = zip.files;
      GetParam().second(files[i]);
      ExportSource source(files);
      bool is_found = false;
      for (const std::unique_ptr<Reader>& reader : NewReaders()) {
        const absl::StatusOr<std::optional<ProbeResult>> result = reader->Probe(source);
        is_found = is_found || !result.ok() || result->has_value();
      }
      EXPECT_TRUE(is_found) << zip.what << " " << files[i].name;
    }
  }
}

using Kind = std::pair<const char*, Spoil>;

INSTANTIATE_TEST_SUITE_P(
    Kinds, HostileEntries,
    ::testing::Values(Kind{"WrongChecksum", [](ZipFile& file) { file.crc32 = 0x12345678; }},
                      Kind{"Encrypted", [](ZipFile& file) { file.flags = 1; }},
                      Kind{"UnknownMethod", [](ZipFile& file) { file.method = uint16_t{99}; }},
                      Kind{"OfATerabyte",
                           [](ZipFile& file) {
                             file.deflated = true;
                             file.size = uint64_t{1} << 40;
                             file.zip64 = true;
                           }},
                      Kind{"OutsideTheZip",
                           [](ZipFile& file) {
                             file.header_offset = uint64_t{1} << 40;
                             file.zip64 = true;
                           }}),
    [](const auto& info) { return info.param.first; });

}  // namespace
}  // namespace annofs::testing
