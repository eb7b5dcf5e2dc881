// What every reader of the table promises, whatever it reads.
#include <random>

#include "formats/zip_directory.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/formats/directory_source.h"
#include "tests/formats/export_reading.h"
#include "tests/formats/reading.h"
#include "tests/formats/zip_maker.h"

namespace annofs::testing {
namespace {

// One good source of each kind, and the reader that it belongs to.
struct Sample {
  std::string path, reader;
};
const std::vector<Sample> kSamples = {
    {"golden/rand_images_04/INPUT/backup.zip", "cvat_backup"},
    {"golden/rand_video_01/INPUT/backup.zip", "cvat_backup"},
    {"backups_derived/task_images_full.zip", "cvat_backup"},
    {"backups_derived/project_2tasks.zip", "cvat_backup"},
    {"golden/rand_images_04/CVAT for images 1.1/annotations.xml", "cvat_images_xml"},
    {"cvat/export_zips/job_14__dataset_cvat-for-images-11.ZIP", "cvat_images_xml"},
    {"cvat/export_zips/job_14__annotations_coco-10.ZIP", "coco"},
    {"cvat/export_zips/job_23__dataset_coco-_keypoints-10.ZIP", "coco"},
    {"golden/rand_images_04/COCO 1.0/annotations/instances_Train.json", "coco"},
    {"golden/rand_images_04/Datumaro 1.0/annotations/Train.json", "datumaro"},
    {"golden/rand_images_04/INPUT/annotations.rest.json", "cvat_rest"},
    {"cvat/manifests/v1.0_images_checksums.jsonl", "cvat_manifest"},
};

TEST(Readers, EachSourceBelongsToOneReader) {
  for (const Sample& sample : kSamples) {
    MemorySource source = FixtureSource(sample.path);
    for (const std::unique_ptr<Reader>& reader : NewReaders()) {
      absl::StatusOr<std::optional<ProbeResult>> result = reader->Probe(source);
      ASSERT_TRUE(result.ok()) << sample.path << ": " << result.status();
      EXPECT_EQ(result->has_value(), reader->Info().name == sample.reader) << sample.path;
    }
  }
}

TEST(Readers, AZipOfPicturesAndOtherExportsAreNobodys) {
  for (const char* path : {"cvat/context_images/case_90_context_image.zip"}) {
    MemorySource source = FixtureSource(path);
    for (const std::unique_ptr<Reader>& reader : NewReaders()) {
      absl::StatusOr<std::optional<ProbeResult>> result = reader->Probe(source);
      ASSERT_TRUE(result.ok()) << path << ": " << result.status();
      EXPECT_FALSE(result->has_value()) << path << " " << reader->Info().name;
    }
  }
}

TEST(Readers, NamesAndSummariesAreGiven) {
  for (const std::unique_ptr<Reader>& reader : NewReaders()) {
    EXPECT_FALSE(reader->Info().name.empty());
    EXPECT_FALSE(reader->Info().summary.empty());
    EXPECT_GT(reader->Info().richness, 0);
  }
}

TEST(Readers, ABackupIsRicherThanAnExport) {
  EXPECT_GT(FindReader("cvat_backup")->Info().richness,
            FindReader("cvat_images_xml")->Info().richness);
}

void ExpectSane(const Shape& shape, const DatasetInfo& info) {
  EXPECT_LT(shape.label, info.labels.size());
  for (const Shape& element : shape.elements) {
    ExpectSane(element, info);
    EXPECT_TRUE(element.elements.empty());
  }
}

// Whatever was read is whole: labels that exist, frames with names.
void ExpectSane(const ReadResult& result) {
  EXPECT_TRUE(result.status.ok() || absl::IsInvalidArgument(result.status) ||
              absl::IsUnimplemented(result.status))
      << result.status;
  for (Rank rank = 0; rank < result.dataset->frame_count(); ++rank) {
    EXPECT_FALSE(result.FrameAt(rank).name.empty());
    const FrameShapes shapes = result.ShapesAt(rank);
    for (const Shape& shape : shapes.tags) ExpectSane(shape, result.info());
    for (const Shape& shape : shapes.shapes) ExpectSane(shape, result.info());
  }
  for (const Label& label : result.info().labels) {
    EXPECT_LT(label.parent, int32_t(result.info().labels.size()));
  }
}

// --- cut at every percent

// All that a source of the table is, so that it can be cut: files that are read together, the first
// of which is the source itself.
struct Cut {
  std::string directory, reader;
  std::vector<std::string> files;
};
const std::vector<Cut> kToCut = {
    {"golden/rand_images_04/CVAT for images 1.1/", "cvat_images_xml", {"annotations.xml"}},
    {"golden/rand_video_01/CVAT for video 1.1/", "cvat_video_xml", {"annotations.xml"}},
    {"cvat/export_zips/", "cvat_images_xml", {"job_14__annotations_cvat-for-images-11.ZIP"}},
    {"golden/rand_video_01/INPUT/", "cvat_backup", {"backup.zip"}},
    {"backups_derived/", "cvat_backup", {"project_2tasks.zip"}},
    {"golden/synth_images/COCO 1.0/annotations/", "coco", {"instances_default.json"}},
    {"cvat/export_zips/", "coco", {"job_23__dataset_coco-_keypoints-10.ZIP"}},
    {"golden/rand_images_04/Datumaro 1.0/annotations/", "datumaro", {"Train.json"}},
    {"golden/rand_images_04/INPUT/",
     "cvat_rest",
     {"annotations.rest.json", "labels.rest.json", "data_meta.json"}},
    {"golden/rand_video_01/INPUT/",
     "cvat_rest",
     {"annotations.rest.json", "labels.rest.json", "data_meta.json"}},
    {"cvat/raw_data/data_28/", "cvat_manifest", {"manifest.jsonl"}},
};

// A source cut short says so, and what was read before the cut is what stands there in the whole.
void ExpectBeginningOf(const ReadResult& whole, const ReadResult& cut, size_t percent) {
  ExpectSane(cut);
  const std::map<std::string, int> all = whole.Counts();
  for (const auto& [what, count] : cut.Counts()) {
    const auto found = all.find(what);
    EXPECT_TRUE(found != all.end() && count <= found->second) << percent << ": " << what;
  }
}

TEST(Readers, ASourceCutAtAnyPercentIsReadUpToThere) {
  for (const Cut& source : kToCut) {
    SCOPED_TRACE(source.directory + source.files[0]);
    DirectorySource good =
        FixtureDirectory(source.directory.substr(0, source.directory.size() - 1), source.files);
    const ReadResult whole = ReadWith(source.reader, good);
    ASSERT_TRUE(whole.status.ok()) << whole.status;
    std::map<std::string, std::string> files;
    for (const std::string& name : source.files) {
      files[name] = FixtureText(source.directory + name);
    }
    const std::string text = files[source.files[0]];
    const bool is_lines = source.reader == "cvat_manifest";  // may end behind any
    for (size_t percent = 0; percent < 100; ++percent) {
      files[source.files[0]] = text.substr(0, text.size() * percent / 100);
      DirectorySource cut("dir", source.files[0], files);
      const ReadResult result = ReadWith(source.reader, cut);
      const bool is_told = !result.status.ok() || !ErrorsOf(result).empty();
      EXPECT_TRUE(is_lines || is_told) << percent;
      ExpectBeginningOf(whole, result, percent);
    }
  }
}

TEST(Readers, AnExportCutAtAnyPercentKeepsNothingThatIsNotThere) {
  for (const auto& [format, reader] : ReaderOfFormat()) {
    SCOPED_TRACE(format);
    const std::string folder = absl::StrCat("golden/rand_images_04/", format);
    if (!ListTree(Fixture(folder)).ok()) continue;
    const std::vector<ZipFile> files = FixtureTree(folder);
    ExpectSaneWhenCut(reader, files);
    ExpectSaneWhenTextsAreCut(reader, files);
  }
}

// Changes `text` as a bad disk or a bad mind would.
void Damage(std::mt19937& engine, std::string& text) {
  static const std::vector<std::string> kPieces = {"\"",
                                                   "{",
                                                   "}",
                                                   "[",
                                                   "]",
                                                   "<",
                                                   ">",
                                                   "/",
                                                   ",",
                                                   "-1",
                                                   "1e308",
                                                   "99999999999999999999",
                                                   "null",
                                                   "\xff",
                                                   std::string(1, '\0'),
                                                   "&",
                                                   "'",
                                                   "\\u0000",
                                                   "<image id='1' name='x'>",
                                                   "true"};
  for (int changes = 1 + int(engine() % 4); changes > 0 && !text.empty(); --changes) {
    const size_t at = engine() % text.size();
    const std::string& piece = kPieces[engine() % kPieces.size()];
    switch (engine() % 3) {
      case 0:
        text.replace(at, 1 + engine() % 8, piece);
        break;
      case 1:
        text.insert(at, piece);
        break;
      case 2:
        text.erase(at, 1 + engine() % 64);
        break;
    }
  }
}

TEST(Readers, DamagedBackupsNeverCrash) {
  std::mt19937 engine(7);
  for (const char* path :
       {"golden/rand_images_04/INPUT/backup.zip", "golden/rand_video_01/INPUT/backup.zip"}) {
    MemorySource whole = FixtureSource(path);
    ZipDirectory zip = ZipDirectory::Read(whole).value();
    std::vector<ZipFile> good;
    for (const ZipEntry& entry : zip.entries()) {
      good.push_back(
          {.name = std::string(entry.name), .content = zip.ReadAll(entry, 1 << 20).value()});
    }
    for (int i = 0; i < 150; ++i) {
      std::vector<ZipFile> files = good;
      Damage(engine, files[engine() % files.size()].content);
      MemorySource source("t.zip", MakeZip(files));
      ExpectSane(ReadWith("cvat_backup", source));
    }
  }
}

TEST(Readers, DamagedExportsNeverCrash) {
  std::mt19937 engine(9);
  for (const char* name : {"rand_images_04", "synth_video"}) {
    for (const auto& [format, reader] : ReaderOfFormat()) {
      const std::string folder = absl::StrCat("golden/", name, "/", format);
      if (!ListTree(Fixture(folder)).ok()) continue;
      const std::vector<ZipFile> good = FixtureTree(folder);
      for (int i = 0; i < 40; ++i) {
        std::vector<ZipFile> files = good;
        for (int changes = 0; changes < 3; ++changes)
          Damage(engine, files[engine() % files.size()].content);
        if (i % 4 == 0) Damage(engine, files[engine() % files.size()].name);
        ExportSource source(files);
        source.SetEverySize({640, 480});
        ExpectSane(ReadWith(reader, source));
      }
    }
  }
}

TEST(Readers, DamagedXmlNeverCrashes) {
  std::mt19937 engine(8);
  const std::string good = FixtureText("golden/rand_images_04/CVAT for images 1.1/annotations.xml");
  for (int i = 0; i < 300; ++i) {
    std::string text = good;
    Damage(engine, text);
    MemorySource source("a.xml", text);
    ExpectSane(ReadWith("cvat_images_xml", source));
  }
}

TEST(Readers, DamagedJsonNeverCrashes) {
  std::mt19937 engine(10);
  const std::vector<Sample> kTexts = {
      {"golden/synth_images/COCO 1.0/annotations/instances_default.json", "coco"},
      {"golden/rand_images_04/COCO Keypoints 1.0/annotations/person_keypoints_Train.json", "coco"},
      {"golden/rand_images_04/Datumaro 1.0/annotations/Train.json", "datumaro"},
      {"golden/synth_3d/Datumaro 3D 1.0/annotations/default.json", "datumaro"},
      {"cvat/raw_data/data_28/manifest.jsonl", "cvat_manifest"}};
  for (const Sample& sample : kTexts) {
    const std::string good = FixtureText(sample.path);
    for (int i = 0; i < 60; ++i) {
      std::string text = good;
      Damage(engine, text);
      MemorySource source(sample.path, text);
      ExpectSane(ReadWith(sample.reader, source));
    }
  }
}

TEST(Readers, DamagedAnswersOfTheServerNeverCrash) {
  std::mt19937 engine(11);
  for (const char* name : {"rand_images_04", "rand_video_01"}) {
    const std::string directory = absl::StrCat("golden/", name, "/INPUT/");
    std::map<std::string, std::string> good;
    for (const char* file : {"annotations.rest.json", "labels.rest.json", "data_meta.json"}) {
      good[file] = FixtureText(absl::StrCat(directory, file));
    }
    for (int i = 0; i < 100; ++i) {
      std::map<std::string, std::string> files = good;
      Damage(engine, std::next(files.begin(), ptrdiff_t(engine() % files.size()))->second);
      DirectorySource source("dir", "annotations.rest.json", files);
      ExpectSane(ReadWith("cvat_rest", source));
    }
  }
}

TEST(Readers, BytesWithoutMeaningAreNobodysOrBroken) {
  std::mt19937 engine(9);
  for (const char* name : {"a.zip", "a.xml", "annotations.json", "a.jsonl", "a"}) {
    for (int i = 0; i < 50; ++i) {
      std::string bytes(engine() % 2000, '\0');
      for (char& byte : bytes) byte = char(engine());
      MemorySource source(name, bytes);
      for (const std::unique_ptr<Reader>& reader : NewReaders()) {
        absl::StatusOr<std::optional<ProbeResult>> result = reader->Probe(source);
        if (result.ok()) {
          EXPECT_FALSE(result->has_value());
        } else {
          EXPECT_TRUE(absl::IsInvalidArgument(result.status())) << result.status();
        }
      }
    }
  }
}

}  // namespace
}  // namespace annofs::testing
